"""A first draft of a signature: from one line of a log and those around it to the text of its file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from diagnosis import prefilter, toml_text
from diagnosis.clean import clean
from diagnosis.redact import redact
from diagnosis.regex import compile_regex

BEFORE: Final = 8
AFTER: Final = 4
"""Lines of the log around the chosen one that its example keeps."""

_STEP: Final = re.compile(r"##\[group\]Run ")
_ECHO_END: Final = "##[endgroup]"
_ENDED: Final = re.compile(r"##\[error\]")
MOST_ECHO: Final = 12
"""Lines of the step's own script: a longer one is cut, as it explains nothing."""

_ENDINGS: Final = (
    "c|cc|cfg|cjs|conf|cpp|cs|cts|cxx|dart|ex|exs|go|gradle|h|hpp|html|ini|java|js|json|jsx|kt|kts|lock|lua|md|mjs|mk|mod"
    "|mts|php|pl|properties|ps1|py|pyi|pyx|rb|rs|scala|sh|sql|svelte|swift|tf|toml|ts|tsx|txt|vue|xml|yaml|yml|zig"
)
_CLOCK: Final = re.compile(r"^\W?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d[.,\d]*(?:Z|[+-]\d\d:?\d\d)?\W*")
_HOST: Final = re.compile(
    r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)(?P<host>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})\b"
)
_HOME: Final = re.compile(r"(?P<base>/home|/Users|\b[A-Za-z]:\\Users)(?P<slash>[/\\])[^/\\\s'\":]+")
_KEPT_HOSTS: Final = (".example", ".local", ".internal", "github.com")

_VARYING: Final = re.compile(
    rf"""
    '(?P<single>[^'\n]+)'(?!\w) | "(?P<double>[^"\n]+)" | `(?P<tick>[^`\n]+)`
    | (?P<url>\b[a-z][a-z0-9+.-]*://[^\s'"<>)\],;]+)
    | (?P<package>(?<![\w./-])@?[A-Za-z][\w./-]*)(?P<pin>==|@)(?P<pinned>\d[\w.+-]*\b)
    | (?P<path>
        (?<![\w./\\-])(?:~?/|\.{{1,2}}/|[A-Za-z]:\\)?(?:[\w@.+-]+[/\\])+[\w@.+-]*\w
        |(?<![\w./\\-])[\w-][\w.-]*\.(?:{_ENDINGS})\b
      )
      (?::(?P<line>\d+)(?::(?P<column>\d+))?|\((?P<row>\d+),(?P<place>\d+)\))?
    | (?P<address>(?<![\w.])\d+(?:\.\d+){{3}}(?![\w.]))
    | (?P<version>(?<![\w.])v?\d+\.\d+\.\d+[\w.+-]*(?<![.]))
    | (?P<commit>(?<![\w.])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{{7,64}}(?!\w))
    | (?P<number>(?<![\w.])\d+(?:[.,]\d+)*(?=(?:[mµn]?s|[kKMGT]i?B|m)?(?!\w|[.,]\d)))
    """,
    re.VERBOSE,
)
"""What another run of the same failure would say otherwise."""

_IN_QUOTES: Final = {"single": ("'", r"[^'\n]+"), "double": ('"', r'[^"\n]+'), "tick": ("`", r"[^`\n]+")}
_SHAPES: Final = {
    "url": r"""[a-z][a-z0-9+.-]*://[^\s'"<>)\],;]+""",
    "package": r"[\w@./-]+",
    "path": r"""[^\s:'"]+""",
    "address": r"\d+(?:\.\d+){3}",
    "version": r"v?\d[\w.+-]*",
    "commit": r"[0-9a-f]{7,64}",
    "number": r"\d+",
}
_FRACTION: Final = r"\d+(?:[.,]\d+)*"
_HTTP_STATUS: Final = re.compile(r"[45]\d\d")
_LIKE_A_PATH: Final = re.compile(rf"[\w@.~+-]*[/\\][\w@.~+/\\-]*|[\w.-]+\.(?:{_ENDINGS})")
_WORD: Final = re.compile(r"[A-Za-z][a-z_]{2,19}")
_COUNTED: Final = re.compile(r"\s([a-z]{4,19})\b")
_NUMBERED: Final = frozenset({"line", "column", "code", "status", "port", "exit", "attempt", "signal"})
_SAY_NOTHING: Final = frozenset(
    {
        *(
            "the",
            "and",
            "but",
            "not",
            "was",
            "were",
            "are",
            "for",
            "from",
            "with",
            "without",
            "named",
            "called",
            "given",
        ),
        *("got", "that", "this", "than", "then", "has", "had", "have", "missing", "unknown", "invalid", "expected"),
        *(
            "unexpected",
            "error",
            "failed",
            "fail",
            "cannot",
            "could",
            "can",
            "found",
            "find",
            "exist",
            "exists",
            "does",
        ),
        *("into", "onto", "over", "under", "such", "its", "you", "use", "using", "try", "run", "unable", "warning"),
        *("fatal", "required", "requires", "require", "access", "open", "read", "load", "import", "write"),
    }
)
"""Words in front of a value that do not name it."""

