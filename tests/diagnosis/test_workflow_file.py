"""A workflow file against GitHub's own schema: each fault named at its place, and nothing said of valid files."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from diagnosis.catalogue import BUILT_IN, Catalogue, load
from diagnosis.report import Finding
from diagnosis.workflow_file import explain
from tests.tree import CI, Files, Tree, apply, checkout

HEAD = "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n"
STEPS = HEAD + "    steps:\n"


@pytest.fixture(scope="module")
def known() -> Catalogue:
    return load(BUILT_IN)


def told(text: str, known: Catalogue, files: Files | None = None) -> Finding | None:
    report = explain(CI, text.encode(), known, Tree(files) if files else None)
    assert report.outcome == ("diagnosed" if report.findings else "no-failure")
    return report.best


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "meant"),
    [
        pytest.param(HEAD + "    stepz:\n      - run: x\n", 5, 5, "Unexpected value 'stepz'", "    steps:", id="a key"),
        pytest.param(
            STEPS + "      - run: x\n        envs: {A: b}\n",
            7,
            9,
            "Unexpected value 'envs'",
            "        env: {A: b}",
            id="of a step",
        ),
        pytest.param(
            "on: pull-request\n" + STEPS[9:] + "      - run: x\n",
            1,
            5,
            "Unexpected value 'pull-request'",
            "on: pull_request",
            id="an event",
        ),
        pytest.param(
            "on:\n  push:\n    branch: main\n" + STEPS[9:] + "      - run: x\n",
            3,
            5,
            "Unexpected value 'branch'",
            "    branches: main",
            id="of an event",
        ),
        pytest.param(
            "on: {pull_request: {types: [openedd]}}\n" + STEPS[9:] + "      - run: x\n",
            1,
            29,
            "Unexpected value 'openedd'",
            "on: {pull_request: {types: [opened]}}",
            id="an activity",
        ),
        pytest.param(
            "permissions: {contents: writes}\n" + STEPS + "      - run: x\n",
            1,
            25,
            "Unexpected value 'writes'",
            "permissions: {contents: write}",
            id="a level",
        ),
        pytest.param(
            HEAD + '    timeout-minutes: "10"\n    steps: [{run: x}]\n',
            5,
            22,
            "Unexpected value '10'",
            "    timeout-minutes: 10",
            id="a number in quotes",
        ),
        pytest.param(
            STEPS + "      - run: x\n        uses: a/b@v1\n",
            7,
            9,
            "Unexpected value 'uses'",
            None,
            id="both run and uses",
        ),
        pytest.param(
            STEPS + "      - name: x\n", 6, 9, "Every step must define a `uses` or `run` key", None, id="neither"
        ),
        pytest.param(
            "on: push\njobs:\n  build:\n    steps: [{run: x}]\n",
            4,
            5,
            "Required property is missing: runs-on",
            None,
            id="no runner",
        ),
        pytest.param(
            HEAD,
            3,
            3,
            "No steps defined in `steps` and no workflow called in `uses` for the following jobs: build",
            None,
            id="no steps",
        ),
        pytest.param(
            "jobs:\n  a: {runs-on: x, steps: [{run: x}]}\n",
            1,
            1,
            "Required property is missing: on",
            None,
            id="no event",
        ),
        pytest.param(
            STEPS + "      - run: x\n        env: [A]\n",
            7,
            14,
            "A sequence was not expected",
            None,
            id="a list for a mapping",
        ),
        pytest.param(
            STEPS + "      - run: {a: b}\n", 6, 14, "A mapping was not expected", None, id="a mapping for a text"
        ),
        pytest.param("env:\n" + STEPS + "      - run: x\n", 1, 4, "Unexpected value ''", None, id="an empty block"),
        pytest.param(
            STEPS + "      - run: x\n        run: y\n", 7, 9, "'run' is already defined", None, id="a key twice"
        ),
        pytest.param(
            STEPS + "      - {id: a, run: x}\n      - {id: a, run: x}\n",
            7,
            14,
            "The identifier 'a' may not be used more than once within the same scope.",
            None,
            id="an id twice",
        ),
        pytest.param(
            STEPS + "      - run: echo ${{ github.ref }\n",
            6,
            19,
            "The expression is not closed. An unescaped ${{ sequence was found, but the closing }} "
            "sequence was not found.",
            "      - run: echo ${{ github.ref }}",
            id="an open expression",
        ),
        pytest.param(
            STEPS + "      - run: |\n          a\n          b ${{ secret.X }}\n",
            8,
            17,
            "Unrecognized named-value: 'secret'. Located at position 1 within expression: secret.X",
            "          b ${{ secrets.X }}",
            id="a context, in a block",
        ),
        pytest.param(
            STEPS + "      - run: x\n        if: startWith(github.ref, 'v')\n",
            7,
            13,
            "Unrecognized function: 'startWith'. Located at position 1 within expression: startWith(github.ref, 'v')",
            "        if: startsWith(github.ref, 'v')",
            id="a function",
        ),
        pytest.param(
            HEAD + "    if: secrets.TOKEN != ''\n    steps: [{run: x}]\n",
            5,
            9,
            "Unrecognized named-value: 'secrets'. Located at position 1 within expression: secrets.TOKEN != ''",
            None,
            id="a context that is not known here",
        ),
        pytest.param(
            STEPS + '      - run: x\n        if: github.ref == "main"\n',
            7,
            27,
            'Unexpected symbol: \'"main"\'. Located at position 15 within expression: github.ref == "main"',
            "        if: github.ref == 'main'",
            id="the wrong quotes",
        ),
        pytest.param(
            STEPS + "      - run: x\n        if: !cancelled()\n",
            7,
            13,
            "Unexpected tag '!cancelled()'",
            "        if: ${{ !cancelled() }}",
            id="a condition that begins with a tag",
        ),
        pytest.param(
            STEPS + "      - run: x\n  b:\n    needs: builds\n    runs-on: x\n    steps: [{run: x}]\n",
            8,
            12,
            "Job 'b' depends on unknown job 'builds'.",
            "    needs: build",
            id="an unknown job",
        ),
        pytest.param(
            "on: push\njobs:\n  a: {needs: b, runs-on: x, steps: [{run: x}]}\n  b: {needs: a, runs-on: "
            "x, steps: [{run: x}]}\n",
            3,
            14,
            "Job 'a' depends on job 'b' which creates a cycle in the dependency graph.",
            None,
            id="a circle",
        ),
        pytest.param(
            "on: {push: {paths: [a], paths-ignore: [b]}}\n" + STEPS[9:] + "      - run: x\n",
            1,
            25,
            "you may only define one of `paths` and `paths-ignore` for a single event",
            None,
            id="two filters",
        ),
    ],
)
def test_the_place_the_reason_and_the_line_that_was_meant(
    text: str, line: int, column: int, message: str, meant: str | None, known: Catalogue, tmp_path: Path
) -> None:
    found = told(text, known)
    assert found
    assert found.signature == "workflow/schema"
    assert (found.captures["line"], found.captures["column"], found.captures["message"]) == (
        str(line),
        str(column),
        message,
    )
    assert found.evidence[:2] == (
        f"{line} | {text.splitlines()[line - 1]}",
        " " * (len(str(line)) + 3 + column - 1) + "^",
    )
    if meant is None:
        assert not found.fixes[0].files
        return
    checkout(tmp_path, {CI: text})
    apply(tmp_path, found.fixes[0])
    mended = (tmp_path / CI).read_text()
    assert mended.splitlines()[line - 1] == meant
    assert told(mended, known) is None


VALID = {
    "one line": "on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: x}]}}\n",
    "a matrix with include and exclude": """
        on: [push, pull_request]
        jobs:
          test:
            name: test (${{ matrix.python }})
            runs-on: ${{ matrix.os }}
            continue-on-error: ${{ matrix.experimental || false }}
            strategy:
              fail-fast: ${{ github.event_name == 'pull_request' }}
              max-parallel: 4
              matrix:
                os: [ubuntu-latest, windows-latest]
                python: [3.11, "3.12", 3.13]
                include:
                  - os: ubuntu-latest
                    python: "3.14"
                    experimental: true
                exclude: [{os: windows-latest, python: 3.11}]
            steps:
              - uses: actions/setup-python@v5
                with: {python-version: "${{ matrix.python }}", check-latest: true}
        """,
    "a matrix that a job makes": """
        on: push
        jobs:
          list:
            runs-on: ubuntu-latest
            outputs:
              all: ${{ steps.find.outputs.all }}
            steps:
              - id: find
                run: echo "all=[1]" >> "$GITHUB_OUTPUT"
          run:
            needs: list
            if: needs.list.outputs.all != '[]'
            runs-on: ubuntu-latest
            strategy:
              matrix:
                item: ${{ fromJSON(needs.list.outputs.all) }}
            steps: [{run: "echo ${{ matrix.item }}"}]
        """,
    "anchors": """
        on: push
        jobs:
          a:
            runs-on: &os ubuntu-latest
            env: &env
              A: "1"
            steps: &steps
              - uses: actions/checkout@v4
              - run: make
          b:
            runs-on: *os
            env: *env
            steps: *steps
        """,
    "a merge key": """
        on: push
        jobs:
          a: &a
            runs-on: ubuntu-latest
            steps: [{run: x}]
          b:
            <<: *a
            name: other
        """,
    "calls of other workflows": """
        on: {push: {branches: [main]}}
        jobs:
          one:
            uses: ./.github/workflows/called.yml
            with: {level: 3, flag: true, name: "${{ github.ref_name }}"}
            secrets: inherit
          two:
            needs: [one]
            if: ${{ !cancelled() && needs.one.result == 'success' }}
            strategy: {matrix: {env: [a, b]}}
            permissions: {contents: read, id-token: write}
            uses: octo/shop/.github/workflows/called.yml@v1
            with:
              name: ${{ matrix.env }}
            secrets:
              token: ${{ secrets.TOKEN }}
        """,
    "a workflow to be called": """
        on:
          workflow_call:
            inputs:
              name: {type: string, required: true, description: Which}
              flag: {type: boolean, default: false}
            secrets:
              token: {required: true}
            outputs:
              url: {value: "${{ jobs.a.outputs.url }}", description: Where}
        jobs:
          a:
            runs-on: ubuntu-latest
            outputs: {url: "${{ steps.x.outputs.url }}"}
            steps:
              - id: x
                if: inputs.flag
                run: echo ${{ inputs.name }}
                env: {T: "${{ secrets.token }}"}
        """,
    "environments and concurrency": """
        on: {release: {types: [published]}}
        concurrency: {group: "deploy-${{ github.ref }}", cancel-in-progress: false}
        jobs:
          deploy:
            runs-on: ubuntu-latest
            environment: {name: production, url: "${{ steps.go.outputs.url }}"}
            concurrency: production
            steps: [{id: go, run: ./deploy}]
          other:
            runs-on: ubuntu-latest
            environment: staging
            concurrency:
              group: staging-${{ github.workflow }}
              cancel-in-progress: ${{ startsWith(github.ref, 'refs/pull/') }}
            steps: [{run: ./deploy}]
        """,
    "services": """
        on: push
        jobs:
          test:
            runs-on: ubuntu-latest
            services:
              db:
                image: postgres:16
                env: {POSTGRES_PASSWORD: "${{ secrets.DB }}"}
                ports: ["5432:5432", 5433/tcp]
                options: >-
                  --health-cmd pg_isready
                  --health-retries 5
                credentials: {username: a, password: "${{ secrets.REGISTRY }}"}
              redis: {image: redis, volumes: [/data]}
            steps: [{run: "psql -p ${{ job.services.db.ports[5432] }}"}]
        """,
    "containers": """
        on: push
        jobs:
          a:
            runs-on: ubuntu-latest
            container: python:3.12
            steps: [{run: x}]
          b:
            runs-on: [self-hosted, linux, "${{ vars.ARCH }}"]
            container:
              image: ghcr.example/octo/shop:${{ github.sha }}
              credentials: {username: "${{ github.actor }}", password: "${{ secrets.GITHUB_TOKEN }}"}
              env: {A: 1}
              options: --cpus 1
            steps: [{run: x, shell: bash}]
          c:
            runs-on: {group: large, labels: [gpu]}
            steps: [{uses: "docker://alpine:3", with: {args: ls}}]
        """,
    "defaults and all keys of a step": """
        name: All
        run-name: ${{ github.actor }} by ${{ github.event_name }}
        on: {schedule: [{cron: "0 3 * * 1-5"}], workflow_dispatch: }
        defaults: {run: {shell: bash, working-directory: web}}
        env: {A: 1, B: true, C: , D: "${{ vars.D }}"}
        jobs:
          a:
            runs-on: ubuntu-latest
            timeout-minutes: ${{ fromJSON(vars.MINUTES || '10') }}
            defaults: {run: {working-directory: "${{ matrix.dir }}"}}
            strategy: {matrix: {dir: [a]}}
            env: {E: "${{ secrets.E }}", F: "${{ matrix.dir }}"}
            steps:
              - name: One ${{ matrix.dir }}
                id: one
                if: always()
                run: |
                  echo '${{ toJSON(github) }}' "${A}"
                  echo ${{ hashFiles('**/*.lock', 'x') }} {{ not ours }} $((1 + 1))
                shell: pwsh
                working-directory: x
                timeout-minutes: 5
                continue-on-error: ${{ github.ref != 'refs/heads/main' }}
                env:
                  X: ${{ env.A }}
              - uses: ./.github/actions/setup
                if: "!cancelled() && steps.one.outcome == 'failure'"
        """,
    "inputs by hand": """
        on:
          workflow_dispatch:
            inputs:
              level: {type: choice, options: [info, debug], default: info, required: true, description: x}
              where: {type: environment}
              count: {type: number, default: 3}
              dry: {type: boolean}
              text: {description: no type}
        jobs:
          a:
            runs-on: ubuntu-latest
            if: ${{ github.event.inputs.level == 'info' || inputs.dry }}
            steps: [{run: "echo ${{ inputs.count }}"}]
        """,
    "conditions with functions": """
        on: pull_request_target
        jobs:
          a:
            if: >
              github.event.pull_request.head.repo.full_name == github.repository &&
              contains(github.event.pull_request.labels.*.name, 'ok') && github.event.action != 'closed'
            runs-on: ubuntu-latest
            steps:
              - if: ${{ failure() && (contains(fromJSON('["a", "it''s"]'), github.actor) || env.X == 'y') }}
                run: x
              - if: ${{ success() }} && ${{ always() }}
                run: x
              - if: true
                run: x
              - if: github.event['inputs']['a-b'] == format('{0}-{1}', github.run_id, 1.5) && !endsWith(runner.os, 's')
                run: x
          b:
            needs: a
            if: always() && contains(join(needs.*.result, ','), 'failure')
            runs-on: ubuntu-latest
            steps: [{run: x}]
        """,
    "permissions": """
        on: {push: {tags: ["v*"], branches-ignore: [x]}, merge_group: }
        permissions: read-all
        jobs:
          a: {permissions: write-all, runs-on: x, steps: [{run: x}]}
          b: {permissions: {}, runs-on: x, steps: [{run: x}]}
          c:
            permissions: {contents: none, pull-requests: write, attestations: write, models: read}
            runs-on: x
            steps: [{run: x}]
        """,
    "events of many kinds": """
        on:
          push: {branches: main, paths: ["src/**", "!src/docs/**"]}
          pull_request: {types: [opened, synchronize, reopened], branches-ignore: ["dependabot/**"]}
          issue_comment: {types: created}
          workflow_run: {workflows: [CI], types: [completed], branches: [main]}
          repository_dispatch: {types: [deploy]}
          schedule: [{cron: "*/5 * * * *"}, {cron: "0 0 1 * *"}]
          registry_package: {types: [published]}
          workflow_dispatch:
        jobs: {a: {runs-on: x, steps: [{run: x}]}}
        """,
    "quoted and Windows ends": '"on":\r\n  push:\r\njobs:\r\n  a:\r\n    "runs-on": \'x\'\r\n    steps: [{run: a}]\r\n',
    "literal braces": """
        on: push
        jobs:
          a:
            runs-on: ubuntu-latest
            steps:
              - run: echo ${{ '${{ x }}' }} ${{ format('{{0}}') }} $ {{ y }} }}
        """,
    "another kind of file": "services:\n  db: {image: postgres}\n",
}


@pytest.mark.parametrize("text", VALID.values(), ids=VALID)
def test_silent_about_a_valid_workflow(text: str, known: Catalogue) -> None:
    path = "compose.yml" if text.startswith("services") else CI
    report = explain(path, dedent(text).lstrip("\n").encode(), known)
    assert [place.message for finding in report.findings for place in finding.places] == []


CALLED = """
on:
  workflow_call:
    inputs:
      target: {type: string, required: true}
      level: {type: string}
    secrets:
      token: {required: true}
