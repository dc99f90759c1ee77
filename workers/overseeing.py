"""Looks after the house once a minute, whoever runs: disk, queue, Redis, and what must be told."""

import logging
import os
import shutil
import time
from dataclasses import dataclass, field
from datetime import timedelta

import dramatiq

from distribution import clock, delivery, reports
from distribution.app import App
from workers.broker import BrokerAway, refuse_absent
from workers.failures import logged
from workers.telling import readership

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
SELDOM = timedelta(minutes=10)
"""How often what is counted from whole runs is looked for: a second for a million mails."""
DAILY = timedelta(hours=1)
"""How often what changes by the day is looked for."""
_MEGABYTE = 1024 * 1024


@dataclass(slots=True)
class Overseer:
    """One process's looks; several may look, and each trouble is told once a day all the same."""

    _next: dict[str, float] = field(default_factory=dict)
    """By what is looked after."""
    _redis_away: float | None = field(default=None)

    def look(self, app: App) -> None:
        """See to everything whose time has come."""
        for what, every, see in (
            ("the disk", EVERY, see_to_disk),
            ("the queue", EVERY, see_to_queue),
            ("Redis", EVERY, self._see_to_redis),
            ("bounces", SELDOM, see_to_bounces),
            ("memberships", DAILY, see_to_endings),
        ):
            if time.monotonic() >= self._next.get(what, 0.0):
                self._next[what] = time.monotonic() + every.total_seconds()
                with logged(f"looking after {what}"):
                    see(app)

    def _see_to_redis(self, app: App) -> None:
        """Tell that it is away, once it has been for longer than a restart takes."""
        try:
            refuse_absent(dramatiq.get_broker())
        except BrokerAway as away:
            if self._redis_away is None:
                self._redis_away = time.monotonic()
            if time.monotonic() - self._redis_away >= EVERY.total_seconds():
                _tell_of_today(
                    app,
                    "redis",
                    "Redis 无法连接",
                    str(away),
                    "细看：distribution doctor；这期间邮件照常投递，只是稍慢。",
                )
        else:
            self._redis_away = None


def see_to_disk(app: App) -> None:
    """Tell where the installation's disk is nearly full."""
    least = app.settings.disk_alert_mb * _MEGABYTE
    home = app.settings.home
    if not least or not home.exists() or (free := shutil.disk_usage(home).free) >= least:
        return
    host = os.uname().nodename
    _tell_of_today(
        app,
        f"disk:{host}",
        f"{host} 的磁盘快满了",
        f"{home} 所在的磁盘只剩 {free // _MEGABYTE} MB。",
        "请清理或扩容：磁盘写满后数据库与邮件都写不进去，投递会停下。",
    )


def see_to_queue(app: App) -> None:
    """Tell where mails that may go have been waiting for a worker for too long."""
    with app.reading() as session:
        waiting = delivery.gauges(session)
    patience = timedelta(minutes=app.settings.queue_alert_minutes)
    if waiting.oldest_due < patience or app.settings.stop_file.exists():
        return
    minutes = int(waiting.oldest_due.total_seconds() // 60)
    _tell_of_today(
        app,
        "queue",
        "到期的投递没有进程处理",
        f"有 {waiting.due} 封到期，最早的已等了 {minutes} 分钟。",
        "请确认 distribution worker 或 up 在运行、中继可用：distribution doctor；"
        "线路有没有停下：distribution lane list。",
    )


def see_to_bounces(app: App) -> None:
    """Tell of runs of which too much comes back."""
    percent, at = app.settings.bounce_alert_percent, clock.now()
    with app.reading() as session:
        found = reports.too_much_back(session, percent, at=at)
    for one in found:
        with app.transaction() as session:
            reports.tell_bounces(session, one, percent, at=at)


def see_to_endings(app: App) -> None:
    """Tell which memberships will end, as soon as there is anybody to be told."""
    with app.transaction() as session:
        people = readership(app, session).of_everything
        if people or app.robots:
            delivery.notice_endings(
                session,
                app.recipe.templates[-1:],
                app.settings.sender_name,
                people,
                by="overseer",
                at=clock.now(),
            )


def _tell_of_today(app: App, key: str, title: str, line: str, advice: str) -> None:
    """Tell it once a day."""
    with app.transaction() as session:
        delivery.raise_alert(
            session,
            f"{key}:{clock.today()}",
            title,
            (line,),
            advice,
            at=clock.now(),
            urgent=True,
        )
