"""What the files of an Alembic project show about heads, parents and revisions that do not fit."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from diagnosis.own_commands import python_runner
from diagnosis.probes.alembic_files import History, Migration, history, with_parent
from diagnosis.probes.question import Answer, Question
from diagnosis.report import Fix, Place
from diagnosis.template import code_span, fill_command

_BACK: Final = re.compile(r"\balembic\b[^\n|;&]*\sdowngrade\s+(?P<steps>-\d+)\b")
"""Back by a number of steps: Alembic 1.20 says "Ambiguous walk" where that leads through a merge of two lines."""


def alembic_heads(question: Question) -> Answer | None:
    """Names the revisions with their files, and the command or the patch that joins them."""
    known = history(question)
    if known is None:
        return None
    if known.twice:
        return _twice(*known.twice)
    missing = question.capture("revision")
    if not missing:
        return _two_heads(question, known)
    if known.named(missing):
        return None
    children = known.naming(missing)
    return _parent_missing(question, known, missing, children[0]) if children else _nowhere(known, missing)


def _two_heads(question: Question, known: History) -> Answer | None:
    heads = known.heads
    if len(heads) != 2 or not all(item.free for item in known.migrations):
        return None
    older, newer = heads
    fork = _fork(known, older, newer)
    parent = f" Both go back to {code_span(fork.parents[0])}." if fork else ""
    return Answer(
        title=f"The migrations end in two heads: {code_span(older.revision)} and {code_span(newer.revision)}",
        why=f"{_shown(older)} and {_shown(newer)} are both the last of their line, so `head` means two revisions."
        f"{parent} Two branches each added a migration; nothing was applied, the forward leg stops here.",
        fixes=_ways(question, older, newer, fork),
        places=tuple(Place(item.path, item.line, f"revision {item.revision}") for item in (newer, older)),
        facts={"heads": [older.revision, newer.revision], "leg": "upgrade"},
    )


def _ways(question: Question, older: Migration, newer: Migration, fork: Migration | None) -> tuple[Fix, ...]:
    """A merge first, but for a job whose rollback cannot pass one."""
    merge, straight = _merge(question, older, newer), _straight(question, older, newer, fork)
    steps = question.job.steps if question.job else ()
    back = next((found["steps"] for step in steps if (found := _BACK.search(step.run))), None)
    if back is None:
        return merge, *straight
    walk = code_span(f"alembic downgrade {back}")
    consequence = (
        f"This job's {walk} then stops with `Ambiguous walk`: a merge has two parents, so the rollback "
        f"must name the revision that it goes back to."
    )
    return *straight, replace(merge, consequence=consequence)


def _merge(question: Question, older: Migration, newer: Migration) -> Fix:
    command = _command(
        question, 'alembic merge -m "merge heads" {older} {newer}', older=older.revision, newer=newer.revision
    )
    return Fix(
        says="Join both with a merge migration, and commit the file that this writes.",
        commands=(command,) if command else (),
    )


def _fork(known: History, older: Migration, newer: Migration) -> Migration | None:
    """The first migration of the newer line that the older one has not."""
    theirs = {item.revision for item in known.line_of(older)}
    mine = known.line_of(newer)
    for item in mine:
        if len(item.parents) == 1 and item.parents[0] in theirs:
            return item
    return None


def _straight(question: Question, older: Migration, newer: Migration, fork: Migration | None) -> tuple[Fix, ...]:
    if fork is None or not older.created or not newer.created or older.created == newer.created:
        return ()
    patch = with_parent(question, fork, older.revision)
    if patch is None:
        return ()
    return (
        Fix(
            says="Put the newer line behind the older one: "
            f"{code_span(fork.path)} gets {code_span(older.revision)} as its `down_revision`. Right only as long as no "
            "database that must stay has applied it.",
            consequence="The history stays straight.",
            files=(patch,),
        ),
    )


def _twice(one: Migration, other: Migration) -> Answer:
    return Answer(
        title=f"Two migrations have the revision {code_span(one.revision)}",
        why=f"{code_span(one.path)} line {one.line} and {code_span(other.path)} line {other.line} both say "
        f"`revision = {code_span(one.revision).strip('`')}`, so Alembic drops one of them and the history breaks.",
        fixes=(
            Fix(says="Give the newer one an id of its own, in its file and where others name it as `down_revision`."),
        ),
        places=tuple(Place(item.path, item.line, f"revision {item.revision}") for item in (one, other)),
        facts={"duplicate": one.revision},
    )


def _parent_missing(question: Question, known: History, missing: str, child: Migration) -> Answer | None:
    if not known.whole:
        return None
    # What hangs below the missing one is no candidate for its place.
    below = {item.revision for head in known.heads for item in known.line_of(head) if child in known.line_of(head)}
    others = [item for item in known.heads if item.revision not in below]
    find = fill_command("git log --all --oneline -S{revision}", {"revision": missing})
    return Answer(
        why=f"{code_span(child.path)} line {child.parent_line} names {code_span(missing)} as its `down_revision`, "
        f"and none of the {len(known.migrations)} migrations beside it has that revision: "
        "its file is not in this commit.",
        fixes=(
            Fix(says=f"Commit the migration {code_span(missing)}.", commands=(find,) if find else ()),
            *(_other_parent(question, child, others[0]) if len(others) == 1 else ()),
        ),
        places=(Place(child.path, child.parent_line, f"down_revision {missing}"),),
        facts={"named_by": f"{child.path}:{child.parent_line}"},
    )


def _other_parent(question: Question, child: Migration, parent: Migration) -> tuple[Fix, ...]:
    patch = with_parent(question, child, parent.revision)
    if patch is None:
        return ()
    return (
        Fix(
            says=f"If it was dropped on purpose: make {code_span(parent.revision)}, the head here, the parent instead.",
            consequence="A database that has applied the missing migration no longer fits.",
            files=(patch,),
        ),
    )


def _nowhere(known: History, missing: str) -> Answer | None:
    """Neither a migration nor a parent: only the database, or the command, can have named it."""
    if not known.whole or not missing.isalnum() or missing in ("head", "heads", "base"):
        return None
    last = ", ".join(code_span(item.revision) for item in known.heads[:2])
    find = fill_command("git log --all --oneline -S{revision}", {"revision": missing})
    return Answer(
        why=f"None of the {len(known.migrations)} migrations in this commit has the revision {code_span(missing)}, "
        f"and none names it as its parent (they end in {last}): it stands in the database's `alembic_version`, or in "
        "the command. A branch whose migration is not here has migrated that database.",
        fixes=(
            Fix(says="Find the branch that has it, and merge or restore its file.", commands=(find,) if find else ()),
            Fix(says="If the database is a throw-away one: create it afresh (a cache or a volume has kept it)."),
        ),
        facts={"heads": [item.revision for item in known.heads]},
    )


def _shown(migration: Migration) -> str:
    return f"{code_span(migration.revision)} ({code_span(migration.path)})"


def _command(question: Question, template: str, **values: str) -> str | None:
    runner = python_runner(question.repo, question.folder, question.step.run if question.step else "")
    folder = fill_command("cd {folder} && ", {"folder": question.folder}) if question.folder else ""
    filled = fill_command(template, values)
    return None if filled is None or folder is None else f"{folder}{f'{runner} ' if runner else ''}{filled}"
