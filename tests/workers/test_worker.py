"""A real worker on a real server: what it does, puts off, gives up, and refuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import pytest
import redis
from rq import Queue
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from bot.errors import RetryLater
from tests.bot.test_settings import PEM
from tests.bot.test_settings import SECRET as WEBHOOK_SECRET
from tests.workers.jobs import DIES, DONE, FAILS, LATER, SECRET, SLOW, TOKEN
from workers import queue, worker
from workers.clock import DONE_TODAY, Clock, delete_old

pytestmark = pytest.mark.slow


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.05)


@contextmanager
def working(url: str, module: str = "tests.workers.worker_of_test_jobs") -> Iterator[subprocess.Popen[str]]:
    told = {"APP_ID": "7", "PRIVATE_KEY": PEM, "WEBHOOK_SECRET": WEBHOOK_SECRET, "REDIS_URL": url}
    with TemporaryDirectory() as folder:
        environ = {**os.environ, **told, "DATA_DIR": folder}
        process = subprocess.Popen((sys.executable, "-m", module), env=environ, stderr=subprocess.PIPE, text=True)
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            assert process.stderr
            process.stderr.close()


def enqueue(connection: redis.Redis, run: int) -> Job:
    queue.enqueue_run(connection, 5, 11, run, 1)
    return Job.fetch(f"run-11-{run}-1", connection, JSONSerializer)


def work_off(url: str, connection: redis.Redis, *jobs: Job) -> str:
    """Let a worker run until none of the jobs waits any more. Returns what it logged."""
    with working(url) as process:
        until(lambda: all(job.get_status() not in {JobStatus.QUEUED, JobStatus.STARTED} for job in jobs))
        process.terminate()
        process.wait(20)
        assert process.stderr
        return process.stderr.read()


def is_put_off(connection: redis.Redis, job: Job) -> bool:
    """Whether it waits for another time. RQ says so in the job's status a moment before it is so."""
    return connection.zscore("rq:scheduled:whyred", job.id) is not None


def test_a_job_is_done(redis_url: str, connection: redis.Redis) -> None:
    job = enqueue(connection, DONE)
    work_off(redis_url, connection, job)
    assert job.get_status() == JobStatus.FINISHED
    assert job.return_value() == "commented"


def test_a_job_that_asks_for_another_time_gets_it(redis_url: str, connection: redis.Redis) -> None:
    job = enqueue(connection, LATER)
    said = work_off(redis_url, connection, job)
    assert job.get_status() == JobStatus.SCHEDULED
    due = connection.zscore("rq:scheduled:whyred", job.id)
    assert due is not None
    assert 30 < float(due) - time.time() <= 41
    assert "put off" in said
    assert TOKEN not in said


def test_the_clock_brings_it_back_when_it_is_time(redis_url: str, connection: redis.Redis) -> None:
    job = enqueue(connection, LATER)
    work_off(redis_url, connection, job)
    clock = Clock(connection)
    clock.start()
    clock.tick()
    assert job.get_status() == JobStatus.SCHEDULED
    connection.zadd("rq:scheduled:whyred", {job.id: time.time() - 1})
    clock.tick()
    clock.stop()
    assert job.get_status() == JobStatus.QUEUED
    assert queue.queue(connection).get_job_ids().count(job.id) == 1


def test_a_second_clock_waits_until_the_first_is_gone(connection: redis.Redis) -> None:
    first, second = Clock(connection), Clock(connection)
    for clock in (first, second):
        clock.start()
        clock.tick()
    assert connection.get("rq:scheduler-lock:whyred") is not None
    holder = connection.get("rq:scheduler-lock:whyred")
    first.stop()
    second.tick()
    assert connection.get("rq:scheduler-lock:whyred") not in {None, holder}
    second.stop()
    assert connection.get("rq:scheduler-lock:whyred") is None


def test_what_is_too_old_is_deleted_once_a_day_by_one_of_the_clocks(connection: redis.Redis, tmp_path: Path) -> None:
    days: list[int] = []
    clocks = [Clock(connection, lambda: days.append(1)) for _ in range(2)]
    for clock in (*clocks, *clocks):
        clock.tick()
    assert days == [1]
    connection.delete(DONE_TODAY)
    clocks[0].tick()
    clocks[0].stop()
    assert days == [1, 1]
    delete_old(None, tmp_path / "data", 400)
    assert (tmp_path / "data" / "whyred.sqlite3").exists()
    (tmp_path / "file").touch()
    delete_old(None, tmp_path / "file", 400)


def test_an_error_is_retried_with_growing_pauses_and_then_given_up(redis_url: str, connection: redis.Redis) -> None:
    job, pauses = enqueue(connection, FAILS), []
    clock = Clock(connection)
    clock.start()
    with working(redis_url):
        for _ in range(3):
            until(lambda: is_put_off(connection, job))
            due = connection.zscore("rq:scheduled:whyred", job.id)
            pauses.append(round(float(due or 0) - time.time()))
            connection.zadd("rq:scheduled:whyred", {job.id: time.time() - 1})
            clock.tick()
        until(lambda: job.get_status() == JobStatus.FAILED)
    # A busy machine sees it late: the pause is then shorter already, never longer.
    assert [wanted - 30 <= pause <= wanted + 1 for pause, wanted in zip(pauses, [10, 60, 300], strict=True)] == [
        True
    ] * 3
    clock.tick()
    clock.stop()
    (dead,) = queue.dead(connection)
    assert dead["job"] == job.id
    assert dead["why"].startswith("ValueError: two lines at workers/jobs.py:")
    assert queue.enqueue_run(connection, 5, 11, FAILS, 1)


