"""`distribution digest proof`: the mail of an issue to those who look at it beforehand."""

from collections.abc import Sequence

import click
from sqlalchemy.orm import Session

from distribution import audit, clock, delivery, issues
from distribution.cli.common import admin, installation, printable
from distribution.cli.digest.proof_readers import say_if_suppressed
from distribution.cli.digest.whose import Whose, whose_mail
from distribution.cli.posting import post, require_postable
from distribution.delivery import Proof, Rehearsal, Remark
from distribution.digests import Interests, gate
from distribution.models import Issue


@click.command("proof")
@click.argument("key", metavar="期号")
@click.option(
    "--to",
    "list_name",
    default=delivery.EDITORS,
    show_default=True,
    metavar="名单",
    help="寄给哪份样刊名单，或人员里的哪一位；见 distribution digest proof-readers 与 staff。",
)
@whose_mail
@click.option("--again", is_flag=True, help="同样的样刊寄过了，也再寄一次。")
def proof(key: str, list_name: str, whose: Whose, *, again: bool) -> None:
    """把一位读者或一类读者这一期的邮件寄给样刊名单或一位人员，标明【样刊】；不写是谁的：标准版。

    样刊不计入任何统计，里面的链接只作样子。

    例如：distribution digest proof 2026-11 --to editors --role 质量
    """
    whose.check(default=True)
    app, at = installation(), clock.now()
    require_postable(app)
    list_name = list_name.strip()
    with app.reading() as session:
        delivery.addressees(session, list_name)
        issue = issues.find_issue(session, key)
        key = issues.key_of(issue)
        lapsed = delivery.lapses_of(session, issue, app.recipe.templates)
        somebody = whose.find(session, app)
        rehearsal = delivery.rehearse(session, issue.id, app.recipe)
        wanted = Proof(
            rehearsal=rehearsal,
            wishes=somebody.wishes,
            whose=somebody.described,
            remarks=(
                *_about_mails(rehearsal, somebody.wishes),
                *_about_issue(session, issue),
            ),
            approved_at=None if lapsed else issue.approved_at,
            by=admin(),
        )
    with app.transaction() as session:
        readers = delivery.addressees(session, list_name)
        written = delivery.write_proofs(
            session, wanted, readers, app.recipe.templates, again=again, at=at
        )
        if written:
            facts = {"list": list_name, "letters": len(written), "whose": somebody.described}
            audit.record(session, "digest.proof", key, by=admin(), at=at, **facts)
        addresses = [reader.email for reader in readers]
        before = len(readers) - len(written)
    for remark in somebody.remarks:
        click.echo(printable(remark))
    say_if_suppressed(app, addresses)
    if written:
        click.echo(printable(f"{key} 期的样刊（{somebody.described}）写给 {len(written)} 人。"))
    if before:
        click.echo(f"{before} 人已有同样的样刊，没有再写；要再寄一次请加 --again")
    post(app, at=at)


def _about_issue(session: Session, issue: Issue) -> Sequence[Remark]:
    """What stands between the issue and its approval, and what else to know."""
    return [
        Remark(one.error, f"第 {one.position} 篇：{one.sentence}" if one.position else one.sentence)
        for one in issues.check(session, issue)
    ]


def _about_mails(rehearsal: Rehearsal, wishes: Interests) -> Sequence[Remark]:
    """What the gate says of this mail and of the standard edition."""
    found = delivery.inspect_wishes(rehearsal, (wishes, delivery.STANDARD))
    return [
        Remark(one.blocks, f"{one.where}：{one.sentence}")
        for one in found.findings
        if one.severity is not gate.Severity.NOTE
    ]
