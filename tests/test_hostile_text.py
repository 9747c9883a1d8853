"""No pattern takes long, whatever a log holds: each is tried on 1 MB made of its own near misses."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import pytest

from diagnosis.catalogue import Signature
from diagnosis.regex import Regex, compile_regex
from diagnosis.scan import MOST_KEPT
from tests import hostile
from tests.whole import CATALOGUE

MOST_SECONDS: Final = 0.050
SAMPLE: Final = 10
"""A tenth of the text is tried first: what needs less than half of a tenth of the time is not tried further."""
TRIES: Final = 3


def near_misses(regex: Regex, text: str, lines: int) -> list[str]:
    """The text as the engine shows it to a pattern over so many lines: each line once, and not all of very many.

    What matches after all is left out: of that the engine reads the captures, on so many lines at most.
    """
    split = text.split("\n")
    parts = ["\n".join(split[start : start + lines]) for start in range(0, len(split), lines)]
    kept = parts if len(parts) <= MOST_KEPT else [*parts[: MOST_KEPT // 2], *parts[-MOST_KEPT // 2 :]]
    return [part for part in kept if regex.search(part) is None]


def seconds(regex: Regex, parts: list[str]) -> float:
    """The least that the pattern took on 1 MB of such parts, or on as many of them as the engine reads.

    Of several tries, since the machine may be busy with something else.
    """
    times = min(hostile.SIZE / max(sum(map(len, parts)), 1), MOST_KEPT / max(len(parts), 1))
    least = float("inf")
    for _ in range(TRIES):
        started = time.thread_time()
        for part in parts:
            regex.search(part)
        least = min(least, (time.thread_time() - started) * times)
        if least <= MOST_SECONDS:
            break
    return least


def seconds_on_hostile_text(pattern: str, lines: int = 1) -> float:
    """For 1 MB, judged by a part of it where that leaves no doubt."""
    regex = compile_regex(pattern)
    for size, enough in ((hostile.SIZE // SAMPLE, MOST_SECONDS / 2), (hostile.SIZE, float("inf"))):
        needed = seconds(regex, near_misses(regex, hostile.text(pattern, size), lines))
        if needed <= enough:
            break
    return needed


def slow(signatures: Iterable[Signature]) -> dict[str, str]:
    """Those that take too long, with the time."""
    needed = {item.id: seconds_on_hostile_text(item.pattern, item.lines) for item in signatures}
    return {identifier: f"{taken * 1000:.0f} ms" for identifier, taken in needed.items() if taken > MOST_SECONDS}


@pytest.mark.parametrize("area", sorted({signature.area for signature in CATALOGUE.signatures}))
def test_patterns_are_quick_on_hostile_text(area: str) -> None:
    assert slow(item for item in CATALOGUE.signatures if item.area == area) == {}


def test_the_gate_can_fail() -> None:
    bad = replace(
        CATALOGUE.signatures[0], id="shop/slow", pattern=r"(?:shop at (?P<host>\w*\w)[^\n]{0,400}?){1,2} cart broken"
    )
    assert list(slow([bad])) == ["shop/slow"]


def test_the_text_is_as_large_as_it_says_and_holds_the_words() -> None:
    text = hostile.text(r"shopbuild: broken part (?P<part>\w+) of \d+")
    assert len(text) == hostile.SIZE
    assert text.count("shopbuild: broken part ") > 1000
