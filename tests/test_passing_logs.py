"""Nothing is made up: jobs that passed are let pass, and of a failure whose cause is not in the log none is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from diagnosis.engine import JobLog, diagnose
from diagnosis.report import Report
from diagnosis.steps import FailedStep
from tests.whole import CATALOGUE

LOGS = Path(__file__).parent / "logs"
CLEANUP = "Post job cleanup."
CLOCK = "2026-03-06T06:59:13.6887008Z "
DEPLOY = "".join(
    f"{CLOCK}{line}\n"
    for line in (
        "##[group]Run ./deploy.sh",
        "\x1b[36;1m./deploy.sh\x1b[0m",
        "shell: /usr/bin/bash -e {0}",
        "##[endgroup]",
        "##[error]Process completed with exit code 1.",
    )
)


def kept(folder: str) -> list[object]:
    return [pytest.param(path, id=path.stem) for path in sorted((LOGS / folder).glob("*.log"))]


def report_of(log: str) -> Report:
    return diagnose([JobLog("1_test.txt", log.encode())], CATALOGUE)


def read(path: Path) -> str:
    return path.read_bytes().decode()


def with_a_later_step_that_fails(log: str) -> str:
    place = log.rindex("\n", 0, log.index(CLEANUP)) + 1
    return log[:place] + DEPLOY + log[place:]


def said(report: Report) -> list[tuple[str, str | None]]:
    return [(finding.kind, finding.signature) for finding in report.findings if finding.kind != "note"]


@pytest.mark.parametrize("path", kept("passing"))
def test_silent_about_a_job_that_passed(path: Path) -> None:
    report = report_of(read(path))
    assert (report.outcome, said(report)) == ("no-failure", [])


def test_silent_about_a_passing_log_that_holds_nothing_of_the_runner() -> None:
    """latexmk lists what it could not resolve, and goes on: only the last lines tell that all is well."""
    assert report_of(read(LOGS / "latex" / "passing.log")).outcome == "no-failure"


@pytest.mark.parametrize("path", kept("passing"))
def test_what_a_step_survived_is_not_why_a_later_one_failed(path: Path) -> None:
    best = report_of(with_a_later_step_that_fails(read(path))).best
    assert best is not None
    assert (best.signature, best.kind, best.confidence) == (None, "excerpt", "low")


CLEANUP_NOISE = """\
Post job cleanup.
##[warning]Failed to save: Unable to reserve cache with key pip-Linux-3f2a, another job may be creating this cache.
##[warning]Cache save failed.
##[warning]Path Validation Error: Path(s) specified in the action for caching do(es) not exist, hence no cache is saved.
Post job cleanup.
Error response from daemon: No such container: shop-db
Warning: Failed to remove container shop-db
The process '/usr/bin/docker' failed with exit code 1
"""


def test_silent_about_the_noise_of_cleaning_up() -> None:
    """As actions/cache and the runner word it; none of it changes how the job ended."""
    log = read(LOGS / "passing" / "linters-clean.log")
    place = log.rindex("\n", 0, log.index(CLEANUP)) + 1
    noise = "".join(f"{CLOCK}{line}\n" for line in CLEANUP_NOISE.splitlines())
    report = report_of(log[:place] + noise + log[place:])
    assert (report.outcome, said(report)) == ("no-failure", [])


@pytest.mark.parametrize("path", kept("survived"))
def test_a_step_that_the_job_survived_is_not_why_the_one_failed_that_github_names(path: Path) -> None:
    """Of two steps with the runner's error mark only GitHub knows which had `continue-on-error`."""
    told = FailedStep("Deploy", started_at=CLOCK.strip(), completed_at=CLOCK.strip())
    log = with_a_later_step_that_fails(read(path))
    best = diagnose([JobLog("1_test.txt", log.encode(), failed_steps=(told,))], CATALOGUE).best
    assert best is not None
    assert (best.step, best.signature, best.kind, best.confidence) == ("Deploy", None, "excerpt", "low")


@pytest.mark.parametrize("path", kept("survived"))
def test_silent_where_a_clean_up_tells_that_the_job_passed(path: Path) -> None:
    """Actions keep their cache after a job that passed alone, whatever error marks stand above."""
    report = report_of(read(path))
    assert (report.outcome, said(report)) == ("no-failure", [])


@pytest.mark.parametrize("path", kept("without-cause"))
def test_no_cause_is_named_that_is_not_in_the_log(path: Path) -> None:
    report = report_of(read(path))
    assert report.outcome == "unrecognised"
    assert {finding.confidence for finding in report.findings if finding.kind != "note"} == {"low"}
    assert report.best is not None
    assert re.search("log does not say|not in this log", f"{report.best.title} {report.best.why}")


def test_there_are_enough_of_them() -> None:
    assert len(kept("passing")) >= 40
    assert len(kept("without-cause")) >= 10


def test_a_job_that_failed_is_not_let_pass() -> None:
    """The same log with the step's own end: what the gate above would say of a false alarm."""
    log = read(LOGS / "passing" / "pytest-subprocess-runs-failing-tests.log")
    place = log.rindex("\n", 0, log.index(CLEANUP)) + 1
    report = report_of(f"{log[:place]}{CLOCK}##[error]Process completed with exit code 2.\n{log[place:]}")
    assert (report.outcome, said(report)[0]) == ("diagnosed", ("cause", "python/module-not-found"))
