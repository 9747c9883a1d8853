"""What the author of a pull request reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.case import Age, Case, Step
from bot.config import Config, Route
from bot.deliver.sticky import Mark, Sticky, Told, merge
from bot.deliver.sticky_text import write
from bot.render import comment, issue, markdown
from diagnosis import engine
from diagnosis.report import FilePatch, Finding, Fix, Input, InStep, Place, Value
from tests.bot.render.cases import FINDING, GUESS, JOBS, RUN, case
from tests.visible import visible
from tests.whole import CATALOGUE

PATCH = FilePatch(
    ".github/workflows/ci.yml", '--- a/ci.yml\n+++ b/ci.yml\n@@ -1,2 +1,2 @@\n a: 1\n-b: c: d\n+b: "c: d"\n'
)


def test_says_the_verdict_first_then_where() -> None:
    lines = visible(comment.section(case(FINDING)))
    assert lines[0] == "### ❌ Coverage gate missed: 35.33 % of the required 80 %"
    assert lines[1] == "`CI › test (3.12) › Run pytest` · commit `2a15757` · 2 of 3 jobs failed"


def test_shows_cause_fix_and_local_check() -> None:
    text = comment.section(case(FINDING))
    assert f"**Cause** [log line 4,812]({JOBS[0].html_url})" in text
    assert "FAIL Required test coverage of 80% not reached" in text
    assert "**Fix** Add tests for `shop/api.py`" in text
    assert "**Check locally** `pytest --cov`" in text


OTHER = replace(RUN, id=1002, workflow_id=66, workflow_name="Nightly")


def whole_comment(*cases: Case) -> str:
    """The comment after these attempts, each of another workflow."""
    standing = Sticky()
    for given in cases:
        failed, jobs = sum(job.failed for job in given.jobs), sum(job.conclusion != "skipped" for job in given.jobs)
        mark = Mark(given.run.workflow_id, Age(given.run.id, 1), given.run.head_sha, "red", failed, jobs)
        merged = merge(standing, Told(mark, "https://github.example/octo/shop/actions/runs", comment.telling(given)))
        assert isinstance(merged, Sticky)
        standing = merged
    return write(standing)


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
    assert "<summary>More: why, the rest of the fix" in text
    assert "- way 19" in text
    assert "- way 19" not in visible(text)


def test_every_signature_is_told_in_twelve_lines() -> None:
    """Also where all that a comment can show besides stands open."""
    long = []
    for signature in CATALOGUE.signatures:
        report = engine.diagnose([engine.JobLog("test", signature.should_match[0].log.encode())], CATALOGUE)
        told = replace(case(), report=report, blocking=("test",), remarks=("Something else.",), can_rerun=True)
        texts = (whole_comment(told, case(replace(GUESS, fingerprint="f" * 16), run=OTHER)), issue.body(told))
        long += [signature.id for text in texts if len(visible(text)) > comment.VISIBLE]
    assert long == []


def test_what_stands_open_is_what_one_reads_first() -> None:
    given = replace(case(FINDING), can_rerun=True, blocking=("test (3.12)", "lint"))
    assert visible(whole_comment(given, case(replace(GUESS, fingerprint="f" * 16), run=OTHER))) == [
        "### ❌ Coverage gate missed: 35.33 % of the required 80 %",
        "`CI › test (3.12) › Run pytest` · commit `2a15757` · 4 of 6 jobs failed",
        "The tests passed; the gate on their coverage did not.",
        f"**Cause** [log line 4,812]({JOBS[0].html_url})",
        "FAIL Required test coverage of 80% not reached. Total coverage: 35.33%",
        "**Fix** Add tests for `shop/api.py`, or set the gate at 35 and raise it with each change.",
        "**Check locally** `pytest --cov`",
        "More: the lines around it",
        "⛔ Blocks the merge: `test (3.12)`, `lint` are required.",
        "Also failing: 1 other cause: <code>Nightly</code> failed in <code>Run pytest</code>:"
        " no known cause was recognised",
        "<sub>`coverage/below-threshold` · confidence high · `/whyred wrong` · `/whyred rerun` · `/whyred quiet`"
        f" · [run 1001]({RUN.html_url})</sub>",
    ]


def test_three_causes_over_forty_jobs_and_three_workflows_are_one_short_comment() -> None:
    legs = tuple(replace(JOBS[0], id=number, name=f"test ({number})") for number in range(40))
    names = ["coverage", "lint", "types"]
    found = [
        replace(
            FINDING, title=f"{names[number % 3]} failed", fingerprint=str(number % 3) * 16, job=leg.name, log=leg.name
        )
        for number, leg in enumerate(legs)
    ]
    runs = (RUN, OTHER, replace(OTHER, id=1003, workflow_id=77, workflow_name="Docs"))
    text = whole_comment(*(case(*found, jobs=legs, run=run) for run in runs))
    shown = visible(text)
    assert len(shown) <= comment.VISIBLE
    assert "· 120 of 120 jobs failed" in shown[1]
    assert text.count("<!-- whyred:cause ") == 3
    assert any(line.startswith("Also failing: 41 more jobs with the same cause · 2 other causes: ") for line in shown)


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
    assert "### ❌ `CI` failed in `Run pytest`: no known cause was recognised" in text
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


def test_links_to_the_very_line_where_it_is_sure_and_else_to_the_job_alone() -> None:
    link = f"[log line 4,812]({JOBS[0].html_url}"
    assert f"{link})" in comment.section(case(FINDING))
    assert f"{link}#step:2:17)" in comment.section(case(replace(FINDING, in_step=InStep(2, 17))))


def test_hostile_names_stay_in_their_spans() -> None:
    job = replace(JOBS[0], name="`</details>` @octocat", steps=(Step(1, "x", "completed", "failure"),))
    finding: Finding = replace(FINDING, job=job.name)
    assert "``CI › `</details>` @octocat › Run pytest``" in comment.section(case(finding, jobs=(job,)))


def test_what_repaired_it_is_the_commit_that_passed() -> None:
    assert comment.fixed(case()) == "Fixed by `2a15757`."
    run = replace(RUN, commit_title="Fix @all #1", commit_author="Mona")
    assert comment.fixed(case(run=run)) == "Fixed by `2a15757` `Fix @all #1` by `Mona`."


def test_a_rerun_that_passes_proves_what_it_is() -> None:
    assert comment.passed(case()) == f"[Run 1001]({RUN.html_url}) passed without a change: it is flaky."
    assert ", attempt 2, passed" in comment.passed(case(run=replace(RUN, attempt=2)))
    assert comment.cleared(case()) == f"[Run 1001]({RUN.html_url}) passed; the change was not to blame."


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


def test_of_a_job_that_only_reports_on_others_no_cause_is_missed() -> None:
    other = replace(GUESS, fingerprint="1" * 16, job="all green", facts={"waits_for": ["test"]})
    assert "- `all green` failed too; it only reports on `test`\n" in comment.section(case(FINDING, other))


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


def causes(given: Case) -> list[tuple[str, str, int]]:
    return [(each.title, each.kind, each.jobs) for each in comment.telling(given).causes]


def test_what_explains_each_job_is_a_cause_and_what_follows_from_it_a_line() -> None:
    twin = replace(FINDING, job="test (3.11)", log="test (3.11)")
    follows = replace(FINDING, title="It follows", fingerprint="1" * 16, kind="symptom")
    lint = replace(FINDING, title="Lint", fingerprint="2" * 16, job="lint", log="lint")
    guess = replace(GUESS, title="A guess", fingerprint="3" * 16, job="docs", log="docs")
    told = comment.telling(case(FINDING, twin, follows, lint, guess))
    assert [(each.title, each.kind, each.jobs) for each in told.causes] == [
        (FINDING.title, "cause", 2),
        ("Lint", "cause", 1),
        ("`CI` failed in `Run pytest`: no known cause was recognised", "unknown", 1),
    ]
    assert "- It follows" in told.causes[0].text
    assert "- Lint" not in told.causes[0].text


@pytest.mark.parametrize("fact", [{"waits_for": ["test", "lint"]}, {"may_fail": True}])
def test_a_job_that_is_not_to_blame_is_no_cause(fact: dict[str, Value]) -> None:
    other = replace(FINDING, fingerprint="1" * 16, title="Something else", job="all green", facts=fact)
    assert causes(case(FINDING, other)) == [(FINDING.title, "cause", 1)]
    assert causes(case(other)) == [("Something else", "cause", 1)]


def test_a_run_without_anything_to_read_is_a_cause_of_its_own() -> None:
    told = comment.telling(case(unread={"test (3.12)": "the log has expired"}))
    assert [(each.kind, each.title, each.jobs) for each in told.causes] == [
        ("unknown", "`CI` failed, and its logs could not be read", 2)
    ]
    assert "the log has expired" in told.causes[0].text


def test_what_blocks_the_merge_and_what_else_is_to_be_known_is_one_line() -> None:
    told = comment.telling(replace(case(FINDING), blocking=("test (3.12)",), remarks=("No issues.", "No checks.")))
    assert told.note == "⛔ Blocks the merge: `test (3.12)` is required. No issues. No checks."
    assert told.causes[0].blocking
    assert not comment.telling(replace(case(FINDING), blocking=("lint",))).causes[0].blocking
    assert comment.telling(case(FINDING)).note == ""


@pytest.mark.parametrize(
    ("docs", "link"),
    [
        ("https://wiki.example/ci (2)?x=<1>", "https://wiki.example/ci%20%282%29?x=%3C1%3E"),
        ("docs/ci `guide`.md", "https://github.example/octo/shop/blob/main/docs/ci%20%60guide%60.md"),
    ],
)
def test_the_teams_own_page_is_linked(docs: str, link: str) -> None:
    told = replace(case(FINDING), config=Config(routes={"coverage": Route(docs=docs)}))
    assert f" · [runbook]({link}) · " in comment.telling(told).causes[0].signed


def test_a_rerun_is_offered_where_it_is_granted() -> None:
    assert "rerun" not in comment.telling(case(FINDING)).causes[0].signed
    assert "`/whyred rerun`" in comment.telling(replace(case(FINDING), can_rerun=True)).causes[0].signed
