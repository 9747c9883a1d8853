"""GET /metrics: who may ask, and what is told."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import redis
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import TestResponse

from bot import events, metrics
from bot.app import create_app
from bot.settings import Settings
from tests.bot.payloads import workflow_run
from tests.bot.test_settings import SECRET
from tests.bot.test_webhook import deliver
from workers import queue

TOKEN = "a-token-of-whoever-gathers-figures"
NAMED = {"outlet": "comment", "done": "edited"}


def application(connection: redis.Redis, token: str | None = None) -> FlaskClient:
    settings = Settings(
        app_id=7,
        private_key="",
        webhook_secrets=(SECRET.encode(),),
        redis_url="",
        data_dir=Path("/nowhere"),
        metrics_token=token,
    )
    return create_app(settings, connection).test_client()


@pytest.fixture
def client(connection: redis.Redis) -> FlaskClient:
    """The web server, with nothing noted yet in this process."""
    metrics.flush(connection)
    connection.delete(metrics.KEY)
    return application(connection)


def told(answer: TestResponse) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """The values by the sample's name and by its labels."""
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def value(client: FlaskClient, name: str, **labels: str) -> float:
    return told(client.get("/metrics"))[name][tuple(sorted(labels.items()))]


def test_it_is_prometheus_text(client: FlaskClient) -> None:
    answer = client.get("/metrics")
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    assert "# TYPE whyred_writes_total counter" in answer.text
    newer = client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert newer.content_type.startswith("application/openmetrics-text")
    assert newer.text.endswith("# EOF\n")


def test_what_several_processes_count_is_summed_and_outlives_them(client: FlaskClient, connection: redis.Redis) -> None:
    for _ in range(2):
        metrics.WRITES.add("comment", "edited")
        metrics.FAILED_JOB_SECONDS.add("test", by=1.5)
        metrics.flush(connection)
    again = application(connection)
    assert value(again, "whyred_writes_total", **NAMED) == 2
    assert value(again, "whyred_failed_job_seconds_total", category="test") == 3


def test_a_histogram_counts_all_that_was_not_longer(client: FlaskClient) -> None:
    for seconds in (4, 5, 31, 9999):
        metrics.TOLD_SECONDS.observe(seconds=seconds)
    found = told(client.get("/metrics"))
    buckets = {dict(labels)["le"]: count for labels, count in found["whyred_told_seconds_bucket"].items()}
    assert [buckets[bound] for bound in ("5.0", "30.0", "45.0", "3600.0", "+Inf")] == [2, 2, 3, 3, 4]
    assert found["whyred_told_seconds_sum"][()] == 4 + 5 + 31 + 9999
    assert found["whyred_told_seconds_count"][()] == 4


def test_what_may_be_counted_is_there_before_it_is_counted_first(client: FlaskClient) -> None:
    assert value(client, "whyred_writes_total", **NAMED) == 0
    assert value(client, "whyred_flakes_proven_total") == 0
    assert "whyred_findings_total" not in told(client.get("/metrics"))


@pytest.mark.parametrize("evil", ["octo/Shop", "a\tb", "", "x" * 200, 'a"b', "a\nb", "müll", "A secret"])
def test_a_text_of_others_is_never_a_label(client: FlaskClient, evil: str) -> None:
    metrics.FINDINGS.add(evil, "test")
    metrics.WRITES.add(evil, "edited")
    assert value(client, "whyred_findings_total", signature="other", category="test") == 1
    assert value(client, "whyred_writes_total", outlet="other", done="edited") == 1


def test_threads_may_count(client: FlaskClient) -> None:
    def count() -> None:
        for _ in range(2000):
            metrics.FLAKES.add()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert value(client, "whyred_flakes_proven_total") == 8000


def test_webhooks_are_counted_by_what_they_were_answered(client: FlaskClient) -> None:
    assert deliver(client, workflow_run()).status_code == 202
    assert deliver(client, workflow_run()).status_code == 202
    assert deliver(client, workflow_run(conclusion="skipped")).status_code == 202
    assert deliver(client, {}, "workflow_run").status_code == 400
    assert deliver(client, workflow_run(), "deployment").status_code == 202
    for event in ("workflow_run", "evil"):
        assert deliver(client, workflow_run(), event, X_Hub_Signature_256="sha256=" + "0" * 64).status_code == 401
    found = told(client.get("/metrics"))["whyred_webhooks_total"]
    assert {tuple(dict(labels).values()): count for labels, count in found.items() if count} == {
        ("queued", "workflow_run"): 1,
        ("queued already", "workflow_run"): 1,
        ("ignored", "workflow_run"): 1,
        ("malformed", "workflow_run"): 1,
        ("ignored", "other"): 1,
        ("refused", "workflow_run"): 1,
        ("refused", "other"): 1,
    }


