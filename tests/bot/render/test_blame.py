"""Whose failure it is, and by what that is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.case import Attempt, Base, Case, Flake, PullRequest
from bot.render import check, comment
from bot.render.blame import blame
from diagnosis.report import Finding, Fix, Place
from tests.bot.render.cases import FINDING, RUN, case

MAIN = replace(RUN, id=900, head_branch="main", html_url="https://github.example/octo/shop/actions/runs/900")
FLAKE = Flake(
    failed=Attempt(800, 1, "c" * 40, "failure", "https://github.example/octo/shop/actions/runs/800"),
    passed=Attempt(800, 2, "c" * 40, "success", "https://github.example/octo/shop/actions/runs/800/attempts/2"),
    times=3,
)
NETWORK = replace(FINDING, signature="apt/index-unreachable", category="network", evidence=("no mirror answered",))
SHOWN = frozenset({FINDING.fingerprint})
PULL = PullRequest(12, "mona", RUN.head_sha, "main", "open", False, "https://github.example/octo/shop/pull/12")
MENDED = replace(FINDING, fixes=(Fix("Mend the code."),))
PLACED = replace(FINDING, places=(Place("shop/api.py", 3),))


def whose(given: Case, finding: Finding = FINDING) -> tuple[str, str]:
    found = blame(given, finding)
    return found.whose, found.says


def test_what_comes_and_goes_is_said_with_the_runs_that_prove_it() -> None:
    given = replace(case(FINDING), flakes={FINDING.fingerprint: FLAKE}, changed=("shop/api.py",))
    assert whose(given) == (
        "flaky",
        "known flaky: failed in [run 800](https://github.example/octo/shop/actions/runs/800), passed in"
        " [run 800, attempt 2](https://github.example/octo/shop/actions/runs/800/attempts/2) on the same commit"
        " `ccccccc`, seen on 3 commits",
    )
    assert "seen on" not in whose(replace(given, flakes={FINDING.fingerprint: replace(FLAKE, times=1)}))[1]


def test_what_comes_and_goes_is_never_headlined_as_the_changes() -> None:
    (told,) = comment.telling(replace(case(FINDING), flakes={FINDING.fingerprint: FLAKE})).causes
    assert told.whose == "flaky"


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        (
            Base("main", MAIN, red_since=MAIN, shown=SHOWN),
            ("base", f"probably not from this change: `main` shows the same, since [run 900]({MAIN.html_url})"),
        ),
        (Base("main", MAIN, red_since=MAIN), ("change", f"`main` is red as well, since [run 900]({MAIN.html_url})")),
        (
            Base("main", MAIN, red_since=MAIN, shown=frozenset()),
            ("change", "likely from this change: it touches `shop/api.py`"),
        ),
        (Base("main", MAIN), ("change", "likely from this change: it touches `shop/api.py`; `main` is green")),
        (None, ("change", "likely from this change: it touches `shop/api.py`")),
    ],
)
def test_the_base_branch_is_compared(base: Base | None, expected: tuple[str, str]) -> None:
    assert whose(replace(case(PLACED), base=base, changed=("README.md", "shop/api.py")), PLACED) == expected


def test_what_is_also_red_on_the_base_branch_names_it() -> None:
    (told,) = comment.telling(replace(case(FINDING), base=Base("main", MAIN, red_since=MAIN, shown=SHOWN))).causes
    assert (told.whose, told.branch) == ("base", "main")


@pytest.mark.parametrize(
    ("known", "advice"),
    [
        (
            {"base": Base("main", MAIN, red_since=MAIN, shown=SHOWN)},
            "**Fix** Nothing in this change. Once `main` passes again",
        ),
        ({"flakes": {FINDING.fingerprint: FLAKE}}, "**Fix** Run the failed jobs again:"),
    ],
)
def test_what_is_not_of_the_change_is_not_to_be_mended_in_it(known: dict[str, Any], advice: str) -> None:
    given = replace(case(MENDED), pull_request=PULL, **known)
    told = comment.section(given).partition("<details>")
    assert advice in told[0]
    assert "Mend the code." not in told[0]
    assert "**Other ways out**\n\n- Mend the code." in told[2]
    assert advice in check.red(given).summary
    assert "**Other ways out**\n\n- Mend the code." in check.red(given).text


def test_a_failure_from_outside_is_not_the_changes() -> None:
    assert whose(case(NETWORK), NETWORK) == (
        "infrastructure",
        "not your change: the network, or a server out there, failed",
    )
    assert whose(case(FINDING)) == ("change", "")


def test_an_outage_is_nobodys_to_mend_although_it_is_on_every_branch_and_passes() -> None:
    seen = frozenset({NETWORK.fingerprint})
    given = replace(
        case(NETWORK), base=Base("main", MAIN, red_since=MAIN, shown=seen), flakes={NETWORK.fingerprint: FLAKE}
    )
    assert whose(given, NETWORK)[0] == "infrastructure"


def test_the_base_branch_tells_of_each_failure_that_it_shows() -> None:
    other = replace(FINDING, fingerprint="1" * 16, job="lint")
    base = Base("main", MAIN, red_since=MAIN, shown=frozenset({other.fingerprint}))
    given = replace(case(FINDING, other), base=base)
    assert [told.whose for told in comment.telling(given).causes] == ["change", "base"]


def test_what_the_base_branch_does_not_show_is_told_of_the_first_finding_alone() -> None:
    other = replace(FINDING, fingerprint="1" * 16, job="lint")
    given = replace(case(FINDING, other), base=Base("main", MAIN, red_since=MAIN, shown=SHOWN))
    assert whose(given, other) == ("change", "")