_NEGATIVE: Final = """\
because = "<<fill in why one could take this for the failure>>"
log = '''
<<fill in lines that look like it and are harmless>>
'''
"""


class DraftError(ValueError):
    """A line of which no signature can be made, with the reason."""


@dataclass(slots=True)
class _Pattern:
    """A pattern as it grows, and the names that are taken."""

    text: str = ""
    taken: set[str] = field(default_factory=set)

    def name(self, wish: str) -> str:
        """The name itself or, when it is taken, with the next number behind it."""
        number = 2
        chosen = wish
        while chosen in self.taken:
            chosen, number = f"{wish}{number}", number + 1
        self.taken.add(chosen)
        return chosen

    def literal(self, text: str) -> None:
        self.text += re.sub(r"[\\.+*?()|\[\]{}^$]", r"\\\g<0>", text)

    def capture(self, wish: str, shape: str) -> None:
        self.text += f"(?P<{self.name(wish)}>{shape})"


def pattern_of(line: str) -> str:
    """The line with what varies made into captures. Raises DraftError when nothing is left that could be looked for."""
    clock = _CLOCK.match(line)
    text = line[clock.end() :] if clock else line
    bare = text.lstrip()
    anchor = "" if clock else "^" if bare == text else r"^\s*"
    for draft in (_general(bare.rstrip()), _verbatim(bare.rstrip())):
        try:
            prefilter.expression(anchor + draft, one_line=True)
        except prefilter.PatternError:
            continue
        return anchor + draft
    raise DraftError("the line holds too little that could be looked for; name another one")


def captures_of(pattern: str, line: str) -> dict[str, str]:
    """What the pattern captures in the line."""
    found = compile_regex(pattern).search(line)
    return {name: value for name, value in found.groupdict().items() if value} if found else {}


def example(lines: Sequence[str], place: int) -> str:
    """The log around the line at an index: its step's head, its neighbours, and how the step ended."""
    start = next((at for at in range(place, -1, -1) if _STEP.match(lines[at])), None)
    kept = set(range(max(place - BEFORE, start or 0), min(place + AFTER, len(lines) - 1) + 1))
    following = range(place + 1, len(lines))
    last = next((at for at in following if _STEP.match(lines[at])), len(lines))
    end = next((at for at in following if _ENDED.match(lines[at]) and at < last), None)
    kept = {at for at in kept if at < last and (end is None or at <= end)}
    if start is not None:
        closing = next((at for at in range(start, place) if lines[at] == _ECHO_END), start)
        kept |= {at for at in range(start, closing + 1) if at < start + MOST_ECHO or at == closing}
    if end is not None:
        kept.add(end)
    return "".join(f"{lines[at]}\n" for at in sorted(kept))


def told(raw: bytes) -> str:
    """A raw line as an example may show it: without clock and colour, secrets, other people's homes and hosts."""
    text = _HOME.sub(r"\g<base>\g<slash>runner", redact(clean(raw)))
    return _HOST.sub(_renamed, text).rstrip()


