"""What an issue says about a failure: one that has no pull request, or one that is followed up beside it."""

from __future__ import annotations

from bot.case import Case
from bot.render import comment, facts
from bot.render.safe import code_span


def title(case: Case) -> str:
    """The issue's title; GitHub renders code spans in it."""
    return f"{facts.headline(case)} ({_place(case)})"


def body(case: Case) -> str:
    """The issue's text, without its marker."""
    return facts.paragraphs([_occasion(case), comment.section(case, above=1)])


def closing(case: Case) -> str:
    """The comment with which the issue is closed."""
    run = case.run
    return (
        f"✅ {code_span(run.workflow_name)} is green again on {_place(case)}"
        f" at {code_span(run.head_sha[:7])} ([run {run.id}]({run.html_url}))."
    )


def _place(case: Case) -> str:
    return f"pull request {case.pull_request.number}" if case.pull_request else code_span(case.run.line)


def _occasion(case: Case) -> str:
    if case.pull_request:
        return f"[Pull request {case.pull_request.number}]({case.pull_request.html_url}) failed."
    run, line = case.run, code_span(case.run.line)
    occasion = {
        "push": f"A push to {line}",
        "schedule": f"The schedule on {line}",
        "workflow_dispatch": f"A run started by hand on {line}",
        "merge_group": f"The merge queue at {line}",
    }.get(run.event, f"A run for {code_span(run.event)} on {line}")
    return f"{occasion} failed."
