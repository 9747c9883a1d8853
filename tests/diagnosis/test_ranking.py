"""Which of several findings comes first: told as small logs and the signature that must lead."""

from __future__ import annotations

import pytest

from diagnosis.catalogue import Catalogue, Signature
from diagnosis.engine import JobLog, diagnose
from diagnosis.report import Kind
from diagnosis.steps import FailedStep


def signature(identifier: str, pattern: str, kind: Kind = "cause", **more: object) -> Signature:
    values = {"title": identifier, "category": "build", "why": "w", "fix": "f", "source": "s", **more}
    return Signature(id=identifier, pattern=pattern, kind=kind, **values)  # type: ignore[arg-type]


CATALOGUE = Catalogue(
    [
        signature(
            "deps/module-missing",
            r"No module named '(?P<module>\w+)'",
            beats=("gate/coverage", "generic/*"),
            group_by="{module}",
        ),
        signature("deps/install-failed", r"Could not install packages", beats=("deps/module-missing",)),
        signature("gate/coverage", r"coverage of \d+ not reached"),
        signature("test/setup", r"ERROR at setup of", "symptom"),
        signature("make/failed", r"make: \*\*\* .* Error", "wrapper"),
        signature("run/program-failed", r"ProgramError: exit status \d+", "wrapper"),
        signature("old/warning", r"DeprecationWarning: (?P<message>.*)", "note"),
        signature("cc/error", r"error: undeclared '(?P<name>\w+)'", group_by="{name}"),
        signature(
            "generic/exception", r"^(?P<kind>\w+Error): ", confidence="medium", decisive="last", group_by="{kind}"
        ),
    ]
)


def lead(log: str) -> list[str | None]:
    return [finding.signature for finding in diagnose([JobLog("a.log", log.encode())], CATALOGUE).findings]


STEP = "##[group]Run {0}\n\x1b[36;1m{0}\x1b[0m\n##[endgroup]\n"


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        pytest.param("make: *** [all] Error 2\n", [None, "make/failed"], id="a wrapper alone explains nothing"),
        pytest.param(
            "No module named 'a'\nmake: *** [all] Error 2\n", ["deps/module-missing"], id="a cause hides its wrapper"
        ),
        pytest.param(
            "ERROR at setup of x\nNo module named 'a'\n",
            ["deps/module-missing", "test/setup"],
            id="cause before symptom",
        ),
        pytest.param("No module named 'a'\ncoverage of 80 not reached\n", ["deps/module-missing"], id="beats"),
        pytest.param(
            "Could not install packages\nNo module named 'a'\ncoverage of 80 not reached\n",
            ["deps/install-failed"],
            id="beats through others",
        ),
        pytest.param(
            "DeprecationWarning: old\nERROR at setup of x\n",
            ["test/setup", "old/warning"],
            id="a note is never the cause",
        ),
        pytest.param(
            "error: undeclared 'a'\nerror: undeclared 'b'\n", ["cc/error", "cc/error"], id="the first of a cascade"
        ),
        pytest.param(
            "ValueError: a\nKeyError: b\n", ["generic/exception", "generic/exception"], id="the last of a chain"
        ),
        pytest.param(
            "ValueError: a\nProgramError: exit status 1\n",
            ["generic/exception"],
            id="a generic one yields the line to a wrapper that knows it to say nothing",
        ),
        pytest.param(
            STEP.format("lint")
            + "coverage of 80 not reached\n##[error]Process completed with exit code 1.\n"
            + STEP.format("test")
            + "error: undeclared 'a'\n##[error]Process completed with exit code 1.\n",
            ["gate/coverage", "cc/error"],
            id="the first failing step before what still ran after it",
        ),
        pytest.param(
            STEP.format("install || true")
            + "Could not install packages\n"
            + STEP.format("test")
            + "No module named 'a'\n##[error]Process completed with exit code 1.\n",
            ["deps/module-missing"],
            id="what a surviving step said beats nothing in the failing one and is not listed beside it",
        ),
        pytest.param(
            STEP.format("install || true")
            + "Could not install packages\n"
            + STEP.format("test")
            + "it broke\n##[error]Process completed with exit code 1.\n",
            [None, "deps/install-failed"],
            id="what a surviving step said is a hint where the failing one says nothing",
        ),
        pytest.param(
            STEP.format("test")
            + "No module named 'a'\n##[error]Process completed with exit code 1.\n"
            + STEP.format("report")
            + "ValueError: a\n##[error]Process completed with exit code 1.\n",
            ["deps/module-missing", "generic/exception"],
            id="a generic one is not explained by a cause in another failed step",
        ),
        pytest.param(
            STEP.format("test") + "ValueError: a\nNo module named 'a'\n##[error]Process completed with exit code 1.\n",
            ["deps/module-missing"],
            id="a generic one is explained by a cause in its own step",
        ),
        pytest.param(
            "##[group]Run echo\n\x1b[36;1mecho \"No module named 'a'\"\x1b[0m\n##[endgroup]\nERROR at setup of x\n"
            "##[error]Process completed with exit code 1.\n",
            ["test/setup"],
            id="the echo of the script is not its output",
        ),
    ],
)
def test_what_comes_first(log: str, expected: list[str | None]) -> None:
    assert lead(log) == expected


