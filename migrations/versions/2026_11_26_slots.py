"""slots: they refer to nothing, and a delivery to a selection of its own run"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_slots"
down_revision = "2026_11_26_watching"
branch_labels = None
depends_on = None

OF_SLOTS = {"issue_id": "issues", "subscriber_id": "subscribers"}
APART = {"run_id": "runs", "selection_id": "selections"}
TOGETHER = "fk_deliveries_run_id_selection_id"


def upgrade() -> None:
    with op.batch_alter_table("slots") as slots:  # nobody refers to slots
        for column in OF_SLOTS:
            slots.drop_constraint(op.f(f"fk_slots_{column}"), type_="foreignkey")
    op.create_index("ix_selections_run_id_id", "selections", ["run_id", "id"], unique=True)
    if op.get_bind().dialect.name == "sqlite":
        respell("".join(map(spelled, APART)), spelled_together())
        return
    for column in APART:
        op.drop_constraint(op.f(f"fk_deliveries_{column}"), "deliveries", type_="foreignkey")
    op.create_foreign_key(
        op.f(TOGETHER),
        "deliveries",
        "selections",
        ["run_id", "selection_id"],
        ["run_id", "id"],
        ondelete="RESTRICT",
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        respell(spelled_together(), "".join(map(spelled, APART)))
    else:
        op.drop_constraint(op.f(TOGETHER), "deliveries", type_="foreignkey")
        for column, table in APART.items():
            name = op.f(f"fk_deliveries_{column}")
            op.create_foreign_key(name, "deliveries", table, [column], ["id"], ondelete="RESTRICT")
    op.drop_index("ix_selections_run_id_id", "selections")
    with op.batch_alter_table("slots") as slots:
        for column, table in OF_SLOTS.items():
            name = op.f(f"fk_slots_{column}")
            slots.create_foreign_key(name, table, [column], ["id"], ondelete="RESTRICT")


def respell(old: str, new: str) -> None:
    """Put other foreign keys into SQLite's table of deliveries.

    Others refer to it, so it cannot be copied; this is the way of SQLite's own manual (ALTER
    TABLE, 7) for constraints that change no row. The index above or below tells others.
    """
    connection = op.get_bind()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    respelled = connection.execute(
        sa.text(
            "UPDATE sqlite_schema SET sql = replace(sql, :old, :new)"
            " WHERE type = 'table' AND name = 'deliveries' AND instr(sql, :old) > 0"
        ),
        {"old": old, "new": new},
    ).rowcount
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
    if respelled != 1:
        raise RuntimeError("the table of deliveries is not as this migration knows it")


def spelled(column: str) -> str:
    return (
        f"CONSTRAINT fk_deliveries_{column} FOREIGN KEY({column})"
        f" REFERENCES {APART[column]} (id) ON DELETE RESTRICT, \n\t"
    )


def spelled_together() -> str:
    return (
        f"CONSTRAINT {TOGETHER} FOREIGN KEY(run_id, selection_id)"
        " REFERENCES selections (run_id, id) ON DELETE RESTRICT, \n\t"
    )
