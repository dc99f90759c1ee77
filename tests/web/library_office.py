"""Issues that have gone out, a reader of the newest, and one nobody may see yet."""

from dataclasses import replace
from datetime import date

import runs
from runs import MASTHEAD, SEPTEMBER, make_article, save_issue, start
from starlette.testclient import TestClient
from web_office import GRANTED, Visitor, delivery_to, plan

from distribution.app import App
from distribution.compiler import Paragraph, ReadIssue

PAST = ("煤机智能化改造", "铸造业观察", "数控机床展望")


def send_past_issue(app: App) -> str:
    """The issue of August, sent; its key."""
    key = save_past_issue(app, "08")
    start(app, runs.plan(app, key, SEPTEMBER), SEPTEMBER)
    return key


def save_past_issue(app: App, label: str, *, approved: bool = True) -> str:
    """Three articles of 质量管理; the key of their issue."""
    head = replace(
        MASTHEAD, publication="三晋机电通讯", label=label, number=int(label), total_number=None,
        month=date(2026, int(label), 1),
    )  # fmt: skip
    bodies = tuple(
        replace(
            make_article(at),
            title=title,
            section="质量管理",
            blocks=(Paragraph(f"{label} 月：{title}，全文讨论 CNC 与液压。"),),
        )
        for at, title in enumerate(PAST, start=1)
    )
    return save_issue(app, ReadIssue(head, bodies, ()), data=label.encode(), approved=approved)


def open_library(app: App, client: TestClient) -> Visitor:
    """A reader of the issue of September, whose readers there are; August is sent, October not."""
    run = plan(app, title="煤机改造第 {} 篇")
    start(app, run, SEPTEMBER)
    delivery = delivery_to(app, GRANTED)
    send_past_issue(app)
    save_past_issue(app, "10")
    save_past_issue(app, "11", approved=False)
    return Visitor(app, client, delivery, run)
