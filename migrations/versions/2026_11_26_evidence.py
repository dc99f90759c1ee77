"""evidence: to which relay a mail went, and what the logs of relays tell"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_26_evidence"
down_revision = "2026_11_26_pacing"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("relay", sa.String(length=40), nullable=True))
    op.create_table(
        "relay_logs",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("path", sa.String(length=1000), nullable=False),
        sa.Column("relay", sa.String(length=40), nullable=False),
        sa.Column("place", DOCUMENT, nullable=False),
        sa.Column("begun", DOCUMENT, nullable=False),
        sa.Column("continuous_since", INSTANT, nullable=True),
        sa.Column("gap", sa.String(length=40), nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.Column("alive_after", INSTANT, nullable=True),
        sa.Column("ours_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay_logs")),
        sa.UniqueConstraint("host", "path", "relay", name=op.f("uq_relay_logs_host_path_relay")),
    )
    op.create_table(
        "relay_log_entries",
        sa.Column("delivery_id", INTEGER, autoincrement=False, nullable=False),
        sa.Column("relay_log_id", INTEGER, nullable=False),
        sa.Column("queue_id", sa.String(length=40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name=op.f("fk_relay_log_entries_delivery_id_deliveries"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["relay_log_id"],
            ["relay_logs.id"],
            name=op.f("fk_relay_log_entries_relay_log_id_relay_logs"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_relay_log_entries")),
    )


def downgrade() -> None:
    op.drop_table("relay_log_entries")
    op.drop_table("relay_logs")
    op.drop_column("deliveries", "relay")
