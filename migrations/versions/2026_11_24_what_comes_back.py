"""what comes back: the inbox, opens and clicks, returned mails"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_24_what_comes_back"
down_revision = "2026_11_23_topics"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
UNJUDGED = sa.text("judged_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("signal", sa.String(length=20), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("content", DOCUMENT, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("judged_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_inbox_fingerprint")),
    )
    op.create_index(
        "ix_inbox_unjudged",
        "inbox",
        ["signal", "id"],
        unique=False,
        sqlite_where=UNJUDGED,
        postgresql_where=UNJUDGED,
    )
    op.create_table(
        "reading_events",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("signal", sa.String(length=20), nullable=False),
        sa.Column("run_id", INTEGER, nullable=False),
        sa.Column("delivery_id", INTEGER, nullable=True),
        sa.Column("article_id", INTEGER, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [target],
                name=op.f(f"fk_reading_events_{column}"),
                ondelete="RESTRICT",
            )
            for column, target in (
                ("run_id", "runs.id"),
                ("delivery_id", "deliveries.id"),
                ("article_id", "articles.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_events")),
    )
    op.create_index(op.f("ix_reading_events_run_id"), "reading_events", ["run_id"])
    op.create_index(op.f("ix_reading_events_delivery_id"), "reading_events", ["delivery_id"])
    op.create_table(
        "returned_mails",
        sa.Column("inbox_id", INTEGER, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("delivery_id", INTEGER, nullable=True),
        sa.Column("found_by", sa.String(length=20), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("diagnostic", sa.String(length=500), nullable=False),
        sa.Column("suppressed", sa.Boolean(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["inbox_id"],
            ["inbox.id"],
            name=op.f("fk_returned_mails_inbox_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name=op.f("fk_returned_mails_delivery_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("inbox_id", name=op.f("pk_returned_mails")),
    )
    op.create_index(op.f("ix_returned_mails_delivery_id"), "returned_mails", ["delivery_id"])
    with op.batch_alter_table("consent_events") as table:
        table.add_column(sa.Column("delivery_id", INTEGER, nullable=True))
        table.create_foreign_key(
            op.f("fk_consent_events_delivery_id"),
            "deliveries",
            ["delivery_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        table.create_index(op.f("ix_consent_events_delivery_id"), ["delivery_id"])


def downgrade() -> None:
    with op.batch_alter_table("consent_events") as table:
        table.drop_index(op.f("ix_consent_events_delivery_id"))
        table.drop_constraint(op.f("fk_consent_events_delivery_id"), type_="foreignkey")
        table.drop_column("delivery_id")
    op.drop_table("returned_mails")
    op.drop_table("reading_events")
    op.drop_table("inbox")
