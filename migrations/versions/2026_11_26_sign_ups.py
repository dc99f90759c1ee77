"""sign_ups: who asked for a subscription on the web, and how often anybody asks"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_26_sign_ups"
down_revision = "2026_11_26_search"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "sign_ups",
        sa.Column("address_hash", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("wishes", DOCUMENT, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_sign_ups")),
    )
    op.create_index(op.f("ix_sign_ups_answered_at"), "sign_ups", ["answered_at"])
    op.create_table(
        "claims",
        sa.Column("subscriber_id", INTEGER, nullable=False),
        sa.Column("enterprise_id", INTEGER, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_claims_subscriber_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("subscriber_id", name=op.f("pk_claims")),
    )
    op.create_table(
        "tries",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("count", INTEGER, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tries")),
    )
    op.create_index(op.f("ix_tries_until"), "tries", ["until"])


def downgrade() -> None:
    op.drop_table("tries")
    op.drop_table("claims")
    op.drop_table("sign_ups")
