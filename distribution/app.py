"""The composition root: settings in, App out. The only place that chooses implementations."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from distribution import (
    calendar,
    config,
    db,
    delivery,
    digests,
    events,
    replies,
    schema,
    statements,
)
from distribution.bundle import bundled
from distribution.config import Configuration, Settings
from distribution.errors import DistributionError, InvalidSetting
from distribution.links import Addresses, Keyring
from distribution.transports import (
    Exchanges,
    Outbox,
    Relay,
    Relays,
    Robot,
    Standing,
    Timeouts,
    read_relays,
)
from distribution.words import GroupRobot

LATE_RESULT = 0.1
"""Of the relay's time to answer: how much longer a result may still reach the ledger."""


@dataclass(frozen=True)
class App:
    """An opened installation."""

    configuration: Configuration
    engine: Engine

    @property
    def settings(self) -> Settings:
        """The effective settings."""
        return self.configuration.settings

    def transaction(self) -> AbstractContextManager[Session]:
        """A session that commits when its block ends."""
        return db.writing(self.engine)

    def reading(self) -> AbstractContextManager[Session]:
        """A session for looking only."""
        return db.reading(self.engine)

    @cached_property
    def keyring(self) -> Keyring:
        """The secret keys; made at first use where the installation is embedded."""
        return Keyring.of(config.secret_keys(self.settings))

    @cached_property
    def addresses(self) -> Addresses:
        """Where links and bounces lead."""
        return Addresses(self.keyring, self.settings.base_url, self.settings.domain)

    @cached_property
    def proxies(self) -> events.Proxies:
        """Whose word about who asks is believed."""
        return events.Proxies(self.settings.trusted_proxies)

    @cached_property
    def reply_rules(self) -> tuple[replies.Rule, ...]:
        """The admin's own rules, read at opening; InvalidRules says what is wrong with them."""
        path = self.settings.rules_file
        return replies.read_rules(path) if path else ()

    @cached_property
    def relays(self) -> tuple[Relay, ...]:
        """Where real mail goes, read at opening; raises InvalidRelays and InvalidSetting."""
        return _relays(self.configuration)

    @cached_property
    def _standings(self) -> tuple[Standing, ...]:
        """What this process knows about them: it outlives each use of a transport."""
        return tuple(map(Standing, self.relays))

    @property
    def resting_relays(self) -> dict[str, bool]:
        """Whether each relay, by its name, erred and is given nothing for a while."""
        if self.settings.transport == "outbox":
            return {}
        circuits = [standing.circuit for standing in self._standings]
        return {circuit.name: circuit.trouble is not None for circuit in circuits}

    def open_transport(self) -> delivery.Transport:
        """The way to the next hop that the settings name."""
        if self.settings.transport == "outbox":
            return Outbox(self.settings.home / "outbox")
        return Relays(self._standings)

    @property
    def exchanges(self) -> Exchanges | None:
        """Who tells which hosts take the readers' mail; None where it is not to be asked."""
        wanted, real = self.settings.mx_lookup, self.settings.transport == "smtp"
        if wanted == "off" or (wanted == "auto" and not real):
            return None
        return Exchanges(tuple(map(config.server_of, self.settings.dns_servers)))

    @property
    def robots(self) -> tuple[Robot, ...]:
        """Who says in the office's groups what it should know."""
        settings = self.settings
        wecom, dingtalk = (
            url.get_secret_value() for url in (settings.wecom_robot, settings.dingtalk_robot)
        )
        secret = settings.dingtalk_secret.get_secret_value()
        found = (Robot(GroupRobot.WECOM, wecom), Robot(GroupRobot.DINGTALK, dingtalk, secret))
        return tuple(robot for robot in found if robot.url)

    @property
    def templates(self) -> tuple[Path, Path]:
        """Where mail templates lie: the installation's own, then those that came with it."""
        return self.settings.home / "email_templates", bundled("email_templates")

    @property
    def recipe(self) -> delivery.Recipe:
        """What turns an issue into mails."""
        settings = self.settings
        return delivery.Recipe(
            templates=self.templates,
            publication=digests.Publication(
                sender_name=settings.sender_name,
                sender_address=settings.sender_address,
                list_id=f"digest.{settings.domain}",
            ),
            minimum_articles=settings.minimum_articles,
            addresses=self.addresses,
            honeypot=settings.honeypot == "on",
        )

    @property
    def house(self) -> calendar.House:
        """What the month runs on."""
        return calendar.house_of(self.settings, self.transaction, self.reading, self.recipe)

    @property
    def desk(self) -> events.Desk:
        """Who judges what comes back."""
        return events.Desk(self.addresses, self.reply_rules, self.settings.editor_addresses)

    @property
    def patience(self) -> timedelta:
        """How long after its intent a mail's result may still be recorded."""
        return timedelta(seconds=self.settings.dot_timeout_seconds) * (1 + LATE_RESULT)

    @property
    def quarantine(self) -> timedelta:
        """How long after its intent a mail that its relay's log does not know may still come."""
        return max(timedelta(minutes=self.settings.quarantine_minutes), self.patience)

    @property
    def office(self) -> delivery.Office:
        """Who posts single mails."""
        sender = (self.settings.sender_name, self.settings.sender_address)
        rules, switch = self.reply_rules, self.settings.stop_file
        mark = self.settings.mark_file
        return delivery.Office(sender, self.addresses, self.patience, rules, switch, mark)

    @property
    def stationery(self) -> delivery.Stationery:
        """What letters to readers are written on."""
        sender = (self.settings.sender_name, self.settings.sender_address)
        return delivery.Stationery(self.recipe.templates, sender, self.addresses)

    @property
    def connections(self) -> int:
        """How many mails are under way at a time."""
        if self.settings.transport == "outbox":
            return self.settings.connections
        return sum(relay.connections for relay in self.relays)

    @cached_property
    def sender(self) -> delivery.Sender:
        """This process's sender."""
        settings = self.settings
        terms = delivery.Terms(
            lease=timedelta(seconds=settings.lease_seconds),
            handed=self.patience,
        )
        return delivery.Sender(
            transaction=self.transaction,
            recording=lambda: statements.kept(self.engine),
            open_transport=self.open_transport,
            press=delivery.Press(self.addresses),
            addresses=self.addresses,
            pace=delivery.Pace(
                self.connections, settings.batch_size, terms, heeded=settings.transport == "smtp"
            ),
            rules=self.reply_rules,
            switch=settings.stop_file,
            mark=settings.mark_file,
        )


