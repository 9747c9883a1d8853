"""The tables of the history, as SQLAlchemy knows them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """What all tables share."""


class OfRepository:
    """What a row is about, so that all of it can be deleted when the App is uninstalled, and since when."""

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    installation: Mapped[int] = mapped_column(BigInteger, index=True)
    repository_id: Mapped[int] = mapped_column(BigInteger, index=True)
    repository: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime] = mapped_column(DateTime, index=True)


class RunRow(OfRepository, Base):
    """One ended attempt of a workflow run: a diagnosed one, or the green one that a red one of the commit came before.

    `seconds` is how long the whole job took, `spent` how long the run's failed jobs ran. `unread` counts the failed
    jobs whose logs could not be read. `excerpt` is the redacted stretch of log around the most telling line.
    """

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("repository_id", "run_id", "attempt"),
        Index("ix_runs_commit", "repository_id", "head_sha"),
    )

    run_id: Mapped[int] = mapped_column(BigInteger)
    attempt: Mapped[int]
    workflow_id: Mapped[int] = mapped_column(BigInteger)
    workflow: Mapped[str] = mapped_column(String(300))
    event: Mapped[str] = mapped_column(String(60))
    branch: Mapped[str] = mapped_column(String(300))
    base: Mapped[str | None] = mapped_column(String(300))
    pull_request: Mapped[int | None]
    head_sha: Mapped[str] = mapped_column(String(64))
    html_url: Mapped[str] = mapped_column(String(500))
    conclusion: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(40))
    delivered: Mapped[str] = mapped_column(String(300))
    seconds: Mapped[float] = mapped_column(Float)
    spent: Mapped[float] = mapped_column(Float)
    unread: Mapped[int]
    excerpt_line: Mapped[int]
    excerpt: Mapped[str] = mapped_column(Text)
    findings: Mapped[list[FindingRow]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="FindingRow.rank", lazy="selectin"
    )


class FindingRow(Base):
    """One finding of a diagnosed run, best first by `rank`. What it holds of the log is redacted.

    `subject` tells apart what one fingerprint may stand for: the failing tests, where the log names them.
    """

    __tablename__ = "findings"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    run: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    rank: Mapped[int]
    signature: Mapped[str | None] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    confidence: Mapped[str] = mapped_column(String(20))
    fingerprint: Mapped[str] = mapped_column(String(16), index=True)
    subject: Mapped[str] = mapped_column(String(16))
    job: Mapped[str | None] = mapped_column(String(300))
    title: Mapped[str] = mapped_column(String(500))
    line: Mapped[int]
    evidence: Mapped[str] = mapped_column(Text)


class PostRow(OfRepository, Base):
    """What an outlet did for an attempt."""

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("repository_id", "run_id", "attempt", "outlet"),)

    run_id: Mapped[int] = mapped_column(BigInteger)
    attempt: Mapped[int]
    outlet: Mapped[str] = mapped_column(String(40))
    says: Mapped[str] = mapped_column(String(300))
    thing: Mapped[int | None] = mapped_column(BigInteger)
    url: Mapped[str] = mapped_column(String(500))
    fingerprint: Mapped[str] = mapped_column(String(16))


class FeedbackRow(OfRepository, Base):
    """A diagnosis that somebody reports as wrong, with what was said of the log; it outlives the run's own row."""

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("repository_id", "comment", "run_id", "attempt"),)

    number: Mapped[int]
    comment: Mapped[int] = mapped_column(BigInteger)
    who: Mapped[str] = mapped_column(String(100))
    words: Mapped[str] = mapped_column(Text)
    run_id: Mapped[int] = mapped_column(BigInteger)
    attempt: Mapped[int]
    workflow: Mapped[str] = mapped_column(String(300))
    head_sha: Mapped[str] = mapped_column(String(64))
    job: Mapped[str] = mapped_column(String(300))
    signature: Mapped[str | None] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(500))
    evidence: Mapped[str] = mapped_column(Text)
    line: Mapped[int]
    excerpt: Mapped[str] = mapped_column(Text)
    excerpt_line: Mapped[int]


class MuteRow(OfRepository, Base):
    """A pull request on which nothing is to be said, and who wished that."""

    __tablename__ = "mutes"
    __table_args__ = (UniqueConstraint("repository_id", "number"),)

    number: Mapped[int]
    who: Mapped[str] = mapped_column(String(100))


class RerunRow(OfRepository, Base):
    """An attempt whose failed jobs we have run again by ourselves."""

    __tablename__ = "reruns"
    __table_args__ = (UniqueConstraint("repository_id", "run_id", "attempt"),)

    head_sha: Mapped[str] = mapped_column(String(64))
    run_id: Mapped[int] = mapped_column(BigInteger)
    attempt: Mapped[int]


KEPT: tuple[type[OfRepository], ...] = (RunRow, PostRow, FeedbackRow, MuteRow, RerunRow)
"""Every table that holds something of a repository; findings go with their run."""
