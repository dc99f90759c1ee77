"""under fire: the signed recount of a run's books"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_26_under_fire"
down_revision = "2026_11_26_bounces"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("runs", sa.Column("verified_at", INSTANT, nullable=True))
    op.add_column("runs", sa.Column("verification", DOCUMENT, nullable=True))
    op.add_column("runs", sa.Column("signature", sa.String(length=80), nullable=True))


def downgrade() -> None:
    op.drop_column("runs", "signature")
    op.drop_column("runs", "verification")
    op.drop_column("runs", "verified_at")
