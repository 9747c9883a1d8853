"""`whyred backtest`: what would have been posted for a repository's last failed runs, and how often."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from bot import known
from bot.cli import remote
from bot.cli.ledger import Failed, Ledger, kept
from bot.cli.terminal import progress, width
from bot.errors import UserError

if TYPE_CHECKING:
    from rich.table import Table

MOST: Final = 500
"""Failed runs that are replayed at once: each takes about ten requests, of which an hour has 5,000."""

UNKNOWN: Final = "(unknown)"
UNREAD: Final = "(its logs can not be read)"

_NAME: Final = re.compile(r"[\w.-]+/[\w.-]+")


def backtest(name: str, last: int, form: str, environ: Mapping[str, str] = os.environ) -> int:
    """Print what would have been posted for the last failed runs. Raises UserError. Nothing is written anywhere."""
    if not _NAME.fullmatch(name):
        raise UserError(f"{name}: is no repository (OWNER/NAME)")
    if not 0 < last <= MOST:
        raise UserError(f"--last takes a number from 1 to {MOST}")
    from bot.cli.replay import Replay
    from bot.github.client import for_token

    token, cache = remote.token_for(name, environ), known.cache_folder()
    with progress("asking GitHub") as tick, remote.refusals(name):
        client = for_token(remote.usual_api_url(environ), token, name)
        replay = Replay(client, known.built_in(cache), cache, remote.log_hosts(environ), tick)
        timeline = replay.timeline(last)
        ledger = kept(timeline, replay.failed(timeline))
    again = sum(run.attempt > 1 and run.conclusion == "success" for run in timeline)
    if form == "json":
        import json

        sys.stdout.write(json.dumps(_summary(name, ledger, again), ensure_ascii=True) + "\n")
    else:
        _print(name, ledger, again)
    return 0


def _found(failed: Failed) -> str:
    """What a run that would have been told is found to have failed with."""
    if failed.best is None:
        return UNREAD if failed.unread else UNKNOWN
    return failed.best.signature or UNKNOWN


def _where(failed: Failed) -> str:
    return f"#{failed.pull_request}" if failed.pull_request else failed.run.head_branch


def _summary(name: str, ledger: Ledger, again: int) -> dict[str, Any]:
    said = [told.failed for told in ledger.told if not told.failed.silence]
    causes = Counter(map(_found, said))
    diagnosable = [failed for failed in said if _found(failed) != UNREAD]
    unknown = sum(failed.report.outcome != "diagnosed" for failed in diagnosable)
    return {
        "repository": name,
        "failed_runs": len(ledger.told),
        "notifications": ledger.notifications,
        "unknown_share": round(unknown / len(diagnosable), 3) if diagnosable else 0.0,
        "passed_after_a_rerun": again,
        "runs": [_row(told.failed, told.done) for told in ledger.told],
        "comments": [
            {"pull_request": one.pull_request, "edits": one.edits, "green": not one.red, "said": one.headline}
            for one in ledger.comments.values()
        ],
        "issues": [
            {
                "fingerprint": one.fingerprint,
                "said": one.headline,
                "seen": one.seen,
                "closed": one.closings,
                "reopened": one.returns,
                "open": one.open,
            }
            for one in ledger.issues
        ],
        "silent": dict(Counter(told.failed.silence for told in ledger.told if told.failed.silence).most_common()),
        "causes": dict(causes.most_common()),
    }


def _row(failed: Failed, done: str) -> dict[str, Any]:
    run = failed.run
    return {
        "run": run.id,
        "ended": run.updated_at,
        "workflow": run.workflow_name,
        "url": run.html_url,
        "where": _where(failed),
        "found": None if failed.silence else _found(failed),
        "said": failed.headline,
        "unread": list(failed.unread),
        "done": done,
    }


def _print(name: str, ledger: Ledger, again: int) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(width=width(), highlight=False)
    if not ledger.told:
        console.print(Text(f"{name}: no failed run was found."))
        return
    told = _summary(name, ledger, again)
    rows = [[row["ended"][:10], row["workflow"], row["where"], row["found"] or "", row["done"]] for row in told["runs"]]
    console.print(_table(("ended", "workflow", "where", "found", "would have"), rows))
    if told["comments"]:
        comments = [
            [
                f"#{one['pull_request']}",
                f"1 and {_counted(one['edits'], 'edit')}",
                "green" if one["green"] else "red",
                one["said"],
            ]
            for one in told["comments"]
        ]
        console.print(_table(("pull request", "comments", "in the end", "said last"), comments))
    if told["issues"]:
        issues = [
            [one["said"], str(one["seen"]), str(one["closed"]), str(one["reopened"]), "yes" if one["open"] else "no"]
            for one in told["issues"]
        ]
        console.print(_table(("issue", "seen", "closed", "reopened", "open"), issues))
    counts = [[name, str(count)] for name, count in told["causes"].items()]
    counts += [[f"silent: {reason}", str(count)] for reason, count in told["silent"].items()]
    console.print(_table(("found", "runs"), counts))
    console.print(Text("\n".join(_closing(told))))


def _closing(told: Mapping[str, Any]) -> list[str]:
    expired = told["causes"].get(UNREAD, 0)
    posted = ", ".join((_counted(len(told["comments"]), "comment"), _counted(len(told["issues"]), "issue")))
    lines = [
        f"{_counted(told['failed_runs'], 'failed run')}: {posted}, {_counted(told['notifications'], 'notification')}"
        f" in all; {told['unknown_share']:.0%} unknown."
    ]
    if expired:
        lines.append(f"Of {expired} the logs have expired or can not be read: what they would have been told is lost.")
    if told["passed_after_a_rerun"]:
        lines.append(f"{told['passed_after_a_rerun']} more passed when they were run again; they are not replayed.")
    return lines


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _table(heads: tuple[str, ...], rows: list[list[str]]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(*heads, box=SIMPLE_HEAD)
    for row in rows:
        # As text: what comes from a log may hold the marks by which a table is coloured.
        table.add_row(*(Text(cell.replace("`", "")) for cell in row))
    return table
