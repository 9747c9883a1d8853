"""What a draft's check run alone has told is told aloud as soon as the draft is ready for review."""

from __future__ import annotations

import redis

from tests.workers.story import MODULE, NAME, Story
from workers import ready
from workers.queue import queue


def draft(story: Story) -> tuple[int, str]:
    """A draft that has failed, and its head."""
    story.push("discounts", "PRICE = 1\n")
    number = story.github.open_pull(NAME, "discounts", author="mona", draft=True)
    sha = story.push("discounts", "1")
    story.tell(story.run(sha, "discounts", MODULE))
    return number, sha


def work(story: Story, connection: redis.Redis) -> None:
    for job in queue(connection).jobs:
        assert job.func_name == "workers.tasks.diagnose_run"
        story.tell(job.args[2], job.args[3])


def test_a_failed_draft_is_told_when_it_is_ready(story: Story, connection: redis.Redis) -> None:
    number, sha = draft(story)
    assert story.comments(number) == []
    story.github.make_ready(NAME, number)
    assert ready.tell(story.installation, story.id, number, sha) == "1 looked at"
    work(story, connection)
    (body,) = story.comments(number)
    assert "python/module-not-found" in body


def test_what_was_told_of_a_draft_is_not_told_again(story: Story, connection: redis.Redis) -> None:
    story.github.push(NAME, "main", {".github/whyred.yml": "drafts: true\n"})
    number, sha = draft(story)
    assert len(story.comments(number)) == 1
    assert ready.tell(story.installation, story.id, number, sha) == "silent: it was told as a draft"
    assert queue(connection).jobs == []
