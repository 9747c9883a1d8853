"""What reaches a chat: each failure once, each repair once, few an hour; and what does not arrive stops nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from bot.deliver import chat as deliver
from bot.deliver.chat import Chat, check
from bot.errors import UserError
from tests.bot.receiver import Receiver


@pytest.fixture
def service() -> Iterator[Receiver]:
    with Receiver() as opened:
        yield opened


@pytest.fixture
def chat(connection: redis.Redis, service: Receiver) -> Chat:
    return Chat(connection, 7, ("ops",), {"ops": service.url}, 10)


def test_a_failure_is_told_once_until_it_is_green_again(chat: Chat, service: Receiver) -> None:
    chat.red("55:main", "f1", 1, "red 1")
    chat.red("55:main", "f1", 2, "red 1 again")
    chat.red("55:main", "f2", 3, "red 2")
    chat.green("55:main", 4, "green")
    chat.green("55:main", 5, "green again")
    chat.red("55:main", "f1", 6, "red 1 once more")
    assert service.texts == ["red 1", "red 2", "green", "red 1 once more"]


def test_each_branch_and_each_address_is_its_own(connection: redis.Redis, service: Receiver) -> None:
    chat = Chat(connection, 7, ("ops", "team"), {"ops": service.url, "team": service.url}, 10)
    chat.red("55:main", "f1", 1, "main")
    chat.red("55:release", "f1", 2, "release")
    chat.green("55:release", 3, "release is green")
    assert service.texts == ["main", "main", "release", "release", "release is green", "release is green"]


def test_green_says_nothing_where_nothing_was_red(chat: Chat, service: Receiver) -> None:
    chat.green("55:main", 1, "green")
    assert service.texts == []


def test_an_older_run_that_comes_late_is_no_news(chat: Chat, service: Receiver) -> None:
    chat.green("55:main", 9, "green")
    chat.red("55:main", "f1", 8, "red")
    assert service.texts == []


def test_only_so_many_messages_an_hour(connection: redis.Redis, service: Receiver) -> None:
    chat = Chat(connection, 7, ("ops",), {"ops": service.url}, 3)
    for number in range(6):
        chat.red("55:main", f"f{number}", number, f"red {number}")
    assert service.texts == ["red 0", "red 1", "red 2"]
    # An hour's worth comes back bit by bit.
    connection.hincrbyfloat("whyred:chat:7:bucket:ops", "at", -1300)
    chat.red("55:main", "f9", 9, "red 9")
    chat.red("55:main", "f10", 10, "red 10")
    assert service.texts[3:] == ["red 9"]


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_a_service_that_refuses_stops_nothing_and_is_tried_again(chat: Chat, service: Receiver, status: int) -> None:
    service.status = status
    chat.red("55:main", "f1", 1, "red")
    service.status = 200
    chat.red("55:main", "f1", 2, "red again")
    assert service.texts == ["red", "red again"]


def test_a_service_that_does_not_answer_is_not_waited_for(
    chat: Chat, service: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "SECONDS", 0.2)
    service.pause = 0.6
    chat.red("55:main", "f1", 1, "red")


def test_a_service_that_is_gone_stops_nothing(
    connection: redis.Redis, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with Receiver() as gone:
        pass
    Chat(connection, 7, ("ops",), {"ops": gone.url}, 10).red("55:main", "f1", 1, "red")
    told = capsys.readouterr()
    assert "chat not told" in told.out + told.err
    assert "SECRET" not in caplog.text + told.out + told.err


def test_names_that_nobody_has_set_up_are_passed_over(connection: redis.Redis, service: Receiver) -> None:
    Chat(connection, 7, ("ops", "nobody"), {"ops": service.url}, 10).red("55:main", "f1", 1, "red")
    assert service.texts == ["red"]


@pytest.mark.parametrize("url", ["slack://SECRET", "nosuch://SECRET/x", "discord://SECRET", "json://"])
def test_an_address_that_can_not_be_used_stops_the_start_and_is_not_shown(
    url: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UserError, match="the address of ops is none that apprise knows") as refused:
        check({"ops": url, "team": "json://127.0.0.1/x"})
    told = capsys.readouterr()
    assert "SECRET" not in str(refused.value) + caplog.text + told.out + told.err


@pytest.mark.parametrize(
    "url",
    [
        "slack://AAAAAAAAA/BBBBBBBBB/cccccccccccccccccccccccc",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "workflows://prod-1.westus.logic.shop.example:443/643e69f83c8944/iwcvj7Q8gGzyuPRvmNlX",
        "jsons://hooks.shop.example/whyred",
    ],
)
def test_slack_discord_teams_and_webhooks_are_known(url: str) -> None:
    check({"ops": url})
