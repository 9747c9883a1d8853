"""What reports of tests and coverage tell, and that a broken or hostile one tells nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from diagnosis import engine, structured
from diagnosis.engine import JobLog
from diagnosis.report import Place
from tests.whole import CATALOGUE

TESTS = """
import pytest


def test_right():
    assert 1


def test_wrong():
    assert 1 == 2, "one is not two"


@pytest.fixture
def broken():
    raise RuntimeError("no database")


def test_stopped(broken):
    pass


@pytest.mark.skip(reason="later")
def test_later():
    pass
"""
COBERTURA = """<?xml version="1.0" ?>
<coverage version="7.17" lines-valid="40" lines-covered="10" line-rate="0.25"><packages><package><classes>
<class name="a.py" filename="shop/a.py" line-rate="0.1"/><class name="b.py" filename="shop/b.py" line-rate="0.8"/>
<class name="c.py" filename="shop/c.py" line-rate="1"/></classes></package></packages></coverage>
"""
JSON = {
    "totals": {"num_statements": 40, "missing_lines": 30},
    "files": {"shop/a.py": {"summary": {"percent_covered": 10.0}}, "shop/c.py": {"summary": {"percent_covered": 100}}},
}
BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><testsuite name="&b;"/>'


@pytest.fixture(scope="module")
def junit(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What pytest writes."""
    folder = tmp_path_factory.mktemp("junit")
    (folder / "test_shop.py").write_text(TESTS)
    options = ["-p", "no:cacheprovider", "--junitxml=report.xml", "-o", "junit_family=xunit1"]
    subprocess.run([sys.executable, "-m", "pytest", *options], cwd=folder, capture_output=True, check=False)
    return Path(folder, "report.xml").read_bytes()


def test_a_junit_report_tells_the_totals_and_which_tests_did_not_pass(junit: bytes) -> None:
    told = structured.read("results", {"report.xml": junit})
    assert told
    assert told.facts == {
        "test": {
            "total": 4,
            "passed": 1,
            "failed": 1,
            "failing": ["test_shop.py::test_wrong"],
            "errors": 1,
            "erroring": ["test_shop.py::test_stopped"],
        }
    }
    assert [(place.path, place.line) for place in told.places] == [("test_shop.py", 9), ("test_shop.py", 18)]
    assert told.places[0].message.startswith("test_wrong: AssertionError: one is not two")


@pytest.mark.parametrize("file", [{"coverage.xml": COBERTURA.encode()}, {"coverage.json": json.dumps(JSON).encode()}])
def test_a_coverage_report_tells_the_least_covered_files(file: dict[str, bytes]) -> None:
    told = structured.read("coverage", file)
    assert told
    facts = told.facts["coverage"]
    assert (facts["statements"], facts["missed"]) == (40, 30)
    least = facts["least_covered"]
    assert isinstance(least, list)
    assert least[0] == "shop/a.py 10%"
    assert not any("c.py" in row for row in least)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.xml", b""),
        ("a.xml", b"<testsuite"),
        ("a.xml", BOMB.encode()),
        ("a.xml", b"<html/>"),
        ("a.xml", b"<testsuite/>"),
        ("a.xml", b'<coverage lines-valid="x"/>'),
        ("a.xml", b"\xff\xfe\x00"),
        ("a.json", b"{"),
        ("a.json", b"[]"),
        ("a.json", b'{"totals": 1, "files": 2}'),
        ("a.json", b"[" * 100_000),
        ("a.xml", b"<testsuite>" + b" " * structured.MOST_BYTES + b"</testsuite>"),
    ],
)
def test_what_is_no_report_tells_nothing(path: str, content: bytes) -> None:
    assert structured.read("x", {path: content}) is None


def test_the_texts_are_filled_from_what_was_handed_in() -> None:
    log = (
        "##[group]Run pytest\n##[endgroup]\n"
        "FAIL Required test coverage of 80% not reached. Total coverage: 25.00%\n"
        "##[error]Process completed with exit code 1.\n"
    )
    told = structured.read("coverage", {"coverage.xml": COBERTURA.encode()})
    job = JobLog("test", log.encode(), "test", structured=told)
    best = engine.diagnose([job], CATALOGUE).best
    assert best
    assert best.facts["artifact"] == "coverage"
    assert "`shop/a.py 10%`" in best.fixes[0].says


def test_places_of_failing_tests_come_first(junit: bytes) -> None:
    log = "##[group]Run pytest\n##[endgroup]\nFAILED test_shop.py::test_wrong - assert 1 == 2\n##[error]exit code 1.\n"
    told = structured.read("results", {"report.xml": junit})
    best = engine.diagnose([JobLog("test", log.encode(), "test", structured=told)], CATALOGUE).best
    assert best
    assert best.places[0] == Place("test_shop.py", 9, best.places[0].message)
