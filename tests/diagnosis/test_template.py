"""Texts filled from a log can never act as Markdown, mentions or shell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnosis.template import MOST_CHARACTERS, code_span, fill, fill_command, names, required_names


@pytest.mark.parametrize(
    ("template", "values", "text"),
    [
        ("Module `{module}` is missing", {"module": "shop.cart"}, "Module `shop.cart` is missing"),
        ("Module `{module}` is missing", {"module": "a`b"}, "Module ``a`b`` is missing"),
        ("Need {required} %", {"required": "80"}, "Need 80 %"),
        ("By {user}", {"user": "@everyone"}, "By `@everyone`"),
        ("In {commit}", {"commit": "deadbeef"}, "In `deadbeef`"),
        ("See {issue}", {"issue": "GH-12"}, "See `GH-12`"),
        ("See {host}", {"host": "www.evil.example"}, "See `www.evil.example`"),
        ("See {link}", {"link": "https://evil.example"}, "See `https://evil.example`"),
        ("{passed} tests passed", {"passed": 1164}, "1,164 tests passed"),
        ("All[? but {failed}?] passed", {"failed": 2}, "All but 2 passed"),
        ("All[? but {failed}?] passed", {}, "All passed"),
        ("Set `export {name}=...`", {"name": "TOKEN"}, "Set `export TOKEN=...`"),
        ("{files}", {"files": ["a.py", "b.py"]}, "`a.py`, `b.py`"),
        ("`{empty}`", {"empty": ""}, "`(empty)`"),
    ],
)
def test_filled_text(template: str, values: dict[str, str | int | list[str]], text: str) -> None:
    assert fill(template, values) == text


def test_an_unknown_placeholder_outside_an_optional_part_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("{nothing}", {})


@pytest.mark.parametrize(
    ("value", "command"),
    [
        ("shop.cart", "pip show shop.cart"),
        ("shop; rm -rf /", None),
        ("$(id)", None),
        ("-rf", None),
        ("a b", None),
        ("", None),
    ],
)
def test_only_plain_arguments_enter_a_command(value: str, command: str | None) -> None:
    assert fill_command("pip show {package}", {"package": value}) == command


def test_names_and_required_names() -> None:
    assert names("{a} [?{b}?] `{c}`") == {"a", "b", "c"}
    assert required_names("{a} [?{b}?] `{c}`") == {"a", "c"}


@given(st.text(max_size=300))
def test_a_code_span_is_one_short_line_that_its_content_cannot_leave(value: str) -> None:
    span = code_span(value)
    fence = span[: len(span) - len(span.lstrip("`"))]
    inside = span[len(fence) : -len(fence)]
    assert "\n" not in span
    assert fence not in inside
    assert len(inside) <= MOST_CHARACTERS + 2
