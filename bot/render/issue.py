"""What an issue says about a failure that has no pull request."""

from __future__ import annotations

from bot.case import Case
from bot.render import comment, facts
from bot.render.safe import code_span


def title(case: Case) -> str:
    """The issue's title; GitHub renders code spans in it."""
    return f"{facts.headline(case)} ({code_span(case.run.head_branch)})"


def body(case: Case) -> str:
    """The issue's text, without its marker."""
    return facts.paragraphs([_occasion(case), comment.section(case, above=1)])


def closing(case: Case) -> str:
    """The comment with which the issue is closed."""
    run = case.run
    return (
        f"✅ {code_span(run.workflow_name)} is green again on {code_span(run.head_branch)}"
        f" at {code_span(run.head_sha[:7])} ([run {run.id}]({run.html_url}))."
    )


def _occasion(case: Case) -> str:
    run = case.run
    occasion = {
        "push": f"A push to {code_span(run.head_branch)}",
        "schedule": f"The schedule on {code_span(run.head_branch)}",
        "workflow_dispatch": f"A run started by hand on {code_span(run.head_branch)}",
        "merge_group": f"The merge queue at {code_span(run.head_branch)}",
    }.get(run.event, f"A run for {code_span(run.event)} on {code_span(run.head_branch)}")
    return f"{occasion} failed."
