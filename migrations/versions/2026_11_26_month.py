"""month: the office, the way of an issue, days off, slots, notices, and which ledger this is"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_26_month"
down_revision = "2026_11_26_networks"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "calendar_notices",
        sa.Column("year", INTEGER, autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entered_at", INSTANT, nullable=False),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_notices")),
    )
    op.create_table(
        "installation",
        sa.Column("id", INTEGER, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("epoch", INTEGER, nullable=False),
        sa.Column("position", INTEGER, nullable=False),
        sa.Column("stepped_at", INSTANT, nullable=True),
        sa.Column("suspect", sa.Text(), nullable=False),
        sa.Column("first_id", INTEGER, nullable=False),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.Column("accepted_by", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "schedule_marks",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("looked_at", INSTANT, nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("pid", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedule_marks")),
    )
    op.create_table(
        "staff",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("roles", DOCUMENT, nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("added_by", sa.String(length=100), nullable=False),
        sa.Column("left_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email_key", name=op.f("uq_staff_email_key")),
        sa.UniqueConstraint("name", name=op.f("uq_staff_name")),
    )
    op.create_table(
        "alert_posts",
        sa.Column("alert_id", INTEGER, nullable=False),
        sa.Column("robot", sa.String(length=20), nullable=False),
        sa.Column("attempts", INTEGER, nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=True),
        sa.Column("answer", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_alert_posts_alert_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("alert_id", "robot", name=op.f("pk_alert_posts")),
    )
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("year", INTEGER, nullable=False),
        sa.Column("off", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["year"],
            ["calendar_notices.year"],
            name=op.f("fk_calendar_days_year"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_days")),
    )
    op.create_table(
        "issue_deeds",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("issue_id", INTEGER, nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("templates", sa.String(length=64), nullable=True),
        sa.Column("audience", INTEGER, nullable=True),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issues.id"], name=op.f("fk_issue_deeds_issue_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_deeds")),
    )
    op.create_index(op.f("ix_issue_deeds_issue_id"), "issue_deeds", ["issue_id"], unique=False)
    op.create_table(
        "schedule_slots",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("hold", sa.String(length=20), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("issue_id", INTEGER, nullable=True),
        sa.Column("run_id", INTEGER, nullable=True),
        sa.Column("claim", sa.String(length=64), nullable=False),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.Column("released_at", INSTANT, nullable=True),
        sa.Column("released_by", sa.String(length=100), nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"],
            ["issues.id"],
            name=op.f("fk_schedule_slots_issue_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=op.f("fk_schedule_slots_run_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_schedule_slots")),
    )
    op.create_table(
        "letter_attachments",
        sa.Column("letter_id", INTEGER, nullable=False),
        sa.Column("position", INTEGER, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"],
            ["letters.id"],
            name=op.f("fk_letter_attachments_letter_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("letter_id", "position", name=op.f("pk_letter_attachments")),
    )
    op.add_column(
        "alerts", sa.Column("editors", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "alerts", sa.Column("lane", sa.String(length=255), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.execute("DELETE FROM letter_attachments")
    op.execute("DELETE FROM letters WHERE purpose IN ('reminder', 'report')")
    op.drop_column("alerts", "lane")
    op.drop_column("alerts", "editors")
    op.drop_table("letter_attachments")
    op.drop_table("schedule_slots")
    op.drop_table("issue_deeds")
    op.drop_table("calendar_days")
    op.drop_table("alert_posts")
    op.drop_table("staff")
    op.drop_table("schedule_marks")
    op.drop_table("installation")
    op.drop_table("calendar_notices")