def test_no_secret_and_no_escape_of_an_error_is_kept_or_logged(redis_url: str, connection: redis.Redis) -> None:
    job = enqueue(connection, SECRET)
    connection.hset(job.key, "retries_left", 0)
    said = work_off(redis_url, connection, job)
    queue.bury(connection)
    held = json.dumps(queue.dead(connection)) + said
    assert "refused" in held
    for hidden in (TOKEN, "\x1b", "Traceback"):
        assert hidden not in held


def test_a_process_that_dies_costs_one_try(redis_url: str, connection: redis.Redis) -> None:
    job = enqueue(connection, DIES)
    with working(redis_url):
        until(lambda: is_put_off(connection, job))
    assert connection.hget(job.key, "retries_left") == b"2"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can bind a process to its parent")
def test_a_job_does_not_go_on_without_its_worker(redis_url: str, connection: redis.Redis) -> None:
    job = enqueue(connection, SLOW)
    with working(redis_url) as process:
        until(lambda: job.get_status() == JobStatus.STARTED)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        until(lambda: children.read_text() != "")
        (horse,) = children.read_text().split()
        time.sleep(0.5)
        process.kill()
        process.wait()
    until(lambda: not Path(f"/proc/{horse}").exists() or " Z " in Path(f"/proc/{horse}/stat").read_text(), 5)


def test_a_worker_that_is_told_to_stop_waits_for_nothing_when_idle(redis_url: str, connection: redis.Redis) -> None:
    def is_idle() -> bool:
        known = cast(set[bytes], connection.smembers("rq:workers:whyred"))
        return [connection.hget(name.decode(), "state") for name in known] == [b"idle"]

    with working(redis_url) as process:
        # It makes itself known before it listens to signals.
        until(is_idle)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


@pytest.mark.parametrize("name", ["os.system", "workers.tasks.other", "subprocess.getoutput", "builtins.eval", ""])
def test_a_job_that_names_another_function_is_refused(
    name: str, redis_url: str, connection: redis.Redis, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    foreign = Queue(queue.NAME, connection=connection, serializer=JSONSerializer)
    job = foreign.enqueue_call(name, args=(f"touch {canary}",), job_id="foreign")
    good = enqueue(connection, DONE)
    work_off(redis_url, connection, job, good)
    assert not canary.exists()
    assert (job.get_status(), good.get_status()) == (JobStatus.FAILED, JobStatus.FINISHED)


def test_without_the_list_of_functions_it_would_have_run(connection: redis.Redis, tmp_path: Path) -> None:
    """That the gate above is what stops it: RQ's own job class calls whatever is named."""
    foreign = Queue(queue.NAME, connection=connection, serializer=JSONSerializer)
    job = foreign.enqueue_call("os.system", args=(f"touch {tmp_path}/canary",), job_id="foreign")
    Job.fetch(job.id, connection, JSONSerializer).perform()
    assert (tmp_path / "canary").exists()
    with pytest.raises(worker.UnknownFunctionError):
        worker.Job.fetch(job.id, connection, JSONSerializer).perform()


def test_callbacks_and_webhooks_of_a_job_are_dropped(connection: redis.Redis) -> None:
    job = enqueue(connection, DONE)
    for kind in ("success", "failure", "stopped"):
        connection.hset(job.key, f"{kind}_callback_name", "os.system")
    connection.hset(job.key, "webhooks", '[{"url": "http://127.0.0.1/", "job_status": "failed"}]')
    read = worker.Job.fetch(job.id, connection, JSONSerializer)
    assert (read.success_callback, read.failure_callback, read.stopped_callback) == (None, None, None)
    assert read.webhooks == []


@pytest.mark.parametrize("data", [b"\x80\x04N.", b"not json", b"[]", b'["workers.tasks.diagnose_run", null, [1], {}]'])
def test_a_poisoned_job_fails_alone(data: bytes, redis_url: str, connection: redis.Redis) -> None:
    bad, good = enqueue(connection, FAILS), enqueue(connection, DONE)
    connection.hset(bad.key, mapping={"data": data, "retries_left": 0})
    work_off(redis_url, connection, good)
    assert good.get_status() == JobStatus.FINISHED
    until(lambda: bad.get_status() == JobStatus.FAILED)


@pytest.mark.parametrize(
    ("seconds", "tries", "pause"), [(5, 0, 5), (0.2, 0, 1), (5, 1, 10), (5, 3, 40), (5, 11, 600), (3600, 2, 3600)]
)
def test_pauses_grow_but_are_never_shorter_than_asked(seconds: float, tries: int, pause: int) -> None:
    assert worker.pause_before(seconds, tries) == pause


def test_an_error_is_told_in_one_line_with_its_place() -> None:
    try:
        raise RetryLater("a limit", 5)
    except RetryLater as error:
        told = worker.explained(error)
    assert told.startswith("RetryLater: a limit; again in 5 s at workers/test_worker.py:")
    assert worker.explained(None) == "unknown"


@pytest.mark.parametrize("module", ["workers.worker", "workers.clock"])
def test_refuses_to_start_without_a_queue(module: str) -> None:
    with working("", module) as process:
        assert process.wait(20) == 1
        assert process.stderr
        assert process.stderr.read().startswith("whyred: REDIS_URL is not set")


@pytest.mark.parametrize("module", ["workers.worker", "workers.clock"])
def test_says_in_one_line_that_redis_does_not_answer(module: str, tmp_path: Path) -> None:
    with working(f"unix://{tmp_path}/nothing", module) as process:
        assert process.wait(40) == 1
        assert process.stderr
        assert process.stderr.read() == "whyred: Redis does not answer: ConnectionError\n"
