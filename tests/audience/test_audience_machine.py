"""Whatever happens to people, in whatever order: nobody who left is ever mailed."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from audience_people import HASHER, NOW
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from import_sheets import PEOPLE, Told, numbered, source
from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution import audience, db, schema
from distribution.audience import ContactChanges, EnterpriseChanges, NewSubscriber, Statement
from distribution.clock import SHANGHAI, end_of
from distribution.models import Import, Subscriber
from distribution.words import Decision, Role, SuppressionReason

FIRMS = ("太行重工", "汾河机床")
DOMAINS = ("taihang.example", "fenhe.example")
EMAILS = tuple(f"an@{domain}" for domain in DOMAINS)  # few, so that much befalls each
emails, firms, domains = map(st.sampled_from, (EMAILS, FIRMS, DOMAINS))
days = st.integers(-3, 3)


@dataclass
class Person:
    """What is true of one address, by the rules as people would tell them."""

    exists: bool = False
    words: list[tuple[Decision, int]] = field(default_factory=list)
    """What he said, or what was put down for him, and by which import, so that it may be undone."""
    suppressed: bool = False
    departed: bool = False
    paused_until: object = None
    firm: str | None = None

    @property
    def said(self) -> Decision | None:
        """His last word."""
        last = self.words[-1][0] if self.words else None
        return None if last is Decision.VOIDED else last


@dataclass
class Firm:
    exists: bool = False
    until: date | None = None
    suspended: bool = False


@dataclass
class World:
    people: dict[str, Person] = field(default_factory=lambda: {e: Person() for e in EMAILS})
    firms: dict[str, Firm] = field(default_factory=lambda: {f: Firm() for f in FIRMS})
    domains: set[str] = field(default_factory=set)


class Audience(RuleBasedStateMachine):
    """Deeds on a real database, beside the simplest account of them."""

    @initialize()
    def open(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._engine = db.open_engine(f"sqlite:///{Path(self._folder.name) / 'a.db'}")
        schema.upgrade(self._engine)
        self.world, self.at, self.files = World(), NOW, 0
        self.imports: list[int] = []

    def teardown(self) -> None:
        if hasattr(self, "_engine"):
            self._engine.dispose()
            self._folder.cleanup()

    def change(self, email: str, deed: Callable[[Session, Subscriber], object]) -> None:
        with db.writing(self._engine) as session:
            deed(session, audience.find_subscriber(session, email))

    def known(self, email: str) -> bool:
        return self.world.people[email].exists

    # -- people come -------------------------------------------------------------------------

    @rule(email=emails, firm=firms, basis=st.sampled_from(["", "登记表"]))
    def added_by_hand(self, email: str, firm: str, basis: str) -> None:
        person = self.world.people[email]
        new = NewSubscriber(audience.read_address(email), "甲", firm, Role.OTHER, consent=basis)
        with db.writing(self._engine) as session:
            try:
                audience.add_subscriber(session, new, HASHER, by="test", at=self.at)
            except audience.AlreadySubscribed:
                assert person.exists
                return
        assert not person.exists
        person.exists, person.firm = True, firm
        person.words = [(Decision.GRANTED, 0)] if basis else []
        self.world.firms[firm].exists = True

    @rule(email=emails, firm=firms, basis=st.sampled_from(["", "登记表"]), left=st.booleans())
    def imported(self, email: str, firm: str, basis: str, left: bool) -> None:  # noqa: FBT001
        self.files += 1
        row = (firm, "甲", "", email, "", "", "", "来电退订" if left else "")
        reader = audience.read_contacts(numbered((*PEOPLE, "退订"), [row]))
        told = Told()
        result = audience.import_contacts(
            lambda: db.writing(self._engine),
            reader,
            source(f"{self.files}.csv", basis=basis),
            HASHER,
            told,
            by="test",
            at=self.at,
        )
        assert result.import_id is not None
        self.imports.append(result.import_id)
        person = self.world.people[email]
        file = result.import_id if person.exists else 0  # who was added is gone or kept as he is
        person.exists, person.firm = True, firm
        self.world.firms[firm].exists = True
        if left and person.said is not Decision.WITHDRAWN:
            person.words.append((Decision.WITHDRAWN, file))
        elif person.said is None and basis and not left:
            person.words.append((Decision.GRANTED, file))

    @precondition(lambda self: self.imports)
    @rule(which=st.integers(0, 9))
    def import_undone(self, which: int) -> None:
        """Who is still there, and where, is not reckoned here; but what counts as his word is."""
        number = self.imports.pop(which % len(self.imports))
        with db.writing(self._engine) as session:
            row = session.get_one(Import, number)
            audience.undo(session, row, by="test", at=self.at)
            there = {one.email_key: one for one in session.scalars(select(Subscriber))}
            for email, person in self.world.people.items():
                person.exists = email in there
                if person.exists:
                    profile = audience.profile(session, there[email], at=self.at)
                    person.firm = getattr(profile.enterprise, "name", None)
                    person.words = [word for word in person.words if word[1] != number]
                else:
                    person.words, person.departed, person.paused_until = [], False, None
            these = audience.TheseEnterprises()
            rows = audience.enterprises(session, these, today=self.today)
            known = {row[0].name for row in rows}
        self.world.firms = {
            name: firm if name in known else Firm() for name, firm in self.world.firms.items()
        }

    # -- people speak ------------------------------------------------------------------------

    @rule(email=emails, said=st.sampled_from(list(Decision)))
    def says(self, email: str, said: Decision) -> None:
        if not self.known(email):
            return
        statement = Statement(said, "本人", channel="web")
        self.change(
            email,
            lambda session, row: audience.record_consent(
                session, row.id, statement, by="reader", at=self.at
            ),
        )
        person = self.world.people[email]
        if said is not Decision.REQUESTED:
            person.words.append((said, 0))

    @rule(email=emails, length=days)
    def pauses(self, email: str, length: int) -> None:
        if self.known(email):
            until = self.at + timedelta(days=length) if length else None
            self.change(email, lambda session, row: audience.pause(session, row, until))
            self.world.people[email].paused_until = until

    # -- addresses die and live again --------------------------------------------------------

    @rule(email=emails, reason=st.sampled_from(list(SuppressionReason)), on=st.booleans())
    def suppressed(self, email: str, reason: SuppressionReason, on: bool) -> None:  # noqa: FBT001
        if reason is SuppressionReason.ERASED:
            return  # has a machine of its own
        key = HASHER(audience.read_address(email).key)
        with db.writing(self._engine) as session:
            if on:
                audience.suppress(session, key, reason, evidence="550", at=self.at)
            else:
                audience.release(session, key, at=self.at)
        self.world.people[email].suppressed = on

    @rule(domain=domains, on=st.booleans())
    def domain_suppressed(self, domain: str, on: bool) -> None:  # noqa: FBT001
        with db.writing(self._engine) as session:
            if on:
                reason = SuppressionReason.BY_HAND
                audience.suppress_domain(session, domain, reason, evidence="停用", at=self.at)
                self.world.domains.add(domain)
            else:
                audience.release_domain(session, domain)
                self.world.domains.discard(domain)

    # -- enterprises and their people --------------------------------------------------------

    @rule(email=emails, on=st.booleans())
    def departs_or_returns(self, email: str, on: bool) -> None:  # noqa: FBT001
        if self.known(email):
            at = self.at if on else None
            self.change(email, lambda session, row: audience.depart(session, row, at=at))
            self.world.people[email].departed = on

    @rule(email=emails, firm=firms)
    def moves(self, email: str, firm: str) -> None:
        person, home = self.world.people[email], self.world.firms[firm]
        if not person.exists or not home.exists:
            return

        def move(session: Session, row: Subscriber) -> None:
            changes = ContactChanges(enterprise=audience.find_enterprise(session, firm))
            audience.change_contact(session, row, changes, HASHER)

        self.change(email, move)
        if person.firm != firm:
            person.departed = False
        person.firm = firm

    @rule(old=emails, new=emails)
    def replaced(self, old: str, new: str) -> None:
        if old == new or not self.known(old) or not self.known(new):
            return
        with db.writing(self._engine) as session:
            audience.succeed(
                session,
                audience.find_subscriber(session, old),
                audience.find_subscriber(session, new),
                by="test",
                at=self.at,
            )
        people = self.world.people
        people[old].departed, people[new].departed = True, False
        people[new].firm = people[old].firm

    @rule(firm=firms, length=days, on=st.booleans())
    def membership_changes(self, firm: str, length: int, on: bool) -> None:  # noqa: FBT001
        home = self.world.firms[firm]
        if not home.exists:
            return
        until = self.today + timedelta(days=length) if length else None
        with db.writing(self._engine) as session:
            row = audience.find_enterprise(session, firm)
            changes = EnterpriseChanges(member_until=until, endless=until is None)
            audience.change_enterprise(session, row, changes)
            audience.suspend(session, row, at=self.at if on else None)
        home.until, home.suspended = until, on

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    # -- what must always be true ------------------------------------------------------------

    @property
    def today(self) -> date:
        return self.at.astimezone(SHANGHAI).date()

    @invariant()
    def exactly_those_are_due_who_may_be_mailed(self) -> None:
        if not hasattr(self, "world"):
            return
        with db.reading(self._engine) as session:
            readers = audience.readers_after(session, 0, 100, at=self.at).readers
            due = {reader.recipient for reader in readers if reader.barrier is None}
            for reader in readers:
                row = audience.find_subscriber(session, reader.recipient)
                facts = audience.facts(session, row, at=self.at)
                assert reader.barrier == (facts[0].cause if facts else None)
        assert due == {email for email in EMAILS if self.may_be_mailed(email)}

    def may_be_mailed(self, email: str) -> bool:
        person = self.world.people[email]
        home = self.world.firms.get(person.firm or "", Firm())
        return (
            person.exists
            and person.said is Decision.GRANTED
            and not person.suppressed
            and email.partition("@")[2] not in self.world.domains
            and not person.departed
            and (person.paused_until is None or person.paused_until <= self.at)  # type: ignore[operator]
            and not home.suspended
            and (home.until is None or self.at < end_of(home.until))
        )


Audience.TestCase.settings = settings(
    max_examples=20,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestAudience = Audience.TestCase
