"""The store: keeps runs, posts and people's wishes, and answers from them, in any database that SQLAlchemy knows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import ColumnElement, Engine, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from bot.case import FAILED, Case, Flake, Repository, Run
from bot.store import flaky, rows
from bot.store.database import connect, reading
from bot.store.retention import forget, now
from bot.store.tables import FeedbackRow, MuteRow, PostRow, RerunRow, RunRow
from bot.store.values import Complaint, Feedback, Post, RecordedRun

MOST_REPORTED: Final = 10
"""Workflows of one conversation of which a complaint keeps the case."""


class Store:
    """The history over one database. Safe to use from several processes at once. Raises SQLAlchemy's errors."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = reading(engine)

    def record(self, case: Case, delivered: str, seconds: float) -> None:
        """Keep what a run came to. The same attempt recorded again replaces what was there.

        But where nothing is written this time, what was done stays.
        """
        with Session(self._engine) as session, session.begin():
            of_attempt = _is_attempt(RunRow, case.repository.id, case.run)
            done = session.scalar(select(RunRow.delivered).where(of_attempt))
            session.execute(delete(RunRow).where(of_attempt))
            session.add(rows.run(case, _done(done, delivered), seconds))

    def record_green(self, case: Case) -> dict[str, Flake]:
        """Keep a green run whose workflow has failed on the same commit; what this proves to come and go."""
        with Session(self._reading) as session:
            if not flaky.has_failed(session, case.repository, case.run):
                return {}
        self.record(case, "", 0.0)
        with Session(self._reading) as session:
            return flaky.proven(session, case.repository, case.run)

    def flakes(self, case: Case) -> dict[str, Flake]:
        """By fingerprint, which of the case's failures are known to come and go."""
        with Session(self._reading) as session:
            return flaky.flakes(session, case.repository, case.report.findings)

    def failures(self, repository: int, run: Run) -> frozenset[str] | None:
        """The fingerprints of all that an attempt failed with; None where it is not recorded, or a log was not read."""
        with Session(self._reading) as session:
            row = session.scalars(select(RunRow).where(_is_attempt(RunRow, repository, run))).one_or_none()
            if row is None or row.unread or row.conclusion not in FAILED:
                return None
            return frozenset(finding.fingerprint for finding in row.findings)

    def recent(self, most: int) -> list[RecordedRun]:
        """The latest recorded runs, newest first."""
        with Session(self._reading) as session:
            found = session.scalars(select(RunRow).order_by(RunRow.recorded_at.desc(), RunRow.id.desc()).limit(most))
            return [rows.recorded(row) for row in found]

    def posted(self, post: Post) -> None:
        """Keep what an outlet did for an attempt. Told again, it replaces what was there, as a run does."""
        repository, run = post.repository, post.run
        with Session(self._engine) as session, session.begin():
            of_outlet = and_(_is_attempt(PostRow, repository.id, run), PostRow.outlet == post.outlet)
            done = session.scalar(select(PostRow.says).where(of_outlet))
            session.execute(delete(PostRow).where(of_outlet))
            session.add(
                PostRow(
                    installation=repository.installation,
                    repository_id=repository.id,
                    repository=repository.name,
                    recorded_at=now(),
                    run_id=run.id,
                    attempt=run.attempt,
                    outlet=post.outlet,
                    says=rows.line(_done(done, post.says), 300),
                    thing=post.thing,
                    url=post.url[:500],
                    fingerprint=post.fingerprint,
                )
            )

    def report(self, complaint: Complaint) -> int:
        """Keep, for the maintainers, what was last said in this conversation; how many cases that is.

        One a workflow, the newest red attempt of each. 0 where nothing was said there, or nothing is kept of it. The
        same comment reported twice is kept once.
        """
        with Session(self._engine) as session, session.begin():
            found = session.scalars(
                select(RunRow)
                .where(
                    RunRow.repository_id == complaint.repository.id,
                    _is_told_in(complaint),
                    RunRow.conclusion != "success",
                )
                .order_by(RunRow.run_id.desc(), RunRow.attempt.desc())
            )
            newest: dict[int, RunRow] = {}
            for row in found:
                newest.setdefault(row.workflow_id, row)
            session.execute(
                delete(FeedbackRow).where(
                    FeedbackRow.repository_id == complaint.repository.id, FeedbackRow.comment == complaint.comment
                )
            )
            kept = [rows.feedback(complaint, row) for row in list(newest.values())[:MOST_REPORTED]]
            session.add_all(kept)
            return len(kept)

    def feedback(self) -> list[Feedback]:
        """The reported cases, newest first."""
        with Session(self._reading) as session:
            found = session.scalars(select(FeedbackRow).order_by(FeedbackRow.id.desc()))
            return [rows.reported(row) for row in found]

    def case(self, number: int) -> Feedback | None:
        """The reported case of this id."""
        with Session(self._reading) as session:
            row = session.get(FeedbackRow, number)
            return rows.reported(row) if row else None

    def claim_rerun(self, repository: Repository, run: Run, most: int) -> int | None:
        """Note that this attempt's failed jobs are to be run again: the how manieth time for its commit that is.

        None where that would be more than `most`. The same attempt asked for again is the same time.
        """
        with Session(self._engine) as session, session.begin():
            if self._engine.dialect.name == "postgresql":
                # SQLite has one writer at a time; here two runs of the commit would both see the last one free.
                session.execute(select(func.pg_advisory_xact_lock(int(run.head_sha[:15], 16))))
            of_commit = (RerunRow.repository_id == repository.id, RerunRow.head_sha == run.head_sha)
            earlier = session.scalars(select(RerunRow).where(*of_commit).order_by(RerunRow.id)).all()
            known = [(row.run_id, row.attempt) for row in earlier]
            if (run.id, run.attempt) in known:
                return known.index((run.id, run.attempt)) + 1
            if len(known) >= most:
                return None
            session.add(
                RerunRow(
                    installation=repository.installation,
                    repository_id=repository.id,
                    repository=repository.name,
                    recorded_at=now(),
                    head_sha=run.head_sha,
                    run_id=run.id,
                    attempt=run.attempt,
                )
            )
            return len(known) + 1

    def mute(self, repository: Repository, number: int, who: str) -> None:
        """Let nothing be said on this pull request any more."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(MuteRow).where(_is_mute(repository, number)))
            session.add(
                MuteRow(
                    installation=repository.installation,
                    repository_id=repository.id,
                    repository=repository.name,
                    recorded_at=now(),
                    number=number,
                    who=who[:100],
                )
            )

    def unmute(self, repository: Repository, number: int) -> None:
        """Let this pull request be told again."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(MuteRow).where(_is_mute(repository, number)))

    def is_muted(self, repository: Repository, number: int) -> bool:
        """Whether somebody wished that nothing be said on this pull request."""
        with Session(self._reading) as session:
            return session.scalar(select(MuteRow.id).where(_is_mute(repository, number))) is not None

    def has_commented(self, repository: Repository, number: int) -> bool:
        """Whether this pull request has had its comment."""
        with Session(self._reading) as session:
            return session.scalar(select(PostRow.id).where(_is_comment(repository, number)).limit(1)) is not None

    def forget_comment(self, repository: Repository, number: int) -> None:
        """Let this pull request be taken for one that has had no comment yet."""
        with Session(self._engine) as session, session.begin():
            session.execute(update(PostRow).where(_is_comment(repository, number)).values(thing=None))

    def forget_repositories(self, repositories: Collection[int]) -> None:
        """Delete all that is known of these repositories, by their ids."""
        forget(self._engine, lambda table: table.repository_id.in_(repositories))

    def forget_installation(self, installation: int) -> None:
        """Delete all that was learnt through an installation."""
        forget(self._engine, lambda table: table.installation == installation)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def open_store(database_url: str) -> Store:
    """The store at a database URL, its tables brought up to date. Raises SQLAlchemy's errors."""
    return Store(connect(database_url))


def _is_attempt(table: type[RunRow | PostRow], repository: int, run: Run) -> ColumnElement[bool]:
    return and_(table.repository_id == repository, table.run_id == run.id, table.attempt == run.attempt)


def _done(before: str | None, now: str) -> str:
    """What was done for an attempt: told again, mostly nothing is left to do."""
    return before if before and (not now or now.startswith("silent")) else now


def _is_told_in(complaint: Complaint) -> ColumnElement[bool]:
    """Whether a run was told in the complaint's conversation: a pull request, or an issue of ours."""
    issue = select(PostRow.id).where(
        PostRow.repository_id == RunRow.repository_id,
        PostRow.run_id == RunRow.run_id,
        PostRow.attempt == RunRow.attempt,
        PostRow.outlet == "issue",
        PostRow.thing == complaint.number,
    )
    return or_(RunRow.pull_request == complaint.number, issue.exists())


def _is_comment(repository: Repository, number: int) -> ColumnElement[bool]:
    return and_(PostRow.repository_id == repository.id, PostRow.outlet == "comment", PostRow.thing == number)


def _is_mute(repository: Repository, number: int) -> ColumnElement[bool]:
    return and_(MuteRow.repository_id == repository.id, MuteRow.number == number)