def open_app(environ: Mapping[str, str]) -> App:
    """Open the installation of this environment; DistributionError says why it cannot be."""
    configuration = config.load(environ)
    settings = configuration.settings
    if settings.embedded:
        try:
            settings.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidSetting("DISTRIBUTION_HOME", str(settings.home), str(error)) from error
    app = App(configuration, db.open_engine(settings.database))
    try:
        # What is wrong with them is said now, not in the middle of a run.
        _ = app.reply_rules, app.relays
        with db.friendly():
            schema.ensure(app.engine, embedded=settings.embedded)
            schema.refuse_lossy_settings(app.engine)
    except DistributionError:
        app.engine.dispose()
        raise
    return app


def _relays(configuration: Configuration) -> tuple[Relay, ...]:
    settings = configuration.settings
    relay = Relay(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        username=settings.smtp_username,
        password=settings.smtp_password.get_secret_value(),
        connections=settings.connections,
        ca_file=settings.smtp_ca_file,
        log=settings.relay_log,
        timeouts=Timeouts(dot=timedelta(seconds=settings.dot_timeout_seconds)),
    )
    path = settings.relays_file
    if path is None:
        return (relay,)
    for name in configuration.origins:
        if name.startswith("smtp_") or name == "relay_log":
            expected = f"中继写在 {path} 里，这一项不再起作用：请删去两者之一"
            raise InvalidSetting(name, "***", expected)
    return read_relays(path, relay)
