"""steering: late runs, corrections and their approval, pauses with a reason, mails that go first"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_26_steering"
down_revision = "2026_11_26_evidence"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
WHO = sa.String(length=100)
COLUMNS = (
    # No reference: SQLite cannot add one to a table that others refer to.
    sa.Column("original_id", INTEGER, nullable=True),
    sa.Column("outsiders", DOCUMENT, nullable=False, server_default="[]"),
    sa.Column("addressees", sa.String(length=20), nullable=True),
    sa.Column("reason", sa.Text(), nullable=True),
    sa.Column("approved_at", INSTANT, nullable=True),
    sa.Column("approved_by", WHO, nullable=True),
    sa.Column("paused_by", WHO, nullable=True),
    sa.Column("pause_reason", sa.Text(), nullable=True),
    sa.Column("canary", INTEGER, nullable=True),
)
ONLY_ONE = sa.text("state <> 'cancelled' AND kind <> 'late'")
NOT_CANCELLED = sa.text("state <> 'cancelled'")


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("runs", column)
    _one_run_of_a_kind(ONLY_ONE)
    op.create_table(
        "canaries",
        sa.Column("run_id", INTEGER, nullable=False),
        sa.Column("delivery_id", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=op.f("fk_canaries_run_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name=op.f("fk_canaries_delivery_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("run_id", "delivery_id", name=op.f("pk_canaries")),
    )


def downgrade() -> None:
    op.drop_table("canaries")
    _one_run_of_a_kind(NOT_CANCELLED)
    for column in reversed(COLUMNS):
        op.drop_column("runs", column.name)


def _one_run_of_a_kind(where: sa.TextClause) -> None:
    op.drop_index("uq_runs_issue_kind_resend", "runs")
    op.create_index(
        "uq_runs_issue_kind_resend",
        "runs",
        ["issue_id", "kind", "resend_number"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )
