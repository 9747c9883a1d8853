"""An artifact that is not there: the job before it, its name, or the order of the two."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, Tree, apply, ask, checkout


def flow(upload: str = "coverage", job: str = "needs: test", first: str = "timeout-minutes: 5", more: str = "") -> str:
    return dedent(f"""
        on: push
        jobs:
          test:
            {first}
            runs-on: ubuntu-latest
            steps:
              - run: make test
              - uses: actions/upload-artifact@v4
                with: {{name: "{upload}", path: out{more}}}
          gate:
            {job}
            runs-on: ubuntu-latest
            steps:
              - name: Fetch
                uses: actions/download-artifact@v4
                with:
                  name: coverage
        """).lstrip()


def answer(files: Files | Tree, artifact: str = "coverage") -> Answer | None:
    return ask("upstream_job", files, {"artifact": artifact}, job="gate", step="Fetch")


def test_a_job_that_waits_for_nobody_is_made_to_wait(tmp_path: Path) -> None:
    files = {CI: flow(job="timeout-minutes: 5")}
    told = answer(files)
    assert told
    assert told.facts["upstream"] == "test"
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[0])
    mended = (tmp_path / CI).read_text()
    assert "    needs: test\n    steps:" in mended
    again = answer({CI: mended})
    assert again is None or "does not wait" not in again.why


def test_the_upstream_job_is_to_blame_when_this_one_runs_in_any_case() -> None:
    told = answer(
        {
            CI: flow(job="{needs: test, if: always()}").replace(
                "{needs: test, if: always()}", "needs: test\n    if: always()"
            )
        }
    )
    assert told
    assert "Look at `test` first" in told.why
    assert "`test`" in told.title


def test_an_upload_that_found_no_files_only_warned() -> None:
    told = answer({CI: flow()})
    assert told
    assert "only warns" in told.why


def test_another_name_is_corrected_where_it_is_asked_for(tmp_path: Path) -> None:
    files = {".github/workflows/ci.yml": flow("coverage-report")}
    told = answer(files)
    assert told
    assert told.facts["uploaded"] == "coverage-report"
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[0])
    assert (tmp_path / CI).read_text().endswith("name: coverage-report\n")


def test_one_artifact_for_each_job_of_a_matrix() -> None:
    told = answer({CI: flow("coverage-${{ matrix.python }}")})
    assert told
    assert "`pattern: coverage-*`" in told.fixes[0].says


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            {
                CI: flow("wheels")
                + (
                    "  more:\n    runs-on: x\n    steps:\n      - uses: "
                    "actions/upload-artifact@v4\n        with: {name: docs}\n"
                )
            },
            id="nothing like it",
        ),
        pytest.param({CI: flow(more=", if-no-files-found: error")}, id="the upload would have failed"),
        pytest.param({CI: flow(first="if: github.ref == 'x'")}, id="a condition decides"),
        pytest.param(
            {CI: flow("other") + "  call:\n    uses: octo/shop/.github/workflows/x.yml@v1\n"},
            id="a called workflow may upload it",
        ),
        pytest.param(
            {CI: flow("other").replace("name: coverage", "name: coverage\n          run-id: 7")}, id="of another run"
        ),
        pytest.param(
            {CI: "on: push\njobs: {gate: {runs-on: x, steps: [{name: Fetch, run: x}]}}\n"}, id="nobody uploads"
        ),
        pytest.param({CI: Unknown("forbidden")}, id="the file cannot be read"),
    ],
)
def test_silent_where_the_workflow_does_not_tell(files: Files | Tree) -> None:
    assert answer(files) is None
