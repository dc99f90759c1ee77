"""Tells the office what it should know: by mail, and through the robots of its groups."""

import logging
from collections.abc import Callable

from sqlalchemy.orm import Session

from distribution import audience, clock, delivery, staff
from distribution.app import App
from distribution.delivery import Readership
from distribution.transports import Robot, RobotAway
from distribution.words import StaffRole
from workers.current import get_app
from workers.failures import logged

log = logging.getLogger(__name__)


def readership(app: App, session: Session) -> Readership:
    """Who in the office is told: whom the settings name, and the staff."""
    settings = app.settings
    return Readership(
        (*settings.admin_addresses, *_reached(session, StaffRole.ADMIN)),
        (*settings.editor_addresses, *_reached(session, StaffRole.EDITOR)),
    )


def _reached(session: Session, role: StaffRole) -> list[str]:
    people = staff.working(session, role)
    return [audience.read_address(person.email).envelope for person in people]


def tell(app: App) -> None:
    """Write what is due to those who are to know it, if anybody is named."""
    at = clock.now()
    with app.reading() as session:
        if not delivery.alerts_due(session, at=at):
            return
    # In the product's own templates: a broken one of the installation must not keep it back.
    templates, name = app.recipe.templates[-1:], app.settings.sender_name
    with app.transaction() as session:
        readers = readership(app, session)
        delivery.tell_alerts(session, templates, name, readers, at=at)


def post(app: App, robot: Robot) -> None:
    """Let a robot say what is due, with no transaction open meanwhile."""
    with app.transaction() as session:
        message = delivery.message_due(session, robot.kind, at=clock.now())
    if message is None:
        return
    trouble = ""
    try:
        robot.tell(message.title, message.text, at=clock.now())
    except RobotAway as away:
        trouble = away.words
        log.warning("%s does not take messages: %s", robot.kind.value, trouble)
    with app.transaction() as session:
        delivery.note_told(session, robot.kind, message, trouble, at=clock.now())


def post_all(app: App) -> None:
    """Let each robot say what is due."""
    for robot in app.robots:
        with logged("telling a robot"):
            post(app, robot)


def watch() -> Callable[[], None]:
    """What the ticker does beside the queues: the robots of others may be slow."""
    return lambda: post_all(get_app())
