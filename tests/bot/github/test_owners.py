"""Whose code it is: CODEOWNERS as GitHub reads it."""

from __future__ import annotations

import base64
import time

import pytest

from bot.github import owners
from bot.github.client import Client
from bot.github.owners import Owners
from tests.bot.fake_hub import Answer, FakeHub

RULES = """\
# Who answers for what
*                   @octo/everybody
/docs/              @lisa docs@octo.example
*.py                @mona @octo/python   # not @hubert
/shop/cart/**/*.py  @hubert
apps/legacy/
/scripts/[ab].sh    @hubert
!/scripts/          @hubert
/odd\\ name.py      @zoe
"""


def on_disk(hub: FakeHub, path: str, text: str) -> None:
    content = {"type": "file", "encoding": "base64", "content": base64.b64encode(text.encode()).decode()}
    hub.on("GET", f"/repos/acme/shop/contents/{path}", Answer(200, content))


@pytest.mark.parametrize(
    ("path", "people", "teams"),
    [
        ("README.md", (), ("octo/everybody",)),
        ("docs/index.md", ("lisa",), ()),
        ("shop/main.py", ("mona",), ("octo/python",)),
        ("shop/cart/items/price.py", ("hubert",), ()),
        ("scripts/a.sh", (), ("octo/everybody",)),
        ("odd name.py", ("zoe",), ()),
    ],
)
def test_the_last_rule_that_matches_names_the_owners(
    client: Client, hub: FakeHub, path: str, people: tuple[str, ...], teams: tuple[str, ...]
) -> None:
    on_disk(hub, ".github/CODEOWNERS", RULES)
    assert owners.find(client, [path]) == Owners(path, people, teams)


def test_a_path_that_nobody_owns_is_passed_over_for_the_next(client: Client, hub: FakeHub) -> None:
    on_disk(hub, ".github/CODEOWNERS", RULES)
    assert owners.find(client, ["apps/legacy/run.rb"]) is None
    assert owners.find(client, ["apps/legacy/run.rb", "docs/index.md"]) == Owners("docs/index.md", ("lisa",))


def test_it_is_read_from_the_default_branch_and_where_github_looks_first(client: Client, hub: FakeHub) -> None:
    on_disk(hub, "docs/CODEOWNERS", "* @lisa")
    assert owners.find(client, ["a.py"]) == Owners("a.py", ("lisa",))
    asked = hub.asked("GET", "/contents/")
    assert [one.path.partition("/contents/")[2] for one in asked] == list(owners.FILES)
    assert {one.query["ref"][0] for one in asked} == {"main"}
    on_disk(hub, "CODEOWNERS", "* @mona")
    assert owners.find(client, ["a.py"]) == Owners("a.py", ("mona",))


def test_without_the_file_a_permission_or_a_path_there_are_no_owners(client: Client, hub: FakeHub) -> None:
    assert owners.find(client, ["a.py"]) is None
    hub.on("GET", "/repos/acme/shop/contents/.github/CODEOWNERS", Answer(403, {"message": "Resource not accessible"}))
    on_disk(hub, "CODEOWNERS", "* @mona")
    assert owners.find(client, ["a.py"]) is None
    asked = len(hub.seen)
    assert owners.find(client, []) is None
    assert len(hub.seen) == asked


def test_rules_that_can_not_be_read_cost_only_themselves(client: Client, hub: FakeHub) -> None:
    on_disk(hub, ".github/CODEOWNERS", "*.py @mona\n\n   \n[section]\n^[other]\n/x[z-a] @a\n/x\\ [z @a\n\\ \n")
    assert owners.find(client, ["a.py"]) == Owners("a.py", ("mona",))


def test_a_rule_made_to_take_for_ever_takes_no_time(client: Client, hub: FakeHub) -> None:
    on_disk(hub, ".github/CODEOWNERS", f"{'*a' * 60}b @mona\n" * 20 + f"{'*a' * 200_000}b @mona\n")
    begun = time.perf_counter()
    assert owners.find(client, ["a" * 300]) is None
    assert time.perf_counter() - begun < 5
