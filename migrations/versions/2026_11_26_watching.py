"""watching: tripwires of runs, heartbeats, complaints found at once"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_watching"
down_revision = "2026_11_26_steering"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
COMPLAINED = sa.text("kind = 'complaint'")


def upgrade() -> None:
    op.create_table(
        "tripwires",
        sa.Column("run_id", INTEGER, nullable=False),
        sa.Column("looked_at", INSTANT, nullable=False),
        sa.Column("read_at", INSTANT, nullable=False),
        sa.Column("known_event_id", INTEGER, nullable=False),
        sa.Column("seen_event_id", INTEGER, nullable=False),
        sa.Column("twice", INTEGER, nullable=False),
        sa.Column("complaints", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=op.f("fk_tripwires_run_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_tripwires")),
    )
    op.create_table(
        "heartbeats",
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("pid", INTEGER, nullable=False),
        sa.Column("beat_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("host", "pid", name=op.f("pk_heartbeats")),
    )
    op.create_index(
        "ix_complaints",
        "returned_mails",
        ["delivery_id"],
        sqlite_where=COMPLAINED,
        postgresql_where=COMPLAINED,
    )


def downgrade() -> None:
    op.drop_index("ix_complaints", "returned_mails")
    op.drop_table("heartbeats")
    op.drop_table("tripwires")
