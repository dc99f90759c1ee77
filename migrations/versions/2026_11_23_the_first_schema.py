"""the first schema"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_23_schema"
down_revision = None
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("detail", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "enterprises",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=False),
        sa.Column("industry", sa.String(length=100), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprises")),
        sa.UniqueConstraint("name", name=op.f("uq_enterprises_name")),
    )
    op.create_table(
        "issues",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("year", INTEGER, nullable=False),
        sa.Column("label", sa.String(length=20), nullable=False),
        sa.Column("number", INTEGER, nullable=True),
        sa.Column("total_number", INTEGER, nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("publication", sa.String(length=100), nullable=False),
        sa.Column("publishers", DOCUMENT, nullable=False),
        sa.Column("contact", DOCUMENT, nullable=False),
        sa.Column("complaints", DOCUMENT, nullable=False),
        sa.Column("source_name", sa.String(length=255), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
        sa.Column("approved_at", INSTANT, nullable=True),
        sa.Column("approved_by", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issues")),
        sa.UniqueConstraint("year", "label", name=op.f("uq_issues_year_label")),
    )
    op.create_table(
        "queue_owners",
        sa.Column("queue", sa.String(length=40), nullable=False),
        sa.Column("worker", sa.String(length=32), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("pid", INTEGER, nullable=False),
        sa.Column("beat_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("queue", name=op.f("pk_queue_owners")),
    )
    op.create_table(
        "sheets",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_sheets")),
    )
    op.create_table(
        "suppressions",
        sa.Column("address_hash", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "topics",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", INTEGER, nullable=False),
        sa.Column("sections", DOCUMENT, nullable=False),
        sa.Column("words", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
        sa.UniqueConstraint("code", name=op.f("uq_topics_code")),
        sa.UniqueConstraint("name", name=op.f("uq_topics_name")),
    )
    op.create_table(
        "articles",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("issue_id", INTEGER, nullable=False),
        sa.Column("position", INTEGER, nullable=False),
        sa.Column("section", sa.String(length=100), nullable=False),
        sa.Column("page", INTEGER, nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("blocks", DOCUMENT, nullable=False),
        sa.Column("must_carry", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issues.id"], name=op.f("fk_articles_issue_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("issue_id", "position", name=op.f("uq_articles_issue_id_position")),
    )
    op.create_table(
        "enterprise_interests",
        sa.Column("enterprise_id", INTEGER, nullable=False),
        sa.Column("topic_id", INTEGER, nullable=False),
        sa.Column("position", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprises.id"],
            name=op.f("fk_enterprise_interests_enterprise_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"],
            ["topics.id"],
            name=op.f("fk_enterprise_interests_topic_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("enterprise_id", "topic_id", name=op.f("pk_enterprise_interests")),
    )
    op.create_table(
        "runs",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("issue_id", INTEGER, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("resend_number", INTEGER, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("sheet_sha256", sa.String(length=64), nullable=False),
        sa.Column("cursor", INTEGER, nullable=False),
        sa.Column("excluded", DOCUMENT, nullable=False),
        sa.Column("planned", INTEGER, nullable=True),
        sa.Column("audience_digest", sa.String(length=64), nullable=True),
        sa.Column("selections_digest", sa.String(length=64), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("sealed_at", INSTANT, nullable=True),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issues.id"], name=op.f("fk_runs_issue_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["sheet_sha256"],
            ["sheets.sha256"],
            name=op.f("fk_runs_sheet_sha256"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(
        "uq_runs_issue_kind_resend",
        "runs",
        ["issue_id", "kind", "resend_number"],
        unique=True,
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )

    op.create_table(
        "subscribers",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("enterprise_id", INTEGER, nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("address_hash", sa.String(length=32), nullable=False),
        sa.Column("edition", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprises.id"],
            name=op.f("fk_subscribers_enterprise_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscribers")),
        sa.UniqueConstraint("address_hash", name=op.f("uq_subscribers_address_hash")),
        sa.UniqueConstraint("email_key", name=op.f("uq_subscribers_email_key")),
    )
    op.create_index(
        op.f("ix_subscribers_enterprise_id"), "subscribers", ["enterprise_id"], unique=False
    )

    op.create_table(
        "article_topics",
        sa.Column("article_id", INTEGER, nullable=False),
        sa.Column("topic_id", INTEGER, nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_article_topics_article_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"],
            ["topics.id"],
            name=op.f("fk_article_topics_topic_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("article_id", "topic_id", name=op.f("pk_article_topics")),
    )
    op.create_table(
        "consent_events",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("subscriber_id", INTEGER, nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_consent_events_subscriber_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_events")),
    )
    op.create_index(
        op.f("ix_consent_events_subscriber_id_purpose_id"),
        "consent_events",
        ["subscriber_id", "purpose", "id"],
        unique=False,
    )

    op.create_table(
        "interests",
        sa.Column("subscriber_id", INTEGER, nullable=False),
        sa.Column("topic_id", INTEGER, nullable=False),
        sa.Column("position", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_interests_subscriber_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name=op.f("fk_interests_topic_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "topic_id", name=op.f("pk_interests")),
    )
    op.create_table(
        "selections",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("run_id", INTEGER, nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("interests", DOCUMENT, nullable=False),
        sa.Column("choices", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=op.f("fk_selections_run_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selections")),
        sa.UniqueConstraint("run_id", "signature", name=op.f("uq_selections_run_id_signature")),
    )
    op.create_table(
        "slots",
        sa.Column("issue_id", INTEGER, nullable=False),
        sa.Column("subscriber_id", INTEGER, nullable=False),
        sa.Column("resend_number", INTEGER, nullable=False),
        sa.Column("address_hash", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issues.id"], name=op.f("fk_slots_issue_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_slots_subscriber_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint(
            "issue_id", "subscriber_id", "resend_number", name=op.f("pk_slots")
        ),
        sa.UniqueConstraint(
            "issue_id",
            "address_hash",
            "resend_number",
            name=op.f("uq_slots_issue_id_address_hash_resend_number"),
        ),
    )
    op.create_table(
        "watch_words",
        sa.Column("subscriber_id", INTEGER, nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("position", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_watch_words_subscriber_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "word", name=op.f("pk_watch_words")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("run_id", INTEGER, nullable=False),
        sa.Column("subscriber_id", INTEGER, nullable=False),
        sa.Column("selection_id", INTEGER, nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("address_hash", sa.String(length=32), nullable=False),
        sa.Column("lane", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=True),
        sa.Column("attempts", INTEGER, nullable=False),
        sa.Column("crashes", INTEGER, nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=False),
        sa.Column("lease_token", sa.String(length=64), nullable=True),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("handed_at", INSTANT, nullable=True),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=op.f("fk_deliveries_run_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["selection_id"],
            ["selections.id"],
            name=op.f("fk_deliveries_selection_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_deliveries_subscriber_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "run_id", "subscriber_id", name=op.f("uq_deliveries_run_id_subscriber_id")
        ),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["next_attempt_at", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('planned', 'deferred')"),
        postgresql_where=sa.text("state IN ('planned', 'deferred')"),
    )
    op.create_index(
        "ix_deliveries_in_doubt",
        "deliveries",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'in_doubt'"),
        postgresql_where=sa.text("state = 'in_doubt'"),
    )
    op.create_index(
        op.f("ix_deliveries_subscriber_id"), "deliveries", ["subscriber_id"], unique=False
    )
    op.create_index(
        "ix_deliveries_under_way",
        "deliveries",
        ["lease_until"],
        unique=False,
        sqlite_where=sa.text("state IN ('leased', 'handed')"),
        postgresql_where=sa.text("state IN ('leased', 'handed')"),
    )

    op.create_table(
        "delivery_events",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("delivery_id", INTEGER, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=True),
        sa.Column("reply", sa.String(length=500), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name=op.f("fk_delivery_events_delivery_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_events")),
    )
    op.create_index(
        op.f("ix_delivery_events_delivery_id"), "delivery_events", ["delivery_id"], unique=False
    )


def downgrade() -> None:

    op.drop_table("delivery_events")

    op.drop_table("deliveries")
    op.drop_table("watch_words")
    op.drop_table("slots")
    op.drop_table("selections")
    op.drop_table("interests")

    op.drop_table("consent_events")
    op.drop_table("article_topics")

    op.drop_table("subscribers")

    op.drop_table("runs")
    op.drop_table("enterprise_interests")
    op.drop_table("articles")
    op.drop_table("topics")
    op.drop_table("suppressions")
    op.drop_table("sheets")
    op.drop_table("queue_owners")
    op.drop_table("issues")
    op.drop_table("enterprises")
    op.drop_table("audit")
