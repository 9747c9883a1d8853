"""Issues on the local GitHub: one a failure, for its author, closed when that workflow is green on that branch."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from bot.case import Age
from bot.deliver import issue_body
from bot.deliver.marker import Green
from bot.errors import RetryLater
from bot.github.client import Client
from tests.bot.deliver.conftest import NAME
from tests.bot.deliver.tracker import DRAFT, HUBERTS, PLACE, RELEASE, TODAY, Tracker, failed


def test_a_failure_opens_an_issue_for_its_author(tracker: Tracker) -> None:
    assert tracker.red() == "opened"
    made = tracker.only()
    assert made["title"] == DRAFT.title
    assert [person["login"] for person in made["assignees"]] == ["mona"]
    assert [label["name"] for label in made["labels"]] == ["whyred"]
    assert made["body"].split("\n")[0] == replace(PLACE, author="mona").line()
    assert "Set off" not in made["body"]


@pytest.mark.parametrize("author", ["hubert", "dependabot[bot]"])
def test_an_author_who_can_not_be_assigned_is_named_and_not_pinged(tracker: Tracker, author: str) -> None:
    assert tracker.red(draft=replace(DRAFT, author=author)) == "opened"
    made = tracker.only()
    assert made["assignees"] == []
    assert f"Set off by {author}." in made["body"]
    assert "@" not in made["body"]


def test_an_unknown_author_is_not_named(tracker: Tracker) -> None:
    assert tracker.red(draft=replace(DRAFT, author=None)) == "opened"
    assert "Set off" not in tracker.only()["body"]


def test_an_author_refused_at_the_last_moment_costs_no_issue(tracker: Tracker) -> None:
    tracker.github.fault("status", "POST", "*/issues", status=422, message="Validation Failed")
    assert tracker.red() == "opened"
    assert tracker.only()["assignees"] == []
    assert "Set off by mona." in tracker.only()["body"]


def test_the_same_failure_is_counted_in_its_issue(tracker: Tracker) -> None:
    tracker.red()
    assert tracker.red(failed(11)) == "counted"
    assert tracker.red(failed(12, RELEASE)) == "counted"
    assert "Seen 3 times so far." in tracker.only()["body"]


def test_an_issue_about_two_branches_names_both_with_their_authors_and_neither_in_its_title(tracker: Tracker) -> None:
    tracker.red()
    assert tracker.red(RELEASE, HUBERTS) == "counted"
    both = tracker.only()
    assert both["title"] == "Password refused"
    assert "It is red on:\n\n- `release`, by hubert\n- `main`, by mona\n" in both["body"]
    tracker.green(branch="release")
    assert tracker.only()["body"].endswith("It is red on:\n\n- `main`, by mona")


def test_a_title_keeps_the_only_branch_and_what_a_person_wrote(client: Client, tracker: Tracker) -> None:
    tracker.red()
    tracker.red(failed(11), replace(DRAFT, title="Other (`main`)", headline="Other"))
    assert tracker.only()["title"] == DRAFT.title
    client.write("PATCH", f"/issues/{tracker.only()['number']}", {"title": "The database is down"})
    tracker.red(RELEASE, HUBERTS)
    assert tracker.only()["title"] == "The database is down"


@pytest.mark.parametrize("state", ["open", "closed"])
def test_another_author_is_assigned_beside_the_first(client: Client, tracker: Tracker, state: str) -> None:
    tracker.red()
    if state == "closed":
        tracker.green(run=11)
    tracker.red(RELEASE, replace(HUBERTS, author="lisa"))
    assert [person["login"] for person in tracker.only()["assignees"]] == ["mona", "lisa"]


def test_another_author_who_can_not_be_assigned_is_named_beside_the_first(tracker: Tracker) -> None:
    tracker.red()
    tracker.red(RELEASE, HUBERTS)
    assert [person["login"] for person in tracker.only()["assignees"]] == ["mona"]
    tracker.github.fault("status", "POST", "*/assignees", status=422, message="Validation Failed")
    assert tracker.red(replace(RELEASE, branch="next"), replace(DRAFT, author="lisa")) == "counted"
    assert [person["login"] for person in tracker.only()["assignees"]] == ["mona"]
    assert "- `next`, by lisa" in tracker.only()["body"]


def test_who_pushes_on_to_what_is_red_has_not_broken_it(tracker: Tracker) -> None:
    tracker.red()
    assert tracker.red(failed(13), replace(DRAFT, author="lisa")) == "counted"
    assert [person["login"] for person in tracker.only()["assignees"]] == ["mona"]
    assert "lisa" not in tracker.only()["body"]
    tracker.green(run=14)
    tracker.red(failed(15), replace(DRAFT, author="lisa"))
    assert [person["login"] for person in tracker.only()["assignees"]] == ["mona", "lisa"]


def test_an_author_whom_somebody_has_unassigned_is_not_assigned_again(client: Client, tracker: Tracker) -> None:
    tracker.red()
    client.write("PATCH", f"/issues/{tracker.only()['number']}", {"assignees": []})
    tracker.red(failed(11))
    assert tracker.only()["assignees"] == []
    assert "Set off by mona." in tracker.only()["body"]


def test_a_lost_answer_to_an_assignment_loses_neither_author_nor_count(tracker: Tracker) -> None:
    tracker.red()
    tracker.github.fault("drop", "POST", "*/assignees")
    lisas = replace(HUBERTS, author="lisa")
    with pytest.raises(RetryLater):
        tracker.red(RELEASE, lisas)
    assert tracker.red(RELEASE, lisas) == "counted"
    assert [person["login"] for person in tracker.only()["assignees"]] == ["mona", "lisa"]
    assert "Seen 2 times so far." in tracker.only()["body"]


def test_an_attempt_that_was_told_is_not_counted_again(tracker: Tracker) -> None:
    tracker.red(failed(11))
    before = tracker.only()["body"]
    assert tracker.red(failed(11)) == "silent: its issue says so already"
    assert tracker.only()["body"] == before


def test_an_older_failure_told_late_is_counted_under_the_words_of_the_newest(tracker: Tracker) -> None:
    tracker.red(failed(11))
    assert tracker.red(PLACE, replace(DRAFT, text="Long ago.")) == "counted"
    assert "A push to `main` failed." in tracker.only()["body"]
    assert "Seen 2 times so far." in tracker.only()["body"]


def test_another_failure_is_another_issue(tracker: Tracker) -> None:
    tracker.red()
    assert tracker.red(replace(PLACE, fingerprint="ffff2233aabbccdd")) == "opened"
    assert len(tracker.all()) == 2


def test_green_closes_the_issue_with_one_line(tracker: Tracker) -> None:
    tracker.red()
    assert tracker.green() == "closed"
    closed = tracker.only()
    assert (closed["state"], closed["state_reason"]) == ("closed", "completed")
    assert tracker.closing_words() == ["✅ green again"]
    assert tracker.green(run=21) == "silent: no issue to close"
    assert len(tracker.only()["comment_list"]) == 1


@pytest.mark.parametrize("green", [{"workflow": 66}, {"branch": "release"}], ids=["workflow's", "branch's"])
def test_another_ones_green_closes_no_issue(tracker: Tracker, green: dict[str, Any]) -> None:
    tracker.red()
    assert tracker.green(**green) == "silent: no issue to close"
    assert tracker.only()["state"] == "open"


def test_an_older_green_closes_no_issue(tracker: Tracker) -> None:
    tracker.red()
    assert tracker.green(run=9) == "silent: it is still red"
    assert tracker.only()["state"] == "open"


def test_an_issue_stays_open_while_another_branch_is_red(tracker: Tracker) -> None:
    tracker.red()
    tracker.red(failed(11, RELEASE))
    assert tracker.green(branch="main") == "silent: it is still red"
    assert tracker.only()["state"] == "open"
    assert tracker.green(branch="release") == "closed"


def test_a_failure_that_comes_back_reopens_its_issue(tracker: Tracker) -> None:
    tracker.red()
    tracker.green()
    assert tracker.red(failed(30)) == "reopened"
    assert tracker.only()["state"] == "open"
    assert "Seen" not in tracker.only()["body"]
    tracker.red(failed(31))
    assert "Seen 2 times since it last passed." in tracker.only()["body"]


def test_a_failure_diagnosed_after_a_later_pass_opens_nothing(tracker: Tracker) -> None:
    tracker.green(run=20)
    assert tracker.red(PLACE) == "silent: it has passed since"
    assert tracker.all() == []
    assert tracker.red(replace(PLACE, branch="release")) == "opened"


def test_an_issue_that_a_person_closed_as_not_planned_stays_closed(client: Client, tracker: Tracker) -> None:
    tracker.red()
    client.write("PATCH", f"/issues/{tracker.only()['number']}", {"state": "closed", "state_reason": "not_planned"})
    assert "not planned" in tracker.red(failed(30))
    assert tracker.only()["state"] == "closed"


def test_an_issue_with_our_mark_by_somebody_else_is_never_touched(tracker: Tracker) -> None:
    forged = tracker.github.open_issue(NAME, "Forged", author="mallory", body=f"{PLACE.line()}\ntext")
    assert tracker.green() == "silent: no issue to close"
    assert tracker.red(failed(30)) == "opened"
    assert next(one for one in tracker.all() if one["number"] == forged)["body"] == f"{PLACE.line()}\ntext"


def test_a_repository_without_issues_is_left_in_peace(tracker: Tracker) -> None:
    tracker.github.fault("status", "POST", "*/issues", status=410, message="Issues has been disabled")
    assert tracker.red() == "silent: issues are off"
    tracker.github.fault("status", "GET", "*/issues", status=410, message="Issues has been disabled")
    assert tracker.green() == "silent: issues are off"


def test_a_missing_permission_is_no_failure_of_the_job(tracker: Tracker) -> None:
    tracker.github.fault("status", "POST", "*/issues", status=403, message="Resource not accessible by integration")
    assert tracker.red() == "silent: writing issues is not permitted"


@pytest.mark.parametrize("kind", ["drop", "drop-502"])
def test_a_lost_answer_to_an_effect_is_looked_for_not_posted_again(tracker: Tracker, kind: str) -> None:
    tracker.github.fault(kind, "POST", "*/issues")
    assert tracker.red() == "opened"
    assert tracker.creations() == 1
    assert len(tracker.all()) == 1


def test_a_lost_answer_without_an_effect_brings_the_job_back(tracker: Tracker) -> None:
    tracker.github.fault("status", "POST", "*/issues", status=502)
    with pytest.raises(RetryLater):
        tracker.red()
    assert tracker.creations() == 1
    assert tracker.red() == "opened"
    assert len(tracker.all()) == 1


def test_a_lost_answer_to_a_count_is_looked_for_too(tracker: Tracker) -> None:
    tracker.red()
    tracker.github.fault("drop", "PATCH", "*/issues/*")
    assert tracker.red(failed(11)) == "counted"
    assert "Seen 2 times so far." in tracker.only()["body"]


def test_a_lost_answer_to_a_closing_is_looked_for_and_closes_once(tracker: Tracker) -> None:
    tracker.red()
    tracker.github.fault("drop", "PATCH", "*/issues/*")
    assert tracker.green() == "closed"
    assert tracker.green() == "silent: no issue to close"
    assert tracker.only()["state"] == "closed"
    assert tracker.closing_words() == ["✅ green again"]


@pytest.mark.parametrize("fault", [{"kind": "drop"}, {"kind": "status", "status": 502}], ids=["written", "unwritten"])
def test_closing_words_whose_answer_is_lost_are_said_once(tracker: Tracker, fault: dict[str, Any]) -> None:
    tracker.red()
    tracker.github.fault(method="POST", path="*/comments", **fault)
    with pytest.raises(RetryLater):
        tracker.green()
    assert tracker.only()["state"] == "open"
    assert tracker.green() == "closed"
    assert tracker.closing_words() == ["✅ green again"]


def test_a_locked_issue_is_closed_without_words(tracker: Tracker) -> None:
    tracker.red()
    tracker.github.fault("status", "POST", "*/comments", status=403, message="Unable to create comment: it is locked")
    assert tracker.green() == "closed"
    assert tracker.closing_words() == []


def test_words_of_others_do_not_stand_for_the_closing_ones(tracker: Tracker) -> None:
    tracker.red()
    number = tracker.only()["number"]
    tracker.github.comment(NAME, number, "mallory", Green(55, "main", Age(20, 1), PLACE.day).line())
    tracker.green(run=20)
    assert tracker.closing_words()[1:] == ["✅ green again"]


@pytest.mark.parametrize("status", [404, 410])
def test_an_issue_deleted_meanwhile_keeps_no_other_from_closing(tracker: Tracker, status: int) -> None:
    tracker.red()
    tracker.red(replace(PLACE, fingerprint="ffff2233aabbccdd"))
    tracker.github.fault("status", "PATCH", "*/issues/*", status=status, message="This issue was deleted")
    assert tracker.green() == "closed"
    assert sorted(one["state"] for one in tracker.all()) == ["closed", "open"]


def test_that_the_only_issue_was_deleted_meanwhile_does_not_mean_that_issues_are_off(tracker: Tracker) -> None:
    tracker.red()
    tracker.github.fault("status", "PATCH", "*/issues/*", status=410, message="This issue was deleted")
    assert tracker.green() == "silent: its issue was deleted"


@pytest.mark.parametrize("status", [404, 410])
def test_a_failure_whose_issue_was_deleted_meanwhile_is_told_anew_a_little_later(tracker: Tracker, status: int) -> None:
    tracker.red()
    tracker.github.fault("status", "PATCH", "*/issues/*", status=status, message="This issue was deleted")
    with pytest.raises(RetryLater):
        tracker.red(failed(11))


def test_an_issue_that_github_refuses_is_silence_with_its_reason(tracker: Tracker) -> None:
    reason = "silent: the issue was refused (422: Validation Failed)"
    tracker.github.fault("status", "POST", "*/issues", status=422, message="Validation Failed")
    assert tracker.red(draft=replace(DRAFT, author=None)) == reason
    tracker.red()
    tracker.github.fault("status", "PATCH", "*/issues/*", status=422, message="Validation Failed")
    assert tracker.red(failed(11)) == reason
    tracker.github.fault("status", "PATCH", "*/issues/*", status=422, message="Validation Failed")
    assert tracker.green() == reason
    assert tracker.green(run=21) == "closed"


def test_a_title_too_long_for_github_is_cut(tracker: Tracker) -> None:
    assert tracker.red(draft=replace(DRAFT, title="word " * 100)) == "opened"
    assert len(tracker.only()["title"]) <= 256


def test_a_failure_that_comes_back_after_ten_days_gets_an_issue_that_links_the_former(tracker: Tracker) -> None:
    tracker.red()
    former = tracker.only()
    tracker.green()
    assert tracker.red(failed(30, days=11)) == "opened"
    again, old = tracker.all() if tracker.all()[0]["state"] == "open" else reversed(tracker.all())
    assert (
        f"It was told before in [issue {former['number']}]({former['html_url']}), closed on {TODAY}." in again["body"]
    )
    assert old["state"] == "closed"
    assert tracker.red(failed(31, days=12)) == "counted"


def test_a_failure_that_comes_back_on_the_tenth_day_reopens_its_issue(tracker: Tracker) -> None:
    tracker.red()
    tracker.green()
    assert tracker.red(failed(30, days=10)) == "reopened"


def test_what_comes_and_goes_twice_is_labelled_flaky_and_kept_open(tracker: Tracker) -> None:
    for run in (10, 30):
        tracker.red(failed(run))
        told = tracker.green(run=run + 1)
    assert told == "kept open: it comes and goes"
    kept = tracker.only()
    assert kept["state"] == "open"
    assert [label["name"] for label in kept["labels"]] == ["whyred", "flaky"]
    assert "It comes and goes: it has failed and passed again 2 times." in kept["body"]
    assert tracker.red(failed(40)) == "counted"
    assert tracker.green(run=41) == "kept open: it comes and goes"


def test_what_came_and_went_is_closed_after_ten_days_without_it(tracker: Tracker) -> None:
    for run in (10, 30):
        tracker.red(failed(run, days=1))
        tracker.green(run=run + 1, days=1)
    assert tracker.green(run=40, days=10) == "silent: no issue to close"
    assert tracker.green(run=41, days=11) == "closed"
    assert tracker.only()["state"] == "closed"


def test_an_issue_that_a_person_opens_again_is_left_to_them(client: Client, tracker: Tracker) -> None:
    tracker.red()
    tracker.green()
    client.write("PATCH", f"/issues/{tracker.only()['number']}", {"state": "open"})
    assert tracker.green(run=21) == "silent: no issue to close"
    assert tracker.only()["state"] == "open"


def test_a_duplicate_is_closed_without_its_marks_and_what_it_told_is_kept(client: Client, tracker: Tracker) -> None:
    tracker.red()
    body = issue_body.write([replace(RELEASE, author="hubert")], "A push to `release` failed.")
    client.write("POST", "/issues", {"title": "Password refused", "body": body})
    assert tracker.red(failed(13)) == "counted"
    kept, surplus = sorted(tracker.all(), key=lambda one: int(one["number"]))
    assert (kept["state"], surplus["state"], surplus["state_reason"]) == ("open", "closed", "not_planned")
    assert issue_body.parse(surplus["body"]) == ()
    assert "It is red on:\n\n- `main`, by mona\n- `release`, by hubert" in kept["body"]
    tracker.green(run=14)
    assert tracker.green(branch="release", run=15) == "closed"
    assert tracker.red(failed(16)) == "reopened"


def test_a_pull_requests_failure_has_an_issue_of_its_own(tracker: Tracker) -> None:
    tracker.red()
    mine = replace(PLACE, branch="main", pull=7)
    assert tracker.red(replace(mine, reds=(Age(11, 1),))) == "opened"
    assert tracker.red(replace(mine, reds=(Age(12, 1),))) == "counted"
    assert tracker.green(branch=None, pull=7) == "closed"
    assert sorted(one["state"] for one in tracker.all()) == ["closed", "open"]


def test_a_pull_requests_failure_is_work_and_never_flaky(tracker: Tracker) -> None:
    for run in (10, 20, 30):
        tracker.red(replace(PLACE, pull=7, reds=(Age(run, 1),)))
        assert tracker.green(branch=None, pull=7, run=run + 1) == "closed"


IN_PULL = replace(PLACE, pull=7)
NEXT = replace(IN_PULL, fingerprint="ffff2233aabbccdd", reds=(Age(11, 1),))
ANOTHER = replace(DRAFT, title="A module is missing (7)", text="Pull request 7 failed anew.")


def test_a_pull_request_that_fails_for_another_cause_has_its_issue_edited(tracker: Tracker) -> None:
    tracker.red(IN_PULL, replace(DRAFT, labels=("whyred: auth", "team/qa")))
    tracker.github.clear()
    assert tracker.red(NEXT, replace(ANOTHER, labels=("whyred: dependency",))) == "edited"
    assert len(tracker.github.requests("PATCH")) == 1
    kept = tracker.only()
    assert (kept["title"], kept["comment_list"]) == ("A module is missing (7)", [])
    assert "Pull request 7 failed anew." in kept["body"]
    assert [one["name"] for one in kept["labels"]] == ["whyred", "team/qa", "whyred: dependency"]
    assert tracker.red(NEXT, ANOTHER) == "silent: its issue says so already"
    assert tracker.red(IN_PULL) == "silent: a newer attempt stands"
    assert tracker.green(branch=None, pull=7) == "closed"
    assert tracker.red(failed(30, IN_PULL)) == "opened"


def test_another_cause_in_another_workflow_or_pull_request_is_another_issue(tracker: Tracker) -> None:
    tracker.red(IN_PULL)
    assert tracker.red(replace(NEXT, workflow=66), ANOTHER) == "opened"
    assert tracker.red(replace(NEXT, pull=8), ANOTHER) == "opened"
    assert tracker.red(replace(NEXT, pull=None), ANOTHER) == "opened"
    assert len(tracker.all()) == 4


def test_an_issue_that_another_workflow_shares_is_left_to_that_one(tracker: Tracker) -> None:
    tracker.red(IN_PULL)
    tracker.red(replace(IN_PULL, workflow=66))
    assert tracker.red(NEXT, ANOTHER) == "opened"
    assert len(tracker.all()) == 2


def test_a_cause_that_a_person_does_not_want_to_hear_of_takes_no_issue_over(client: Client, tracker: Tracker) -> None:
    tracker.red(NEXT, ANOTHER)
    client.write("PATCH", f"/issues/{tracker.only()['number']}", {"state": "closed", "state_reason": "not_planned"})
    assert tracker.red(failed(12, IN_PULL)) == "opened"
    assert tracker.red(failed(13, NEXT), ANOTHER) == "silent: somebody closed its issue as not planned"


def test_a_lost_answer_to_an_edit_is_looked_for_too(tracker: Tracker) -> None:
    tracker.red(IN_PULL)
    tracker.github.fault("drop-502", "PATCH", "*/issues/*")
    assert tracker.red(NEXT, ANOTHER) == "edited"
    assert tracker.only()["title"] == "A module is missing (7)"


def test_a_closed_pull_requests_issue_goes_with_the_next_pass_and_an_open_ones_stays(
    tracker: Tracker, pull: int
) -> None:
    other = tracker.github.open_pull(NAME, "discounts", author="lisa")
    tracker.red(replace(PLACE, pull=pull))
    tracker.red(replace(PLACE, pull=other))
    tracker.github.close(NAME, pull, merged=True)
    assert tracker.green(run=9, pull=other, branch=None) == "silent: it is still red"
    assert [one["state"] for one in tracker.all()] == ["open", "open"]
    assert tracker.green() == "silent: no issue to close"
    found = {issue_body.parse(one["body"])[0].pull: one for one in tracker.all()}
    assert (found[pull]["state"], found[pull]["state_reason"], found[pull]["comment_list"]) == (
        "closed",
        "completed",
        [],
    )
    assert found[other]["state"] == "open"


@pytest.mark.parametrize("status", [403, 404])
def test_a_pull_request_that_can_not_be_asked_about_leaves_its_issue(tracker: Tracker, pull: int, status: int) -> None:
    tracker.red(replace(PLACE, pull=pull))
    tracker.github.fault("status", "GET", "*/pulls/*", status=status, message="Not to be had")
    assert tracker.green() == "silent: no issue to close"
    assert tracker.only()["state"] == "open"


EVENTS = {"red": ("main", 10), "red again": ("main", 11), "green": ("main", 12), "release": ("release", 13)}


@pytest.mark.parametrize("order", list(itertools.permutations(EVENTS)), ids=", ".join)
def test_in_whatever_order_two_branches_are_told_and_twice_the_same_stays_open(
    tracker: Tracker, order: tuple[str, ...]
) -> None:
    """Words and titles follow the order in which people have read them; what is red, and how often, does not."""
    for name in (*order, *order):
        branch, run = EVENTS[name]
        place = failed(run, replace(PLACE, branch=branch))
        tracker.green(run=run, branch=branch) if name == "green" else tracker.red(place)
    (issue,) = (one for one in tracker.all() if one["state"] == "open")
    red = [(place.branch, place.reds, place.seen) for place in issue_body.parse(issue["body"]) if place.reds]
    assert red == [("release", (Age(13, 1),), 1)]
    assert tracker.green(branch="release", run=14) == "closed"
    assert all(one["state"] == "closed" for one in tracker.all())
