"""What a configuration may say, what is answered when it says something else, and what holds over what."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import config_file
from bot.config import DEFAULTS, Chat, Config, Route
from bot.config_file import ConfigError, read
from bot.errors import UserError
from diagnosis.catalogue import CATEGORIES

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "whyred.schema.json").read_text("utf-8"))
GUIDE = (ROOT / "docs" / "configuration.md").read_text("utf-8")

GUIDED = "docs/configuration.md lists what can stand here"

WHOLE = b"""\
outlets: [comment, issue]
issues: false
shadow: true
early: false
drafts: true
suggest: true
workflows: [CI, "release*"]
branches:
  - main
ignore: [lint, "python/*"]
routes:
  deploy:
    labels: [ops]
    assignees: [mona]
    docs: docs/rollback.md
  test:
    docs: https://wiki.example/tests
reruns: 2
chat:
  to: [ops]
  branches: ["release/*"]
  per_hour: 3
"""


def test_a_file_can_tell_every_wish() -> None:
    told = read(WHOLE, DEFAULTS)
    assert told == Config(
        outlets=("comment", "issue"),
        issues=False,
        shadow=True,
        early=False,
        drafts=True,
        suggest=True,
        workflows=("CI", "release*"),
        branches=("main",),
        ignore=("lint", "python/*"),
        routes={
            "deploy": Route(("ops",), ("mona",), "docs/rollback.md"),
            "test": Route(docs="https://wiki.example/tests"),
        },
        reruns=2,
        chat=Chat(("ops",), ("release/*",), 3),
    )
    assert all(getattr(told, name) != getattr(DEFAULTS, name) for name in _keys())


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "outlets:\nroutes:\n  test:\n", "{}\n"])
def test_what_is_not_told_stays_as_it_was(text: str) -> None:
    before = Config(reruns=1, shadow=True)
    assert read(text.encode(), before) == before


def test_the_nearer_file_holds_key_by_key_and_routes_category_by_category() -> None:
    organisation = read(b"reruns: 1\nearly: false\nroutes: {test: {labels: [qa]}, deploy: {labels: [ops]}}\n", DEFAULTS)
    told = read(b"early: true\nroutes: {test: {docs: docs/tests.md}}\n", organisation)
    assert (told.reruns, told.early) == (1, True)
    assert told.routes == {"test": Route(docs="docs/tests.md"), "deploy": Route(("ops",))}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("outlets: [checks]", "line 1, column 11: `checks` can not stand here; did you mean `check`?"),
        ("outlets: [mail]", "line 1, column 11: `mail` can not stand here; it can be `comment`, `issue`, `check`"),
        ("early: true\nissue: true", "line 2, column 1: `issue` is no key here; did you mean `issues`?"),
        ("zebra: 1", "line 1, column 1: `zebra` is no key here; docs/configuration.md lists what can stand here"),
        ("issues: yes", "line 1, column 9: `yes` is not what is wanted here: true or false"),
        ("outlets: comment", "line 1, column 10: `comment` is not what is wanted here: a list, such as [one, two]"),
        ("outlets: [check, check]", 'line 1, column 1: `["check", "check"]` says the same twice'),
        ("- a", 'line 1, column 1: `["a"]` is not what is wanted here: a mapping: keys, indented, with a value each'),
        ("reruns: 9", "line 1, column 9: `9` is not from 0 to 5"),
        ("reruns: .nan", "line 1, column 9: `.nan` is not what is wanted here: a whole number"),
        ("routes:\n  tests: {}", "line 2, column 3: `tests` is no key here; did you mean `test`?"),
        (
            "routes: {'0': {x: 1}}",
            "line 1, column 10: `0` is no key here; docs/configuration.md lists what can stand here",
        ),
        ("routes:\n  test:\n    label: []", "line 3, column 5: `label` is no key here; did you mean `labels`?"),
        ("routes:\n  test:\n    assignees: ['@mona']", "line 3, column 17: `@mona` does not fit: a login, without @"),
        (
            "routes: {test: {docs: 'javascript:alert(1)'}}",
            "line 1, column 23: `javascript:alert(1)` does not fit: "
            "your own runbook: an https address, or a file's path in the repository",
        ),
        (
            "workflows: [2]",
            "line 1, column 13: `2` is not what is wanted here: a text; put it in quotes if it looks like a number",
        ),
        ("chat: {per_hour: 0}", "line 1, column 18: `0` is not from 1 to 60"),
        ("chat: {to: [OPS]}", "line 1, column 13: `OPS` does not fit: a name: small letters, digits, - and _"),
        ("a: &b 1", "line 1, column 4: anchors and aliases (& and *) are not taken; write the value out"),
        ("reruns: 9\nearly: 1", "line 1, column 9: `9` is not from 0 to 5"),
    ],
)
def test_a_wrong_file_is_told_where_what_and_what_is_allowed(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as told:
        read(text.encode(), DEFAULTS)
    assert str(told.value) == says


@pytest.mark.parametrize(
    "text",
    [
        "'@octo/team ![x](https://evil.example/x.png) <img src=x> `': 1",
        'outlets: ["``` @everyone <!-- whyred:v1 -->\\n# big"]',
        'workflows: "ghp_0123456789abcdefghijklmnopqrstuvwxyz"',
        "a: @octo `x` [x](https://evil.example)",
    ],
)
def test_nothing_of_a_hostile_file_gets_out_of_its_code_span(text: str) -> None:
    with pytest.raises(ConfigError) as told:
        read(text.encode(), DEFAULTS)
    says = str(told.value)
    assert "\n" not in says
    assert "ghp_" not in says
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", says)
    assert not re.search(r"@|<|!\[|\]\(|evil", outside), outside


def test_the_schema_is_one_and_describes_every_key() -> None:
    jsonschema_rs.meta.validate(SCHEMA)
    assert config_file.SCHEMA.read_bytes() == (ROOT / "docs" / "whyred.schema.json").read_bytes()
    assert list(SCHEMA["properties"]) == _keys()
    for path, part in _parts("", SCHEMA):
        assert part.get("description"), path


def test_the_schema_tells_the_defaults_that_hold() -> None:
    for name in _keys():
        told = read(json.dumps({name: SCHEMA["properties"][name]["default"]}).encode(), DEFAULTS)
        assert told == DEFAULTS, name
    assert SCHEMA["properties"]["chat"]["properties"]["per_hour"]["default"] == Chat().per_hour


def test_routes_know_the_categories_that_findings_have() -> None:
    assert set(SCHEMA["properties"]["routes"]["propertyNames"]["enum"]) == CATEGORIES


def test_the_schema_gives_examples_that_are_taken() -> None:
    for name in _keys():
        for example in SCHEMA["properties"][name].get("examples", []):
            assert read(json.dumps({name: example}).encode(), DEFAULTS) != DEFAULTS


def test_the_guide_explains_every_key_and_its_file_is_taken() -> None:
    for path, _ in _parts("", SCHEMA):
        assert f"`{path}`" in GUIDE, path
    examples = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    told = [read(example.encode(), DEFAULTS) for example in examples]
    whole = told[0]
    assert len(told) > len(_keys())
    named = [name for name in _keys() if f"\n{name}:" in examples[0]]
    assert named == _keys()
    assert whole.chat.to


def test_the_readme_shows_the_file_and_the_guide() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = next(text for text in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL) if "outlets:" in text)
    assert read(shown.encode(), DEFAULTS) != DEFAULTS
    assert "docs/configuration.md" in readme
    assert "yaml-language-server: $schema=" in readme


def _keys() -> list[str]:
    return [item.name for item in fields(Config)]


def _parts(path: str, schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The keys of a mapping and those within them, by their path."""
    found: list[tuple[str, dict[str, Any]]] = []
    for name, part in schema.get("properties", {}).items():
        inner = part.get("additionalProperties") or {}
        named = f"{path}{name}"
        found += [(named, part), *_parts(f"{named}.", part)]
        found += _parts(f"{named}.", inner) if isinstance(inner, dict) else []
    return found


