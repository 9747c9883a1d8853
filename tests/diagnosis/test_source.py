"""Any line of a log of any size can be had again, whatever the chunks cut through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnosis import source
from diagnosis.source import CHUNK, InMemory, Text


def texts() -> st.SearchStrategy[bytes]:
    return st.lists(st.binary(max_size=9).map(lambda line: line.replace(b"\n", b"")), max_size=30).map(b"\n".join)


@given(texts(), st.integers(1, 40))
def test_chunks_are_the_text_and_lines_are_counted(data: bytes, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "CHUNK", size)
        text = Text.of(data)
        assert b"".join(chunk for _, _, chunk in text.chunks()) == data
        lines = data.split(b"\n")
        assert text.lines == len(lines) - (lines[-1] == b"")
        for number in range(1, text.lines + 1):
            assert text.between(number, number) == [lines[number - 1]]
        assert text.between(1, text.lines) == lines[: text.lines]


@given(texts(), st.integers(1, 5))
def test_a_window_begins_at_an_offset(data: bytes, count: int) -> None:
    lines = data.split(b"\n")
    offset = len(lines[0]) + 1 if len(lines) > 1 else 0
    assert Text.of(data).window(offset, count) == data[offset:].split(b"\n")[:count]


def test_a_line_longer_than_what_is_read_at_first_comes_whole() -> None:
    line = b"x" * (3 * 4096)
    assert Text.of(b"a\n" + line + b"\nb").line_at(2) == line


def test_a_stretch_ends_where_it_ends() -> None:
    text = Text(InMemory(b"one\ntwo\nthree\n"), 4, 8)
    assert [chunk for _, _, chunk in text.chunks()] == [b"two\n"]
    assert (text.lines, text.window(4, 3), text.between(1, 1)) == (1, [b"two", b""], [b"two"])


def test_lines_in_later_chunks_keep_their_numbers() -> None:
    filler = b"y" * 99 + b"\n"
    count = CHUNK // 100 + 7
    text = Text.of(filler * count + b"needle\n")
    assert [number for _, number, _ in text.chunks()] == [1, CHUNK // 100 + 1]
    assert text.between(count + 1, count + 1) == [b"needle"]


def test_many_lines_in_order_come_whole_wherever_they_end() -> None:
    data = b"first\n" + b"x" * 300_000 + b"\nthird\n" + b"y\n" * 200_000 + b"last"
    places = [(1, 0), (2, 6), (3, 300_007), (4, 300_013), (200_004, len(data) - 4)]
    text = Text.of(data)
    assert list(text.lines_at(places)) == [(number, text.line_at(offset)) for number, offset in places]
    assert [len(line) for _, line in text.lines_at(places)] == [5, 300_000, 5, 1, 4]
