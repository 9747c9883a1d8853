"""Sending webhooks: signed, recorded, over HTTP, never sent again unless somebody asks."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
import uuid
from typing import Any

import requests

from sandbox import payloads
from sandbox.state.actions import Attempt, Job, Run
from sandbox.state.conversation import Comment, Issue
from sandbox.state.times import now
from sandbox.state.world import Delivery, Repository, World

PATIENCE = 10.0
"""Seconds that GitHub waits for an answer."""


def signature(secret: str, body: bytes) -> str:
    """The value of X-Hub-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def record(world: World, event: str, payload: dict[str, Any], guid: str | None = None) -> Delivery:
    """Note a delivery that is about to be sent; the caller holds the lock."""
    body = encode(payload)
    guid_sent = guid or str(uuid.uuid4())
    headers = {
        "Accept": "*/*",
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/5a4d0b1",
        "X-GitHub-Delivery": guid_sent,
        "X-GitHub-Event": event,
        "X-GitHub-Hook-ID": "1",
        "X-GitHub-Hook-Installation-Target-ID": str(world.app_id),
        "X-GitHub-Hook-Installation-Target-Type": "integration",
        "X-Hub-Signature": "sha1=" + hmac.new(world.webhook_secret.encode(), body, hashlib.sha1).hexdigest(),
        "X-Hub-Signature-256": signature(world.webhook_secret, body),
    }
    delivery = Delivery(
        id=world.next_id(),
        guid=guid_sent,
        event=event,
        action=payload.get("action"),
        payload=payload,
        headers=headers,
        installation=payload.get("installation", {}).get("id"),
        repository=payload.get("repository", {}).get("id"),
        redelivery=guid is not None,
    )
    world.deliveries[delivery.id] = delivery
    return delivery


def encode(payload: dict[str, Any]) -> bytes:
    """The body's bytes, which the signature covers."""
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()


def send(delivery: Delivery, url: str | None) -> Delivery:
    """Deliver over HTTP and note the answer; the caller does not hold the lock."""
    begun = time.monotonic()
    if url is None:
        delivery.status = "no webhook address is set"
        return delivery
    try:
        answer = requests.post(
            url,
            data=encode(delivery.payload),
            headers=delivery.headers,
            timeout=PATIENCE,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        timed_out = isinstance(error, requests.Timeout)
        delivery.status = "timed out" if timed_out else "failed to connect to host"
    else:
        delivery.status_code, delivery.answer = answer.status_code, answer.text
        delivery.status = "OK" if answer.ok else f"Invalid HTTP Response: {answer.status_code}"
    delivery.duration = round(time.monotonic() - begun, 3)
    delivery.delivered_at = now()
    return delivery


def send_soon(world: World, delivery: Delivery) -> None:
    """Deliver without keeping the caller waiting."""
    threading.Thread(target=send, args=(delivery, world.hook_url), daemon=True).start()


def redeliver(world: World, delivery: Delivery) -> Delivery:
    """Send the same payload again under the same GUID."""
    again = record(world, delivery.event, delivery.payload, delivery.guid)
    send_soon(world, again)
    return again


def installed(world: World, home: Repository) -> bool:
    """Whether the App hears of what happens in the repository."""
    installation = world.installation_of(home)
    return installation is not None and installation.suspended_at is None


def run_event(world: World, home: Repository, run: Run, attempt: Attempt, action: str) -> Delivery | None:
    """Note that a run was requested, began or completed."""
    if not installed(world, home):
        return None
    return record(world, "workflow_run", payloads.workflow_run(world, home, run, attempt, action))


def job_event(world: World, home: Repository, run: Run, job: Job, action: str) -> Delivery | None:
    """Note that a job was queued, began or completed."""
    if not installed(world, home):
        return None
    return record(world, "workflow_job", payloads.workflow_job(world, home, run, job, action))


def pull_event(world: World, home: Repository, issue: Issue, action: str, before: str | None = None) -> None:
    """Tell that a pull request was opened, pushed to or closed."""
    if installed(world, home):
        send_soon(world, record(world, "pull_request", payloads.pull_request(world, home, issue, action, before)))


def comment_event(
    world: World, home: Repository, said: tuple[Issue, Comment], action: str, before: str | None = None
) -> None:
    """Tell that a comment was written, changed or deleted, the App's own ones too."""
    if installed(world, home):
        payload = payloads.issue_comment(world, home, said, action, before)
        send_soon(world, record(world, "issue_comment", payload))
