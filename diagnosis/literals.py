"""The texts of fixed width in a pattern: a few of which every match must hold one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, reduce
from itertools import chain, groupby, product
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final, NamedTuple

from diagnosis.one_byte import ONE, meant, spellings

MOST_SPELLINGS: Final = 40
"""Spellings of one stretch (`[Cc]an(?:no|')t`) that are written out before it is cut into two."""

LONG_ENOUGH: Final = 16
"""Characters from which on a literal is not rarer for being longer."""

MOST_COUNTED: Final = 5
"""Times that a character may be repeated for each count to be written out."""

EVERYWHERE: Final = re.compile(r"[Tt]ests?|https?://|https?|src|home|type|[Ii]nfo|name|over|\.py|\.\.\.")
COMMON: Final = re.compile(
    r"[Ee]rrors?|[Ll]ines?|runner|[Mm]odule|import|code|[Ss]tatus|string|[Ss]tep|[Ww]arning|[Ff]ailures?"
    r"|[Tt]ime elapsed|\bmake\b|[Ff]ile|[Pp]ackage|[Ee]xpected|[Ss]ervices|[Uu]ndefined|not found"
    r"| (?:in|is|of|to|for|not|and|are|with) "
)
"""What stands on a good part of all lines of logs, however long it is."""

RARE_ENOUGH: Final = 6
"""What a text is worth that needs no classes at its ends besides."""

_HOLDERS: Final = frozenset({op.BRANCH, op.SUBPATTERN, op.MAX_REPEAT, op.MIN_REPEAT})
"""What holds other items."""

Spellings = tuple[str, ...]


class _Part(NamedTuple):
    """What is known of the texts that a part of a pattern matches: with what each begins and ends, and of which
    literals each holds one. Where these are all that it matches it is `whole`."""

    head: Spellings
    tail: Spellings
    held: Spellings
    whole: bool


_ANYTHING: Final = _Part(("",), ("",), (), whole=False)
_NOTHING: Final = _Part(("",), ("",), ("",), whole=True)

MOST_KNOWN: Final = 4096
_known: Final[dict[int, tuple[Any, _Part]]] = {}
"""By its identity an item that holds others, which must not go as long as it is here, and what is known of it."""


def cover(items: Iterable[Any]) -> Spellings:
    """Of all sets of texts of which every match holds one, that whose commonest is rarest. Empty if there is none.

    `items` are what the standard library's parser made of a pattern. Where a part of them ignores case, so must who
    looks for the texts. A text may hold characters that stand for classes: `written` tells which.
    """
    held = _bare(_sequence(items).held)
    return tuple(text for text in held if not any(other != text and other in text for other in held))


def exact(items: Sequence[Any]) -> Spellings:
    """Where the items begin and end no match without one of a few texts of fixed width, and these tell it: the texts.

    At either end one byte of a character is as good as all of it.
    """
    inner = list(items)
    first = _part(inner.pop(0)).tail if inner and _is_single(inner[0]) else ("",)
    last = _part(inner.pop()).head if inner and _is_single(inner[-1]) else ("",)
    part = _sequence(inner)
    texts = _joined(_joined(first, part.held), last) if part.whole else ()
    return _bare(texts) if all(texts) else ()


def _bare(texts: Iterable[str]) -> Spellings:
    """Without classes at either end that say next to nothing, or nothing that is needed."""
    return tuple(sorted(set(map(_without_needless, texts))))


def _without_needless(text: str) -> str:
    if text.isascii():
        return text
    short = text.strip("".join(filter(meant, text)))
    if _worth(short) >= RARE_ENOUGH:
        return short
    return text.strip("".join(letter for letter in text if (found := meant(letter)) and found.vague)) or text


def is_one_byte(items: Iterable[Any]) -> bool:
    """Whether all that the items match is a single character of ASCII."""
    part = _sequence(items)
    return part.whole and all(len(text) == 1 for text in part.held)


def shortest(texts: Iterable[str]) -> int:
    """The length of the shortest of them, blanks and classes not counted; 0 when there is none."""
    return min(map(_told, texts), default=0)


@cache
def _told(text: str) -> int:
    return sum(letter > " " and not meant(letter) for letter in text)


def rarity(spellings: Iterable[str]) -> float:
    """How many characters the commonest of them is worth; 0 when there is none."""
    return min(map(_worth, spellings), default=0)


@cache
def _worth(text: str) -> float:
    """Blanks count for nothing, a class for little, a common word for one, and a few together for more."""
    rest, words = COMMON.subn("", EVERYWHERE.sub("", text))
    return sum(map(_character_worth, rest)) + max(3 * words - 2, 0)


@cache
def _character_worth(character: str) -> float:
    if found := meant(character):
        return found.worth
    return 0.0 if character == " " else 0.2 if character in ".:-/_,()[]" else 1.0


@cache
def written(text: str) -> str:
    """The text as a regular expression over bytes."""
    return "".join(map(_written, text))


@cache
def _written(character: str) -> str:
    if found := meant(character):
        return found.written
    return re.escape(character) if " " < character < "\x7f" else rf"\x{ord(character):02x}"


def ignores_case(items: Iterable[Any]) -> bool:
    """Whether some part of them says so of itself."""
    return any(
        (item[0] is op.SUBPATTERN and bool(item[1][1] & re.IGNORECASE)) or any(map(ignores_case, inside(item)))
        for item in items
        if item[0] in _HOLDERS
    )


def inside(item: Any) -> list[list[Any]]:
    """The items within an item: those of each branch, of the group or of what is repeated."""
    kind, argument = item
    if kind is op.BRANCH:
        return [list(bare(branch)) for branch in argument[1]]
    if kind is op.SUBPATTERN:
        return [list(bare(argument[3]))]
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        return [list(bare(argument[2]))]
    return []


def bare(items: Iterable[Any]) -> Iterable[Any]:
    """The list of items that the parser wraps; going through the wrapping takes many times as long."""
    return items.data if isinstance(items, parser.SubPattern) else items


def _exactly(spellings: Iterable[str]) -> _Part:
    found = _sorted(spellings)
    return _Part(found, found, found, whole=True)


def _sequence(items: Iterable[Any]) -> _Part:
    runs = (_text(list(run)) if text else map(_part, run) for text, run in groupby(bare(items), _is_text))
    return reduce(_after, chain.from_iterable(runs), _NOTHING)


def _is_text(item: Any) -> bool:
    return item[0] is op.LITERAL and item[1] < 128 and item[1] != 10


def _is_single(item: Any) -> bool:
    kind, argument = item
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        return argument[0] > 0 and len(argument[2]) == 1 and _is_single(argument[2][0])
    return kind in ONE


def _text(letters: Sequence[Any]) -> Sequence[_Part]:
    text = ("".join([chr(code) for _, code in letters]),)
    return [_Part(text, text, text, whole=True)]


def _after(first: _Part, second: _Part) -> _Part:
    """The two parts, one behind the other."""
    if first is _NOTHING and second.whole:
        return second
    if second is _NOTHING and first.whole:
        return first
    joined = _joined(first.tail, second.head)
    if first.whole and second.whole and joined:
        return _exactly(joined)
    head = (_joined(first.head, second.head) if first.whole else ()) or first.head
    tail = (_joined(first.tail, second.tail) if second.whole else ()) or second.tail
    return _Part(head, tail, max(joined, first.held, second.held, key=_preference), whole=False)


def _joined(heads: Spellings, tails: Spellings) -> Spellings:
    """Each head before each tail; nothing where that is too many."""
    if len(heads) * len(tails) > MOST_SPELLINGS:
        return ()
    if len(heads) == len(tails) == 1:
        return (heads[0] + tails[0],)
    return _sorted(head + tail for head, tail in product(heads, tails))


def _sorted(spellings: Iterable[str]) -> Spellings:
    """Each once."""
    found = tuple(spellings)
    return found if len(found) == 1 else tuple(sorted(set(found)))


@cache
def _preference(spellings: Spellings) -> tuple[float, int]:
    return min(rarity(spellings), LONG_ENOUGH), -len(spellings)


def _part(item: Any) -> _Part:
    kind = item[0]
    if kind is op.AT:
        return _NOTHING
    if kind in ONE:
        return _character(item)
    if kind not in _HOLDERS:
        return _ANYTHING
    # A pattern is cut in many ways, most of which leave most of its parts as they are.
    if id(item) not in _known:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[id(item)] = item, _holder(item)
    return _known[id(item)][1]


def _holder(item: Any) -> _Part:
    kind, argument = item
    if kind is op.SUBPATTERN:
        return _sequence(argument[3])
    if kind is op.BRANCH:
        return _one_of([_sequence(branch) for branch in argument[1]])
    return _repeated(argument)


def _one_of(parts: Sequence[_Part]) -> _Part:
    head = _few({text for part in parts for text in part.head})
    tail = _few({text for part in parts for text in part.tail})
    held = {text for part in parts for text in part.held} if all(part.held and all(part.held) for part in parts) else ()
    whole = all(part.whole for part in parts)
    if whole and head != ("",):
        return _exactly(head)
    return _Part(head, tail, tuple(sorted(held)), whole=False)


def _few(spellings: set[str]) -> Spellings:
    return tuple(sorted(spellings)) if len(spellings) <= MOST_SPELLINGS else ("",)


def _repeated(argument: Any) -> _Part:
    least, most, items = argument
    part = _sequence(items)
    if least == most == 1:
        return part
    if part.whole and len(part.head) * most <= MOST_COUNTED:
        return _exactly(text * count for text in part.head for count in range(least, most + 1))
    if least == 0:
        return _exactly(["", *part.head]) if most == 1 and part.whole else _ANYTHING
    return _Part(part.head, part.tail, part.held, whole=False)


def _character(item: Any) -> _Part:
    found, whole = spellings(item)
    if whole:
        return _exactly(found) if found else _ANYTHING
    return _Part(found, found, found, whole=False)
