"""What the environment must say, and how each process says what is wrong with it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from bot import preflight
from bot.errors import UserError
from bot.settings import Settings

SECRET = "a-secret-of-at-least-24-bytes"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
LOCKED = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")).decode()
CURVE = (
    ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
)
LEAST = {"APP_ID": "7", "PRIVATE_KEY": PEM, "WEBHOOK_SECRET": SECRET, "REDIS_URL": "redis://127.0.0.1:6379/0"}


def settings(**changes: str) -> Settings:
    return Settings.from_environment({**LEAST, **changes})


def test_four_variables_are_enough() -> None:
    told = settings()
    assert told.app_id == 7
    assert told.webhook_secrets == (SECRET.encode(),)
    assert (told.github_api_url, told.github_url) == ("https://api.github.com", "https://github.com")
    assert (told.host, told.port, told.log_level) == ("127.0.0.1", 3000, "INFO")
    assert (told.log_hosts, told.allowed_owners, told.database_url) == ((), (), None)
    assert told.data_dir.is_absolute()
    assert (told.retention_days, settings(RETENTION_DAYS="30").retention_days) == (400, 30)


@pytest.mark.parametrize(
    "told",
    [PEM, PEM.replace("\n", "\\n"), PEM.replace("\n", "\r\n"), f"\n{PEM}\n", base64.b64encode(PEM.encode()).decode()],
    ids=["whole", "with backslash n", "with Windows line ends", "with blank lines", "in base64"],
)
def test_a_private_key_is_understood(told: str) -> None:
    assert settings(PRIVATE_KEY=told).private_key == PEM


def test_a_private_key_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "app.pem").write_text(PEM)
    told = settings(PRIVATE_KEY="", PRIVATE_KEY_PATH=str(tmp_path / "app.pem"))
    assert told.private_key == PEM


def test_an_enterprise_server_has_its_api_below_its_host() -> None:
    told = settings(GHE_HOST="git.shop.example")
    assert told.github_api_url == "https://git.shop.example/api/v3"
    assert told.github_url == "https://git.shop.example"


def test_an_enterprise_server_keeps_its_logs_itself() -> None:
    assert settings(GHE_HOST="Git.shop.example:8443", LOG_HOSTS="logs").log_hosts == ("logs", "git.shop.example")


def test_a_tenant_of_githubs_own_cloud_has_its_api_on_a_host_beside_it() -> None:
    told = settings(GHE_HOST="shop.ghe.com")
    assert (told.github_api_url, told.github_url) == ("https://api.shop.ghe.com", "https://shop.ghe.com")
    assert told.log_hosts == ()


def test_whole_urls_win_over_the_enterprise_host() -> None:
    told = settings(GHE_HOST="git.shop.example", GITHUB_API_URL="http://127.0.0.1:8900/api/v3/")
    assert told.github_api_url == "http://127.0.0.1:8900/api/v3"


@pytest.mark.parametrize(
    ("told", "address"), [("https://whyred.example/ci/", "https://whyred.example/ci"), ("", None), (" ", None)]
)
def test_the_site_is_known_only_when_it_is_told(told: str, address: str | None) -> None:
    assert settings(SITE_URL=told).site_url == address


def test_the_metrics_have_a_token_only_when_it_is_told() -> None:
    assert (settings().metrics_token, settings(METRICS_TOKEN=SECRET).metrics_token) == (None, SECRET)


def test_two_secrets_are_good_while_one_is_rotated() -> None:
    assert settings(WEBHOOK_SECRET=f"{SECRET}-new, {SECRET}").webhook_secrets == (
        f"{SECRET}-new".encode(),
        SECRET.encode(),
    )


def test_lists_are_split_and_lowered() -> None:
    told = settings(ALLOWED_OWNERS="Shop, acme ,", LOG_HOSTS="localhost")
    assert told.allowed_owners == ("shop", "acme")
    assert told.log_hosts == ("localhost",)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_spoken_to_through_the_driver_that_comes_along(scheme: str) -> None:
    assert settings(DATABASE_URL=f"{scheme}://u:p%40w@db/x").database_url == "postgresql+psycopg://u:p%40w@db/x"


def test_the_names_of_log_levels_are_forgiving() -> None:
    assert settings(LOG_LEVEL="warn").log_level == "WARNING"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"APP_ID": ""}, "APP_ID is not set"),
        ({"APP_ID": "seven"}, "APP_ID must be a whole number"),
        ({"APP_ID": "0"}, "APP_ID must be a whole number"),
        ({"APP_ID": "\u0667"}, "APP_ID must be a whole number"),
        ({"APP_ID": "9" * 5000}, "APP_ID must be a whole number"),
        ({"PRIVATE_KEY": ""}, "neither PRIVATE_KEY nor PRIVATE_KEY_PATH is set"),
        ({"PRIVATE_KEY": "hunter2"}, "PRIVATE_KEY holds no private key"),
        ({"PRIVATE_KEY": PEM[:200]}, "PRIVATE_KEY holds no readable private key"),
        ({"PRIVATE_KEY": LOCKED}, "not encrypted"),
        ({"PRIVATE_KEY": CURVE}, "PRIVATE_KEY is no RSA key"),
        ({"PRIVATE_KEY": "", "PRIVATE_KEY_PATH": "/nowhere/app.pem"}, "PRIVATE_KEY_PATH can not be read: No such file"),
        ({"WEBHOOK_SECRET": ""}, "WEBHOOK_SECRET is not set"),
        ({"WEBHOOK_SECRET": " , "}, "WEBHOOK_SECRET is not set"),
        ({"WEBHOOK_SECRET": "x" * 23}, "WEBHOOK_SECRET is shorter than 24 bytes"),
        ({"WEBHOOK_SECRET": f"{SECRET},short"}, "WEBHOOK_SECRET is shorter than 24 bytes"),
        ({"WEBHOOK_SECRET": f"{SECRET},{SECRET},{SECRET}"}, "more than two secrets"),
        ({"REDIS_URL": ""}, "REDIS_URL is not set"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL must begin with"),
        ({"GHE_HOST": "https://git.shop.example"}, "GHE_HOST is a host name"),
        ({"GITHUB_API_URL": "api.github.com"}, "GITHUB_API_URL must be a URL"),
        ({"GITHUB_API_URL": "http://[::1"}, "GITHUB_API_URL must be a URL"),
        ({"GITHUB_URL": "ftp://github.com"}, "GITHUB_URL must be a URL"),
        ({"SITE_URL": "whyred.example"}, "SITE_URL must be a URL such as https://whyred.example"),
        ({"LOG_HOSTS": "http://localhost/"}, "LOG_HOSTS are host names"),
        ({"DATABASE_URL": "whyred.sqlite3"}, "DATABASE_URL must be a URL"),
        ({"DATABASE_URL": "nosuch://db/x"}, "DATABASE_URL must be a URL"),
        ({"DATABASE_URL": "oracle://hunter2@db/x"}, "DATABASE_URL needs the module"),
        ({"PORT": "http"}, "PORT must be a whole number"),
        ({"PORT": "65536"}, "PORT must be a whole number"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL must be one of"),
        ({"METRICS_TOKEN": "hunter2"}, "METRICS_TOKEN must be at least 24 letters"),
        ({"METRICS_TOKEN": f"{SECRET} {SECRET}"}, "METRICS_TOKEN must be at least 24 letters"),
    ],
)
def test_refuses_what_is_wrong_with_the_variable_and_the_reason(changes: dict[str, str], says: str) -> None:
    with pytest.raises(UserError, match=says) as refusal:
        settings(**changes)
    assert "\n" not in str(refusal.value)
    assert SECRET not in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_all_that_is_missing_or_wrong_is_said_at_once() -> None:
    with pytest.raises(UserError) as refusal:
        Settings.from_environment({"GHE_HOST": "https://git.shop.example", "PORT": "http", "LOG_LEVEL": "loud"})
    head, *lines = str(refusal.value).split("\n")
    assert head == "7 settings are missing or wrong:"
    assert [line.partition(" ")[0] for line in map(str.strip, lines)] == [
        *("GHE_HOST", "APP_ID", "neither", "WEBHOOK_SECRET", "REDIS_URL", "PORT", "LOG_LEVEL")
    ]


def test_what_is_wrong_with_a_file_or_an_address_that_is_named_is_told_with_the_rest(tmp_path: Path) -> None:
    wrong = {"CONFIG_DEFAULTS": str(tmp_path / "none.yml"), "CHAT_URLS": "ops=none://x", "PORT": "http"}
    with pytest.raises(UserError) as refusal:
        Settings.from_environment({**LEAST, **wrong}, *preflight.WISHES)
    assert str(refusal.value).split("\n") == [
        "3 settings are missing or wrong:",
        "  PORT must be a whole number from 0 to 65535",
        "  CONFIG_DEFAULTS can not be read: No such file or directory",
        "  CHAT_URLS: the address of ops is none that apprise knows",
    ]


def test_what_is_secret_is_not_shown() -> None:
    told = settings(REDIS_URL="redis://:hunter2@queue/0", DATABASE_URL="postgresql://u:hunter3@db/x")
    for secret in (SECRET, "BEGIN", "hunter2", "hunter3"):
        assert secret not in repr(told)
    assert SECRET not in repr(settings(METRICS_TOKEN=SECRET, WEBHOOK_SECRET="x" * 24))


def test_chat_addresses_have_names_and_may_hold_commas() -> None:
    told = settings(
        CHAT_URLS="ops=slack://A/B/C, team=mailtos://x:y@mail.example?to=a@x.example,b@x.example,on-call=json://h"
    )
    assert told.chat_urls == {
        "ops": "slack://A/B/C",
        "team": "mailtos://x:y@mail.example?to=a@x.example,b@x.example",
        "on-call": "json://h",
    }
    assert settings().chat_urls == {}


@pytest.mark.parametrize(
    "told", ["slack://SECRET/B/C", "ops=SECRET", "ops=json://SECRET,ops=json://SECRET", "OPS=json://SECRET"]
)
def test_chat_addresses_that_are_wrong_are_refused_without_being_shown(told: str) -> None:
    with pytest.raises(UserError, match="CHAT_URLS must be names") as refused:
        settings(CHAT_URLS=told)
    assert "SECRET" not in str(refused.value)


def test_chat_addresses_are_never_shown() -> None:
    assert "SECRET" not in repr(settings(CHAT_URLS="ops=slack://SECRET/B/C"))
