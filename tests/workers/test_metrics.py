"""What is counted while stories are told: each thing once, and no word of anybody's."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
import redis
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer

from bot import metrics
from bot.github import permissions
from tests.bot.ui.test_metrics import application, told
from tests.workers.jobs import DIES, FAILS, LATER
from tests.workers.story import GROUP, MODULE, NAME, OUTAGE, UNKNOWN, Story
from tests.workers.test_worker import enqueue, until, work_off, working
from workers import commands, counts, queue
from workers.clock import Clock

ROOT = Path(__file__).parents[2]
CANARY = "canary-in-the-coal-mine"


class Counted:
    """What was counted since the story began."""

    def __init__(self, connection: redis.Redis) -> None:
        self.connection = connection
        metrics.flush(connection)
        connection.delete(metrics.KEY)

    def __call__(self, name: str, *labels: str) -> float:
        """The sum of a metric's series that have these values among their labels."""
        metrics.flush(self.connection)
        found = told(application(self.connection).get("/metrics")).get(name, {})
        return sum(
            count for series, count in found.items() if set(labels) <= {f"{name}={value}" for name, value in series}
        )

    def text(self) -> str:
        """All that is kept, and all that is shown."""
        metrics.flush(self.connection)
        kept = [field.decode() for field in self.connection.hgetall(metrics.KEY)]  # type: ignore[union-attr]
        return "\n".join([*kept, application(self.connection).get("/metrics").text])


@pytest.fixture
def counted(connection: redis.Redis) -> Counted:
    return Counted(connection)


def test_a_run_that_fails_is_told_and_passes(story: Story, pull: int, counted: Counted) -> None:
    red = story.run(story.push("discounts", "1"), "discounts", MODULE)
    assert story.tell(red) == "commented"
    assert counted("whyred_runs_total", "end=told") == 1
    assert counted("whyred_diagnoses_total", "outcome=diagnosed", "when=end") == 1
    assert counted("whyred_diagnosis_seconds_count") == 1
    assert counted("whyred_findings_total", "signature=python/module-not-found", "category=dependency") == 1
    assert counted("whyred_failed_job_seconds_total", "category=dependency") == counted(
        "whyred_failed_job_seconds_total"
    )
    assert counted("whyred_told_seconds_count") == 1
    assert counted("whyred_told_seconds_sum") < 60
    assert counted("whyred_writes_total", "outlet=comment", "done=commented") == 1
    assert counted("whyred_writes_total", "outlet=check", "done=checked") == 1
    assert counted("whyred_github_requests_total", "method=write") >= 2
    assert counted("whyred_github_requests_total", "method=read") > 5

    assert story.tell(red) == "silent: this was told already"
    assert counted("whyred_runs_total", "end=nothing new") == 1
    assert counted("whyred_diagnoses_total") == 2
    assert counted("whyred_findings_total") == counted("whyred_told_seconds_count") == 1

    story.github.rerun(NAME, red)
    story.job(red, None)
    assert story.tell(red, 2) == "edited"
    assert counted("whyred_writes_total", "outlet=comment", "done=edited") == 1
    assert counted("whyred_flakes_proven_total") == 1
    assert counted("whyred_runs_total", "end=told") == 2
    assert counted("whyred_diagnoses_total") == 2


def test_an_unknown_failure_is_counted_as_that(story: Story, pull: int, counted: Counted) -> None:
    story.tell(story.run(story.push("discounts", "1"), "discounts", UNKNOWN))
    assert counted("whyred_diagnoses_total", "outcome=unrecognised") == 1
    assert counted("whyred_findings_total", "signature=unknown") == 1


def test_a_re_run_and_a_command_are_counted_by_who_wanted_them(story: Story, pull: int, counted: Counted) -> None:
    story.github.install("octo", {**permissions.ASKED, "actions": "write"})
    story.github.push(NAME, "main", {".github/whyred.yml": "reruns: 1\n"})
    story.tell(story.run(story.push("discounts", "1"), "discounts", OUTAGE))
    assert counted("whyred_reruns_total", "by=policy") == counted("whyred_reruns_total") == 1
    for word, author in (("wrong", "mona"), ("help", "mona"), ("help", "stranger")):
        comment = story.github.comment(NAME, pull, author, f"/whyred {word}")
        commands.obey(story.installation, story.id, pull, comment, word)  # type: ignore[arg-type]
    assert counted("whyred_commands_total", "word=wrong", "answer=+1") == 1
    assert counted("whyred_commands_total", "word=help", "answer=silent") == 1
    assert counted("whyred_feedback_total") == 1
    assert counted("whyred_writes_total", "outlet=reply", "done=answered") == 1


