"""What a chat is told, and that nothing hostile in it calls, links or hides anything."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.render import chat
from tests.bot.render.cases import FINDING, JOBS, RUN, case

PUSH = replace(RUN, event="push", head_branch="main")


def test_a_failure_is_a_few_plain_lines() -> None:
    assert chat.failed(case(FINDING, replace(FINDING, title="`ruff` found 3 faults"), run=PUSH)).split("\n") == [
        "❌ octo/shop: CI failed on main",
        "Coverage gate missed: 35.33 % of the required 80 %",
        "also: ruff found 3 faults",
        "test (3.12) › Run pytest · commit 2a15757 by mona",
        "https://github.example/octo/shop/actions/runs/1001",
    ]


def test_a_failure_that_nobody_knows_says_so() -> None:
    assert "no known cause was recognised" in chat.failed(case(replace(FINDING, kind="excerpt", signature=None)))


def test_a_run_without_a_finding_is_told_by_its_workflow() -> None:
    assert chat.failed(case(jobs=(), run=replace(PUSH, author=None))).split("\n") == [
        "❌ octo/shop: CI failed on main",
        "no known cause was recognised",
        "commit 2a15757",
        "https://github.example/octo/shop/actions/runs/1001",
    ]


def test_green_is_one_line_and_the_run() -> None:
    assert chat.green(case(run=PUSH)).split("\n")[0] == "✅ octo/shop: CI is green again on main"


HOSTILE = [
    "@everyone",
    "@here",
    "<!channel>",
    "<!here|here>",
    "<@U012AB3CD>",
    "<@&1234>",
    "<https://evil.example|click>",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "www.evil.example",
    "<img src=x onerror=alert(1)>",
    "||hidden||",
    "```\n@everyone\n```",
    "<at>everyone</at>",
    " ghp_0123456789abcdefghijklmnopqrstuvwxyz ",
    "line\nbreak",
    "\u202eevil\x1b[31m",
]


@given(st.lists(st.sampled_from(HOSTILE) | st.text(max_size=20), max_size=6).map("".join))
def test_nothing_hostile_calls_links_or_hides(text: str) -> None:
    finding = replace(FINDING, title=text or "x", job=text, step=text)
    run = replace(PUSH, workflow_name=text, head_branch=text, author=text)
    *said, link = chat.failed(case(finding, replace(finding, title=f"also {text}"), run=run, jobs=JOBS)).split("\n")
    told = "\n".join(said)
    assert link == RUN.html_url
    assert len(said) <= 4
    assert not re.search(r"@\S(?<!\u200b)|<|>|`|\||://|\]\(|www\.|\x1b|\u202e|ghp_0123", told, re.IGNORECASE), told
