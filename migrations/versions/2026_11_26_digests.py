"""digests: the editor's contract, what a replay needs, proofs, letters to readers"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_26_digests"
down_revision = "2026_11_25_letters"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
HANDED = sa.text("state = 'handed'")
# Others refer to these tables, so SQLite must change them in place: no batch, no copy.
ADDED = {
    "issues": (
        sa.Column("lead_anchor", sa.String(length=400), nullable=True),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("notice", sa.Text(), nullable=False, server_default=""),
        sa.Column("limits", DOCUMENT, nullable=False, server_default="[]"),
        sa.Column("commercial", sa.Boolean(), nullable=False, server_default=sa.false()),
    ),
    "runs": (
        sa.Column("discovery", DOCUMENT, nullable=False, server_default="[]"),
        sa.Column("origin", DOCUMENT, nullable=False, server_default="{}"),
    ),
    "selections": (sa.Column("omitted", DOCUMENT, nullable=False, server_default="[]"),),
    "deliveries": (sa.Column("message_sha256", sa.String(length=64), nullable=True),),
}


def upgrade() -> None:
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, column)
    with op.batch_alter_table("letters") as letters:  # nobody refers to letters
        letters.add_column(sa.Column("subscriber_id", INTEGER, nullable=True))
        letters.create_foreign_key(
            op.f("fk_letters_subscriber_id"),
            "subscribers",
            ["subscriber_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        letters.create_index(op.f("ix_letters_subscriber_id"), ["subscriber_id"])
    op.create_index(
        "ix_letters_handed",
        "letters",
        ["handed_at"],
        sqlite_where=HANDED,
        postgresql_where=HANDED,
    )
    op.create_table(
        "proof_readers",
        sa.Column("list_name", sa.String(length=40), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("added_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("list_name", "email_key", name=op.f("pk_proof_readers")),
    )


def downgrade() -> None:
    op.drop_table("proof_readers")
    op.drop_index("ix_letters_handed", "letters")
    with op.batch_alter_table("letters") as letters:
        letters.drop_index(op.f("ix_letters_subscriber_id"))
        letters.drop_constraint(op.f("fk_letters_subscriber_id"), type_="foreignkey")
        letters.drop_column("subscriber_id")
    for table, columns in ADDED.items():
        for column in reversed(columns):
            op.drop_column(table, column.name)
