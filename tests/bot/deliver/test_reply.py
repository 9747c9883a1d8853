"""The answer in words: one comment a conversation and command, whatever is lost, and never a person's comment."""

from __future__ import annotations

import threading

import pytest
import redis

from bot.deliver.reply import Question, reply
from bot.github.client import Client
from sandbox.client import Sandbox
from tests.bot.deliver.conftest import NAME
from tests.later import some_time_passes


def bodies(github: Sandbox, number: int) -> list[str]:
    return [str(one["body"]) for one in github.comments(NAME, number)]


def test_the_next_answer_takes_the_place_of_the_last(
    client: Client, connection: redis.Redis, github: Sandbox, pull: int
) -> None:
    assert reply(client, connection, pull, Question(51, "help"), "First.") == "answered"
    some_time_passes(connection)
    assert reply(client, connection, pull, Question(52, "help"), "Second.") == "answered"
    assert bodies(github, pull) == ["<!-- whyred:reply word=help comment=52 -->\nSecond."]


def test_the_list_of_commands_stays_when_another_command_is_answered(
    client: Client, connection: redis.Redis, github: Sandbox, pull: int
) -> None:
    reply(client, connection, pull, Question(51, "help"), "The commands.")
    assert reply(client, connection, pull, Question(52, "rerun"), "Not possible.") == "answered"
    assert [text.partition("\n")[2] for text in bodies(github, pull)] == ["The commands.", "Not possible."]


@pytest.mark.parametrize("comment", [50, 51])
def test_the_same_or_an_older_command_changes_no_answer(
    client: Client, connection: redis.Redis, github: Sandbox, pull: int, comment: int
) -> None:
    reply(client, connection, pull, Question(51, "help"), "First.")
    connection.flushall()
    assert reply(client, connection, pull, Question(comment, "help"), "Another.") == "silent: it was answered already"
    assert "First." in bodies(github, pull)[0]


def test_an_answer_that_was_lost_on_the_way_is_not_given_twice(
    client: Client, connection: redis.Redis, github: Sandbox, pull: int
) -> None:
    github.fault("drop-502", "POST", f"/repos/{NAME}/issues/{pull}/comments")
    assert reply(client, connection, pull, Question(51, "help"), "First.") == "answered"
    assert len(bodies(github, pull)) == 1


def test_two_workers_give_one_answer(client: Client, connection: redis.Redis, github: Sandbox, pull: int) -> None:
    threads = [
        threading.Thread(target=reply, args=(client, connection, pull, Question(comment, "help"), "Help."))
        for comment in (51, 52, 53)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bodies(github, pull) == ["<!-- whyred:reply word=help comment=53 -->\nHelp."]


def test_a_persons_comment_with_our_marker_stays_theirs(
    client: Client, connection: redis.Redis, github: Sandbox, pull: int
) -> None:
    github.comment(NAME, pull, "mona", "<!-- whyred:reply word=help comment=99 -->\nMine.")
    assert reply(client, connection, pull, Question(51, "help"), "Ours.") == "answered"
    assert len(bodies(github, pull)) == 2
    assert bodies(github, pull)[0].endswith("Mine.")
