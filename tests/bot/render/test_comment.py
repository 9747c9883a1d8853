"""What the author of a pull request reads."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.case import Case, Step
from bot.render import comment, issue, markdown
from diagnosis import engine
from diagnosis.report import FilePatch, Finding, Fix, Input, Place, Value
from tests.bot.render.cases import FINDING, GUESS, JOBS, RUN, case
from tests.whole import CATALOGUE

PATCH = FilePatch(
    ".github/workflows/ci.yml", '--- a/ci.yml\n+++ b/ci.yml\n@@ -1,2 +1,2 @@\n a: 1\n-b: c: d\n+b: "c: d"\n'
)


def visible(text: str) -> list[str]:
    """The lines that stand open: outside folds, blank lines and the fences' own lines left out."""
    opened = re.sub(r"<details><summary>(.*?)</summary>.*?</details>", r"\1", text, flags=re.DOTALL)
    return [line for line in opened.split("\n") if line.strip() and not line.startswith("```")]


def test_says_the_verdict_first_then_where() -> None:
    lines = visible(comment.section(case(FINDING)))
    assert lines[0] == "### ❌ Coverage gate missed: 35.33 % of the required 80 %"
    assert lines[1] == "`CI › test (3.12) › Run pytest` · commit `2a15757` · 2 of 3 jobs failed"


def test_shows_cause_fix_and_local_check() -> None:
    text = comment.section(case(FINDING))
    assert f"**Cause** [log line 4,812]({JOBS[0].html_url}#step:2:1)" in text
    assert "FAIL Required test coverage of 80% not reached" in text
    assert "**Fix** Add tests for `shop/api.py`" in text
    assert "**Check locally** `pytest --cov`" in text


LONG = replace(
    FINDING,
    evidence=tuple(f"evidence {number}" for number in range(9)),
    fixes=(Fix("Quote it.", files=(PATCH, PATCH, PATCH)), Fix("Or do not.", consequence="It stays red.")),
    places=(Place("a.py", 1, "x"), Place("b.py")),
    verify=("one", "two"),
)


LISTED = replace(FINDING, why="Two.\nLines.", fixes=(Fix("\n".join(f"- way {number}" for number in range(20))),))


@pytest.mark.parametrize(
    "given",
    [
        case(LISTED),
        case(FINDING),
        case(LONG),
        case(LONG, FINDING),
        case(GUESS),
        case(),
        case(unread={"test": "expired"}),
    ],
)
def test_at_most_twelve_lines_stand_open(given: Case) -> None:
    assert 2 < len(visible(comment.section(given))) <= comment.VISIBLE


def test_an_issue_says_no_more_for_the_line_above_it() -> None:
    assert len(visible(issue.body(case(LISTED)))) <= comment.VISIBLE


def test_every_point_of_a_list_is_one_and_what_does_not_fit_is_folded() -> None:
    text = comment.section(case(LISTED))
    assert "**Fix**\n\n- way 0\n- way 1\n" in text
    assert "<summary>More: the rest of the fix" in text
    assert "- way 19" in text
    assert "- way 19" not in visible(text)


def test_every_signature_is_told_in_twelve_lines() -> None:
    known = CATALOGUE
    long = []
    for signature in known.signatures:
        report = engine.diagnose([engine.JobLog("test", signature.should_match[0].log.encode())], known)
        told = replace(case(), report=report)
        texts = (comment.section(told), issue.body(told))
        long += [signature.id for text in texts if len(visible(text)) > comment.VISIBLE]
    assert long == []


def test_a_command_that_would_be_cut_stands_whole_among_the_folded_ones() -> None:
    command = "pytest " + " ".join(f"tests/test_prices.py::test_number_{number}" for number in range(9))
    text = comment.section(case(replace(FINDING, verify=(command,))))
    assert "**Check locally**" not in text
    assert f"```sh\n{command}\n```" in text


def test_another_way_out_brings_its_commands() -> None:
    ways = (Fix("Check the secret."), Fix("Run the migration.", commands=("alembic upgrade head", "x" * 200)))
    text = comment.section(case(replace(FINDING, fixes=ways)))
    assert "- Run the migration. `alembic upgrade head`\n" in text


def test_a_small_patch_stands_open_and_a_large_one_is_folded() -> None:
    small = comment.section(case(replace(FINDING, fixes=(Fix("Quote it.", files=(PATCH,)),))))
    assert '+b: "c: d"' in visible(small)
    large = comment.section(case(LONG))
    assert '+b: "c: d"' not in visible(large)
    assert large.count('+b: "c: d"') == 3


def test_folds_the_rest_and_names_it() -> None:
    text = comment.section(case(LONG, replace(FINDING, title="Another one", fingerprint="f" * 16)))
    assert "More: the patch, commands, other ways out, places, the lines around it, what else failed" in text
    assert "- Or do not. It stays red." in text
    assert "- `a.py:1` `x`" in text
    assert "- Another one (`test (3.12)`, line 4,812)" in text


