"""Check runs: list ours, create, edit; nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.check_run import Annotation, CheckText
from bot.github.client import Client

BATCH: Final = 50
"""Annotations that GitHub takes in one request."""


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A check run that our App made. `annotations` is how many there are: GitHub adds to them, and takes none away."""

    id: int
    external_id: str
    head_sha: str
    title: str
    annotations: int = 0


def ours(client: Client, sha: str, name: str) -> tuple[CheckRun, ...]:
    """The check runs of this name that our App made for a commit, the newest first."""
    path = f"/commits/{sha}/check-runs"
    listed = client.pages(path, "check_runs", most=3, check_name=name, app_id=client.app_id, filter="all")
    made = [_check_run(data) for data in listed if (data.get("app") or {}).get("id") == client.app_id]
    return tuple(sorted(made, key=lambda one: one.id, reverse=True))


def complete(client: Client, number: int) -> None:
    """Say once more that a check run is complete, as it was.

    GitHub leaves it as it is where somebody asks to run it again, but takes its suite for queued until it is changed.
    """
    conclusion = client.get(f"/check-runs/{number}")["conclusion"]
    client.write("PATCH", f"/check-runs/{number}", {"status": "completed", "conclusion": conclusion or "neutral"})


def create(client: Client, sha: str, name: str, external_id: str, text: CheckText) -> CheckRun:
    """Write a check run that is complete, with as many annotations as GitHub takes at once."""
    fields = {"name": name, "head_sha": sha, **_fields(external_id, text, text.annotations[:BATCH])}
    return _check_run(client.write("POST", "/check-runs", fields))


def edit(
    client: Client,
    number: int,
    external_id: str,
    text: CheckText,
    more: Sequence[Annotation] = (),
) -> CheckRun:
    """Change what a check run says, and add annotations, one batch at most."""
    fields = _fields(external_id, text, more[:BATCH])
    return _check_run(client.write("PATCH", f"/check-runs/{number}", fields))


def _fields(external_id: str, text: CheckText, added: Sequence[Annotation]) -> dict[str, Any]:
    output = {"title": text.title, "summary": text.summary, "text": text.text}
    return {
        "external_id": external_id,
        "status": "completed",
        "conclusion": text.conclusion,
        "output": {**output, **({"annotations": [_annotation(one) for one in added]} if added else {})},
        "actions": [
            {"label": one.label, "description": one.description, "identifier": one.name} for one in text.buttons
        ],
    }


def _annotation(one: Annotation) -> dict[str, Any]:
    fields = {"path": one.path, "start_line": one.line, "end_line": one.line, "annotation_level": one.level}
    told = {"title": one.title, "message": one.message, "raw_details": one.details}
    return {**fields, **{name: text for name, text in told.items() if text}}


def _check_run(data: dict[str, Any]) -> CheckRun:
    output = data["output"]
    return CheckRun(
        id=data["id"],
        external_id=data.get("external_id") or "",
        head_sha=data["head_sha"],
        title=output.get("title") or "",
        annotations=output.get("annotations_count") or 0,
    )
