"""Reads an expression of GitHub Actions as the runner does, and says what keeps it from being evaluated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MOST_CHARACTERS: Final = 21_000
MOST_DEPTH: Final = 50
"""The runner's own limits (actions/languageservices, expressions/src/errors.ts)."""

MANY: Final = 255

FUNCTIONS: Final[Mapping[str, tuple[int, int]]] = {
    "case": (3, MANY),
    "contains": (2, 2),
    "endsWith": (2, 2),
    "format": (1, MANY),
    "fromJSON": (1, 1),
    "join": (1, 2),
    "startsWith": (2, 2),
    "toJSON": (1, 1),
}
"""The functions that every expression may call, with the fewest and the most arguments."""

_TOKEN: Final = re.compile(
    r"\s+|(?P<text>'(?:[^']|'')*')|(?P<sign>&&|\|\||==|!=|<=|>=|[()\[\],!<>*])"
    r"|(?P<number>[-+]?(?:0x[0-9a-fA-F]+|0o[0-7]+|\.?[0-9][0-9.]*(?:[eE][-+]?[0-9]+)?)(?![\w-])|[-+]?Infinity\b|NaN\b)"
    r"|(?P<dot>\.)|(?P<name>[A-Za-z_][\w-]*(?=$|[\s()\[\],.!><=&|]))|(?P<other>[^\s()\[\],.!><=&|]+|.)",
    re.ASCII,
)
_LITERALS: Final = frozenset({"true", "false", "null"})


@dataclass(frozen=True, slots=True)
class Names:
    """What an expression may use in its place: contexts, and functions beyond those that are always there."""

    contexts: tuple[str, ...]
    functions: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class ExpressionFault:
    """Why an expression is refused, in GitHub's words. `word`, at `offset` from 0, is what is wrong; `known` are the
    words that could stand there."""

    message: str
    word: str
    offset: int
    known: tuple[str, ...] = ()


class _Refused(Exception):
    def __init__(self, fault: ExpressionFault) -> None:
        super().__init__(fault.message)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    offset: int


def check(expression: str, names: Names) -> ExpressionFault | None:
    """What is wrong with the expression; None when the runner would take it."""
    if len(expression) > MOST_CHARACTERS:
        return ExpressionFault(f"Exceeded max expression length {MOST_CHARACTERS}", "", 0)
    try:
        _Parser(expression, names).whole()
    except _Refused as refused:
        return refused.fault
    return None


class _Parser:
    """Recursive descent: each method takes the tokens of one level of binding."""

    def __init__(self, expression: str, names: Names) -> None:
        self._expression = expression
        self._contexts = {name.lower(): name for name in names.contexts}
        self._functions = {name.lower(): (name, *count) for name, count in {**FUNCTIONS, **names.functions}.items()}
        self._tokens = [
            _Token(found.lastgroup, found[0], found.start()) for found in _TOKEN.finditer(expression) if found.lastgroup
        ]
        self._place = 0
        self._depth = 0

    def whole(self) -> None:
        self._either()
        if self._place < len(self._tokens):
            raise self._unexpected()

    def _either(self) -> None:
        """Operands joined by any operators: which binds closer changes the value, never whether it is read."""
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise _Refused(ExpressionFault(f"Exceeded max expression depth {MOST_DEPTH}", "", 0))
        self._operand()
        while self._takes("&&", "||", "==", "!=", "<", "<=", ">", ">="):
            self._operand()
        self._depth -= 1

    def _operand(self) -> None:
        while self._takes("!"):
            pass
        token = self._next()
        if token.kind == "name" and token.text not in _LITERALS:
            self._named(token)
        elif token.text == "(":
            self._either()
            self._expect(")")
        elif token.kind not in ("text", "number", "name"):
            raise self._unexpected(token)
        self._followed()

    def _named(self, token: _Token) -> None:
        if self._takes("("):
            self._called(token)
        elif token.text.lower() not in self._contexts:
            raise self._fault("Unrecognized named-value", token, tuple(self._contexts.values()))

    def _called(self, token: _Token) -> None:
        known = self._functions.get(token.text.lower())
        if known is None:
            raise self._fault("Unrecognized function", token, tuple(name for name, *_ in self._functions.values()))
        count = 0
        if not self._takes(")"):
            self._either()
            count = 1
            while self._takes(","):
                self._either()
                count += 1
            self._expect(")")
        if count < known[1]:
            raise self._fault("Too few parameters supplied", token)
        if count > known[2]:
            raise self._fault("Too many parameters supplied", token)

    def _followed(self) -> None:
        while True:
            if self._takes("."):
                if self._next().kind != "name" and self._tokens[self._place - 1].text != "*":
                    raise self._unexpected(self._tokens[self._place - 1])
            elif self._takes("["):
                if not self._takes("*"):
                    self._either()
                self._expect("]")
            else:
                return

    def _takes(self, *signs: str) -> bool:
        token = self._tokens[self._place] if self._place < len(self._tokens) else None
        if token and token.kind in ("sign", "dot") and token.text in signs:
            self._place += 1
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._takes(sign):
            raise self._unexpected()

    def _next(self) -> _Token:
        if self._place >= len(self._tokens):
            raise self._unexpected()
        self._place += 1
        return self._tokens[self._place - 1]

    def _unexpected(self, token: _Token | None = None) -> _Refused:
        token = token or (self._tokens[self._place] if self._place < len(self._tokens) else None)
        if token:
            return self._fault("Unexpected symbol", token)
        last = self._tokens[-1] if self._tokens else _Token("", "", 0)
        return self._fault("Unexpected end of expression", last)

    def _fault(self, what: str, token: _Token, known: tuple[str, ...] = ()) -> _Refused:
        place = f"Located at position {token.offset + 1} within expression: {self._expression}"
        return _Refused(ExpressionFault(f"{what}: '{token.text}'. {place}", token.text, token.offset, known))