def test_an_installations_file_that_is_wrong_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "defaults.yml"
    with pytest.raises(UserError, match="CONFIG_DEFAULTS can not be read: No such file"):
        config_file.defaults(file)
    file.write_text("shadow: maybe\n")
    with pytest.raises(UserError, match=r"CONFIG_DEFAULTS \(.*\), line 1, column 9: `maybe`"):
        config_file.defaults(file)
    file.write_text("shadow: true\n")
    assert config_file.defaults(file).shadow
    assert config_file.defaults(None) == DEFAULTS


SPOILERS = st.sampled_from(
    [
        *"&*!?-{}[]:,|>%#\\'\"@`~\t\n\r\x00\x85\u2028\ufeff\ud83d",
        "<<: ",
        "---\n",
        "...\n",
        '"\\ud83d"',
        "'': ",
        "0: ",
        "? ",
        "null",
    ]
)


@given(st.lists(st.tuples(st.integers(0, len(WHOLE)), SPOILERS), max_size=5))
def test_whatever_is_spoilt_is_said_in_one_line(spoilt: list[tuple[int, str]]) -> None:
    text = WHOLE.decode()
    for place, spoiler in spoilt:
        text = text[:place] + spoiler + text[place:]
    try:
        read(text.encode("utf-8", "surrogatepass"), DEFAULTS)
    except ConfigError as error:
        assert "\n" not in str(error)
        assert 1 <= error.line <= text.count("\n") + 2