def test_the_first_of_a_cascade_and_the_last_of_a_chain_are_shown() -> None:
    compiled = diagnose([JobLog("a", b"x\nerror: undeclared 'a'\nerror: undeclared 'b'\n")], CATALOGUE)
    raised = diagnose([JobLog("a", b"ValueError: a\nKeyError: b\n")], CATALOGUE)
    assert compiled.findings[0].lines == (2,)
    assert raised.findings[0].lines == (2,)


@pytest.mark.parametrize(
    ("log", "confidence"),
    [
        pytest.param("No module named 'a'\n", "high", id="what a person copied out of a log"),
        pytest.param(STEP.format("test") + "No module named 'a'\n##[error]x\n", "high", id="a step that failed"),
        pytest.param(STEP.format("test") + "No module named 'a'\nretrying\n", "medium", id="a log that stops"),
    ],
)
def test_how_sure_it_is_of_a_log_that_stops_in_the_middle(log: str, confidence: str) -> None:
    (found,) = diagnose([JobLog("a.log", log.encode())], CATALOGUE).findings
    assert (found.signature, found.confidence) == ("deps/module-missing", confidence)


def test_what_a_step_said_that_github_let_the_job_survive_is_not_listed() -> None:
    """Both steps carry the runner's mark; GitHub names the one that counts."""
    first, second = "2026-03-06T06:59:13.68Z ", "2026-03-06T06:59:19.68Z "
    log = "".join(
        f"{clock}{line}\n"
        for clock, name, said in (
            (first, "install", "Could not install packages"),
            (second, "test", "error: undeclared 'a'"),
        )
        for line in (f"##[group]Run {name}", "##[endgroup]", said, "##[error]Process completed with exit code 1.")
    )
    told = FailedStep("test", started_at=second.strip(), completed_at=second.strip())
    findings = diagnose([JobLog("a.log", log.encode(), failed_steps=(told,))], CATALOGUE).findings
    assert [(item.signature, item.step) for item in findings] == [("cc/error", "test")]


def test_each_job_gives_its_best_finding_before_any_gives_its_second() -> None:
    logs = [
        JobLog("1_a.txt", b"ERROR at setup of x\nNo module named 'a'\n", "a"),
        JobLog("2_b.txt", b"ERROR at setup of x\n", "b"),
    ]
    report = diagnose(logs, CATALOGUE)
    assert [(item.job, item.signature) for item in report.findings] == [
        ("a", "deps/module-missing"),
        ("b", "test/setup"),
        ("a", "test/setup"),
    ]
