"""An enterprise over a year, for who visits it: plain values, and what to ask there."""

from dataclasses import dataclass
from datetime import date, datetime

from distribution.clock import last_day_before
from distribution.reports.annual import Sums, YearArticle
from distribution.reports.figures import EnterpriseFigures
from distribution.words import (
    Cause,
    Meaning,
    Membership,
    Role,
    RunKind,
    SuppressionReason,
    TopicsFrom,
)

_MOVED = "换了邮箱？请记下新邮箱，以后寄到那里。"
_BY_CAUSE = {
    Cause.LEFT: "本人已退订，请勿再劝；想恢复的，可自己在期刊网页上订阅。",
    Cause.PENDING: "还没有在确认邮件里点确认：请他找一找，也看看垃圾邮件。",
    Cause.NO_CONSENT: "请问是否愿意收：同意后才能寄。",
    Cause.DEPARTED: "已离任：由谁接替？",
    Cause.MEMBERSHIP: "会籍恢复后自动寄。",
}
_BY_MEANING = {
    Meaning.BAD_ADDRESS: _MOVED,
    Meaning.BAD_DOMAIN: _MOVED,
    Meaning.INACTIVE: _MOVED,
    Meaning.MAILBOX_FULL: "邮箱满了：请他清理。",
    Meaning.FILTERED: "请他把发件地址加入白名单。",
    Meaning.POLICY: "请他的网管把发件地址加入白名单。",
    Meaning.CONTENT: "请他的网管把发件地址加入白名单。",
}


@dataclass(frozen=True, slots=True)
class Loss:
    """A mail that did not arrive."""

    issue_key: str
    returned: bool
    """It was accepted and came back; else it was refused at once."""
    meaning: Meaning | None


@dataclass(frozen=True, slots=True)
class ContactFigures:
    """What a contact got; nothing of what he read, see `OF_A_YEAR` in `notes`."""

    name: str
    role: Role
    email: str
    phone: str
    barrier: Cause | None
    """What keeps mail from him now; None: nothing does."""
    suppressed: SuppressionReason | None
    """Why his address is out of use."""
    bounced: bool
    """That is because mail to it does not arrive, not because somebody wants it."""
    paused_until: datetime | None
    planned: int
    issues: tuple[str, ...]
    """Keys of those that arrived."""
    losses: tuple[Loss, ...]
    lost_last: bool
    """Whether the newest mail to him is one of these."""
    topics: tuple[str, ...]
    """Names of what he is sent, his own or a default."""
    topics_from: TopicsFrom

    @property
    def state(self) -> str:
        """Whether he gets mail, in words."""
        if self.barrier is None:
            return "可收信"
        if self.barrier is Cause.SUPPRESSED and self.suppressed is not None:
            return f"停用：{self.suppressed.label}"
        if self.barrier is Cause.PAUSED and self.paused_until is not None:
            return f"暂停至 {last_day_before(self.paused_until)}"
        return self.barrier.label

    @property
    def advice(self) -> str:
        """What to ask or say on a visit; empty where there is nothing."""
        if self.barrier is Cause.SUPPRESSED:
            return _MOVED if self.bounced else "本人不愿再收或应要求停用，请勿再劝。"
        if self.barrier is not None:
            return _BY_CAUSE.get(self.barrier, "")
        last = self.losses[-1].meaning if self.lost_last else None
        return _BY_MEANING.get(last, "") if last else ""


@dataclass(frozen=True, slots=True)
class EnterpriseRun:
    """How a run went for an enterprise: its row in the run's own report."""

    run_id: int
    issue_key: str
    kind: RunKind
    started_at: datetime
    figures: EnterpriseFigures

    @property
    def tells(self) -> bool:
        """Whether it shows how the enterprise read."""
        return self.figures.agreed is not None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A topic, and how many contacts are sent its articles."""

    name: str
    contacts: int


@dataclass(frozen=True, slots=True)
class EnterpriseReport:
    """A year of an enterprise."""

    year: int
    name: str
    region: str
    member_since: date | None
    member_until: date | None
    standing: Membership
    contacts: tuple[ContactFigures, ...]
    """The liaison first; those who have left the enterprise last."""
    runs: tuple[EnterpriseRun, ...]
    """The oldest first; those without a mail to the enterprise are left out."""
    sums: Sums
    articles: tuple[YearArticle, ...]
    """Those whose reading is told, the most clicked first."""
    wanted: tuple[Wanted, ...]
    """The most wanted first."""

    @property
    def liaison(self) -> ContactFigures | None:
        """Its named contact."""
        found = (one for one in self.contacts if one.role is Role.LIAISON)
        return next((one for one in found if one.barrier is not Cause.DEPARTED), None)
