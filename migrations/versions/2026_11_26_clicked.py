"""clicked: whether anybody clicked an article, without looking through all that readers did"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_clicked"
down_revision = "2026_11_26_month"
branch_labels = None
depends_on = None

CLICKED = sa.text("article_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_clicked",
        "reading_events",
        ["article_id"],
        sqlite_where=CLICKED,
        postgresql_where=CLICKED,
    )


def downgrade() -> None:
    op.drop_index("ix_clicked", "reading_events")
