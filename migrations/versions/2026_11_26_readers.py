"""readers: why they left"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_readers"
down_revision = "2026_11_26_slots"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "leavings",
        sa.Column("consent_event_id", INTEGER, nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_event_id"],
            ["consent_events.id"],
            name=op.f("fk_leavings_consent_event_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("consent_event_id", name=op.f("pk_leavings")),
    )


def downgrade() -> None:
    op.drop_table("leavings")
