"""`whyred explain`: a report for each target, in the form that was asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from bot import known
from bot.cli import files
from bot.cli.terminal import progress, width
from bot.errors import UserError
from diagnosis import engine
from diagnosis.catalogue import Catalogue
from diagnosis.report import Report

if TYPE_CHECKING:
    from diagnosis.engine import JobLog
    from diagnosis.prober import Surroundings

WORKFLOW: Final = (".yml", ".yaml")
MOST_PASSING: Final = 64 << 20
LARGE: Final = 16 << 20
"""Bytes of a log from which on somebody waits long enough to be told so."""
DIAGNOSED: Final = 0
NOT_DIAGNOSED: Final = 1
BAD_INPUT: Final = 2


def explain(targets: Sequence[str], form: str, passing: str | None = None, repo: str | None = None) -> int:
    """Print a report for each target; the exit status, as grep has it."""
    cache = known.cache_folder()
    signatures = known.built_in(cache)
    usual = _passing(passing) if passing else b""
    around = _around(repo) if repo else None
    bad, diagnosed, printed = False, False, 0
    for target in targets:
        try:
            report = _report(target, _Case(signatures, usual, cache, around))
        except (UserError, OSError) as error:
            said = error if isinstance(error, UserError) else f"{target}: {error.strerror or error}"
            sys.stderr.write(f"whyred: {said}\n")
            bad = True
            continue
        diagnosed |= report.outcome == "diagnosed"
        if printed and form != "json":
            sys.stdout.write("\n")
        if len(targets) > 1 and form == "text":
            sys.stdout.write(f"==> {target}\n")
        sys.stdout.write(_written(report, form))
        printed += 1
    return BAD_INPUT if bad else DIAGNOSED if diagnosed else NOT_DIAGNOSED


class _Case(NamedTuple):
    """What all targets have in common: the catalogue, a passing log's text, where things are kept, the repository."""

    known: Catalogue
    usual: bytes
    cache: Path
    around: Surroundings | None


def _report(target: str, case: _Case) -> Report:
    with ExitStack() as stack:
        if not target:
            raise UserError("an empty name is no file")
        if target == "-":
            logs = files.standard_input(stack)
        elif target.startswith(("http://", "https://")):
            from bot.cli import remote

            address = remote.parse(target)
            with progress("asking GitHub") as tick:
                fetched = remote.fetch(address, case.known, tick)
                if isinstance(fetched, Report):
                    return fetched
                tick("what the repository tells")
                with remote.refusals(address.url):
                    return _diagnosed(fetched.logs, case._replace(around=case.around or fetched.around))
        elif target.lower().endswith(WORKFLOW) and Path(target).is_file():
            from diagnosis import workflow_file

            view = case.around.view if case.around else None
            return workflow_file.explain(target, files.workflow(Path(target)), case.known, view)
        else:
            logs = files.read(Path(target), stack)
        if sum(log.source.size for log in logs) < LARGE:
            return _diagnosed(logs, case)
        with progress(f"reading {target}"):
            return _diagnosed(logs, case)


def _diagnosed(logs: list[JobLog], case: _Case) -> Report:
    return engine.diagnose(logs, case.known, passing=case.usual, cache=case.cache, around=case.around)


def _written(report: Report, form: str) -> str:
    if form == "json":
        import json

        return json.dumps(report.to_json(), ensure_ascii=True) + "\n"
    if form == "markdown":
        from bot.render import markdown

        return markdown.report(report) + "\n"
    from bot.render import text

    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return text.report(report, colour=colour, width=width()) + "\n"


def _around(repo: str) -> Surroundings:
    from bot.local.view import LocalView
    from diagnosis.prober import Surroundings

    return Surroundings(LocalView(Path(repo)), local=True)


def _passing(path: str) -> bytes:
    """The end of the passing log, whose lines are no news."""
    with ExitStack() as stack:
        logs = files.read(Path(path), stack)
        return b"\n".join(log.source.read(max(log.source.size - MOST_PASSING, 0), log.source.size) for log in logs)
