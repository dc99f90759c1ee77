"""the compiler: what was read, what editors corrected, images, rules of topics"""

import unicodedata

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_24_the_compiler"
down_revision = "2026_11_24_what_comes_back"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)

issues = sa.table(
    "issues",
    sa.column("id", INTEGER),
    sa.column("year", INTEGER),
    sa.column("label", sa.String),
    sa.column("number", INTEGER),
    sa.column("total_number", INTEGER),
    sa.column("month", sa.Date),
    sa.column("publication", sa.String),
    sa.column("publishers", DOCUMENT),
    sa.column("contact", DOCUMENT),
)
articles = sa.table(
    "articles",
    sa.column("id", INTEGER),
    sa.column("issue_id", INTEGER),
    sa.column("anchor", sa.String),
    sa.column("position", INTEGER),
    sa.column("section", sa.String),
    sa.column("page", INTEGER),
    sa.column("title", sa.String),
    sa.column("source", sa.String),
    sa.column("date", sa.Date),
    sa.column("summary", sa.Text),
    sa.column("blocks", DOCUMENT),
)
compilations = sa.table(
    "compilations",
    sa.column("issue_id", INTEGER),
    sa.column("masthead", DOCUMENT),
    sa.column("articles", DOCUMENT),
    sa.column("account", DOCUMENT),
)
topics = sa.table("topics", sa.column("id", INTEGER), sa.column("words", DOCUMENT))
topic_rules = sa.table(
    "topic_rules",
    sa.column("topic_id", INTEGER),
    sa.column("field", sa.String),
    sa.column("any_words", DOCUMENT),
    sa.column("all_words", DOCUMENT),
    sa.column("no_words", DOCUMENT),
)


def upgrade() -> None:
    op.create_table(
        "compilations",
        sa.Column("issue_id", INTEGER, autoincrement=False, nullable=False),
        sa.Column("masthead", DOCUMENT, nullable=False),
        sa.Column("articles", DOCUMENT, nullable=False),
        sa.Column("account", DOCUMENT, nullable=False),
        _reference("compilations", "issue_id", "issues.id"),
        sa.PrimaryKeyConstraint("issue_id", name=op.f("pk_compilations")),
    )
    op.create_table(
        "corrections",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("issue_id", INTEGER, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("anchor", sa.String(length=400), nullable=True),
        sa.Column("value", DOCUMENT, nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        _reference("corrections", "issue_id", "issues.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index("ix_corrections_issue_id", "corrections", ["issue_id"], unique=False)
    op.create_table(
        "assets",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("width", INTEGER, nullable=False),
        sa.Column("height", INTEGER, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_assets")),
    )
    op.create_table(
        "topic_rules",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("topic_id", INTEGER, nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("any_words", DOCUMENT, nullable=False),
        sa.Column("all_words", DOCUMENT, nullable=False),
        sa.Column("no_words", DOCUMENT, nullable=False),
        _reference("topic_rules", "topic_id", "topics.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_rules")),
    )
    # Others refer to these tables, so SQLite must change them in place: no batch, no copy.
    op.add_column("issues", sa.Column("approved_despite", sa.Text(), nullable=True))
    op.add_column(
        "article_topics", sa.Column("evidence", DOCUMENT, nullable=False, server_default="[]")
    )
    op.add_column(
        "articles", sa.Column("anchor", sa.String(length=400), nullable=False, server_default="")
    )
    _keep_what_was_read()
    op.create_index("uq_articles_issue_id_anchor", "articles", ["issue_id", "anchor"], unique=True)
    _words_to_rules()
    op.drop_column("topics", "words")
    op.add_column("topics", sa.Column("merged_into", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("topics", "merged_into")
    op.add_column("topics", sa.Column("words", DOCUMENT, nullable=False, server_default="[]"))
    _rules_to_words()
    op.drop_index("uq_articles_issue_id_anchor", "articles")
    op.drop_column("articles", "anchor")
    op.drop_column("article_topics", "evidence")
    op.drop_column("issues", "approved_despite")
    for name in ("topic_rules", "assets", "corrections", "compilations"):
        op.drop_table(name)


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT"
    )


def _keep_what_was_read() -> None:
    """An issue of before counts as read today from its own articles."""
    connection = op.get_bind()
    for issue in connection.execute(sa.select(issues)).all():
        query = sa.select(articles).where(articles.c.issue_id == issue.id)
        rows = connection.execute(query.order_by(articles.c.position)).all()
        anchors: list[str] = []
        for row in rows:
            anchor = _anchor(row.title, anchors)
            connection.execute(
                articles.update().where(articles.c.id == row.id).values(anchor=anchor)
            )
        masthead = {column.name: getattr(issue, column.name) for column in list(issues.c)[1:]}
        connection.execute(
            compilations.insert().values(
                issue_id=issue.id,
                masthead={**masthead, "month": issue.month.isoformat()},
                articles=[_article(*both) for both in zip(rows, anchors, strict=True)],
                account={},
            )
        )


def _article(row: sa.Row[tuple[object, ...]], anchor: str) -> dict[str, object]:
    names = ("position", "section", "page", "title", "source", "summary", "blocks")
    day = row.date.isoformat() if row.date else None
    return {**{name: getattr(row, name) for name in names}, "date": day, "anchor": anchor}


def _anchor(title: str, taken: list[str]) -> str:
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", title))).casefold()[:300]
    anchor, count = plain, 1
    while anchor in taken:
        count += 1
        anchor = f"{plain}#{count}"
    taken.append(anchor)
    return anchor


def _words_to_rules() -> None:
    connection = op.get_bind()
    rules = [
        {
            "topic_id": topic.id,
            "field": "title",
            "any_words": topic.words,
            "all_words": [],
            "no_words": [],
        }
        for topic in connection.execute(sa.select(topics)).all()
        if topic.words
    ]
    if rules:
        op.bulk_insert(topic_rules, rules)


def _rules_to_words() -> None:
    """Of the rules, those that were words before; what else they say has no place there."""
    connection = op.get_bind()
    words: dict[int, list[str]] = {}
    rules = sa.select(topic_rules).where(topic_rules.c.field == "title")
    for rule in connection.execute(rules).all():
        if not rule.all_words and not rule.no_words:
            words.setdefault(rule.topic_id, []).extend(rule.any_words)
    for topic_id, found in words.items():
        once = list(dict.fromkeys(found))
        connection.execute(topics.update().where(topics.c.id == topic_id).values(words=once))
