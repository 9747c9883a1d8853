"""A coverage gate that was missed: where it is set, which place is in force, and what the ways out are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, Tree, apply, ask, checkout, texts

WORKFLOW = """
name: CI
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - name: Run pytest
        run: python -m pytest --cov=shop --cov-fail-under=80  # the goal
"""
FILES: Files = {CI: WORKFLOW, "shop/cart.py": ""}
LOG = "rootdir: /home/runner/work/shop/shop\nconfigfile: pytest.ini\n"


def answer(files: Files | Tree, actual: str = "35.33", required: str = "80", **told: Any) -> Answer | None:
    signature = told.pop("signature", "coverage/below-threshold")
    metric = told.pop("metric", "")
    captures = {"actual": actual, "required": required, **({"metric": metric, "scope": "global"} if metric else {})}
    return ask("coverage_gate_places", files, captures, signature=signature, **told)


def test_the_place_is_named_with_what_is_needed_and_what_was_measured() -> None:
    told = answer(FILES, facts={"passed": 1164, "least_covered": ["shop/mail.py 0%", "shop/cart.py 43%"]})
    assert told
    assert told.why == (
        "Coverage is 35.33 %, and 80 % is required: 44.67 points short. All 1,164 tests passed, only the gate is "
        "missed. The gate is `--cov-fail-under=80` in `.github/workflows/ci.yml` line 9."
    )
    assert "first for `shop/mail.py` (0 %) and `shop/cart.py` (43 %)" in told.fixes[0].says
    assert told.facts == {"gates": [f"{CI}:9 80"]}


def test_the_baseline_is_patched_where_the_gate_is_in_force_and_never_above_what_was_measured(tmp_path: Path) -> None:
    told = answer(FILES)
    assert told
    checkout(tmp_path, FILES)
    apply(tmp_path, told.fixes[1])
    (text,) = texts(tmp_path, [CI])
    assert "--cov-fail-under=35  # the goal" in text
    assert "any number above 35.33 stays red" in told.fixes[1].says
    assert answer({**FILES, CI: text}, required="35", actual="35.33") is None


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        pytest.param("pytest.ini", "[pytest]\naddopts = -ra\n    --cov-fail-under=80\n", 3, id="pytest.ini"),
        pytest.param(".coveragerc", "[run]\nbranch = true\n[report]\nfail_under = 80\n", 4, id="coveragerc"),
        pytest.param("setup.cfg", "[metadata]\n[coverage:report]\nfail_under=80.0\n", 3, id="setup.cfg"),
        pytest.param("setup.cfg", "[tool:pytest]\naddopts = --cov-fail-under 80\n", 2, id="setup.cfg of pytest"),
        pytest.param("pyproject.toml", "[tool.coverage.report]\nfail_under = 80\n", 2, id="pyproject.toml"),
        pytest.param(
            "pyproject.toml",
            '[tool.pytest.ini_options]\naddopts = [\n  "--cov",\n  "--cov-fail-under=80",\n]\n',
            4,
            id="a list of options",
        ),
        pytest.param("tox.ini", "[testenv]\ncommands = pytest\n[pytest]\naddopts = --cov-fail-under=80\n", 4, id="tox"),
    ],
)
def test_each_file_of_settings_is_read_and_patched(path: str, text: str, line: int, tmp_path: Path) -> None:
    files = {CI: WORKFLOW.replace(" --cov-fail-under=80", ""), path: text}
    told = answer(files)
    assert told
    assert told.facts == {"gates": [f"{path}:{line} 80"]}
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[1])
    (after,) = texts(tmp_path, [path])
    assert after == re.sub(r"80(\.0)?", "35", text)


@pytest.mark.parametrize(
    ("command", "path", "text"),
    [
        pytest.param("make test", "Makefile", "test:\n\tpytest --cov --cov-fail-under=80\n", id="make"),
        pytest.param("tox -e py312", "tox.ini", "[testenv]\ncommands =\n  coverage report --fail-under=80\n", id="tox"),
        pytest.param("nox -s tests", "noxfile.py", 'session.run("pytest", "--cov-fail-under=80")\n', id="nox"),
        pytest.param("./ci/test.sh all", "ci/test.sh", "pytest --cov --cov-fail-under 80\n", id="a script"),
    ],
)
def test_the_file_that_the_step_runs_is_read(command: str, path: str, text: str) -> None:
    told = answer({CI: WORKFLOW.replace("python -m pytest --cov=shop --cov-fail-under=80", command), path: text})
    assert told
    assert [place.path for place in told.places] == [path]


def test_the_same_gate_in_two_places_is_lowered_in_both(tmp_path: Path) -> None:
    files = {**FILES, "pytest.ini": "[pytest]\naddopts = --cov=shop --cov-fail-under=80\n"}
    told = answer(files, log=LOG)
    assert told
    assert "line 9 and `--cov-fail-under=80` in `pytest.ini` line 2, the same in each." in told.why
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[1])
    assert all("--cov-fail-under=35" in text for text in texts(tmp_path, [CI, "pytest.ini"]))


def test_another_number_elsewhere_is_named_and_that_it_would_stay_red() -> None:
    told = answer({**FILES, "pytest.ini": "[pytest]\naddopts = --cov-fail-under=40\n"}, log=LOG)
    assert told
    assert (
        "The places disagree: `pytest.ini` line 2 says 40 and is not in force here, because the command line wins; "
        "40 would stay red as well, above the measured 35.33." in told.why
    )
    assert [file.path for file in told.fixes[1].files] == [CI]


def test_a_gate_in_a_variable_of_the_workflow_is_patched_where_it_is_set(tmp_path: Path) -> None:
    text = WORKFLOW.replace("=80", "=${{ env.LEAST }}").replace("on: push", 'on: push\nenv:\n  LEAST: "80"')
    told = answer({CI: text})
    assert told
    checkout(tmp_path, {CI: text})
    apply(tmp_path, told.fixes[1])
    assert '  LEAST: "35"\n' in texts(tmp_path, [CI])[0]


def test_a_folder_of_a_monorepo_is_searched_before_the_root() -> None:
    files = {
        CI: WORKFLOW.replace("run: python -m pytest --cov=shop --cov-fail-under=80", "run: cd backend && pytest"),
        "backend/setup.cfg": "[coverage:report]\nfail_under = 70\n",
        "frontend/setup.cfg": "[coverage:report]\nfail_under = 70\n",
    }
    told = answer(files, required="70", actual="69.5")
    assert told
    assert told.facts == {"gates": ["backend/setup.cfg:2 70"]}


@pytest.mark.parametrize(
    ("signature", "path", "text", "after"),
    [
        pytest.param(
            "jest/coverage-below-threshold",
            "package.json",
            '{"jest": {"coverageThreshold": {"global": {"branches": 80, "lines": 80}}}}\n',
            '{"jest": {"coverageThreshold": {"global": {"branches": 35, "lines": 80}}}}\n',
            id="package.json",
        ),
        pytest.param(
            "jest/coverage-below-threshold",
            "jest.config.ts",
            "export default {\n  coverageThreshold: {\n    global: {\n      branches: 80,\n    },\n  },\n};\n",
            "export default {\n  coverageThreshold: {\n    global: {\n      branches: 35,\n    },\n  },\n};\n",
            id="jest.config.ts",
        ),
        pytest.param(
            "vitest/coverage-below-threshold",
            "vite.config.ts",
            "test: { coverage: {\n  thresholds: {\n    lines: 80,\n    branches: 80,\n  },\n} }\n",
            "test: { coverage: {\n  thresholds: {\n    lines: 80,\n    branches: 35,\n  },\n} }\n",
            id="vite.config.ts",
        ),
    ],
)
def test_thresholds_of_javascript_are_found(signature: str, path: str, text: str, after: str, tmp_path: Path) -> None:
    told = answer({path: text}, signature=signature, metric="branches")
    assert told
    assert told.why.startswith("Coverage of `branches` is 35.33 %")
    checkout(tmp_path, {path: text})
    apply(tmp_path, told.fixes[1])
    assert texts(tmp_path, [path]) == [after]


def test_nothing_is_lowered_to_zero() -> None:
    told = answer(FILES, actual="0.4")
    assert told
    assert len(told.fixes) == 1


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({CI: WORKFLOW.replace("=80", "=90")}, id="the step asks for another number"),
        pytest.param({CI: WORKFLOW.replace(" --cov-fail-under=80", "")}, id="no gate anywhere"),
        pytest.param({CI: WORKFLOW.replace("run: python", "run: 'true' # python")}, id="a comment"),
        pytest.param(
            {CI: WORKFLOW.replace("pytest --cov=shop --cov-fail-under=80", "interrogate --fail-under=80")},
            id="the gate of another tool",
        ),
        pytest.param(
            {CI: WORKFLOW.replace(" --cov-fail-under=80", ""), "setup.cfg": "[tool:interrogate]\nfail_under = 80\n"},
            id="a setting of another tool",
        ),
        pytest.param(
            {CI: WORKFLOW.replace(" --cov-fail-under=80", ""), "docs/.coveragerc": "[report]\nfail_under = 80\n"},
            id="the settings of another folder",
        ),
        pytest.param(
            {CI: WORKFLOW.replace(" --cov-fail-under=80", ""), "Makefile": "test:\n\tpytest --cov-fail-under=80\n"},
            id="a Makefile that the step does not run",
        ),
        pytest.param(
            {
                CI: WORKFLOW.replace(" --cov-fail-under=80", "")
                + "  nightly:\n    steps:\n      - run: pytest --cov-fail-under=80\n"
            },
            id="another job's gate",
        ),
        pytest.param({**FILES, "pyproject.toml": Unknown("too big")}, id="a file that cannot be read"),
        pytest.param(Tree({**FILES, CI: Unknown("forbidden")}, paths=Unknown("truncated")), id="nothing can be told"),
    ],
)
def test_silent_when_the_gate_in_force_is_not_found(files: Files | Tree) -> None:
    assert answer(files) is None


@pytest.mark.parametrize(
    ("actual", "required"), [("81", "80"), ("", "80"), ("many", "80"), ("35", "350")], ids=["met", "", "words", "150 %"]
)
def test_silent_when_the_numbers_are_no_missed_gate(actual: str, required: str) -> None:
    assert answer(FILES, actual, required) is None


def test_silent_when_two_thresholds_of_the_metric_ask_for_the_same() -> None:
    text = 'coverageThreshold: {\n  global: { lines: 80 },\n  "./src/": { lines: 80 },\n}\n'
    assert answer({"jest.config.js": text}, signature="jest/coverage-below-threshold", metric="lines") is None
