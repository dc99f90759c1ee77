"""bounces: what they mean and lead to, lanes held up, alerts, releases"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_26_bounces"
down_revision = "2026_11_26_digests"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
UNTOLD = sa.text("told_at IS NULL")
REFUSED = sa.text("meaning IS NOT NULL AND state IN ('failed', 'expired')")
SHORT, LONG = sa.String(length=40), sa.String(length=255)
RETURNED = sa.table("returned_mails", sa.column("suppressed", sa.Boolean), sa.column("consequence"))
# What was judged before has no meaning: its text is kept, but not judged again.
UNDERSTOOD = (
    sa.Column("letter_id", INTEGER, nullable=True),
    sa.Column("lane", sa.String(length=255), nullable=False, server_default=""),
    sa.Column("meaning", sa.String(length=20), nullable=True),
    sa.Column("rule", sa.String(length=60), nullable=False, server_default=""),
    sa.Column("consequence", sa.String(length=20), nullable=False, server_default="none"),
)


def upgrade() -> None:
    op.create_table(
        "releases",
        sa.Column("address_hash", sa.String(length=32), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_releases")),
    )
    op.create_table(
        "lanes",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("resting_until", INSTANT, nullable=True),
        sa.Column("rests", INTEGER, nullable=False),
        sa.Column("stopped_at", INSTANT, nullable=True),
        sa.Column("stopped_by", sa.String(length=100), nullable=True),
        sa.Column("resumed_at", INSTANT, nullable=True),
        sa.Column("meaning", sa.String(length=20), nullable=True),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lanes")),
    )
    op.create_table(
        "alerts",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("lines", DOCUMENT, nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("key", name=op.f("uq_alerts_key")),
    )
    op.create_index(
        op.f("ix_alerts_id"), "alerts", ["id"], sqlite_where=UNTOLD, postgresql_where=UNTOLD
    )
    op.add_column("letters", sa.Column("reply_to", sa.String(length=320), nullable=True))
    op.add_column("deliveries", sa.Column("meaning", sa.String(length=20), nullable=True))
    op.add_column("deliveries", sa.Column("consequence", sa.String(length=20), nullable=True))
    _lanes_of(LONG)
    op.create_index(
        "ix_deliveries_refused",
        "deliveries",
        ["id"],
        sqlite_where=REFUSED,
        postgresql_where=REFUSED,
    )
    with op.batch_alter_table("returned_mails") as table:  # nobody refers to returned mails
        for column in UNDERSTOOD:
            table.add_column(column)
        table.create_foreign_key(
            op.f("fk_returned_mails_letter_id"),
            "letters",
            ["letter_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        table.create_index(op.f("ix_returned_mails_letter_id"), ["letter_id"])
    op.execute(RETURNED.update().where(RETURNED.c.suppressed).values(consequence="suppressed"))
    op.execute(
        "UPDATE returned_mails SET lane = coalesce("
        "(SELECT lane FROM deliveries WHERE deliveries.id = delivery_id), '')"
    )
    with op.batch_alter_table("returned_mails") as table:
        table.drop_column("suppressed")


def downgrade() -> None:
    with op.batch_alter_table("returned_mails") as table:
        table.add_column(
            sa.Column("suppressed", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.execute(
        RETURNED.update().where(RETURNED.c.consequence == "suppressed").values(suppressed=sa.true())
    )
    with op.batch_alter_table("returned_mails") as table:
        table.drop_index(op.f("ix_returned_mails_letter_id"))
        table.drop_constraint(op.f("fk_returned_mails_letter_id"), type_="foreignkey")
        for column in reversed(UNDERSTOOD):
            table.drop_column(column.name)
    op.execute("UPDATE deliveries SET lane = substr(lane, 1, 40)")
    op.drop_index("ix_deliveries_refused", "deliveries")
    _lanes_of(SHORT)
    op.drop_column("deliveries", "consequence")
    op.drop_column("deliveries", "meaning")
    op.drop_column("letters", "reply_to")
    op.drop_table("alerts")
    op.drop_table("lanes")
    op.drop_table("releases")


def _on_postgresql() -> bool:
    return op.get_context().dialect.name == "postgresql"


def _lanes_of(kind: sa.String) -> None:
    """Others refer to deliveries, so SQLite, which cannot alter a column, gets another one."""
    if _on_postgresql():
        op.alter_column("deliveries", "lane", type_=kind)
        return
    op.add_column("deliveries", sa.Column("lane_", kind, nullable=False, server_default=""))
    op.execute("UPDATE deliveries SET lane_ = lane")
    op.drop_column("deliveries", "lane")
    op.execute("ALTER TABLE deliveries RENAME COLUMN lane_ TO lane")
