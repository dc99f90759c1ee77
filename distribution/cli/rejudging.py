"""`distribution report rejudge`: opens and clicks judged again by the rules of today."""

from collections.abc import Sequence

import click

from distribution import audit, clock, events
from distribution.cli.chinese import row_number
from distribution.cli.common import admin, as_json, installation, show_json, show_table
from distribution.delivery import find_run
from distribution.events import Rejudged
from distribution.words import Verdict


@click.command("rejudge")
@click.argument("run_id", metavar="[批次号]", type=int, required=False, callback=row_number)
@click.option("--dry-run", is_flag=True, help="只看会改判多少，不改动任何内容。")
@as_json
def rejudge(run_id: int | None, dry_run: bool, as_json: bool) -> None:  # noqa: FBT001 - click's
    """规则更新后，把一个批次（不写：所有批次）的打开与点击重新判定一遍。

    只能重判还留有依据的：同意按人统计的读者、keep_network_days 天之内的。其余照旧。
    """
    app = installation()
    with app.reading() as session:
        ids = [find_run(session, run_id).id] if run_id else events.runs(session)
    done = [events.rejudge(app.transaction, one, dry_run=dry_run) for one in ids]
    if not dry_run:
        with app.transaction() as session:
            for one in done:
                audit.record(
                    session, "report.rejudge", str(one.run_id), by=admin(), at=clock.now(),
                    judged=one.judged, changed=one.changed, rules=events.RULES,
                )  # fmt: skip
    if as_json:
        show_json(
            {"rules": events.RULES, "dry_run": dry_run, "runs": [_document(one) for one in done]}
        )
    else:
        _show(done, dry_run=dry_run)


def _show(done: Sequence[Rejudged], *, dry_run: bool) -> None:
    show_table(
        ("批次", "重判", "将改判" if dry_run else "改判", "其中", "照旧"),
        [(one.run_id, one.judged, one.changed, _listed(one), one.forgotten) for one in done],
        title=f"按第 {events.RULES} 版规则{'试判' if dry_run else '重判'}",
        empty="还没有打开或点击。",
    )


def _listed(one: Rejudged) -> str:
    return "、".join(
        f"{Verdict(before).label}→{Verdict(now).label} {count}"
        for (before, now), count in sorted(one.changes.items())
    )


def _document(one: Rejudged) -> dict[str, object]:
    return {
        "run": one.run_id,
        "judged": one.judged,
        "changed": one.changed,
        "forgotten": one.forgotten,
        "changes": [
            {"from": before, "to": now, "count": count}
            for (before, now), count in sorted(one.changes.items())
        ],
    }
