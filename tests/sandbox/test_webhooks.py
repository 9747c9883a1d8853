"""Webhooks: signed over the bytes that travel, in the shape of the real ones, sent once."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

import pytest

from sandbox.client import Sandbox
from sandbox.referee import referee
from tests.sandbox.conftest import SECRET, SHOP, Api, Heard, Hook


def signed(heard: Heard, secret: str = SECRET) -> bool:
    expected = "sha256=" + hmac.new(secret.encode(), heard.body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(heard.headers["X-Hub-Signature-256"], expected)


def push(sandbox: Sandbox) -> str:
    return sandbox.push(SHOP, "discounts", {"a.py": "ü\n"}, author="mona", message="Größere Rabatte")


def red_run(sandbox: Sandbox) -> int:
    run = sandbox.start_run(SHOP, sha=push(sandbox), branch="discounts", event="pull_request")
    sandbox.add_job(SHOP, run, "test", conclusion="failure")
    return run


def test_a_finished_run_is_delivered_and_signed(sandbox: Sandbox, hook: Hook) -> None:
    run = red_run(sandbox)
    sent = sandbox.finish_run(SHOP, run)
    assert (sent["status_code"], sent["status"]) == (202, "OK")
    heard = hook.wait_for("workflow_run", "completed")
    assert signed(heard)
    assert not signed(heard, "another secret")
    payload = heard.payload
    assert payload["repository"]["full_name"] == SHOP
    assert payload["installation"]["id"] == sandbox.install("octo")
    shown = payload["workflow_run"]
    assert (shown["id"], shown["run_attempt"], shown["conclusion"]) == (run, 1, "failure")
    assert shown["head_branch"] == "discounts"


def requested(sandbox: Sandbox) -> None:
    sandbox.start_run(SHOP, sha=push(sandbox), branch="discounts", deliver=True)


def finished_without_jobs(sandbox: Sandbox) -> None:
    path = ".github/workflows/ci.yml"
    run = sandbox.start_run(SHOP, sha=push(sandbox), branch="discounts", workflow_name=path)
    sandbox.finish_run(SHOP, run, "failure")


def finished_in_a_fork(sandbox: Sandbox) -> None:
    fork = sandbox.fork(SHOP, "hubert")
    sha = sandbox.push(fork, "payments", {"p.py": "\n"}, author="hubert")
    run = sandbox.start_run(SHOP, sha=sha, branch="payments", event="pull_request", head_repository=fork)
    sandbox.add_job(SHOP, run, "test", conclusion="failure")
    sandbox.finish_run(SHOP, run)


def job_completed(sandbox: Sandbox) -> None:
    run = sandbox.start_run(SHOP, sha=push(sandbox), branch="discounts")
    job = sandbox.add_job(SHOP, run, "test", conclusion="failure", steps=[("Run pytest", "failure")])
    sandbox.job_event(SHOP, run, job, "completed")


def pull_opened(sandbox: Sandbox) -> None:
    push(sandbox)
    sandbox.open_pull(SHOP, "discounts", author="mona")


def pull_pushed_to(sandbox: Sandbox) -> None:
    pull_opened(sandbox)
    sandbox.push(SHOP, "discounts", {"b.py": "\n"}, author="mona")


def pull_merged(sandbox: Sandbox) -> None:
    push(sandbox)
    sandbox.close(SHOP, sandbox.open_pull(SHOP, "discounts", author="mona"), merged=True)


def made_ready(sandbox: Sandbox) -> None:
    push(sandbox)
    sandbox.make_ready(SHOP, sandbox.open_pull(SHOP, "discounts", author="mona", draft=True))


def commented(sandbox: Sandbox) -> None:
    number = sandbox.open_issue(SHOP, "A question", author="mona")
    sandbox.comment(SHOP, number, "mona", "Why?")


@pytest.mark.parametrize(
    ("happens", "event", "action"),
    [
        (requested, "workflow_run", "requested"),
        (finished_without_jobs, "workflow_run", "completed"),
        (finished_in_a_fork, "workflow_run", "completed"),
        (job_completed, "workflow_job", "completed"),
        (pull_opened, "pull_request", "opened"),
        (pull_pushed_to, "pull_request", "synchronize"),
        (pull_merged, "pull_request", "closed"),
        (made_ready, "pull_request", "ready_for_review"),
        (commented, "issue_comment", "created"),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_payloads_are_as_github_describes_them(
    sandbox: Sandbox, hook: Hook, happens: Callable[[Sandbox], None], event: str, action: str
) -> None:
    happens(sandbox)
    heard = hook.wait_for(event, action)
    assert signed(heard)
    assert referee().judge_payload(event, action, heard.payload) == []


def test_a_bot_s_own_comment_is_told_too(sandbox: Sandbox, hook: Hook, bot: Api) -> None:
    number = sandbox.open_issue(SHOP, "A question", author="mona")
    made = bot.call("POST", f"/repos/{SHOP}/issues/{number}/comments", {"body": "First"}).json()
    bot.call("PATCH", f"/repos/{SHOP}/issues/comments/{made['id']}", {"body": "Second"})
    edited = hook.wait_for("issue_comment", "edited").payload
    assert edited["changes"] == {"body": {"from": "First"}}
    assert edited["sender"]["type"] == "Bot"


def test_a_fork_without_the_app_is_not_told_of(sandbox: Sandbox, hook: Hook) -> None:
    fork = sandbox.fork(SHOP, "hubert")
    sha = sandbox.push(fork, "main", {"p.py": "\n"}, author="hubert")
    run = sandbox.start_run(fork, sha=sha, branch="main")
    assert sandbox.finish_run(fork, run)["delivery"] is None
    assert hook.heard == []


def test_ping(sandbox: Sandbox, hook: Hook) -> None:
    assert sandbox.ping()["status_code"] == 202
    assert hook.heard[0].event == "ping"


def test_a_redelivery_has_the_same_guid_and_the_same_body(sandbox: Sandbox, hook: Hook, app: Api) -> None:
    sandbox.finish_run(SHOP, red_run(sandbox))
    listed = app.get("/app/hook/deliveries", per_page=1)[0]
    assert app.call("POST", f"/app/hook/deliveries/{listed['id']}/attempts").status_code == 202
    sandbox.resend(listed["id"])
    again = [one for one in hook.heard if one.headers["X-GitHub-Delivery"] == listed["guid"]]
    assert len(again) >= 2
    assert len({one.body for one in again}) == 1
    assert app.get(f"/app/hook/deliveries/{listed['id']}")["request"]["payload"] == again[0].payload


def test_a_receiver_that_is_away_is_noted_and_not_tried_again(sandbox: Sandbox, hook: Hook, app: Api) -> None:
    sandbox.set_hook("http://127.0.0.1:1/webhook")
    sent = sandbox.finish_run(SHOP, red_run(sandbox))
    assert (sent["status_code"], sent["status"]) == (0, "failed to connect to host")
    assert [one["status_code"] for one in app.get("/app/hook/deliveries")] == [0]


def test_the_secret_can_be_changed(sandbox: Sandbox, hook: Hook) -> None:
    sandbox.set_hook(hook.url, "the next secret, as long as the first")
    sandbox.finish_run(SHOP, red_run(sandbox))
    assert signed(hook.heard[0], "the next secret, as long as the first")


def test_a_test_may_send_whatever_it_likes(sandbox: Sandbox, hook: Hook) -> None:
    sandbox.send("workflow_run", {"action": "completed", "nonsense": True})
    assert hook.heard[0].payload == {"action": "completed", "nonsense": True}
    assert signed(hook.heard[0])
