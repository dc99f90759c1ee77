"""networks: where opens and clicks came from"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_networks"
down_revision = "2026_11_26_sign_ups"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COLUMNS = ("showed", "agent", "network_class", "network")
INDEXES = {
    "ix_networks": (["network", "at"], sa.text("network <> ''")),
    "ix_nameless": (["at"], sa.text("delivery_id IS NULL AND agent <> ''")),
}


def upgrade() -> None:
    # What was judged before was judged by each request alone: the first version of the rules.
    op.add_column("reading_events", sa.Column("rules", INTEGER, nullable=False, server_default="1"))
    for column in COLUMNS:
        op.add_column(
            "reading_events",
            sa.Column(column, sa.String(length=30), nullable=False, server_default=""),
        )
    for name, (columns, where) in INDEXES.items():
        op.create_index(name, "reading_events", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.execute("DELETE FROM reading_events WHERE signal = 'act'")
    op.execute("DELETE FROM inbox WHERE signal = 'act'")
    for name in INDEXES:
        op.drop_index(name, "reading_events")
    for column in (*COLUMNS, "rules"):
        op.drop_column("reading_events", column)
