"""What a run was for and what its log says, what was posted, reported, muted and run again."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision. Rows of before keep what was not known then as zero or empty."""
    for column in _of_runs():
        op.add_column("runs", column)
    op.create_index("ix_runs_installation", "runs", ["installation"])
    op.create_index("ix_runs_commit", "runs", ["repository_id", "head_sha"])
    for column in _of_findings():
        op.add_column("findings", column)
    op.create_table(
        "posts",
        *_of_repository(),
        sa.Column("run_id", sa.BigInteger, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("outlet", sa.String(40), nullable=False),
        sa.Column("says", sa.String(300), nullable=False),
        sa.Column("thing", sa.BigInteger),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("fingerprint", sa.String(16), nullable=False),
        sa.UniqueConstraint("repository_id", "run_id", "attempt", "outlet"),
    )
    op.create_table(
        "feedback",
        *_of_repository(),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("comment", sa.BigInteger, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("run_id", sa.BigInteger, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("workflow", sa.String(300), nullable=False),
        sa.Column("head_sha", sa.String(64), nullable=False),
        sa.Column("job", sa.String(300), nullable=False),
        sa.Column("signature", sa.String(200)),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("excerpt", sa.Text, nullable=False),
        sa.Column("excerpt_line", sa.Integer, nullable=False),
        sa.UniqueConstraint("repository_id", "comment", "run_id", "attempt"),
    )
    op.create_table(
        "mutes",
        *_of_repository(),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.UniqueConstraint("repository_id", "number"),
    )
    op.create_table(
        "reruns",
        *_of_repository(),
        sa.Column("head_sha", sa.String(64), nullable=False),
        sa.Column("run_id", sa.BigInteger, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.UniqueConstraint("repository_id", "run_id", "attempt"),
    )


def downgrade() -> None:
    """Take the revision back."""
    for table in ("reruns", "mutes", "feedback", "posts"):
        op.drop_table(table)
    with op.batch_alter_table("findings") as findings:
        for column in _of_findings():
            findings.drop_column(column.name)
    op.drop_index("ix_runs_commit", "runs")
    op.drop_index("ix_runs_installation", "runs")
    with op.batch_alter_table("runs") as runs:
        for column in _of_runs():
            runs.drop_column(column.name)


def _of_runs() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("installation", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("workflow_id", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("event", sa.String(60), nullable=False, server_default=""),
        sa.Column("branch", sa.String(300), nullable=False, server_default=""),
        sa.Column("base", sa.String(300)),
        sa.Column("pull_request", sa.Integer),
        sa.Column("html_url", sa.String(500), nullable=False, server_default=""),
        sa.Column("spent", sa.Float, nullable=False, server_default="0"),
        sa.Column("unread", sa.Integer, nullable=False, server_default="0"),
        sa.Column("excerpt_line", sa.Integer, nullable=False, server_default="0"),
        sa.Column("excerpt", sa.Text, nullable=False, server_default=""),
    )


def _of_findings() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("kind", sa.String(20), nullable=False, server_default=""),
        sa.Column("confidence", sa.String(20), nullable=False, server_default=""),
        sa.Column("subject", sa.String(16), nullable=False, server_default=""),
        sa.Column("title", sa.String(500), nullable=False, server_default=""),
        sa.Column("line", sa.Integer, nullable=False, server_default="0"),
        sa.Column("evidence", sa.Text, nullable=False, server_default=""),
    )


def _of_repository() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("installation", sa.BigInteger, nullable=False, index=True),
        sa.Column("repository_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("repository", sa.String(200), nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False, index=True),
    )
