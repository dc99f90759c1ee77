"""What one row of a list of enterprises does: adds one, changes it, nothing, or is refused."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from distribution.audience.importing.known import TopicWords
from distribution.audience.importing.verdicts import Verdict, plain
from distribution.audience.sheets import EnterpriseFacts, EnterpriseLine
from distribution.audience.wording import name_key
from distribution.words import RowOutcome

COLUMNS = (
    "name", "short_name", "credit_code", "region", "industry", "member_since", "member_until",
    "notes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownEnterprise:
    """An enterprise as it is before the import."""

    id: int
    name: str
    short_name: str
    credit_code: str | None
    region: str
    industry: str
    member_since: date | None
    member_until: date | None
    notes: str
    topics: tuple[str, ...]


class Register:
    """The enterprises that are known, by name and by code; those of the file are added."""

    def __init__(self, known: Iterable[KnownEnterprise], topics: TopicWords) -> None:
        self.topics = topics
        self._by_key: dict[str, KnownEnterprise] = {}
        self._by_code: dict[str, KnownEnterprise] = {}
        for enterprise in known:
            self._by_key[name_key(enterprise.name)] = enterprise
            if enterprise.credit_code:
                self._by_code[enterprise.credit_code] = enterprise

    def find(self, facts: EnterpriseFacts) -> tuple[KnownEnterprise | None, str | None]:
        """The enterprise a row is about, and why the row cannot be about any."""
        named = self._by_key.get(name_key(facts.name))
        coded = self._by_code.get(facts.credit_code) if facts.credit_code else None
        if named and coded and named.id != coded.id:
            return None, f"名称是「{named.name}」，信用代码却是「{coded.name}」的：请核对后重试"
        if named and facts.credit_code and named.credit_code not in (None, facts.credit_code):
            return None, f"「{named.name}」登记的信用代码是 {named.credit_code}：请核对后重试"
        return named or coded, None


@dataclass(slots=True)
class EnterprisePlan:
    """A verdict and all that is to be written for it."""

    verdict: Verdict
    facts: EnterpriseFacts | None = None
    known: KnownEnterprise | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    topics: tuple[str, ...] | None = None


def decide(line: EnterpriseLine, register: Register) -> EnterprisePlan:
    """Decide one row. An enterprise found by its code takes the name the file gives it."""
    verdict = Verdict(line.number, line.cells, RowOutcome.REFUSED)
    if line.facts is None:
        verdict.reasons = [*line.refusals, *line.notes]
        return EnterprisePlan(verdict)
    known, problem = register.find(line.facts)
    if problem is not None:
        verdict.reasons = [problem]
        return EnterprisePlan(verdict)
    verdict.reasons = list(line.notes)
    changes = _changes(line.facts, known)
    verdict.reasons += _in_order(changes, known)
    plan = EnterprisePlan(verdict, line.facts, known, changes)
    if line.facts.topics is not None:
        topics, unknown = register.topics.codes_of(line.facts.topics)
        if unknown:
            verdict.reasons.append(f"没有主题「{'、'.join(unknown)}」，未记")
        if topics != (known.topics if known else ()) and (topics or not unknown):
            plan.topics = topics
    _conclude(plan)
    return plan


def _changes(facts: EnterpriseFacts, known: KnownEnterprise | None) -> dict[str, Any]:
    said = {column: getattr(facts, column) for column in COLUMNS}
    if known is None:
        return said
    changes = {
        column: value
        for column, value in said.items()
        if value is not None and value != getattr(known, column)
    }
    if facts.without_end and known.member_until is not None:
        changes["member_until"] = None
    return changes


def _in_order(changes: dict[str, Any], known: KnownEnterprise | None) -> list[str]:
    """A membership cannot end before it begins: such an end would bar all contacts at once."""
    if not changes.get("member_since") and not changes.get("member_until"):
        return []
    since = changes.get("member_since", known.member_since if known else None)
    until = changes.get("member_until", known.member_until if known else None)
    if since is None or until is None or until >= since:
        return []
    doubtful = "member_until" if changes.get("member_until") else "member_since"
    if known is None:
        changes[doubtful] = None
    else:
        del changes[doubtful]
    what = "会籍到期" if doubtful == "member_until" else "入会日期"
    return [f"会籍到期 {until} 早于入会日期 {since}：{what}未导入，请核对"]


def _conclude(plan: EnterprisePlan) -> None:
    verdict, known = plan.verdict, plan.known
    if known is None:
        verdict.outcome = RowOutcome.ADDED
        return
    verdict.enterprise_id = known.id
    before = {name: plain(getattr(known, name)) for name in plan.changes}
    after = {name: plain(value) for name, value in plan.changes.items()}
    if plan.topics is not None:
        before["topics"], after["topics"] = list(known.topics), list(plan.topics)
    verdict.before, verdict.after = before, after
    verdict.outcome = RowOutcome.CHANGED if before else RowOutcome.LEFT
