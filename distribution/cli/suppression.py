"""`distribution suppression`: addresses and domains that are not written to, whoever owns them."""

import unicodedata
from collections import Counter
from datetime import datetime
from itertools import islice
from pathlib import Path

import click

from distribution import audience, audit, clock
from distribution.cli.choices import SUPPRESSION, labels
from distribution.cli.common import admin, as_json, installation, printable, show_json
from distribution.cli.listing import show_list
from distribution.models import SuppressedDomain, Suppression
from distribution.tables import open_table
from distribution.words import SuppressionReason

_SLICE = 1000
"""Addresses stored in one transaction."""
_PROBLEMS = 5
"""Unreadable rows told one by one."""
NOBODY = "无对应订阅者"

target = click.argument("target", metavar="邮箱|@域名")
by_reason = click.option(
    "--reason", type=SUPPRESSION, help=f"只列这一种：{labels(tuple(SuppressionReason))}。"
)


@click.group("suppression")
def group() -> None:
    """抑制名单：不再写信的地址和域名；退信与投诉会自动记入。"""


@group.command("add")
@target
@click.option("--reason", required=True, help="缘由，例如 '对方邮件管理员来电'。")
def add(target: str, reason: str) -> None:
    """把一个地址或整个域名（@example.com）记入抑制名单。"""
    at, reason = clock.now(), audience.tidy("缘由", reason, longest=500)
    app, hand = installation(), SuppressionReason.BY_HAND
    shown, domain, address_hash = _target(target)
    with app.transaction() as session:
        if domain:
            added = audience.suppress_domain(session, domain, hand, evidence=reason, at=at)
            meant = audience.subscribers_at(session, domain)
        else:
            added = audience.suppress(session, address_hash, hand, evidence=reason, at=at)
        if added:
            audit.record(
                session, "suppression.add", domain or address_hash, by=admin(), at=at, reason=reason
            )
    if not added:
        click.echo(printable(f"{shown} 已在抑制名单上：没有改动。"))
    elif domain:
        click.echo(printable(f"{shown} 已记入抑制名单，涉及 {meant} 位订阅者。"))
    else:
        click.echo(printable(f"{shown} 已记入抑制名单，不再向它投递。"))


@group.command("release")
@target
@click.option("--reason", required=True, help="为什么放行，记入操作记录。")
def release(target: str, reason: str) -> None:
    """从抑制名单上放行；是否同意接收不因此改变。"""
    at, reason = clock.now(), audience.tidy("缘由", reason, longest=500)
    shown, domain, address_hash = _target(target)
    with installation().transaction() as session:
        if domain:
            released = audience.release_domain(session, domain)
        else:
            released = audience.release(session, address_hash, at=at)
        if released:
            audit.record(
                session,
                "suppression.release",
                domain or address_hash,
                by=admin(),
                at=at,
                reason=reason,
            )
    said = "已放行" if released else "不在抑制名单上：没有改动"
    click.echo(printable(f"{shown} {said}。"))


@group.command("list")
@by_reason
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000))
@as_json
def list_suppressions(reason: SuppressionReason | None, *, limit: int, as_json: bool) -> None:
    """列出抑制名单：先域名，后地址，新的在前。"""
    with installation().reading() as session:
        domains = audience.suppressed_domains(session, reason=reason)
        rows = audience.suppressions(session, reason=reason, limit=limit)
        if as_json:
            show_json(
                [_document(one, domain=one.domain) for one in domains]
                + [
                    _document(one, name=name, email=email, address_hash=one.address_hash)
                    for one, name, email in rows
                ]
            )
            return
        show_list(
            ("地址或域名", "姓名", "缘由", "依据", "自"),
            [(f"@{one.domain}", None, one.reason.label, one.evidence, one.since) for one in domains]
            + [
                (
                    email or f"{one.address_hash[:8]}…",
                    name or NOBODY,
                    one.reason.label,
                    one.evidence,
                    one.since,
                )
                for one, name, email in rows
            ],
            elastic=("依据", "姓名"),
            empty="抑制名单上没有符合的。" if reason else "抑制名单是空的。",
        )
        if len(rows) == limit:
            click.echo(f"地址只列出最近 {limit} 个；--limit 可改。")


@group.command("import")
@click.argument("file", metavar="文件", type=click.Path(path_type=Path))
@click.option("--reason", help="缘由；默认写文件名。")
def import_list(file: Path, reason: str | None) -> None:
    """导入服务商的名单：任何表格文件，其中一列是地址或 @域名；不在册的地址也记入。

    有读不懂的行时退出码为 1，其余的照样记入。
    """
    given = f"服务商名单 {file.name}" if reason is None else reason
    at, evidence = clock.now(), audience.tidy("缘由", given, longest=500)
    counts: Counter[str] = Counter()
    problems: list[str] = []
    with open_table(file) as table:
        lines = audience.read_blocklist(table.rows())
        while slice_of_all := list(islice(lines, _SLICE)):
            found = [line.address.key for line in slice_of_all if line.address is not None]
            domains = [line.domain for line in slice_of_all if line.domain]
            counts["read"] += len(found) + len(domains)
            counts["added"] += _store(found, domains, evidence, at)
            problems += [
                f"第 {one.number} 行：{one.problem}" for one in slice_of_all if one.problem
            ]
    already = counts["read"] - counts["added"]
    with installation().transaction() as session:
        facts = {"added": counts["added"], "already": already, "unreadable": len(problems)}
        audit.record(session, "suppression.import", file.name, by=admin(), at=at, **facts)
    click.echo(f"记入 {counts['added']} 个，已在名单上 {already} 个，读不懂 {len(problems)} 行。")
    for problem in problems[:_PROBLEMS]:
        click.echo(printable(problem))
    if len(problems) > _PROBLEMS:
        click.echo(f"另有 {len(problems) - _PROBLEMS} 行读不懂。")
    if problems:
        raise click.exceptions.Exit(1)


def _store(keys: list[str], domains: list[str], evidence: str, at: datetime) -> int:
    app, reason = installation(), SuppressionReason.IMPORTED
    hashes = [app.keyring.address_hash(key) for key in keys]
    with app.transaction() as session:
        added = sum(
            audience.suppress_domain(session, domain, reason, evidence=evidence, at=at)
            for domain in sorted(set(domains))
        )
        return added + audience.suppress_all(session, hashes, reason, evidence=evidence, at=at)


def _target(given: str) -> tuple[str, str, str]:
    """How it is shown, the domain or "", and the hash of the address or ""."""
    text = unicodedata.normalize("NFKC", given).strip()
    if text.startswith("@"):
        domain = audience.read_address(f"x{text}").domain
        return f"@{domain}", domain, ""
    address = audience.read_address(given)
    return address.written, "", installation().keyring.address_hash(address.key)


def _document(one: Suppression | SuppressedDomain, **who: str | None) -> dict[str, object]:
    keys = ("domain", "email", "name", "address_hash")
    return {
        **{key: who.get(key) for key in keys},
        "reason": one.reason.value,
        "evidence": one.evidence,
        "since": one.since,
    }
