"""Who is at work and who is told: senders, schedulers, what they go by, whether to stop."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy.orm import Session

from distribution import calendar, delivery, schema, staff
from distribution.app import App
from distribution.db import DatabaseUnusable
from distribution.doctor import process_store as store
from distribution.doctor.finding import Finding, bad, good, note
from distribution.doctor.process_store import Sign
from distribution.words import StaffRole

_SCHEDULER_LATE = timedelta(minutes=20)
"""A timer rings every ten minutes, see deploy/."""
_START = "请启动 distribution up，或 worker、scheduler 与 serve"


def check(app: App) -> Iterator[Finding]:
    """The emergency switch, the house's own days, and the last signs of life."""
    switch = app.settings.stop_file
    if delivery.halting.is_halted(switch):
        yield bad("stop", str(delivery.halting.Halted(switch)))
    else:
        yield good("stop", f"没有紧急停止（没有文件 {switch}）")
    yield from _own_days(app)
    try:
        with app.reading() as session:
            if schema.revision_of(session.connection()) == schema.HEAD:
                yield from _senders(app, session)
                yield from _scheduler(app, session)
                yield from _told(app, session)
    except DatabaseUnusable:
        return  # said already


def _own_days(app: App) -> Iterator[Finding]:
    """With a file of days that nobody can read no issue leaves by itself."""
    file = app.settings.holidays_file
    if file is None or app.settings.schedule == "off":
        return
    try:
        days = calendar.read_days(file)
    except calendar.InvalidDays as error:
        yield bad("holidays", str(error))
    else:
        yield good("holidays", f"休息日文件 {file} 读得懂：{len(days)} 天")


def _senders(app: App, session: Session) -> Iterator[Finding]:
    check = "processes"
    owner, signs = store.owner(session), store.beating(session)
    runs = store.sending(session)
    if owner is not None:
        yield good(check, f"投递进程在工作：{_named(owner)}")
    elif signs:
        yield good(check, f"进程在工作：{'；'.join(map(_named, signs))}")
    elif app.settings.redis_url.get_secret_value():
        words = f"两分钟内没有投递进程报告过，有 {runs} 个投递中的批次：{_START}"
        yield bad(check, words) if runs else note(check, words)
    elif runs:
        yield bad(check, f"有 {runs} 个投递中的批次，却没有进程投递：{_START}")
    else:
        yield note(check, f"现在没有进程在工作：{_START}")


def _scheduler(app: App, session: Session) -> Iterator[Finding]:
    check = "scheduler"
    if app.settings.schedule == "off":
        yield note(check, "没有自动投递（schedule 为 off）：每期由人运行 run plan 与 run start")
        return
    last = store.scheduler(session)
    if last is None:
        yield note(check, "还没有进程看过日程：请启动 distribution scheduler，或 distribution up")
    elif last.ago > _SCHEDULER_LATE:
        advice = "请启动 distribution scheduler，或 distribution up"
        yield bad(check, f"日程很久没有人看了（最近是{_named(last)}）：{advice}")
    else:
        yield good(check, f"日程有人看着：{_named(last)}")


def _told(app: App, session: Session) -> Iterator[Finding]:
    """Without an admin the editors are told of everything; without them nobody is."""
    named = app.settings.admin_addresses or app.settings.editor_addresses
    if not named and not staff.working(session, StaffRole.ADMIN, StaffRole.EDITOR):
        advice = "请运行 distribution staff add 姓名 --email 邮箱 --role admin"
        yield note("admins", f"没有管理员，停下、退信、磁盘等提醒没有人收：{advice}")


def _named(sign: Sign) -> str:
    seconds = max(0, round(sign.ago.total_seconds()))
    ago = f"{seconds} 秒" if seconds < 120 else f"{seconds // 60} 分钟"  # noqa: PLR2004 - two minutes
    return f"{sign.host} 上的进程 {sign.pid}，{ago}前"
