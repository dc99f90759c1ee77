"""Topics, and issues as the editors have them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from distribution.models.ground import Anchor, Base, Digest, PrimaryKey, Who, reference
from distribution.words import CorrectionKind, RuleField, TopicOrigin

# -- topics ------------------------------------------------------------------------------------


class Topic(Base):
    """A subject readers choose."""

    __tablename__ = "topics"
    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    position: Mapped[int]
    sections: Mapped[list[Any]]  # titles of the magazine's sections that lead here
    merged_into: Mapped[str | None] = mapped_column(String(40))  # code; past issues still name it


class TopicRule(Base):
    """Words that lead an article to a topic: any of some, all of others, none of the last."""

    __tablename__ = "topic_rules"
    id: Mapped[PrimaryKey]
    topic_id: Mapped[int] = mapped_column(reference("topics.id"))
    field: Mapped[RuleField]
    any_words: Mapped[list[Any]]
    all_words: Mapped[list[Any]]
    no_words: Mapped[list[Any]]


# -- issues ------------------------------------------------------------------------------------


class Issue(Base):
    """One issue of the magazine; `year` and `label` are its name: 2023-09, 2023-07-08, 2023-s1."""

    __tablename__ = "issues"
    __table_args__ = (UniqueConstraint("year", "label"),)
    id: Mapped[PrimaryKey]
    year: Mapped[int]
    label: Mapped[str] = mapped_column(String(20))
    number: Mapped[int | None]  # none for a supplement
    total_number: Mapped[int | None]
    month: Mapped[date]  # its first day
    publication: Mapped[str] = mapped_column(String(100))
    publishers: Mapped[list[Any]]
    contact: Mapped[dict[str, Any]]  # phone, email, website, postcode, address; editors' names
    complaints: Mapped[list[Any]]  # what the reader did not understand, for the editor
    source_name: Mapped[str] = mapped_column(String(255))
    source_sha256: Mapped[Digest]
    content_sha256: Mapped[Digest]
    imported_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[Who | None]
    approved_despite: Mapped[str | None] = mapped_column(Text)  # why, where errors stood
    # What the editor adds to what the file says; an import leaves it as it is.
    lead_anchor: Mapped[Anchor | None]  # the article that opens every mail
    note: Mapped[str] = mapped_column(Text, default="")  # 卷首语, Markdown
    notice: Mapped[str] = mapped_column(Text, default="")  # of the federation, Markdown
    limits: Mapped[list[Any]] = mapped_column(default=list)  # [section, least, most, label]
    commercial: Mapped[bool] = mapped_column(default=False)  # its mails are advertising by law


class Compilation(Base):
    """An issue as its file was last read, before any correction."""

    __tablename__ = "compilations"
    issue_id: Mapped[int] = mapped_column(reference("issues.id"), primary_key=True)
    masthead: Mapped[dict[str, Any]]
    articles: Mapped[list[Any]]
    account: Mapped[dict[str, Any]]


class Correction(Base):
    """One deed of an editor, in the order of `id`; all are done again on what is read anew."""

    __tablename__ = "corrections"
    id: Mapped[PrimaryKey]
    issue_id: Mapped[int] = mapped_column(reference("issues.id"), index=True)
    kind: Mapped[CorrectionKind]
    anchor: Mapped[Anchor | None]  # the article; none for the masthead
    value: Mapped[dict[str, Any]]
    by: Mapped[Who]
    at: Mapped[datetime]


class Asset(Base):
    """An image of an article, by the hash of its bytes."""

    __tablename__ = "assets"
    sha256: Mapped[Digest] = mapped_column(primary_key=True)
    media_type: Mapped[str] = mapped_column(String(40))
    width: Mapped[int]  # in pixels, as the height
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Article(Base):
    """One article of an issue, in the order of its contents."""

    __tablename__ = "articles"
    __table_args__ = (
        UniqueConstraint("issue_id", "position"),
        Index("uq_articles_issue_id_anchor", "issue_id", "anchor", unique=True),
    )
    id: Mapped[PrimaryKey]
    issue_id: Mapped[int] = mapped_column(reference("issues.id"))
    anchor: Mapped[Anchor]
    position: Mapped[int]  # from 1
    section: Mapped[str] = mapped_column(String(100))
    page: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(300))
    source: Mapped[str | None] = mapped_column(String(100))
    date: Mapped[date | None]
    summary: Mapped[str] = mapped_column(Text)
    blocks: Mapped[list[Any]]  # paragraphs, tables, pictures: see `compiler.block_to_json`
    must_carry: Mapped[bool] = mapped_column(default=False)


class ArticleTopic(Base):
    """An article belongs to a topic, and what says so."""

    __tablename__ = "article_topics"
    article_id: Mapped[int] = mapped_column(reference("articles.id"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(reference("topics.id"), primary_key=True)
    origin: Mapped[TopicOrigin]
    evidence: Mapped[list[Any]]  # the section, or the words that matched


class ArticleText(Base):
    """An article of an approved issue as it is searched; its migration builds the index on it."""

    __tablename__ = "article_texts"
    article_id: Mapped[int] = mapped_column(reference("articles.id"), primary_key=True)
    title: Mapped[str] = mapped_column(Text)  # folded, see `issues.searching`
    text: Mapped[str] = mapped_column(Text)  # its title and all else, folded
    pieces: Mapped[str] = mapped_column(Text)  # of the text, with blanks between
