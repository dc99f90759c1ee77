"""the audience: what an enterprise and a contact are, imports, defaults, requests"""

import hashlib
import unicodedata

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_25_the_audience"
down_revision = "2026_11_24_the_compiler"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
NAMED = sa.text("enterprise_id IS NOT NULL")
LIAISON = sa.text("role = 'liaison' AND departed_at IS NULL AND erased_at IS NULL")

INDUSTRIES = {  # names written before there were codes (GB/T 4754-2017)
    "制造业": "C",
    "专用设备制造业": "C35",
    "通用设备制造业": "C34",
    "金属制品业": "C33",
    "电气机械和器材制造业": "C38",
    "仪器仪表制造业": "C40",
    "金属制品、机械和设备修理业": "C43",
    "汽车制造业": "C36",
    "软件和信息技术服务业": "I65",
    "教育": "P83",
}

enterprises = sa.table(
    "enterprises",
    sa.column("id", INTEGER),
    sa.column("name", sa.String),
    sa.column("name_key", sa.String),
    sa.column("industry", sa.String),
    sa.column("notes", sa.Text),
)
consent_events = sa.table(
    "consent_events", sa.column("wording", sa.Text), sa.column("wording_sha256", sa.String)
)


def upgrade() -> None:
    _enterprises()
    _subscribers()
    _consent()
    _defaults()
    _suppressed_domains()
    _imports()
    _requests()
    op.create_index("ix_audit_subject", "audit", ["subject"])


def downgrade() -> None:
    op.drop_index("ix_audit_subject", "audit")
    for table in ("privacy_requests", "import_rows", "imports", "suppressed_domains"):
        op.drop_table(table)
    op.drop_table("default_interests")
    op.drop_table("default_rules")
    op.drop_column("consent_events", "wording_sha256")
    op.drop_column("consent_events", "wording_version")
    op.drop_index("uq_subscribers_liaison", "subscribers")
    for column in (
        "erased_at",
        "departed_at",
        "paused_until",
        "interests_by",
        "format",
        "frequency",
        "phone",
        "domain",
    ):
        op.drop_column("subscribers", column)
    op.drop_index("uq_enterprises_name_key", "enterprises")
    op.drop_index("uq_enterprises_credit_code", "enterprises")
    for column in (
        "notes",
        "suspended_at",
        "member_until",
        "member_since",
        "credit_code",
        "short_name",
        "name_key",
    ):
        op.drop_column("enterprises", column)


# Others refer to these tables, so SQLite must change them in place: no batch, no copy.


