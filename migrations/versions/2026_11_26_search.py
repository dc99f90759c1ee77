"""search: the text of articles, made findable

The index hangs on the table alone: by triggers on SQLite, as a column made of another on
PostgreSQL. Both know pieces and nothing of languages. What is already approved is filled in.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_search"
down_revision = "2026_11_26_readers"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ON_SQLITE = (
    # `ascii` takes every other character for a letter, whatever Unicode it was built for.
    (
        "CREATE VIRTUAL TABLE article_search USING fts5(pieces, content='article_texts', "
        "content_rowid='article_id', tokenize='ascii', detail=none, columnsize=0, prefix='1')"
    ),
    (
        "CREATE TRIGGER article_search_insert AFTER INSERT ON article_texts BEGIN "
        "INSERT INTO article_search (rowid, pieces) VALUES (new.article_id, new.pieces); END"
    ),
    (
        "CREATE TRIGGER article_search_delete AFTER DELETE ON article_texts BEGIN "
        "INSERT INTO article_search (article_search, rowid, pieces) "
        "VALUES ('delete', old.article_id, old.pieces); END"
    ),
    (
        "CREATE TRIGGER article_search_update AFTER UPDATE ON article_texts BEGIN "
        "INSERT INTO article_search (article_search, rowid, pieces) "
        "VALUES ('delete', old.article_id, old.pieces); "
        "INSERT INTO article_search (rowid, pieces) VALUES (new.article_id, new.pieces); END"
    ),
)
ON_POSTGRESQL = (
    (  # kept, because a plan that looks at many rows would make it anew for each
        "ALTER TABLE article_texts ADD COLUMN article_search tsvector "
        "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(pieces, ' '))) STORED"
    ),
    "CREATE INDEX article_search ON article_texts USING gin (article_search)",
)


def upgrade() -> None:
    op.create_table(
        "article_texts",
        sa.Column("article_id", ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pieces", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_article_texts_article_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_texts")),
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in ON_SQLITE if on_sqlite else ON_POSTGRESQL:
        op.execute(statement)
    _fill()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE article_search")
    op.drop_table("article_texts")  # and with it its triggers or its index


# -- what is approved already, as `issues.searching` folded and cut it when this was written -----

APPROVED = sa.text(
    "SELECT articles.id, articles.title, articles.summary, articles.source, articles.blocks "
    "FROM articles JOIN issues ON issues.id = articles.issue_id "
    "WHERE issues.approved_at IS NOT NULL ORDER BY articles.id"
)
INSERT = sa.text(
    "INSERT INTO article_texts (article_id, title, text, pieces) "
    "VALUES (:article_id, :title, :text, :pieces)"
)
HAN = "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
HAN += "\U00020000-\U0003ffff"
RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")


def _fill() -> None:
    connection = op.get_bind()
    for article_id, title, summary, source, blocks in connection.execute(APPROVED).all():
        found = json.loads(blocks) if isinstance(blocks, str) else blocks
        lines = (title, source or "", *_lines(found), *([] if found else [summary]))
        plain = _folded("\n".join(lines)[:100_000])
        pieces = sorted({piece for run in RUN.findall(plain) for piece in _cut(run)})
        row = {"title": _folded(title), "text": plain, "pieces": " ".join(pieces)}
        connection.execute(INSERT, {"article_id": article_id, **row})


def _lines(blocks: list[dict]) -> Iterator[str]:
    for block in blocks:
        yield from filter(None, (block.get("text"), block.get("caption")))
        yield from (" ".join(row) for row in block.get("rows", ()))


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFC", text)).lower()
    return "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in plain)


def _cut(run: str) -> Iterator[str]:
    if re.match(f"[{HAN}]", run):
        yield from map("".join, pairwise(run))
        yield run[-1]
    else:
        yield run[:40]
