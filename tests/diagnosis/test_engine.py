"""The report as a whole: outcomes, lines, evidence, silence."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema_rs
import pytest

from diagnosis.catalogue import Catalogue, Signature
from diagnosis.engine import JobLog, diagnose
from diagnosis.report import InStep, Report
from diagnosis.steps import FailedStep
from diagnosis.tell import blank_numbers, fingerprint
from tests.whole import CATALOGUE

SCHEMA = jsonschema_rs.validator_for(json.loads((Path(__file__).parents[2] / "docs/report.schema.json").read_text()))


def report_of(text: str | bytes) -> Report:
    report = diagnose([JobLog("a.log", text.encode() if isinstance(text, str) else text)], CATALOGUE)
    SCHEMA.validate(json.loads(json.dumps(report.to_json())))
    return report


PASSING = """\
##[group]Run pytest
##[endgroup]
E   AssertionError is what this test expects
ERROR: printed by a passing test
2 passed in 0.02s
Post job cleanup.
Cleaning up orphan processes
"""


@pytest.mark.parametrize("log", ["", "\n", "all is well\n", PASSING, "0 errors, 0 failures\n"])
def test_silent_when_nothing_failed(log: str) -> None:
    report = report_of(log)
    assert (report.outcome, report.findings, report.excerpt) == ("no-failure", (), None)


def test_the_unknown_is_said_to_be_unknown_and_points_at_the_most_telling_line() -> None:
    report = report_of(
        "##[group]Run ./frobnicate\n##[endgroup]\nfrobnicating 1 of 2\n"
        "frobnicator: fatal: the widget is upside down\nbye\n"
        "##[error]Process completed with exit code 3.\n"
    )
    best = report.findings[0]
    assert (report.outcome, best.signature, best.kind, best.confidence) == ("unrecognised", None, "excerpt", "low")
    assert best.lines == (4,)
    assert report.excerpt is not None
    assert "frobnicator: fatal: the widget is upside down" in report.excerpt.text


ENDED = FailedStep("Unit tests", "2026-03-06T06:11:03Z", "2026-03-06T06:11:09Z", 4, "2026-03-06T06:11:02Z")
CLOCKED = "".join(
    f"2026-03-06T06:11:{second:02}.6887008Z {line}\n"
    for second, line in enumerate(
        (
            "Current runner version: '2.330.0'",
            "##[group]Run actions/checkout@v5",
            "##[endgroup]",
            "##[group]Run python -m shop",
            "shell: /usr/bin/bash -e {0}",
            "##[endgroup]",
            "ModuleNotFoundError: No module named 'discounts'",
            "##[error]Process completed with exit code 1.",
        )
    )
)


@pytest.mark.parametrize("line", ["ModuleNotFoundError: No module named 'discounts'", "the gizmo has come loose"])
def test_the_decisive_line_is_found_on_the_jobs_page(line: str) -> None:
    log = CLOCKED.replace("ModuleNotFoundError: No module named 'discounts'", line).encode()
    best = diagnose([JobLog("a.log", log, failed_steps=(ENDED,))], CATALOGUE).best
    assert best is not None
    assert (best.lines[0], best.in_step) == (7, InStep(4, 4))


@pytest.mark.parametrize(
    "given",
    [
        JobLog("a.log", CLOCKED.encode()),
        JobLog("a.log", CLOCKED.encode(), failed_steps=(ENDED,), truncated=True),
        JobLog("a.log", re.sub(r"(?m)^\S+Z ", "", CLOCKED).encode(), failed_steps=(ENDED,)),
    ],
    ids=["no step told", "a log that was cut", "a log without times"],
)
def test_where_it_is_not_sure_no_line_of_the_page_is_told(given: JobLog) -> None:
    best = diagnose([given], CATALOGUE).best
    assert best is not None
    assert best.in_step is None


def test_secrets_of_the_log_are_in_no_field_of_the_report() -> None:
    secret = "ghp_" + "a1B2" * 9
    for line in (f"ModuleNotFoundError: No module named '{secret}'", f"fatal error: cannot use {secret}"):
        step = f"##[group]Run deploy --with {secret}\n##[endgroup]\n{line}\n{secret}\n##[error]exit code 1.\n"
        for log in (f"{line}\n{secret}\n", step):
            assert secret not in json.dumps(report_of(log).to_json())


def test_lines_are_those_of_the_file_even_in_its_second_job() -> None:
    clock = "2026-03-06T06:11:13.6887008Z"
    first = f"lint\tRun ruff\t{clock} fine\n" * 3
    second = f"test\tRun pytest\t{clock} ModuleNotFoundError: No module named 'clinic'\n"
    best = report_of(first + second).findings[0]
    assert (best.job, best.step, best.lines) == ("test", "Run pytest", (4,))


def test_fingerprints_know_the_failure_not_the_run() -> None:
    assert fingerprint("a/b", "at 0x7f01 in  x") == fingerprint("a/b", "at 0x7f99 in x")
    assert fingerprint("a/b", "x") != fingerprint("a/c", "x")
    assert blank_numbers("lost 3 of 17 in /home/runner/work/a/b.py at deadbeef01") == blank_numbers(
        "lost 4 of 18 in /home/runner/work/c/d.py at cafebabe02"
    )


def test_a_renaming_keeps_the_fingerprint() -> None:
    born = Signature(
        id="frob/sealed",
        title="t",
        category="build",
        kind="cause",
        pattern="vault is sealed",
        why="w",
        fix="f",
        source="s",
    )
    renamed = replace(born, id="frob/vault-sealed", was=("frob/sealed",))
    log = JobLog("a", b"the vault is sealed\n")
    before, after = (diagnose([log], Catalogue([item])).findings[0] for item in (born, renamed))
    assert (before.signature, after.signature) == ("frob/sealed", "frob/vault-sealed")
    assert before.fingerprint == after.fingerprint


def test_a_cause_that_is_not_in_the_log_is_said_to_be_absent() -> None:
    report = report_of(
        "##[group]Run ./deploy.sh\n./deploy.sh\n##[endgroup]\n##[error]Process completed with exit code 1.\n"
    )
    best = report.findings[0]
    assert (report.outcome, best.signature, best.confidence) == ("unrecognised", None, "low")
    assert "none of its lines looks like one" in best.why
    assert "`set -x`" in best.fixes[0].says
