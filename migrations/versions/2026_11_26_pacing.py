"""pacing: limits and pace of lanes, which hosts take mail, what is due found lane by lane"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_pacing"
down_revision = "2026_11_26_under_fire"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DUE = sa.text("state IN ('planned', 'deferred')")
UNDER_WAY = sa.text("state IN ('leased', 'handed')")


def upgrade() -> None:
    for name in ("rate_per_hour", "burst", "connections"):
        op.add_column("lanes", sa.Column(name, INTEGER, nullable=True))
    op.add_column("lanes", sa.Column("free_at", INSTANT, nullable=True))
    op.create_table(
        "mail_domains",
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("exchange", sa.String(length=255), nullable=False),
        sa.Column("looked_up_at", INSTANT, nullable=True),
        sa.Column("next_look_at", INSTANT, nullable=False),
        sa.Column("failures", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_mail_domains")),
    )
    op.create_index(op.f("ix_mail_domains_next_look_at"), "mail_domains", ["next_look_at"])
    _reindex("ix_deliveries_due", ["run_id", "lane", "next_attempt_at", "id"], DUE)
    _index("ix_deliveries_next", ["next_attempt_at"], DUE)
    _reindex("ix_deliveries_under_way", ["lane", "lease_until"], UNDER_WAY)


def downgrade() -> None:
    _reindex("ix_deliveries_under_way", ["lease_until"], UNDER_WAY)
    op.drop_index("ix_deliveries_next", "deliveries")
    _reindex("ix_deliveries_due", ["next_attempt_at", "id"], DUE)
    op.drop_table("mail_domains")
    for name in ("free_at", "connections", "burst", "rate_per_hour"):
        op.drop_column("lanes", name)


def _reindex(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.drop_index(name, "deliveries")
    _index(name, columns, where)


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "deliveries", columns, sqlite_where=where, postgresql_where=where)