def test_no_name_and_no_word_of_anybodys_is_counted(story: Story, counted: Counted) -> None:
    branch, own = f"{CANARY}-branch", f"{CANARY}/own"
    signature = f"title = 'own'\ncategory = 'test'\nkind = 'cause'\npattern = '{CANARY} broke'\n# {own}\n"
    story.github.push(NAME, "main", {".github/whyred/own.toml": signature, ".github/whyred.yml": f"ignore: [{own}]\n"})
    sha = story.push(branch, "1", author=f"{CANARY}-login")
    log = (
        GROUP.format(CANARY) + f"{CANARY} broke: token ghp_{'a1B2' * 9}\n##[error]Process completed with exit code 1.\n"
    )
    story.tell(story.run(sha, branch, log, event="push", workflow=f"{CANARY}-ci", job=f"{CANARY}-job"))
    said = counted.text()
    assert counted("whyred_findings_total") == 1
    for hidden in (CANARY, "ghp_", "octo", "shop", "mona", sha[:7], branch):
        assert hidden not in said


def test_jobs_that_are_put_off_that_fail_and_that_die(
    redis_url: str, connection: redis.Redis, counted: Counted
) -> None:
    work_off(redis_url, connection, enqueue(connection, LATER))
    assert counted("whyred_jobs_put_off_total", "job=diagnose_run", "why=rate limit") == 1
    assert counted("whyred_job_seconds_count", "job=diagnose_run") == 1
    failing, dying = enqueue(connection, FAILS), enqueue(connection, DIES)
    for job in (failing, dying):
        connection.hset(job.key, "retries_left", 0)
    with working(redis_url):
        until(lambda: counted("whyred_jobs_failed_total", "job=diagnose_run") == 2)
        # Both are in the registry of the failed before they are counted.
        queue.bury(connection)
    assert counted("whyred_jobs_dead_total", "why=error") == 1
    assert counted("whyred_jobs_dead_total", "why=killed") == 1
    assert json.dumps(queue.dead(connection)).count("diagnose") == 0


def test_a_job_whose_worker_died_is_counted_as_abandoned(connection: redis.Redis, counted: Counted) -> None:
    job = enqueue(connection, FAILS)
    connection.hset(job.key, "retries_left", 0)
    connection.zadd("rq:wip:whyred", {f"{job.id}:execution": 1})
    registry = StartedJobRegistry(queue.NAME, connection, serializer=JSONSerializer)
    registry.cleanup()
    clock = Clock(connection)
    clock.tick()
    clock.stop()
    assert counted("whyred_jobs_dead_total", "why=abandoned") == counted("whyred_jobs_dead_total") == 1


def texts(source: str) -> set[str]:
    """The constant beginnings of all texts in the source."""
    nodes = list(ast.walk(ast.parse(source)))
    heads = [node.values[0] for node in nodes if isinstance(node, ast.JoinedStr) and node.values]
    return {node.value for node in (*nodes, *heads) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


SAID = {text for room in ("bot", "workers") for file in (ROOT / room).rglob("*.py") for text in texts(file.read_text())}
ELSEWHERE = {
    *("silent: ", "silent: nothing is said here yet", "silent: a conversation of others", "silent: too many commands"),
    *("silent: the comment says something else by now", "silent: there is no place to suggest it"),
    *("silent: the diff does not show the fix's lines", "silent: it was told as a draft"),
}
"""What is said of commands, or of an outlet that is never asked alone."""


def test_every_reason_for_silence_is_of_a_kind() -> None:
    silent = {text for text in SAID if text.startswith("silent: ")}
    assert len(silent) > 30
    assert {text for text in silent if counts.end(text) == metrics.OTHER} == ELSEWHERE


@pytest.mark.parametrize(
    ("done", "end"),
    [
        ("commented", "told"),
        ("shadow: comment for #3: silent", "shadow"),
        ("silent: superseded by a newer commit", "superseded"),
        ("silent: more than one pull request may be meant", "unclear"),
        ("silent: cancelled", "nothing failed"),
        ("silent: refused (404: the comment was deleted already)", "refused"),
        ("silent: no pull request", metrics.OTHER),
    ],
)
def test_a_run_ends_in_one_of_few_ways(done: str, end: str) -> None:
    assert counts.end(done) == end


def test_every_deed_is_one_that_is_counted() -> None:
    calls = [
        node
        for file in (*(ROOT / "bot" / "deliver").glob("*.py"), ROOT / "workers" / "reruns.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Write"
    ]
    heads = [call.args[0].body if isinstance(call.args[0], ast.IfExp) else call.args[0] for call in calls]
    says = {str(head.value).partition(":")[0] for head in heads if isinstance(head, ast.Constant)}
    assert len(says) > 8
    assert says <= (metrics.WRITES.labels["done"] or set())
