"""The figures of a run, counted in plain loops over all rows."""

from collections import defaultdict

from report_samples import WITHDRAWN, agreeing, rows
from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution import delivery, issues
from distribution.models import (
    ConsentEvent,
    Delivery,
    Enterprise,
    ReadingEvent,
    ReturnedMail,
    Selection,
    Subscriber,
)
from distribution.words import (
    Consequence,
    DeliveryState,
    Purpose,
    Returned,
    Signal,
    Verdict,
)

SUPPRESSED = Consequence.SUPPRESSED


class Truth:
    """Everything that was written down about a run."""

    def __init__(self, session: Session, run_id: int) -> None:
        self.session = session
        self.rows = rows(session, run_id)
        self.accepted = [row for row in self.rows if row.state is DeliveryState.ACCEPTED]
        self.agreed = {row.id for row in agreeing(session, run_id)}
        stored = issues.load_issue(session, delivery.find_run(session, run_id).issue_id).articles
        self.articles = {one.id: one.topics for one in stored}
        self.events = [
            one
            for one in session.scalars(select(ReadingEvent).where(ReadingEvent.run_id == run_id))
            if one.delivery_id is None or one.delivery_id in self.agreed
        ]
        ids = {row.id for row in self.rows}
        mails = session.scalars(select(ReturnedMail)).all()
        self.mails_back = [mail for mail in mails if mail.delivery_id in ids]
        self.said = [
            one
            for one in session.scalars(select(ConsentEvent).order_by(ConsentEvent.id))
            if one.delivery_id in ids and one.purpose is Purpose.DIGEST
        ]

    def agrees(self, row: Delivery) -> bool:
        return row.id in self.agreed

    def verdicts(self, row: Delivery, signal: Signal | None = None) -> set[Verdict]:
        """What was found about opens and clicks of a delivery."""
        return {
            one.verdict
            for one in self.events
            if one.delivery_id == row.id and signal in (None, one.signal)
        }

    def has_opened(self, row: Delivery) -> bool:
        return Verdict.HUMAN in self.verdicts(row)

    def has_clicked(self, row: Delivery) -> bool:
        return Verdict.HUMAN in self.verdicts(row, Signal.CLICK)

    def count(self, signal: Signal, verdict: Verdict, *, anonymous: bool) -> int:
        """Events; of those that name no delivery, or of all."""
        return sum(
            (one.signal, one.verdict) == (signal, verdict)
            and (one.delivery_id is None or not anonymous)
            for one in self.events
        )

    def may_have_opened(self, row: Delivery) -> bool:
        others = self.verdicts(row, Signal.OPEN) | (self.verdicts(row) - {Verdict.MACHINE})
        return bool(others)

    def opened(self) -> dict[str, int]:
        others = [row for row in self.rows if not self.has_opened(row)]
        unknown = [row for row in others if Verdict.UNKNOWN in self.verdicts(row)]
        machine = [
            row
            for row in others
            if row not in unknown and Verdict.MACHINE in self.verdicts(row, Signal.OPEN)
        ]
        return {
            "human": len(self.rows) - len(others),
            "machine": len(machine),
            "unknown": len(unknown),
            "anonymous": self.count(Signal.OPEN, Verdict.HUMAN, anonymous=True),
        }

    def clicked(self) -> dict[str, int]:
        return {
            "readers": sum(map(self.has_clicked, self.rows)),
            "anonymous": self.count(Signal.CLICK, Verdict.HUMAN, anonymous=True),
            "machine": self.count(Signal.CLICK, Verdict.MACHINE, anonymous=False),
            "unknown": self.count(Signal.CLICK, Verdict.UNKNOWN, anonymous=False),
        }

    def returned(self, kind: Returned) -> set[int | None]:
        return {mail.delivery_id for mail in self.mails_back if mail.kind is kind}

    def bounced(self) -> dict[str, int]:
        bounces = [mail for mail in self.mails_back if mail.kind is Returned.BOUNCE]
        permanent = {mail.delivery_id for mail in bounces if mail.status.startswith("5.")}
        return {
            "permanent": len(permanent),
            "temporary": len({mail.delivery_id for mail in bounces} - permanent),
            "suppressed": len(
                {one.delivery_id for one in bounces if one.consequence is SUPPRESSED}
            ),
        }

    def leavers(self) -> dict[int, str]:
        """Subscribers who left, with the channel of the last time."""
        return {one.subscriber_id: one.channel for one in self.said if one.decision is WITHDRAWN}

    def channels(self) -> dict[str, int]:
        by_channel: defaultdict[str, int] = defaultdict(int)
        for channel in self.leavers().values():
            by_channel[channel] += 1
        return dict(by_channel)

    def carries(self, row: Delivery) -> set[int]:
        return {choice[0] for choice in self.session.get_one(Selection, row.selection_id).choices}

    def mails(self, articles: set[int]) -> int:
        """Accepted mails with any of these articles."""
        return sum(bool(self.carries(row) & articles) for row in self.accepted)

    def clicks_on(self, articles: set[int]) -> tuple[int, int]:
        """Readers who clicked on any of these articles, and clicks of nobody we know."""
        clicks = [
            one
            for one in self.events
            if (one.signal, one.verdict) == (Signal.CLICK, Verdict.HUMAN)
            and one.article_id in articles
        ]
        named = {one.delivery_id for one in clicks} - {None}
        return len(named), sum(one.delivery_id is None for one in clicks)

    def enterprises(self) -> dict[str, dict[str, object]]:
        """The figures of every enterprise by its name."""
        groups: defaultdict[int | None, list[Delivery]] = defaultdict(list)
        for row in self.rows:
            reader = self.session.get_one(Subscriber, row.subscriber_id)
            groups[reader.enterprise_id].append(row)
        found = [self._enterprise(key, group) for key, group in groups.items()]
        return {str(one["name"]): one for one in found}

    def _enterprise(self, key: int | None, group: list[Delivery]) -> dict[str, object]:
        accepted = [row for row in group if row in self.accepted]
        bounces, leavers = self.returned(Returned.BOUNCE), self.leavers()
        return {
            "enterprise_id": key,
            "name": self.session.get_one(Enterprise, key).name if key else "无单位",
            "planned": len(group),
            "accepted": len(accepted),
            "agreed": sum(map(self.agrees, accepted)),
            "bounced": sum(row.id in bounces for row in group),
            "left": sum(row.subscriber_id in leavers for row in group),
            "opened": sum(map(self.has_opened, group)),
            "opened_at_most": sum(map(self.may_have_opened, group)),
            "clicked": sum(map(self.has_clicked, group)),
        }
