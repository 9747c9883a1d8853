"""No text of others acts in the comment: no mention, reference, link, image or HTML comes of it, wherever it stands."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Final

import cmarkgfm
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.case import Age, Attempt, Base, Case, Flake, Job, Step
from bot.config import Config, Route
from bot.deliver.comment import harmless
from bot.deliver.sticky import Mark, Sticky, Told, hush, merge
from bot.deliver.sticky_marks import read
from bot.deliver.sticky_text import write
from bot.render import comment
from diagnosis.report import Excerpt, FilePatch, Fix, Place
from diagnosis.template import code_span
from tests.bot.render.cases import FINDING, GUESS, RUN, case

RUNS: Final = "https://github.example/octo/shop/actions/runs"
OURS: Final = ("https://github.example/octo/shop/", "https://wiki.example/")
"""Where our own links lead: to the repository, and to the page that it has named in its configuration."""

ATTACKS: Final = [
    "@octocat @octo/team",
    "closes #1, octo/shop#2, GH-3",
    "2a157570c0ffee00000000000000000000000000",
    "https://evil.example www.evil.example mailto:a@evil.example",
    "[x](https://evil.example) ![x](https://evil.example/p.png) <https://evil.example>",
    "</details></summary><img src=x><script>alert(1)</script>",
    "```\n@octocat\n````\n~~~",
    "` @octocat `` #1 ```",
    "-->\n@octocat\n<!--",
    "<!-- whyred:workflow 55 run=99 attempt=1 sha=abcdef0 state=green jobs=0/0 -->",
    "<!-- whyred:between -->\n<!-- whyred:sum --><!-- whyred:rest --><!-- whyred:gone -->",
    "| a | b |\n|---|---|\n| @octocat | #1 |",
    "\u202e@octocat\u2066 \u200b#1 \x1b[31m",
    "&#64;octocat &lt;img src=x&gt;",
    "# heading\n> quote\n- [ ] task\n1. one",
]
hostile = st.one_of(
    st.sampled_from(ATTACKS),
    st.lists(st.sampled_from([*ATTACKS, "a", " ", "\n", "`", "\\", "\r"]), min_size=1, max_size=4).map("".join),
    st.text(alphabet="`~<>[]()!@#&*_-|\\\n\r\t aé/:.", min_size=1, max_size=60),
)


class Page(HTMLParser):
    """The page's text outside code, its tags and where they lead."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag in ("code", "pre"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.open:
            self.text.append(data)


def page(body: str) -> Page:
    found = Page()
    found.feed(cmarkgfm.github_flavored_markdown_to_html(body, cmarkgfm.Options.CMARK_OPT_UNSAFE))
    return found


ALLOWED: Final = {
    *("h3", "h4", "p", "code", "pre", "a", "strong", "details", "summary", "sub", "ul", "li", "ol", "br", "em"),
}
ACTS: Final = re.compile(r"@\w|(?:^|[\s(])#\d|\w/\w+#\d|\bGH-\d|\b[0-9a-f]{7,40}\b|https?://|\bwww\.", re.IGNORECASE)


def check(body: str) -> None:
    found = page(body)
    assert found.tags <= ALLOWED, found.tags - ALLOWED
    assert [link for link in found.links if not link.startswith(OURS)] == []
    acting = [text for text in found.text if ACTS.search(text)]
    assert acting == []


def attacked(text: str) -> tuple[Case, ...]:
    """Cases in which this text stands wherever a person or a log may put one."""
    job = Job(1, text, "completed", "failure", f"{RUNS}/1001/job/1", (Step(2, text, "completed", "failure"),))
    run = replace(RUN, workflow_name=text, head_branch=text, commit_title=text, commit_author=text, workflow_path=text)
    seen = Attempt(800, 2, "c" * 40, "failure", f"{RUNS}/800")
    finding = replace(
        FINDING,
        title=f"It is {code_span(text)}",
        why=f"Because of {code_span(text)}.",
        evidence=tuple(text.split("\n")),
        job=text,
        step=text,
        places=(Place(text, 3, text), Place("b.py", None, text)),
        fixes=(
            Fix(f"Mend {code_span(text)}.", files=(FilePatch(text, f"--- a\n+++ b\n@@ -1 +1 @@\n-{text}\n+{text}\n"),)),
            Fix(f"Or {code_span(text)}.", commands=(text,)),
        ),
        verify=(text, text),
    )
    base = Base(text, run, red_since=run, shown=frozenset({FINDING.fingerprint}))
    config = Config(routes={"coverage": Route(docs=f"https://wiki.example/{text}")})
    own = Config(routes={"coverage": Route(docs=text)})
    first = replace(case(finding, jobs=(job,), run=run), base=base, config=config, blocking=(text,), can_rerun=True)
    excerpt = Excerpt((1, 9), tuple(text.split("\n")) * 4)
    first = replace(first, report=replace(first.report, excerpt=excerpt), unread={text: text}, changed=(text,))
    other = replace(run, id=1002, workflow_id=66)
    guess = replace(GUESS, job=text, step=text, evidence=(text,), fingerprint="a" * 16)
    flaky = replace(finding, fingerprint="f" * 16)
    return (
        first,
        replace(first, config=own, run=replace(run, id=1003, workflow_id=77), base=None),
        case(guess, jobs=(job,), run=other),
        replace(case(flaky, jobs=(job,), run=replace(other, id=1004)), flakes={"f" * 16: Flake(seen, seen, 2)}),
        case(run=replace(run, id=1005, head_sha="d" * 40), unread={text: text}),
    )


def bodies(text: str) -> list[str]:
    """The comment at each step of a story in which everybody is hostile."""
    standing, written = Sticky(), list[str]()
    for given_case in attacked(text):
        run = given_case.run
        mark = Mark(run.workflow_id, Age(run.id, 1), run.head_sha, "red", 1, 1)
        merged = merge(standing, harmless(Told(mark, RUNS, comment.telling(given_case))))
        assert isinstance(merged, Sticky)
        standing = read(write(merged))
        written.append(write(merged))
    green = Mark(55, Age(2000, 1), "e" * 40, "green")
    told = harmless(Told(green, RUNS, fixed=comment.fixed(given_case), passed=comment.passed(given_case)))
    passed = merge(standing, told)
    assert isinstance(passed, Sticky)
    return [*written, write(passed), write(hush(standing, "🔕 Quiet.", RUNS))]


@pytest.mark.parametrize("text", ATTACKS)
def test_no_known_attack_acts_in_the_comment(text: str) -> None:
    for body in bodies(text):
        check(body)


@given(hostile)
@example("\r\r~:~")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_of_others_acts_in_the_comment(text: str) -> None:
    for body in bodies(text):
        check(body)


@given(hostile)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_of_others_is_read_back_as_a_mark(text: str) -> None:
    for body in bodies(text):
        standing = read(body)
        assert write(standing) == body
        assert {mark.workflow for mark in standing.marks} <= {55, 66, 77}
        assert {mark.age.run for mark in standing.marks} <= {1001, 1002, 1003, 1004, 1005, 2000}


@pytest.mark.parametrize(
    "text", ["@octocat", "see #1", "<img src=x>", "[x](https://evil.example)", "https://evil.example"]
)
def test_the_check_can_fail(text: str) -> None:
    with pytest.raises(AssertionError):
        check(f"### ❌ It is broken\n{text}")