def _enterprises() -> None:
    for column in (
        sa.Column("name_key", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("short_name", sa.String(length=40), nullable=False, server_default=""),
        sa.Column("credit_code", sa.String(length=18), nullable=True),
        sa.Column("member_since", sa.Date(), nullable=True),
        sa.Column("member_until", sa.Date(), nullable=True),
        sa.Column("suspended_at", INSTANT, nullable=True),
        sa.Column("notes", sa.Text(), nullable=False, server_default=""),
    ):
        op.add_column("enterprises", column)
    _name_keys()
    op.create_index("uq_enterprises_name_key", "enterprises", ["name_key"], unique=True)
    op.create_index("uq_enterprises_credit_code", "enterprises", ["credit_code"], unique=True)


def _name_keys() -> None:
    """Names that differ in widths or blanks only stay apart, by a number."""
    connection, taken = op.get_bind(), set()
    for row in connection.execute(sa.select(enterprises).order_by(enterprises.c.id)).all():
        plain = "".join(unicodedata.normalize("NFKC", row.name).split()).casefold()[:190]
        key = plain if plain not in taken else f"{plain}#{row.id}"
        taken.add(key)
        code = INDUSTRIES.get(row.industry, "")
        connection.execute(
            enterprises.update()
            .where(enterprises.c.id == row.id)
            .values(
                name_key=key,
                industry=code,
                notes=f"行业：{row.industry}" if row.industry and not code else "",
            )
        )


def _subscribers() -> None:
    for column in (
        sa.Column("domain", sa.String(length=255), nullable=False, server_default=""),
        sa.Column("phone", sa.String(length=40), nullable=False, server_default=""),
        sa.Column("frequency", sa.String(length=20), nullable=False, server_default="every_issue"),
        sa.Column("format", sa.String(length=20), nullable=False, server_default="html"),
        sa.Column("interests_by", sa.String(length=100), nullable=True),
        sa.Column("paused_until", INSTANT, nullable=True),
        sa.Column("departed_at", INSTANT, nullable=True),
        sa.Column("erased_at", INSTANT, nullable=True),
    ):
        op.add_column("subscribers", column)
    postgres = op.get_bind().dialect.name == "postgresql"
    domain = "split_part(email_key, '@', 2)"
    if not postgres:
        domain = "substr(email_key, instr(email_key, '@') + 1)"
    op.execute(sa.text(f"UPDATE subscribers SET domain = {domain}"))  # noqa: S608 - ours
    # Of several liaisons of one enterprise, the one who was there first stays it.
    op.execute(
        sa.text(
            "UPDATE subscribers SET role = 'other' WHERE role = 'liaison' AND enterprise_id IS NOT"
            " NULL AND id > (SELECT min(id) FROM subscribers AS first WHERE first.role = 'liaison'"
            " AND first.enterprise_id = subscribers.enterprise_id)"
        )
    )
    # What a reader chose himself before is his own, and no import may change it.
    op.execute(
        sa.text(
            "UPDATE subscribers SET interests_by = 'reader' WHERE EXISTS (SELECT 1 FROM audit"
            " WHERE audit.action = 'reader.preferences' AND audit.subject ="
            " CAST(subscribers.id AS VARCHAR(20)))"
        )
    )
    op.create_index(
        "uq_subscribers_liaison",
        "subscribers",
        ["enterprise_id"],
        unique=True,
        sqlite_where=LIAISON,
        postgresql_where=LIAISON,
    )


def _consent() -> None:
    op.add_column(
        "consent_events",
        sa.Column("wording_version", sa.String(length=40), nullable=False, server_default=""),
    )
    op.add_column(
        "consent_events",
        sa.Column("wording_sha256", sa.String(length=64), nullable=False, server_default=""),
    )
    connection = op.get_bind()
    for wording in connection.scalars(sa.select(consent_events.c.wording).distinct()).all():
        connection.execute(
            consent_events.update()
            .where(consent_events.c.wording == wording)
            .values(wording_sha256=hashlib.sha256(wording.encode()).hexdigest())
        )


def _defaults() -> None:
    op.create_table(
        "default_rules",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("industry", sa.String(length=3), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_default_rules")),
        sa.UniqueConstraint("role", "industry", name=op.f("uq_default_rules_role_industry")),
    )
    op.create_table(
        "default_interests",
        sa.Column("rule_id", INTEGER, autoincrement=False, nullable=False),
        sa.Column("topic_id", INTEGER, autoincrement=False, nullable=False),
        sa.Column("position", INTEGER, nullable=False),
        _reference("default_interests", "rule_id", "default_rules.id"),
        _reference("default_interests", "topic_id", "topics.id"),
        sa.PrimaryKeyConstraint("rule_id", "topic_id", name=op.f("pk_default_interests")),
    )


def _suppressed_domains() -> None:
    op.create_table(
        "suppressed_domains",
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_suppressed_domains")),
    )


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.Column("undone_by", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index("ix_imports_fingerprint", "imports", ["fingerprint"])
    op.create_table(
        "import_rows",
        sa.Column("import_id", INTEGER, autoincrement=False, nullable=False),
        sa.Column("line", INTEGER, autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("subscriber_id", INTEGER, nullable=True),
        sa.Column("enterprise_id", INTEGER, nullable=True),
        sa.Column("before", DOCUMENT, nullable=False),
        sa.Column("after", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_import_rows")),
    )
    op.create_index("ix_import_rows_subscriber_id", "import_rows", ["subscriber_id"])
    op.create_index(
        "ix_import_rows_enterprise_id",
        "import_rows",
        ["enterprise_id"],
        sqlite_where=NAMED,
        postgresql_where=NAMED,
    )


def _requests() -> None:
    op.create_table(
        "privacy_requests",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subscriber_id", INTEGER, nullable=True),
        sa.Column("address_hash", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        _reference("privacy_requests", "subscriber_id", "subscribers.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_requests")),
    )
    op.create_index("ix_privacy_requests_subscriber_id", "privacy_requests", ["subscriber_id"])


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT"
    )
