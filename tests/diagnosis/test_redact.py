"""Secrets go, whatever field of a line they stand in; ordinary lines stay as they are."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

import pytest

from diagnosis.redact import MASK, redact

_CHOICE = random.Random(7)


def _made_of(alphabet: str, length: int) -> str:
    return "".join(_CHOICE.choice(alphabet) for _ in range(length))


WORD = string.ascii_letters + string.digits
HEX = "0123456789abcdef"

URL = "https://{}"
TOKENS: dict[str, tuple[str, Callable[[], str]]] = {
    "GitHub classic": ("{}", lambda: "ghp_" + _made_of(WORD, 36)),
    "GitHub OAuth": ("{}", lambda: "gho_" + _made_of(WORD, 36)),
    "GitHub installation": ("{}", lambda: "ghs_" + _made_of(WORD, 36)),
    "GitHub installation, new": ("{}", lambda: f"ghs_12345_eyJ{_made_of(WORD, 30)}.{_made_of(WORD, 40)}"),
    "GitHub fine-grained": ("{}", lambda: f"github_pat_{_made_of(WORD, 22)}_{_made_of(WORD, 59)}"),
    "GitLab": ("{}", lambda: "glpat-" + _made_of(WORD, 20)),
    "AWS key id": ("{}", lambda: "AKIA" + _made_of(string.ascii_uppercase + string.digits, 16)),
    "Google API": ("{}", lambda: "AIza" + _made_of(WORD, 35)),
    "Google OAuth": ("{}", lambda: "ya29." + _made_of(WORD, 60)),
    "Slack bot": ("{}", lambda: f"xoxb-{_made_of(string.digits, 12)}-{_made_of(WORD, 24)}"),
    "Slack hook": (
        URL,
        lambda: f"hooks.slack.com/services/T{_made_of(WORD, 8)}/B{_made_of(WORD, 8)}/{_made_of(WORD, 24)}",
    ),
    "Discord hook": (URL, lambda: f"discord.com/api/webhooks/{_made_of(string.digits, 18)}/{_made_of(WORD, 60)}"),
    "Stripe": ("{}", lambda: "sk_live_" + _made_of(WORD, 24)),
    "OpenAI": ("{}", lambda: "sk-proj-" + _made_of(WORD, 48)),
    "Anthropic": ("{}", lambda: "sk-ant-api03-" + _made_of(WORD, 90)),
    "Hugging Face": ("{}", lambda: "hf_" + _made_of(WORD, 34)),
    "npm": ("{}", lambda: "npm_" + _made_of(WORD, 36)),
    "PyPI": ("{}", lambda: "pypi-AgEI" + _made_of(WORD, 70)),
    "RubyGems": ("{}", lambda: "rubygems_" + _made_of(HEX, 48)),
    "Docker Hub": ("{}", lambda: "dckr_pat_" + _made_of(WORD, 27)),
    "DigitalOcean": ("{}", lambda: "dop_v1_" + _made_of(HEX, 64)),
    "Vault": ("{}", lambda: "hvs." + _made_of(WORD, 90)),
    "SendGrid": ("{}", lambda: f"SG.{_made_of(WORD, 22)}.{_made_of(WORD, 43)}"),
    "Linear": ("{}", lambda: "lin_api_" + _made_of(WORD, 40)),
    "Grafana": ("{}", lambda: f"glsa_{_made_of(WORD, 32)}_{_made_of(HEX, 8)}"),
    "Shopify": ("{}", lambda: "shpat_" + _made_of(HEX, 32)),
    "Databricks": ("{}", lambda: "dapi" + _made_of(HEX, 32)),
    "Terraform": ("{}", lambda: f"{_made_of(WORD, 14)}.atlasv1.{_made_of(WORD, 64)}"),
    "Telegram": ("{}", lambda: f"{_made_of(string.digits, 10)}:AA{_made_of(WORD, 33)}"),
    "JSON web token": ("{}", lambda: f"eyJ{_made_of(WORD, 20)}.eyJ{_made_of(WORD, 40)}.{_made_of(WORD, 43)}"),
    "Azure storage": ("AccountName=shop;AccountKey={}==", lambda: _made_of(WORD, 86)),
    "signed URL": ("https://logs.example/x?se=2026&sig={}%3D", lambda: _made_of(WORD, 43)),
    "AWS signature": ("https://bucket.example/x?X-Amz-Signature={}", lambda: _made_of(HEX, 64)),
    "database URL": ("postgresql+asyncpg://clinic:{}@localhost:5432/clinic", lambda: _made_of(WORD, 14)),
    "redis URL": ("redis://:{}@localhost:6379/1", lambda: _made_of(WORD, 12)),
    "basic header": ("Authorization: Basic {}", lambda: _made_of(WORD, 24)),
    "bearer header": ("Authorization: Bearer {}", lambda: _made_of(WORD, 30)),
    "environment": ("POSTGRES_PASSWORD={}", lambda: _made_of(WORD, 12)),
    "JSON field": ('"client_secret": "{}"', lambda: _made_of(WORD, 24)),
    "option": ("--password {}", lambda: _made_of(WORD, 10)),
}
FRAMES = [
    "{}",
    "  E   value was {} here",
    "env: {}",
    "curl failed for {}",
    "\t'{}',",
    "2026-01-01 INFO {} done",
    "log=({})",
]


@pytest.mark.parametrize("kind", TOKENS)
def test_tokens_of_every_kind_are_masked_in_every_field(kind: str) -> None:
    text, make = TOKENS[kind]
    for frame in FRAMES:
        secret = make()
        shown = redact(frame.format(text.format(secret)))
        assert MASK in shown
        assert secret[4:12] not in shown
        assert secret[-8:] not in shown


def test_a_token_is_masked_to_its_end_however_long_it_is() -> None:
    assert redact(f"token ghp_{_made_of(WORD, 600)} is spent") == f"token {MASK} is spent"


def test_a_password_is_masked_however_far_behind_its_program_it_stands() -> None:
    assert redact(f"mysql {'--verbose ' * 100}-psecret shop").endswith(f" -p{MASK} shop")


@pytest.mark.parametrize("name", ["PASSWORD", "pas\u017fword", "api_to\u212aen"])
def test_a_value_goes_behind_its_name_in_whatever_letters(name: str) -> None:
    assert redact(f"{name}=Zq8Vt2Wm5Kc1") == f"{name}={MASK}"


def test_a_private_key_is_masked_over_its_lines() -> None:
    key = f"-----BEGIN RSA PRIVATE KEY-----\n{_made_of(WORD, 64)}\n{_made_of(WORD, 64)}\n-----END RSA PRIVATE KEY-----"
    assert redact(f"key:\n{key}\ndone") == f"key:\n{MASK}\ndone"


@pytest.mark.parametrize(
    "line",
    [
        'asyncpg.exceptions.InvalidPasswordError: password authentication failed for user "clinic"',
        "redis.exceptions.AuthenticationError: AUTH <password> called without any password configured",
        "KeyError: 'JWT_SECRET_KEY'",
        "KeyError: 'JWT_SECRET_KEY'\n=========================== short test summary info ============================",
        "secret_key: Field required [type=missing]",
        "POSTGRES_PASSWORD: ***",
        "deploy.sh: line 4: DEPLOY_TOKEN: unbound variable",
        "deploy.sh: line 4: API_PASSWORD: parameter null or not set",
        "PRIMARY_KEY = 'id'",
        "Cache key: Linux-pip-5f1d7a84db00d2fce00b31a7fc73224f",
        "curl -u deploy https://api.example/health",
        "mysql -h 127.0.0.1 -P 3306 -u root shop",
        "token = os.environ['API_TOKEN']",
        "password: ${{ secrets.DB_PASSWORD }}",
        "FAILED tests/test_auth.py::test_token_is_refused - assert 401 == 200",
        "fatal: Authentication failed for 'https://git.example/clinic/api.git/'",
        "tokenizers==0.21.0",
        "src/secrets_manager.py:12: error: Missing return statement  [return]",
        "commit 5f1d7a84db00d2fce00b31a7fc73224f",
        "Error: unexpected token '}' at line 3",
        "npm error code E401",
    ],
)
def test_lines_without_a_secret_stay_as_they_are(line: str) -> None:
    assert redact(line) == line


@pytest.mark.parametrize(
    "line",
    [
        "SECRET_KEY=django-{}",
        "  JWT_SECRET_KEY: {}",
        'export STRIPE_KEY="{}"',
        "FERNET_KEY={}=",
        "MASTER_KEY: '{}'",
        "RAILS_SECRET_KEY_BASE={}",
        "curl -sS -u deploy:{} https://api.example/deploy",
        "curl --fail --user 'deploy:{}' https://api.example/deploy",
        "mysql -h 127.0.0.1 -uroot -p{} shop",
        "sshpass -p {} scp a b",
        "redis-cli -h cache -a {} ping",
    ],
)
def test_values_behind_names_and_options_go(line: str) -> None:
    secret = _made_of(WORD, 20)
    shown = redact(line.format(secret))
    assert secret not in shown
    assert MASK in shown
    assert shown.split(MASK)[0] in line