def test_nobody_without_a_signature_gets_us_to_speak_to_redis_each_time(
    client: FlaskClient, connection: redis.Redis
) -> None:
    deliver(client, workflow_run())
    before = connection.info("stats")["total_commands_processed"]
    for _ in range(20):
        deliver(client, workflow_run(), X_Hub_Signature_256="sha256=" + "0" * 64)
    assert connection.info("stats")["total_commands_processed"] == before + 1


def test_the_state_of_the_queue_is_looked_up(client: FlaskClient, connection: redis.Redis) -> None:
    assert value(client, "whyred_queue_oldest_seconds") == 0
    queue.enqueue_run(connection, 5, 11, 31, 1)
    queue.enqueue(connection, queue.EARLY, (5, 11, 32, 1, 0), "early-11-32-1-0", delay=60)
    connection.hset("rq:job:run-11-31-1", "enqueued_at", "2026-01-01T00:00:00.000000Z")
    found = told(client.get("/metrics"))
    states = {dict(labels)["state"]: count for labels, count in found["whyred_queue_jobs"].items()}
    assert states == {"waiting": 1, "running": 0, "postponed": 1, "dead": 0}
    assert found["whyred_queue_oldest_seconds"][()] > 3600
    assert (found["whyred_workers"][()], found["whyred_clock"][()]) == (0, 0)


def test_a_dead_redis_is_a_503_and_costs_no_work(tmp_path: Path) -> None:
    nobody = queue.receiver_connection(f"unix://{tmp_path}/nothing")
    metrics.FLAKES.add()
    metrics.flush(nobody)
    assert application(nobody).get("/metrics").status_code == 503


ELSEWHERE = {
    "another machine": ({"REMOTE_ADDR": "192.0.2.7"}, {}),
    "a proxy that names who asks": ({}, {"X-Forwarded-For": "192.0.2.7"}),
    "a proxy that names this machine": ({}, {"X-Forwarded-For": "127.0.0.1"}),
    "a proxy by the standard": ({}, {"Forwarded": "for=192.0.2.7"}),
    "a proxy that tells the scheme alone": ({}, {"X-Forwarded-Proto": "https"}),
    "a name that leads here": ({}, {"Host": "rebound.example"}),
    "a socket": ({"REMOTE_ADDR": ""}, {}),
}


@pytest.mark.parametrize("why", ELSEWHERE)
def test_without_a_token_nobody_but_this_machine_is_told(client: FlaskClient, why: str) -> None:
    environ, headers = ELSEWHERE[why]
    answer = client.get("/metrics", environ_overrides=environ, headers=headers)
    assert answer.status_code == 403
    assert "whyred_" not in answer.text


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:3000", "[::1]:3000", "[::1]"])
def test_this_machine_is_told_without_a_token(client: FlaskClient, address: str, host: str) -> None:
    answer = client.get("/metrics", environ_overrides={"REMOTE_ADDR": address}, headers={"Host": host})
    assert answer.status_code == 200


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ü"])
def test_with_a_token_this_machine_must_show_it_too(connection: redis.Redis, shown: str) -> None:
    answer = application(connection, TOKEN).get("/metrics", headers={"Authorization": shown} if shown else {})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert TOKEN not in answer.text


def test_whoever_shows_the_token_is_told_from_anywhere(connection: redis.Redis) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "192.0.2.7", "Host": "whyred.example"}
    answer = application(connection, TOKEN).get(
        "/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": "192.0.2.1"}
    )
    assert answer.status_code == 200


def test_the_events_and_the_jobs_are_those_that_there_are() -> None:
    heard, jobs = metrics.WEBHOOKS.labels["event"], metrics.JOB_SECONDS.labels["job"]
    assert heard is not None
    assert jobs is not None
    assert heard - {metrics.OTHER} == events.HEARD
    assert jobs - {metrics.OTHER} == {name.rpartition(".")[2] for name in queue.FUNCTIONS}


def test_names_are_as_prometheus_wants_them() -> None:
    for metric in metrics.METRICS:
        assert metric.name.startswith("whyred_")
        assert metric.name.endswith("_total") == isinstance(metric, metrics.Counter)
        assert not isinstance(metric, metrics.Histogram) or metric.name.endswith("_seconds")
    assert len({metric.name for metric in metrics.METRICS}) == len(metrics.METRICS)