def test_names_the_jobs_with_the_same_failure_once() -> None:
    twin = replace(FINDING, job="test (3.11)", log="test (3.11)")
    assert "- The same failure in 2 jobs: `test (3.12)`, `test (3.11)`" in comment.section(case(FINDING, twin))


def test_says_that_nothing_was_recognised_and_shows_the_line() -> None:
    text = comment.section(case(GUESS))
    assert "### ❌ `CI` failed in `Run pytest`; no known cause was recognised" in text
    assert "**Most telling line**" in text
    assert "confidence low" in text


def test_a_job_whose_log_tells_nothing_is_not_passed_over() -> None:
    other = replace(GUESS, job="test (3.11)", log="test (3.11)", fingerprint="f" * 16)
    assert "- `test (3.11)` failed too; no known cause was recognised, log line 4,812" in comment.section(
        case(FINDING, other)
    )
    told = replace(FINDING, job="test (3.11)", fingerprint="e" * 16, title="Another one")
    assert "failed too" not in comment.section(case(FINDING, told, other))


def test_says_why_a_log_could_not_be_read() -> None:
    text = comment.section(case(unread={"test (3.12)": "the log has expired"}))
    assert "- `test (3.12)`: `the log has expired`" in text


def test_points_into_the_workflow_file_when_no_job_ran() -> None:
    finding = replace(FINDING, job=None, step=None, lines=(237,))
    text = comment.section(case(finding, jobs=()))
    assert f"blob/{RUN.head_sha}/.github/workflows/ci.yml#L237" in text
    assert "no job was started" in text


def test_links_to_the_job_alone_when_its_steps_are_unknown() -> None:
    jobs = (replace(JOBS[0], steps=()),)
    assert f"[log line 4,812]({JOBS[0].html_url})" in comment.section(case(FINDING, jobs=jobs))


def test_of_two_failed_steps_the_findings_own_is_opened() -> None:
    steps = (Step(2, "Lint", "completed", "failure"), Step(5, "Run pytest", "completed", "failure"))
    assert f"({JOBS[0].html_url}#step:5:1)" in comment.section(case(FINDING, jobs=(replace(JOBS[0], steps=steps),)))
    other = replace(FINDING, step="Run make")
    assert f"({JOBS[0].html_url})" in comment.section(case(other, jobs=(replace(JOBS[0], steps=steps),)))


def test_hostile_names_stay_in_their_spans() -> None:
    job = replace(JOBS[0], name="`</details>` @octocat", steps=(Step(1, "x", "completed", "failure"),))
    finding: Finding = replace(FINDING, job=job.name)
    assert "``CI › `</details>` @octocat › Run pytest``" in comment.section(case(finding, jobs=(job,)))


def test_green_is_one_line_that_says_what_was_wrong() -> None:
    green = "✅ **CI** is green again at `2a15757`"
    assert comment.fixed(case(), "Coverage gate missed") == f"{green} (was: Coverage gate missed)"
    assert comment.fixed(case(), "") == green


def test_the_mark_under_a_faulty_line_is_not_given_up_for_a_long_patch() -> None:
    pointed = replace(FINDING, evidence=("8 | a: b: c", "        ^"), fixes=(Fix("Quote it.", files=(PATCH, PATCH)),))
    assert "        ^" in visible(comment.section(case(pointed)))


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ({"waits_for": ["test", "lint"]}, "it only reports on `test`, `lint`"),
        ({"may_fail": True}, "the workflow lets it fail"),
    ],
)
def test_a_job_that_is_not_to_blame_is_said_to_be_so(fact: dict[str, Value], said: str) -> None:
    other = replace(FINDING, fingerprint="1" * 16, title="Something else", job="all green", facts=fact)
    assert f"- Something else (`all green`, line 4,812; {said})" in comment.section(case(FINDING, other))


def test_a_log_that_was_cut_is_said_to_be_so() -> None:
    told = case(FINDING)
    cut = replace(told, report=replace(told.report, input=Input(9, 9, truncated=True)))
    assert "its middle is missing" in comment.section(cut)
    assert "its middle is missing" in markdown.report(cut.report)
    assert "missing" not in comment.section(told)


def test_the_decisive_line_is_shown_where_few_lines_have_room() -> None:
    deep = replace(
        FINDING,
        lines=(12, 10),
        evidence=('  File "<frozen os>", line 714', "    ???", "KeyError: 'SHOP_URL'"),
        fixes=(Fix("Set it.", files=(PATCH,)),),
        verify=("one",),
    )
    text = comment.section(case(deep)).partition("<details>")[0]
    assert "KeyError: 'SHOP_URL'" in text
    assert '+b: "c: d"' in text
