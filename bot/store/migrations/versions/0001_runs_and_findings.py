"""Runs and their findings."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("repository_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("repository", sa.String(200), nullable=False),
        sa.Column("run_id", sa.BigInteger, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("workflow", sa.String(300), nullable=False),
        sa.Column("head_sha", sa.String(64), nullable=False),
        sa.Column("conclusion", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("delivered", sa.String(300), nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False, index=True),
        sa.UniqueConstraint("repository_id", "run_id", "attempt"),
    )
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run", sa.Integer, sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("signature", sa.String(200)),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("fingerprint", sa.String(16), nullable=False, index=True),
        sa.Column("job", sa.String(300)),
    )


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("findings")
    op.drop_table("runs")
