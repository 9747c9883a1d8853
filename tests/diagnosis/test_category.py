"""The category of a failure that no signature knows: by its words, else by what its step is for."""

from __future__ import annotations

import pytest

from diagnosis.catalogue import CATEGORIES
from diagnosis.category import likely
from diagnosis.engine import JobLog, diagnose
from tests.whole import CATALOGUE


@pytest.mark.parametrize(
    ("text", "step", "expected"),
    [
        ("Error: 403 Forbidden: the token may not write", "Run ./publish.sh", "auth"),
        ("frob: gave up, the vault timed out after 30 s", None, "timeout"),
        ("x509: certificate signed by unknown authority", "Run ./fetch.sh", "tls"),
        ("could not resolve host: vault.example", "Run ./fetch.sh", "network"),
        ("API rate limit exceeded for installation", None, "rate-limit"),
        ("frob: write: no space left on device", "Run make", "resource"),
        ("bundle is 214 kB, which exceeds the limit of 200 kB", "Run frob size", "policy"),
        ("The working tree is dirty after `frob generate`", "Run make generate", "git"),
        ("REGRESSION: sort is 14 % slower", "Run frob bench", "performance"),
        ("cannot resolve package frobnicator@2", "Run frob install", "dependency"),
        ("unknown key `runes` in the schema", "Run frob lint", "lint"),
        ("unknown key `runes` in the schema", "Run ./start.sh", "config"),
        ("expected 3 but got 4", "Run make test --release=no", "test"),
        ("it went wrong", "Run ./deploy.sh production", "deploy"),
        ("/home/runner/work/shop: it went wrong", None, "runtime"),
        ("it went wrong", "Run frobnicate --deploy", "runtime"),
        ("it went wrong", None, "runtime"),
    ],
)
def test_the_likely_category(text: str, step: str | None, expected: str) -> None:
    assert expected in CATEGORIES
    assert likely(text, step) == expected


def test_a_tool_that_only_says_that_it_failed_tells_what_for() -> None:
    assert likely("it went wrong", None, "build") == "build"
    assert likely("it went wrong", "Run ./deploy.sh production", "build") == "deploy"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Execution failed for task ':app:frob'.\n> it went wrong\n", "build"),
        ("it went wrong\n", "runtime"),
    ],
)
def test_the_runner_says_of_every_step_that_it_failed(said: str, expected: str) -> None:
    log = f"##[group]Run ./frob\n##[endgroup]\n{said}##[error]Process completed with exit code 1.\n"
    best = diagnose([JobLog("1_frob.txt", log.encode())], CATALOGUE).findings[0]
    assert (best.kind, best.category) == ("excerpt", expected)
