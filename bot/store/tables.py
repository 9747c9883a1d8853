"""The tables of the history, as SQLAlchemy knows them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Float, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """What all tables share."""


class RunRow(Base):
    """One diagnosed attempt of a workflow run. `seconds` is how long the whole job took."""

    __tablename__ = "runs"
    __table_args__ = (UniqueConstraint("repository_id", "run_id", "attempt"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    repository_id: Mapped[int] = mapped_column(BigInteger, index=True)
    repository: Mapped[str] = mapped_column(String(200))
    run_id: Mapped[int] = mapped_column(BigInteger)
    attempt: Mapped[int]
    workflow: Mapped[str] = mapped_column(String(300))
    head_sha: Mapped[str] = mapped_column(String(64))
    conclusion: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(40))
    delivered: Mapped[str] = mapped_column(String(300))
    seconds: Mapped[float] = mapped_column(Float)
    recorded_at: Mapped[datetime] = mapped_column(DateTime, index=True)
    findings: Mapped[list[FindingRow]] = relationship(
        cascade="all, delete-orphan", order_by="FindingRow.rank", lazy="selectin"
    )


class FindingRow(Base):
    """One finding of a diagnosed run, best first by `rank`. Holds no log text."""

    __tablename__ = "findings"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    run: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    rank: Mapped[int]
    signature: Mapped[str | None] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(40))
    fingerprint: Mapped[str] = mapped_column(String(16), index=True)
    job: Mapped[str | None] = mapped_column(String(300))
