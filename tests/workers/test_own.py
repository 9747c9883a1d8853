"""A repository's own signatures in what it is told: named, ranked, fetched once, and left out with a note."""

from __future__ import annotations

from uuid import uuid4

import redis

from bot.github.dot_github import Entry
from sandbox.git import blob_sha
from tests.own_signature import GIZMO
from tests.workers.story import GROUP, NAME, Story
from workers import own

LOG = GROUP.format("./deploy.sh") + "gizmo beta has come loose\n##[error]Process completed with exit code 3.\n"
FILE = ".github/whyred/gizmo.toml"


def red(story: Story, text: str) -> str:
    return story.tell(story.run(story.push("discounts", text), "discounts", LOG))


def test_it_is_told_by_its_name(story: Story, pull: int) -> None:
    story.github.push(NAME, "main", {FILE: GIZMO}, author="mona")
    red(story, "1")
    assert [one.signature for one in story.history()] == ["local/gizmo"]
    (comment,) = story.comments(pull)
    assert "The gizmo `beta` has come loose" in comment


def test_it_is_fetched_and_judged_once(story: Story, pull: int) -> None:
    story.github.push(NAME, "main", {FILE: GIZMO.replace("alpha", f"gamma{uuid4().hex}")}, author="mona")
    red(story, "1")
    before = len(story.github.requests(path="/git/blobs"))
    red(story, "2")
    assert before == 1
    assert len(story.github.requests(path="/git/blobs")) == before


def test_a_pull_request_brings_none(story: Story, pull: int) -> None:
    story.github.push(NAME, "discounts", {FILE: GIZMO}, author="mona")
    red(story, "1")
    assert [one.signature for one in story.history()] == [None]


def test_one_that_fails_the_gates_is_left_out_and_said_once(story: Story, pull: int) -> None:
    files = {FILE: GIZMO, ".github/whyred/bad.toml": "title = 5\n"}
    story.github.push(NAME, "main", files, author="mona")
    red(story, "1")
    assert [one.signature for one in story.history()] == ["local/gizmo"]
    (comment,) = story.comments(pull)
    assert "`.github/whyred/bad.toml` is left out: category" in comment


def test_one_that_killed_its_worker_is_not_tried_again_at_once(story: Story, pull: int, redis_url: str) -> None:
    text = GIZMO.replace("alpha", "delta")
    story.github.push(NAME, "main", {FILE: text}, author="mona")
    entry = Entry(FILE, "file", blob_sha(text.encode()), len(text))
    with redis.Redis.from_url(redis_url) as connection:
        connection.set(f"whyred:judging:{own.key((entry,))}", 1)
    red(story, "1")
    assert [one.signature for one in story.history()] == [None]
