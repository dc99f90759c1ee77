"""What the law wants of every mail: its mark, its publisher, the way out, the reason.

互联网电子邮件服务管理办法 13 and 14, 广告法 43, 个人信息保护法 24.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from distribution.digests.gate.findings import HTML, SUBJECT, TEXT, Finding, Rule, error, warning
from distribution.digests.gate.reading import Element, letters, visible_runs

_MARK = re.compile(r"[\s(（\[【<《]*(AD(?![A-Za-z])|ＡＤ|广告)", re.IGNORECASE)
_WANTED_MARK = re.compile(r"AD(?![A-Za-z])")
_REASON = re.compile(r"您收到(这封|本|此)?邮件|收到(这封|本|此)邮件")


@dataclass(frozen=True, slots=True)
class Imprint:
    """Who publishes and how to reach him, as the mail should say it; empty where unknown."""

    publisher: str
    email: str = ""
    phone: str = ""
    address: str = ""


def check_mark(subject: str, *, commercial: bool) -> Iterator[Finding]:
    """Judge whether a subject says that it advertises; `commercial` is the editor's word."""
    marked = _MARK.match(subject)
    if commercial and not marked:
        yield error(
            Rule.COMMERCIAL, SUBJECT, "本期已声明含广告，主题应以 “AD” 开头；请修改 subject.txt"
        )
    elif commercial and not _WANTED_MARK.match(subject):
        yield warning(
            Rule.COMMERCIAL, SUBJECT, "网易邮箱只认开头的半角大写 “AD”；请修改 subject.txt"
        )
    elif marked and not commercial:
        yield error(
            Rule.COMMERCIAL,
            SUBJECT,
            f"主题以「{marked[1]}」开头，但本期没有声明含广告；请先声明，或修改 subject.txt",
        )


def check_law(
    tree: Element, text: str, imprint: Imprint, unsubscribe_url: str
) -> Iterator[Finding]:
    """Judge what both parts say of the publisher, of leaving, and why the reader gets this."""
    seen = "".join(visible_runs(tree))
    linked = {link.get("href") for link in tree.iter("a") if visible_runs(link)}
    for where, content in ((HTML, seen), (TEXT, text)):
        yield from _imprint(where, letters(content), imprint)
        reachable = unsubscribe_url in linked if where == HTML else unsubscribe_url in content
        if not reachable or "退订" not in content:
            yield error(Rule.LEAVING, where, "缺少看得见的退订链接；请修改邮件模板")
        if not _REASON.search("".join(content.split())):
            yield error(
                Rule.LEAVING, where, "没有说明为什么收到这封邮件（您收到这封邮件，是因为……）"
            )
        if not re.search("标准版|个性化版", content):
            sentence = "没有提供不按个人关注挑选的标准版；请修改邮件模板"
            yield error(Rule.LEAVING, where, sentence)


def _imprint(where: str, content: str, imprint: Imprint) -> Iterator[Finding]:
    if not imprint.publisher or letters(imprint.publisher) not in content:
        yield error(Rule.IMPRINT, where, "没有写主办单位；请补全本期的版权信息或邮件模板")
    contacts = [letters(contact) for contact in (imprint.email, imprint.phone) if contact]
    if not any(contact in content for contact in contacts):
        sentence = "没有写联系方式（电话或邮箱）；请补全本期的版权信息或邮件模板"
        yield error(Rule.IMPRINT, where, sentence)
    if not imprint.address or letters(imprint.address) not in content:
        yield warning(Rule.IMPRINT, where, "没有写通信地址；请补全本期的版权信息或邮件模板")