permissions: {contents: read}
jobs:
  go:
    permissions: {contents: read, id-token: write}
    runs-on: ubuntu-latest
    steps: [{run: x}]
"""
CALL = "on: push\npermissions: {contents: read}\njobs:\n  call:\n    uses: ./.github/workflows/go.yaml\n"


@pytest.mark.parametrize(
    ("text", "inner", "messages"),
    [
        pytest.param(
            CALL,
            CALLED,
            [
                "Input target is required, but not provided while calling.",
                "Secret token is required, but not provided while calling.",
                "The called workflow is requesting 'id-token: write', but is only allowed 'id-token: none'.",
            ],
            id="all is missing",
        ),
        pytest.param(
            CALL
            + "    secrets: inherit\n    permissions: {contents: read, id-token: write}\n"
            + "    with: {targett: x, target: y}\n",
            CALLED,
            ["Invalid input, targett is not defined in the referenced workflow."],
            id="a misspelt input",
        ),
        pytest.param(
            CALL + "    secrets: {token: x}\n    permissions: write-all\n    with: {target: x}\n",
            CALLED,
            [],
            id="all is given",
        ),
        pytest.param(
            "on: push\njobs:\n  call: {uses: ./.github/workflows/go.yaml, secrets: inherit, with: {target: x}}\n",
            CALLED.replace(", id-token: write", ", issues: write"),
            [],
            id="the repository's setting decides",
        ),
        pytest.param(
            CALL,
            "on: push\njobs: {}\n",
            ["workflow is not reusable as it is missing a `on.workflow_call` trigger"],
            id="it cannot be called",
        ),
        pytest.param(
            CALL, "on: workflow_call\njobs:\n  a: {runs-on: x, steps: [{run: x}]}\n", [], id="it wants nothing"
        ),
    ],
)
def test_a_called_workflow_gets_what_it_asks_for(text: str, inner: str, messages: list[str], known: Catalogue) -> None:
    found = told(text, known, {".github/workflows/go.yaml": inner})
    assert ([place.message for place in found.places] if found else []) == messages
    assert told(text, known) is None


def test_a_file_of_aliases_upon_aliases_ends(known: Catalogue) -> None:
    layers = "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9) if n else 'a'}]\n" for n in range(12))
    assert told(layers + "jobs: {a: {runs-on: x, steps: *x11}}\n", known)
