"""Markdown as GitHub shows it in a comment: cmark-gfm, then only what GitHub's own sanitiser lets through."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

from cmarkgfm import Options, github_flavored_markdown_to_html
from markupsafe import Markup

Resolve = Callable[[str], str | None]
"""The address of `@login`, `#12` or a commit's name; None when there is no such thing."""

VOID = frozenset({"br", "hr", "img", "input", "wbr"})
TAGS = VOID | frozenset(
    re.findall(
        r"\w+",
        "a abbr b bdo blockquote caption cite code dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 "
        "i ins kbd li mark ol p pre q rp rt ruby s samp section small span strike strong sub summary sup table tbody "
        "td tfoot th thead time tr tt ul var",
    )
)
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "details": {"open"},
    "input": {"type", "checked", "disabled"},
    "ol": {"start"},
    "pre": {"lang"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
    "div": {"align"},
    "p": {"align"},
}
ADDRESSES = frozenset({"href", "src"})
SCHEMES = frozenset({"", "http", "https", "mailto"})
DROPPED = frozenset({"iframe", "math", "noembed", "noframes", "noscript", "object", "script", "style", "svg", "title"})
"""Elements that go with all that they hold."""

REFERENCE = re.compile(r"(?<![\w@#/.:-])(?:@[A-Za-z\d][A-Za-z\d-]*|#\d+|[0-9a-f]{7,40})(?![\w-])")
NO_REFERENCES = frozenset({"a", "code", "pre"})
OPTIONS = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_HARDBREAKS


def nothing(_: str) -> None:
    """Resolves no reference."""


def render(text: str | None, resolve: Resolve = nothing) -> Markup:
    """HTML that is safe to show, whatever the text is."""
    sanitiser = Sanitiser(resolve)
    sanitiser.feed(github_flavored_markdown_to_html(text or "", OPTIONS))
    sanitiser.close()
    return sanitiser.finished()


class Sanitiser(HTMLParser):
    """Writes a document anew from the allowed elements; every start has its end."""

    def __init__(self, resolve: Resolve) -> None:
        super().__init__(convert_charrefs=True)
        self.resolve = resolve
        self.parts: list[str] = []
        self.open: list[str] = []
        self.dropping: list[str] = []
        self.language = ""

    def finished(self) -> Markup:
        """What was let through."""
        while self.open:
            self.end(self.open[-1])
        return Markup("".join(self.parts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Let an allowed element through, without the attributes that are not."""
        if tag in DROPPED:
            self.dropping.append(tag)
        if self.dropping or tag not in TAGS:
            return
        given = {name: value or "" for name, value in attrs if name in ATTRIBUTES.get(tag, ())}
        if tag == "input" and given.get("type") != "checkbox":
            return
        if tag == "pre":
            self.language = given.pop("lang", "")
            if self.language == "suggestion":
                self.parts.append('<div class="suggestion"><div class="suggestion-title">Suggested change</div>')
        self.parts.append(f"<{tag}{''.join(self.attribute(*one) for one in given.items())}>")
        if tag not in VOID:
            self.open.append(tag)

    def attribute(self, name: str, value: str) -> str:
        """One attribute as it is written; an address only of a harmless kind."""
        if name in ADDRESSES and not harmless(value):
            return ""
        follow = ' rel="nofollow noopener"' if name == "href" else ""
        return f' {name}="{escape(value)}"{follow}'

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and what is still open inside it."""
        if self.dropping:
            if tag == self.dropping[-1]:
                self.dropping.pop()
        elif tag in self.open:
            while self.open[-1] != tag:
                self.end(self.open[-1])
            self.end(tag)

    def end(self, tag: str) -> None:
        """Write the end of the innermost element."""
        self.open.pop()
        self.parts.append(f"</{tag}>")
        if tag == "pre":
            if self.language == "suggestion":
                self.parts.append("</div>")
            self.language = ""

    def handle_data(self, data: str) -> None:
        """Text: plain, coloured as a diff, or with its references linked."""
        if self.dropping:
            return
        if self.language in ("diff", "suggestion"):
            self.parts.append("".join(coloured(line, self.language) for line in data.splitlines(keepends=True)))
        elif NO_REFERENCES & set(self.open):
            self.parts.append(escape(data))
        else:
            self.parts.append(self.linked(data))

    def linked(self, text: str) -> str:
        """Text whose mentions, numbers and commits lead where they lead on GitHub."""
        parts, end = [], 0
        for match in REFERENCE.finditer(text):
            target = self.resolve(match[0])
            if target:
                shown = f"<code>{match[0][:7]}</code>" if match[0][0] not in "@#" else match[0]
                kind = "mention" if match[0][0] == "@" else "reference"
                parts += [escape(text[end : match.start()]), f'<a class="{kind}" href="{escape(target)}">{shown}</a>']
                end = match.end()
        return "".join([*parts, escape(text[end:])])


def harmless(address: str) -> bool:
    """Whether a browser may follow the address: no script, no data."""
    cleaned = re.sub(r"[\x00-\x20]", "", address)
    try:
        return urlsplit(cleaned).scheme.lower() in SCHEMES
    except ValueError:
        return False


def coloured(line: str, language: str) -> str:
    """A line of a diff, or of a suggestion, which adds every line."""
    sign = "+" if language == "suggestion" else line[:1]
    kind = {"+": "added", "-": "removed", "@": "hunk"}.get(sign, "same")
    return f'<span class="{kind}">{escape(line)}</span>'
