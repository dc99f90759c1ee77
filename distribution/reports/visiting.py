"""An enterprise over a year: its rows in the reports of the year's runs, and its contacts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import audience, delivery, issues
from distribution.clock import SHANGHAI
from distribution.models import Subscriber
from distribution.reports import article_store, history_store, visit_store, year_store
from distribution.reports.annual import Sums, merged_articles, reading_of
from distribution.reports.article_store import Clicks
from distribution.reports.board import reports_of
from distribution.reports.discretion import hidden
from distribution.reports.figures import ArticleFigures, RunReport
from distribution.reports.store import Within
from distribution.reports.unreachable_store import BOUNCED
from distribution.reports.visit import (
    ContactFigures,
    EnterpriseReport,
    EnterpriseRun,
    Loss,
    Wanted,
)
from distribution.reports.visit_store import Got
from distribution.words import Cause, Role


def enterprise_report(session: Session, name: str, year: int, *, at: datetime) -> EnterpriseReport:
    """Count a year of the enterprise a person means, as it may be shown.

    Raises NotFound and audience's AmbiguousName.
    """
    row = audience.find_enterprise(session, name)
    found = reports_of(session, year_store.runs_of(session, year))
    runs = tuple(_runs(found, row.id))
    contacts = _contacts(session, row.id, found, at)
    telling = {run.run_id for run in runs if run.tells}
    articles = [
        one
        for report in found
        if report.run_id in telling
        for one in _articles(session, report, row.id)
    ]
    return EnterpriseReport(
        year=year,
        name=row.name,
        region=row.region,
        member_since=row.member_since,
        member_until=row.member_until,
        standing=audience.membership(
            row.member_since,
            row.member_until,
            suspended=row.suspended_at is not None,
            today=at.astimezone(SHANGHAI).date(),
        ),
        contacts=contacts,
        runs=runs,
        sums=_sums(runs),
        articles=merged_articles(articles),
        wanted=_wanted(contacts),
    )


def _runs(found: Sequence[RunReport], enterprise_id: int) -> Iterator[EnterpriseRun]:
    for one in found:
        for figures in one.enterprises:
            if figures.enterprise_id == enterprise_id and one.started_at is not None:
                yield EnterpriseRun(one.run_id, one.issue_key, one.kind, one.started_at, figures)


def _sums(runs: Sequence[EnterpriseRun]) -> Sums:
    told = [run.figures for run in runs if run.tells]
    return Sums(
        runs=len(runs),
        planned=sum(run.figures.planned for run in runs),
        accepted=sum(run.figures.accepted for run in runs),
        bounced=sum(run.figures.bounced for run in runs),
        left=sum(run.figures.left for run in runs),
        reading=reading_of(
            [(one.agreed, one.opened, one.opened_at_most, one.clicked) for one in told]
        ),
    )


def _contacts(
    session: Session, enterprise_id: int, found: Sequence[RunReport], at: datetime
) -> tuple[ContactFigures, ...]:
    keys = {one.run_id: one.issue_key for one in found}
    deliveries = visit_store.got(session, Within(tuple(keys), enterprise_id))
    contacts = [
        _contact(session, row, [one for one in deliveries if one.subscriber_id == row.id], keys, at)
        for row, _ in audience.contacts_with_barriers(session, enterprise_id, at=at)
    ]
    roles = list(Role)
    return tuple(
        sorted(contacts, key=lambda one: (one.barrier is Cause.DEPARTED, roles.index(one.role)))
    )


def _contact(
    session: Session,
    row: Subscriber,
    deliveries: Sequence[Got],
    keys: dict[int, str],
    at: datetime,
) -> ContactFigures:
    profile = audience.profile(session, row, at=at)
    lost = [one for one in deliveries if one.returned or one.refused]
    own = history_store.suppression_of(session, row)
    out_of_use = own or history_store.suppressed_domain_of(session, row)
    return ContactFigures(
        name=row.name,
        role=row.role,
        email=row.email,
        phone=row.phone,
        barrier=profile.barrier,
        suppressed=out_of_use.reason if out_of_use else None,
        bounced=out_of_use is not None and out_of_use.reason in BOUNCED,
        paused_until=row.paused_until,
        planned=len(deliveries),
        issues=tuple(dict.fromkeys(keys[one.run_id] for one in deliveries if one.arrived)),
        losses=tuple(Loss(keys[one.run_id], one.returned, one.meaning) for one in lost),
        lost_last=bool(lost) and lost[-1] is deliveries[-1],
        topics=tuple(topic.name for topic in profile.topics or profile.default_topics),
        topics_from=profile.topics_from,
    )


def _articles(
    session: Session, report: RunReport, enterprise_id: int
) -> Iterator[tuple[str, ArticleFigures]]:
    """Those of a run whose reading is told of the enterprise, by the rule on small groups.

    Told is what the run's own report tells of the article, and what cannot be used to reckon how
    the readers of the other enterprises read it.
    """
    shown = {one.position: one for one in report.articles if one.agreed is not None}
    sent = visit_store.sent_by_article(session, report.run_id)
    within = Within((report.run_id,), enterprise_id)
    clicks = article_store.clicks_by_article(session, within)
    issue = issues.load_issue(session, delivery.find_run(session, report.run_id).issue_id)
    for stored in issue.articles:
        mails = sent.get(stored.id)
        figures = shown.get(stored.article.position)
        if mails is None or figures is None or enterprise_id in hidden(mails.agreed):
            continue
        if not mails.agreed[enterprise_id]:
            continue
        yield (
            report.issue_key,
            ArticleFigures(
                position=figures.position,
                section=figures.section,
                title=figures.title,
                topics=figures.topics,
                mails=mails.mails[enterprise_id],
                agreed=mails.agreed[enterprise_id],
                unasked=None,
                readers=clicks.get(stored.id, Clicks()).readers,
                anonymous=None,
            ),
        )


def _wanted(contacts: Sequence[ContactFigures]) -> tuple[Wanted, ...]:
    counted = Counter(topic for one in contacts if one.barrier is None for topic in one.topics)
    return tuple(Wanted(name, count) for name, count in counted.most_common())
