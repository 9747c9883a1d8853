"""The artifacts of a run: which there are, and their report files, unpacked in memory within caps."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import requests

from bot.case import Run
from bot.github import download
from bot.github.client import Client
from bot.github.download import Limits
from bot.github.errors import GitHubError

MOST_PACKED: Final = 20 << 20
MOST_UNPACKED: Final = 64 << 20
MOST_ENTRIES: Final = 2_000
MOST_RATIO: Final = 100
"""Bytes out of one packed byte: a report has ten, a bomb a thousand."""

SECONDS: Final = 20.0

_REPORT: Final = re.compile(r"junit|test|coverage|result|report", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Artifact:
    """What a run has handed in under a name; `size` in bytes, packed."""

    id: int
    name: str
    size: int


def listed(client: Client, run: Run, since: str = "") -> tuple[Artifact, ...]:
    """The artifacts whose name speaks of tests or coverage; none where they may not be read.

    `since` is a time in ISO 8601: GitHub lists those of the run's earlier attempts as well, and does not say which.
    """
    try:
        data = client.get(f"/actions/runs/{run.id}/artifacts", per_page=100)
    except GitHubError:
        return ()
    found = [
        Artifact(item["id"], item["name"], item["size_in_bytes"])
        for item in data["artifacts"]
        if not item["expired"] and (item["created_at"] or since) >= since
    ]
    return tuple(item for item in found if _REPORT.search(item.name) and item.size <= MOST_PACKED)


def read(client: Client, artifact: Artifact, trusted: Collection[str] = ()) -> dict[str, bytes]:
    """Its XML and JSON files by path; none where the archive can not be had, is broken, or too much."""
    try:
        place = client.location(f"/actions/artifacts/{artifact.id}/zip")
        packed = download.fetch(place, trusted, Limits(head=MOST_PACKED, tail=0, seconds=SECONDS)) if place else None
    except (GitHubError, download.MissingError, download.RefusedError, requests.RequestException):
        return {}
    return _unpacked(packed.data) if packed and not packed.truncated else {}


def _unpacked(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [one for one in archive.infolist() if one.filename.endswith((".xml", ".json"))]
            if len(archive.infolist()) > MOST_ENTRIES or not _within(members):
                return {}
            return {one.filename: archive.read(one) for one in members}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
        # Broken, encrypted, or packed in a way that is not known here.
        return {}


def _within(members: list[zipfile.ZipInfo]) -> bool:
    """Whether they unpack to as much as a report may; `read` goes no further than what is told here."""
    if sum(one.file_size for one in members) > MOST_UNPACKED:
        return False
    return all(one.file_size <= MOST_RATIO * max(one.compress_size, 1) for one in members)
