"""Filling the texts of a signature from captures and facts, so that nothing from a log can act as Markdown or shell."""

from __future__ import annotations

import re
from collections.abc import Mapping

from diagnosis.clean import strip_controls
from diagnosis.report import Value

MOST_CHARACTERS = 120
EMPTY = "(empty)"

_OPTIONAL = re.compile(r"\[\?(.*?)\?\]", re.DOTALL)
_SLOT = re.compile(r"(?P<tick>`?)\{(?P<name>[a-z][a-z0-9_]*)\}(?P<end>`?)")
_SPAN = re.compile(r"`[^`\n]*`")
_PLAIN = re.compile(r"(?:[A-Za-z]+|\d[\d.,]*%?)(?: (?:[A-Za-z]+|\d[\d.,]*%?))*")
_LIKE_A_COMMIT = re.compile(r"\b[0-9a-f]{7,40}\b")
_PLAIN_ARGUMENT = re.compile(r"[A-Za-z0-9_./:=@+,][A-Za-z0-9_./:=@+,-]*")
_BACKTICKS = re.compile(r"`+")


def names(template: str) -> set[str]:
    """The placeholders of a template."""
    return {found["name"] for found in _SLOT.finditer(template)}


def required_names(template: str) -> set[str]:
    """The placeholders that stand outside optional parts."""
    return names(_OPTIONAL.sub("", template))


def code_span(value: str) -> str:
    """A single value as a Markdown code span: controls stripped, folded to one line, at most 120 characters."""
    text = " ".join(strip_controls(value.replace("\n", " ").replace("\r", " ").replace("\t", " ")).split())
    if len(text) > MOST_CHARACTERS:
        text = text[: MOST_CHARACTERS - 1] + "…"
    fence = "`" * (1 + max((len(run) for run in _BACKTICKS.findall(text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") or not text else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def fill(template: str, values: Mapping[str, Value]) -> str:
    """The template as Markdown. A value is a code span unless it is plain words or a number; so is each item of a list.

    A part in `[? ... ?]` is dropped when one of its placeholders is unknown. A code span of the template that mixes
    text with placeholders becomes one code span. Raises KeyError when a placeholder outside such parts is unknown.
    """
    known = {name: _text(value) for name, value in values.items()}
    told = {name for name, text in known.items() if text}
    text = _OPTIONAL.sub(lambda part: part[1] if names(part[1]) <= told else "", template)
    pieces: list[str] = []
    place = 0
    for span in _SPAN.finditer(text):
        pieces.append(_fill_prose(text[place : span.start()], values, known))
        inside = span[0][1:-1]
        pieces.append(code_span(_substitute(inside, known)) if names(inside) else span[0])
        place = span.end()
    pieces.append(_fill_prose(text[place:], values, known))
    return re.sub(r"[ \t]+\n", "\n", "".join(pieces)).strip()


def fill_command(template: str, values: Mapping[str, Value]) -> str | None:
    """The template as a shell command, or None when a value is unknown or anything but a plain argument."""
    known = {name: _text(value) for name, value in values.items()}
    for name in names(template):
        if not _PLAIN_ARGUMENT.fullmatch(known.get(name, "")):
            return None
    return _substitute(template, known)


def _fill_prose(text: str, values: Mapping[str, Value], known: Mapping[str, str]) -> str:
    def replace(found: re.Match[str]) -> str:
        value, listed = known[found["name"]] or EMPTY, values[found["name"]]
        if isinstance(listed, list) and listed:
            return ", ".join(map(code_span, listed))
        shown = value if _plain(value) else code_span(value)
        return f"{found['tick']}{shown}{found['end']}"

    return _SLOT.sub(replace, text)


def _plain(value: str) -> bool:
    """Whether GitHub would show the value as it is: no markup, no link, no reference."""
    return bool(_PLAIN.fullmatch(value)) and len(value) <= MOST_CHARACTERS and not _LIKE_A_COMMIT.search(value)


def _substitute(text: str, known: Mapping[str, str]) -> str:
    return re.sub(r"\{([a-z][a-z0-9_]*)\}", lambda found: known[found[1]] or EMPTY, text)


def _text(value: Value) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, bool):
        return "yes" if value else ""
    return f"{value:,}" if isinstance(value, int) else str(value)