def signature(line: str, log: str, category: str | None) -> str:
    """The text of the file: what is known, and `<<fill in ...>>` where only a person can tell.

    Raises DraftError when no pattern can be made of the line.
    """
    pattern = pattern_of(line)
    found = captures_of(pattern, line)
    captures = {name: found[name] for name in re.findall(r"\(\?P<(\w+)>", pattern) if name in found}
    names = " ".join(f"{{{name}}}" for name in captures) or "none"
    subject = next((name for name, value in captures.items() if name != "path" and re.search("[A-Za-z]", value)), None)
    rows: Mapping[str, str | None] = {
        "title": toml_text.string(f"<<fill in the fault, in one short line; captures to name it by: {names}>>"),
        "category": toml_text.string(category or "<<fill in one: test, build, dependency, config, network, ...>>"),
        "kind": toml_text.string("<<fill in cause, symptom, wrapper or note>>"),
        "pattern": toml_text.literal(pattern),
        "group_by": toml_text.string(f"{{{subject}}}") if subject else None,
        "why": toml_text.string("<<fill in how it comes about>>"),
        "fix": toml_text.string("<<fill in what to change, and where>>"),
        "source": toml_text.string("<<fill in the tool and its versions, or where the text can be read>>"),
    }
    head = "".join(f"{key} = {value}\n" for key, value in rows.items() if value is not None)
    shown = f"captures = {toml_text.inline_table(captures)}\nlog = {toml_text.literal(f'{chr(10)}{log}')}\n"
    return f"{head}\n[[should_match]]\n{shown}\n[[should_not_match]]\n{_NEGATIVE}"


def _verbatim(text: str) -> str:
    pattern = _Pattern()
    pattern.literal(text)
    return pattern.text


def _general(text: str) -> str:
    pattern = _Pattern()
    place = 0
    for found in _VARYING.finditer(text):
        pattern.literal(text[place : found.start()])
        _generalise(pattern, found)
        place = found.end()
    pattern.literal(text[place:])
    return pattern.text


def _generalise(pattern: _Pattern, found: re.Match[str]) -> None:
    kind = next(name for name in (*_IN_QUOTES, *_SHAPES) if found[name])
    if kind in _IN_QUOTES:
        mark, shape = _IN_QUOTES[kind]
        pattern.literal(mark)
        pattern.capture(_quoted(found[kind], found.string[: found.start()]), shape)
        pattern.literal(mark)
    elif kind == "number":
        _generalise_number(pattern, found)
    else:
        pattern.capture(kind, _SHAPES[kind])
        _generalise_rest(pattern, found)


def _generalise_number(pattern: _Pattern, found: re.Match[str]) -> None:
    """A number that stands alone; what looks like the status of an HTTP answer belongs to the fault."""
    value = found["number"]
    if _HTTP_STATUS.fullmatch(value):
        pattern.literal(value)
        return
    before = found.string[: found.start()]
    word = next(_words(before), "")
    counted = _COUNTED.match(found.string, found.end()) if before[-1:] in ("", " ") else None
    port = "port" if re.search(r"\w:$", before) else "number"
    name = word if word in _NUMBERED else counted[1] if counted else port
    pattern.capture(name, _SHAPES["number"] if value.isdecimal() else _FRACTION)


def _generalise_rest(pattern: _Pattern, found: re.Match[str]) -> None:
    """What belongs to a path or to a package: the spot, the version."""
    if found["pin"]:
        pattern.literal(found["pin"])
        pattern.capture("version", _SHAPES["version"])
    elif found["row"]:
        pattern.literal("(")
        pattern.capture("line", r"\d+")
        pattern.literal(",")
        pattern.capture("column", r"\d+")
        pattern.literal(")")
    for name in ("line", "column"):
        if found[name]:
            pattern.literal(":")
            pattern.capture(name, r"\d+")


def _quoted(value: str, before: str) -> str:
    """What to call a value in quotes: by its form, or by the word that leads to it."""
    if "://" in value:
        return "url"
    if _LIKE_A_PATH.fullmatch(value):
        return "path"
    words = [word for word, _ in zip(_words(before), range(2), strict=False)]
    return next((word for word in words if word not in _SAY_NOTHING), "name")


def _words(before: str) -> Iterator[str]:
    """The words next to the end of a text, the nearest first, as far as nothing else stands between."""
    for part in reversed(before.rstrip(" =:([").split()):
        if not _WORD.fullmatch(part):
            return
        yield part.lower()


def _renamed(found: re.Match[str]) -> str:
    host = found["host"]
    if host.endswith(_KEPT_HOSTS):
        return found[0]
    return f"{found['scheme']}{host.rpartition('.')[0]}.example"
