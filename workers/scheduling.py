"""The scheduler: looks at the calendar every few moments, in a process of its own or in `up`."""

import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Thread

from distribution import calendar, clock, delivery, schema
from distribution.app import App
from distribution.calendar import Watch
from distribution.config import Settings
from distribution.db import DatabaseUnusable
from distribution.errors import DistributionError, Refused
from distribution.schema import OtherSchema
from workers import sending, telling
from workers.failures import logged
from workers.overseeing import Overseer

log = logging.getLogger(__name__)

EVERY = 20.0
"""Seconds between two looks, more or less: schedulers on many hosts do not look at once."""
_NONE = timedelta(0)
_NEGLECTED = 15
"""Looks in a row at which letters were due: no worker posts them, and one may say just that."""


class ScheduleOff(Refused):
    """Raised where the calendar is to be looked at and the settings say that nobody does."""

    def __init__(self) -> None:
        super().__init__(
            "设置 schedule 是 off，到日子不自动投递：要自动投递请设为 on；"
            "由人投递用 distribution run plan 与 run start"
        )


def refuse_off(settings: Settings) -> None:
    """Raise ScheduleOff where it is switched off."""
    if settings.schedule == "off":
        raise ScheduleOff


@dataclass(slots=True)
class Scheduler:
    """One process's looks at the calendar."""

    app: App
    stop: Event
    _watch: Watch = field(default_factory=Watch)
    _jumped: timedelta = _NONE
    """By how much the clock was set since the last look that came to its end."""
    _said: str = ""
    _overseer: Overseer = field(default_factory=Overseer)
    _letters_due: int = 0

    def keep(self) -> None:
        """Look until it is stopped; the database may be away meanwhile. Raises OtherSchema."""
        while True:
            self.look()
            if self.stop.wait(EVERY * random.uniform(0.8, 1.2)):  # noqa: S311 - no secret
                return

    def look(self) -> None:
        """Look once, and do the errands."""
        at = clock.now()
        jumped = self._watch.look(at)
        if jumped:
            log.warning("the clock was set by %s", jumped)
        self._jumped += jumped
        house = self.app.house
        try:
            self._refuse_other_schema()
            ticked = calendar.tick(house, at=at, jumped=self._jumped, stopping=self.stop.is_set)
        except OtherSchema:
            raise
        except DatabaseUnusable as error:
            self._say(f"the calendar waits for the database: {error}")
            return
        except DistributionError as error:
            self._say(f"the calendar cannot be looked at: {error}")
            calendar.tell_unusable(house, str(error), at=at)
        except Exception as defect:  # an entry point: the errands are done, and the office knows
            log.exception("looking at the calendar")
            words = f"程序出错（{type(defect).__name__}），详情见运行记录"
            calendar.tell_unusable(house, words, at=at)
        else:
            self._jumped = _NONE
            self._tell(ticked)
            if ticked.clock_off:  # by which nothing is to be done
                self._tell_the_office()
                return
        for what, errand in calendar.ERRANDS.items():
            with logged(what):
                errand(house, at)
        self._look_after_the_house()

    def _look_after_the_house(self) -> None:
        """What workers do as well: here it is done even where all of them have died."""
        self._overseer.look(self.app)
        self._tell_the_office()
        with logged("posting letters"):
            with self.app.reading() as session:
                due = delivery.letters_due(session, self.app.patience)
            self._letters_due = self._letters_due + 1 if due else 0
            if self._letters_due >= _NEGLECTED:
                sending.post_letters(self.app)

    def _tell_the_office(self) -> None:
        with logged("telling the office"):
            telling.tell(self.app)
        telling.post_all(self.app)

    def _tell(self, ticked: calendar.Ticked) -> None:
        if ticked.clock_off:
            self._say(f"this clock is {ticked.clock_off} off the database's: nothing leaves")
        else:
            self._say("nothing leaves: the emergency switch is on" if ticked.halted else "")

    def _say(self, words: str) -> None:
        """Once, and that it is over, once."""
        before, self._said = self._said, words
        if words and words != before:
            log.warning("%s", words)
        elif before and not words:
            log.info("the calendar is looked at again")

    def _refuse_other_schema(self) -> None:
        """A supervisor then starts the programme that is installed."""
        with self.app.reading() as session:
            found = schema.revision_of(session.connection())
        if found != schema.HEAD:
            raise OtherSchema(found)


@contextmanager
def scheduling(app: App) -> Iterator[None]:
    """Look at the calendar beside the block, unless the settings switch it off."""
    if app.settings.schedule == "off":
        yield
        return
    stop = Event()
    thread = Thread(target=_keep, args=(Scheduler(app, stop),), name="scheduler", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _keep(scheduler: Scheduler) -> None:
    while not scheduler.stop.is_set():
        with logged("the scheduler"):
            scheduler.keep()
        scheduler.stop.wait(EVERY)
