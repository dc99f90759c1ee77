"""What one row of a list of contacts does: adds somebody, changes him, nothing, or is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from distribution.audience.importing.known import Home, Known, KnownContact
from distribution.audience.importing.verdicts import Said, Verdict, plain
from distribution.audience.sheets import ContactFacts, ContactLine
from distribution.audience.wording import InvalidText, tidy_words
from distribution.clock import end_of
from distribution.words import (
    Cause,
    Decision,
    Edition,
    Frequency,
    MailFormat,
    Purpose,
    Role,
    RowOutcome,
    SuppressionReason,
    Tracking,
)

GONE = "应本人要求删除过资料，不再导入；本人要求恢复时先用 distribution suppression release"
CHOSE_HIMSELF = "主题和关注词由本人选定，未改"
_NO_GROUND = (Cause.SUPPRESSED, Cause.DEPARTED, Cause.ERASED)
"""What a list of another installation says of people who must not be mailed from here either."""
_TRACKING = {Tracking.GRANTED: Decision.GRANTED, Tracking.DENIED: Decision.WITHDRAWN}
_TRACKING_WORDS = {
    Decision.GRANTED: "导入文件：同意按人统计阅读",
    Decision.WITHDRAWN: "导入文件：不同意统计阅读",
}


@dataclass(slots=True)
class ContactPlan:
    """A verdict and all that is to be written for it."""

    verdict: Verdict
    facts: ContactFacts | None = None
    """None: the row is refused."""
    address_hash: str = ""
    known: KnownContact | None = None
    home: Home | None = None
    """His enterprise from now on; None leaves it as it is."""
    changes: dict[str, Any] = field(default_factory=dict)
    """Column to value."""
    topics: tuple[str, ...] | None = None
    watch_words: tuple[str, ...] | None = None
    said: list[Said] = field(default_factory=list)


def decide(line: ContactLine, address_hash: str, known: Known, *, basis: str) -> ContactPlan:
    """Decide one row; `basis` is what consent rests on where the row names nothing of its own.

    Nobody who left, complained or was erased is ever mailed again because of a file; and what a
    reader chose or answered himself is his.
    """
    verdict = Verdict(line.number, line.cells, RowOutcome.REFUSED)
    if line.facts is None:
        verdict.reasons, verdict.is_of_nobody = [*line.refusals, *line.notes], True
        return ContactPlan(verdict)
    reason = known.suppressed.get(address_hash)
    if reason is SuppressionReason.ERASED:
        verdict.reasons = [GONE]
        return ContactPlan(verdict)
    contact = known.contacts.get(line.facts.address.key)
    verdict.reasons = list(line.notes)
    plan = ContactPlan(verdict, line.facts, address_hash, contact)
    verdict.subscriber_id = contact.id if contact else None
    if reason is not None:
        verdict.reasons.append(f"地址已抑制（{reason.label}），不会投递")
    _enterprise(plan, known)
    _person(plan)
    _interests(plan, known)
    _consent(plan, basis, suppressed=reason is not None)
    _conclude(plan)
    return plan


def _enterprise(plan: ContactPlan, known: Known) -> None:
    facts, contact = _facts(plan), plan.known
    home, odd = known.homes.find(facts.enterprise, facts.credit_code)
    if odd:
        plan.verdict.reasons.append(odd)
    role = facts.role if facts.role is not None else (contact.role if contact else Role.OTHER)
    if home is None and contact is not None and contact.enterprise_id is not None:
        home = known.homes.of_id(contact.enterprise_id)
    elif home is not None and not _lives_in(contact, home):
        plan.home = home
        if home.id is None and not home.is_told:
            home.is_told, plan.verdict.founded = True, home.name
    if home is not None and not (contact and contact.departed):
        role = _role_in(home, role, plan)
    if contact is None or role is not contact.role:
        plan.changes["role"] = role


def _lives_in(contact: KnownContact | None, home: Home) -> bool:
    """Whether he belongs there already; nobody belongs to what is not written yet."""
    return contact is not None and home.id is not None and home.id == contact.enterprise_id


def _role_in(home: Home, role: Role, plan: ContactPlan) -> Role:
    """The role he can have there: an enterprise has one liaison."""
    key = _facts(plan).address.key
    if role is not Role.LIAISON:
        if home.liaison == key:
            home.liaison = None
        return role
    if home.liaison in (None, key):
        home.liaison = key
        return role
    plan.verdict.reasons.append(f"「{home.name}」已有联络员，职务暂记为其他")
    contact = plan.known
    return Role.OTHER if contact is None or contact.role is Role.LIAISON else contact.role


def _person(plan: ContactPlan) -> None:
    facts, contact, changes = _facts(plan), plan.known, plan.changes
    if contact is None:
        changes.update(
            name=facts.name,
            phone=facts.phone or "",
            edition=facts.edition or Edition.PERSONALISED,
            frequency=facts.frequency or Frequency.EVERY_ISSUE,
            format=facts.format or MailFormat.HTML,
            paused_until=end_of(facts.paused_until) if facts.paused_until else None,
        )
        return
    if contact.departed:
        plan.verdict.reasons.append(
            "已登记离任，不恢复投递；回任请用 distribution subscriber return"
        )
    wanted = {
        "name": facts.name if facts.name_is_given else None,
        "phone": facts.phone,
        "edition": facts.edition,
        "frequency": facts.frequency,
        "format": facts.format,
    }
    for column, value in wanted.items():
        if value is not None and value != getattr(contact, column):
            changes[column] = value
    if facts.paused_until is not None and contact.paused_until is None:
        changes["paused_until"] = end_of(facts.paused_until)


def _interests(plan: ContactPlan, known: Known) -> None:
    facts, contact = _facts(plan), plan.known
    topics = words = None
    if facts.topics is not None:
        topics, unknown = known.topics.codes_of(facts.topics)
        if unknown:
            plan.verdict.reasons.append(f"没有主题「{'、'.join(unknown)}」，未记")
            topics = topics or None
    if facts.watch_words is not None:
        try:
            words = tuple(tidy_words(facts.watch_words))
        except InvalidText as error:
            plan.verdict.reasons.append(str(error))
    if contact is None:
        plan.topics, plan.watch_words = topics or None, words or None
        return
    plan.topics = topics if topics != contact.topics else None
    plan.watch_words = words if words != contact.watch_words else None
    if contact.interests_by == "reader" and (plan.topics, plan.watch_words) != (None, None):
        plan.verdict.reasons.append(CHOSE_HIMSELF)
        plan.topics = plan.watch_words = None


def _consent(plan: ContactPlan, basis: str, *, suppressed: bool) -> None:
    facts, contact, reasons = _facts(plan), plan.known, plan.verdict.reasons
    last, answered = (contact.digest, contact.tracking) if contact else (None, None)
    ground = "" if facts.state in _NO_GROUND else facts.basis or basis
    left = facts.left or ("名单中的状态：已退订" if facts.state is Cause.LEFT else None)
    if left is not None:
        if last is not Decision.WITHDRAWN:
            plan.said.append(Said(Purpose.DIGEST, Decision.WITHDRAWN, left))
            reasons.append("按文件登记为已退订")
    elif last is Decision.WITHDRAWN:
        reasons.append("本人已退订，不恢复投递")
    elif last is None and ground:
        plan.said.append(Said(Purpose.DIGEST, Decision.GRANTED, ground))
    elif last is None and facts.state in _NO_GROUND and facts.state is not None:
        reasons.append(f"文件写明{facts.state.label}，不登记同意，不会投递")
    elif last is None and not suppressed:
        reasons.append("没有同意依据，不会投递")
    answer = _TRACKING.get(facts.tracking) if facts.tracking else None
    if answer is None or answer is answered:
        return
    if answered is None:
        plan.said.append(Said(Purpose.TRACKING, answer, _TRACKING_WORDS[answer]))
    else:
        reasons.append("阅读统计已有本人答复，未改")


def _conclude(plan: ContactPlan) -> None:
    """Name the outcome, and keep what there was before, so that it can be undone."""
    verdict, contact = plan.verdict, plan.known
    if contact is None:
        verdict.outcome = RowOutcome.ADDED
        return
    before: dict[str, Any] = {name: plain(getattr(contact, name)) for name in plan.changes}
    after = {name: plain(value) for name, value in plan.changes.items()}
    if plan.home is not None:
        before["enterprise_id"] = contact.enterprise_id
    for name, value in (("topics", plan.topics), ("watch_words", plan.watch_words)):
        if value is not None:
            before[name], after[name] = list(getattr(contact, name)), list(value)
            before["interests_by"] = contact.interests_by
    if plan.said:
        after["said"] = [said.purpose.value for said in plan.said]
    verdict.before, verdict.after = before, after
    verdict.outcome = RowOutcome.CHANGED if before or after else RowOutcome.LEFT


def _facts(plan: ContactPlan) -> ContactFacts:
    if plan.facts is None:
        message = "a refused row has no facts"
        raise LookupError(message)
    return plan.facts


def counts(verdicts: Mapping[RowOutcome, int]) -> str:
    """So many of each, in a person's words.

    >>> counts({RowOutcome.ADDED: 3, RowOutcome.REFUSED: 1})
    '新增 3，更新 0，未变 0，拒绝 1'
    """
    return "，".join(f"{outcome.label} {verdicts.get(outcome, 0)}" for outcome in RowOutcome)
