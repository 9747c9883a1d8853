"""Hostile YAML: what is not taken, where it is said to be, and how long it takes to say so."""

from __future__ import annotations

import time
import tracemalloc
from contextlib import suppress
from itertools import pairwise

import pytest

from bot.config_yaml import MOST_BYTES, YamlError, read

MOST_SECONDS = 0.050
MOST_MEMORY = 20 << 20

BOMBS = {
    "a billion laughs": "a: &a [lol,lol]\n" + "".join(f"{y}: &{y} [*{x},*{x}]\n" for x, y in pairwise("abcdefghi")),
    "a megabyte": "a: " + "x" * (1 << 20),
    "brackets": "[" * MOST_BYTES,
    "braces": "{" * MOST_BYTES,
    "mappings within mappings": "{a: " * (MOST_BYTES // 4),
    "dashes": "- " * (MOST_BYTES // 2),
    "questions": "? " * (MOST_BYTES // 2),
    "indentation": "".join(f"{' ' * depth}a:\n" for depth in range(170)),
    "pairs": "".join(f"a{number}: b\n" for number in range(1000)),
    "a flat list": "a: [" + "b," * (MOST_BYTES // 2 - 3) + "]",
    "one long word": "a: " + "x" * (MOST_BYTES - 3),
    "one long text in quotes": 'a: "' + "x " * (MOST_BYTES // 2 - 3) + '"',
    "escapes": 'a: "' + "\\n" * (MOST_BYTES // 2 - 3) + '"',
    "a text of many lines": "a:\n" + " x y\n" * 900,
    "a block of many lines": "a: |\n" + " x y\n" * 900,
    "comments": "#" * 15 + ("#\n" * 990),
    "anchors": "".join(f"a{number}: &a{number} x\n" for number in range(900)),
    "a tag": "a: !<" + "%41" * (MOST_BYTES // 3 - 5) + "> b",
    "directives": "%A b\n" * 900 + "---\na",
    "documents": "---\n" * 900,
    "colons": ": " * (MOST_BYTES // 2),
    "keys without an end": ("y" * 1000 + "\n") * (MOST_BYTES // 1001),
    "zeros": "\0" * MOST_BYTES,
    "surrogates": "a: '" + "\U0001f600" * (MOST_BYTES // 4 - 2) + "'",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_over_in_no_time(name: str) -> None:
    data = BOMBS[name].encode()
    assert min(_seconds(data) for _ in range(4)) <= MOST_SECONDS


def test_no_bomb_takes_much_memory() -> None:
    tracemalloc.start()
    for text in BOMBS.values():
        _seconds(text.encode())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= MOST_MEMORY


def _seconds(data: bytes) -> float:
    started = time.process_time()
    with suppress(YamlError):
        read(data)
    return time.process_time() - started


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("a: 1\nb: &x 2\n", 2, 4, "anchors and aliases (& and *) are not taken; write the value out"),
        ("a: *x\n", 1, 4, "anchors and aliases (& and *) are not taken; write the value out"),
        ("&x a: 1\n", 1, 1, "anchors and aliases (& and *) are not taken; write the value out"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, 4, "tags (!) are not taken"),
        ("!x a: 1\n", 1, 1, "tags (!) are not taken"),
        ("a:\n  <<: {b: 1}\n", 2, 3, "merge keys (<<) are not taken; write the values out"),
        ("a: 1\nb: 2\na: 3\n", 3, 1, "`a` stands here a second time"),
        ("? [a]\n: 1\n", 1, 3, "a key must be a word"),
        ('a: "\\ud83d"\n', 1, 4, "half a character stands here"),
        (": 1\n", 1, 1, "a key must be a word"),
        ("'': 1\n", 1, 1, "a key must be a word"),
        ("a: 1\n---\nb: 1\n", 2, 1, "a second document begins here; write all into one"),
        (
            "a: [1\n",
            2,
            1,
            "this is no YAML: `expected ',' or ']', but got '<stream end>', while parsing a flow sequence`",
        ),
        ("a: b: c\n", 1, 5, "this is no YAML: `mapping values are not allowed here`"),
        ("a: \x07\n", 1, 1, "this is no YAML: it holds a character that may not be written so"),
        ("\n" * 1001, 1001, 1, "the file has more than 1000 lines"),
        ("a: [" + "b, " * 800 + "]", 1, 2090, "the file says more than anybody could want of it"),
        ("[" * 21, 1, 1, "the file is nested deeper than 20 levels"),
        ("- " * 30, 1, 43, "the file is nested deeper than 20 levels"),
        ("x" * (MOST_BYTES + 1), 1, 1, "the file has more than 16 kB"),
    ],
)
def test_what_is_not_taken_is_said_with_its_place(text: str, line: int, column: int, says: str) -> None:
    with pytest.raises(YamlError) as told:
        read(text.encode())
    assert (told.value.says, told.value.line, told.value.column) == (says, line, column)


def test_bytes_that_are_no_text_are_said_with_their_line() -> None:
    with pytest.raises(YamlError, match="no UTF-8 text") as told:
        read(b"a: 1\nb: \xff\n")
    assert told.value.line == 2


def test_values_are_what_yaml_1_2_calls_them() -> None:
    text = "a: true\nb: False\nc: yes\nd: '1'\ne: 12\nf: 1.5\ng: .nan\nh: ~\ni:\nj: 1e9\nk: -3\nl: tRUE\n"
    told = read(text.encode()).value
    assert told == {
        **{"a": True, "b": False, "c": "yes", "d": "1", "e": 12, "f": "1.5"},
        **{"g": ".nan", "h": None, "i": None, "j": "1e9", "k": -3, "l": "tRUE"},
    }


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing yet\n", "---\n", "\ufeff"])
def test_an_empty_file_says_nothing(text: str) -> None:
    assert read(text.encode()).value is None


def test_each_value_and_each_key_has_its_place() -> None:
    told = read(b"outlets: [comment, issue]\nchat:\n  to:\n    - ops\n")
    assert told.values["outlets", 1] == (1, 20)
    assert told.keys["chat", "to"] == (3, 3)
    assert told.values["chat", "to", 0] == (4, 7)
