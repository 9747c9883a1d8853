"""The answer in words: one comment a conversation, whatever is lost, and never a person's comment."""

from __future__ import annotations

import threading

import pytest
import redis

from bot.deliver.reply import reply
from bot.github.client import Client
from sandbox.client import Sandbox
from tests.bot.deliver.conftest import NAME


def bodies(github: Sandbox, number: int) -> list[str]:
    return [str(one["body"]) for one in github.comments(NAME, number)]


def test_the_next_answer_takes_the_place_of_the_last(
    client: Client, connection: redis.Redis, github: Sandbox, pull: int
) -> None:
    assert reply(client, connection, pull, 51, "First.") == "answered"
    assert reply(client, connection, pull, 52, "Second.") == "answered"
    assert bodies(github, pull) == ["<!-- whyred:reply comment=52 -->\nSecond."]


@pytest.mark.parametrize("comment", [50, 51])
def test_the_same_or_an_older_command_changes_no_answer(
    client: Client, connection: redis.Redis, github: Sandbox, pull: int, comment: int
) -> None:
    reply(client, connection, pull, 51, "First.")
    connection.flushall()
    assert reply(client, connection, pull, comment, "Another.") == "silent: it was answered already"
    assert "First." in bodies(github, pull)[0]


def test_an_answer_that_was_lost_on_the_way_is_not_given_twice(
    client: Client, connection: redis.Redis, github: Sandbox, pull: int
) -> None:
    github.fault("drop-502", "POST", f"/repos/{NAME}/issues/{pull}/comments")
    assert reply(client, connection, pull, 51, "First.") == "answered"
    assert len(bodies(github, pull)) == 1


def test_two_workers_give_one_answer(client: Client, connection: redis.Redis, github: Sandbox, pull: int) -> None:
    threads = [
        threading.Thread(target=reply, args=(client, connection, pull, comment, "Help.")) for comment in (51, 52, 53)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bodies(github, pull) == ["<!-- whyred:reply comment=53 -->\nHelp."]


def test_a_persons_comment_with_our_marker_stays_theirs(
    client: Client, connection: redis.Redis, github: Sandbox, pull: int
) -> None:
    github.comment(NAME, pull, "mona", "<!-- whyred:reply comment=99 -->\nMine.")
    assert reply(client, connection, pull, 51, "Ours.") == "answered"
    assert len(bodies(github, pull)) == 2
    assert bodies(github, pull)[0].endswith("Mine.")
