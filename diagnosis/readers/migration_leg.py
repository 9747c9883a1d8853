"""Reads which leg of a migration stopped, and at which revision: the way there, the way back, or there once more."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from diagnosis.readers.summary import short
from diagnosis.report import Value

_ALEMBIC = re.compile(
    r"Running (?P<way>upgrade|downgrade) +(?P<start>[\w, ()]{0,200}?) ?-> ?(?P<end>[\w]{0,100})(?:[, ]|$)"
)
_DJANGO = re.compile(r"^ *(?P<way>Applying|Unapplying) (?P<end>[\w]+\.[\w]+)\.\.\.(?P<done> (?:OK|FAKED))?")
_STOPPED = re.compile(
    r"^ *(?:Traceback \(most recent call last\)|FAILED: |ERROR \[)|Traceback \(most recent call last\):$"
)
FORWARD, BACK, AGAIN = "upgrade", "rollback", "second upgrade"


def migration_leg(lines: Sequence[str], captures: Mapping[str, str]) -> dict[str, Value]:
    """leg (`upgrade`, `rollback` or `second upgrade`), stopped_at (the revision) and applied (steps that went through).

    Nothing where no step was under way, or nothing stopped after it.
    """
    leg, stopped_at, applied, stopped = "", "", 0, False
    for line in short(lines):
        step = _ALEMBIC.search(line) or _DJANGO.match(line)
        if step and not stopped:
            back = step["way"] in ("downgrade", "Unapplying")
            applied += bool(leg and stopped_at)
            leg = BACK if back else AGAIN if leg in (BACK, AGAIN) else FORWARD
            stopped_at = _revision(step, back)
            if step.re is _DJANGO and step["done"]:
                applied, stopped_at = applied + 1, ""
        if stopped_at and _STOPPED.search(line):
            stopped = True
    return {"leg": leg, "stopped_at": stopped_at, "applied": applied} if stopped else {}


def _revision(step: re.Match[str], back: bool) -> str:
    """A rollback stops in the revision that it takes back, which stands before the arrow."""
    if back and step.re is _ALEMBIC:
        return str(step["start"]).strip()
    return str(step["end"])
