"""Events: what comes back from readers and mail systems, kept first and judged after."""

from distribution.events.comparing import (
    Rejudged,
    forget_nameless,
    holds_nameless,
    rejudge,
)
from distribution.events.forgetting import Dropped, Unjudged, forget, mails_about
from distribution.events.judging import judge_requests
from distribution.events.leaving import come_back, leave
from distribution.events.mails import Desk, Outcome, judge_mails
from distribution.events.proxies import Proxies
from distribution.events.reading_store import UNTRACED, runs
from distribution.events.receiving import Received, receive, receive_mail, receive_notice
from distribution.events.requests import HIDDEN, Client, Request, client
from distribution.events.store import REQUESTS, understood, unjudged
from distribution.events.verdicts import RULES

__all__ = [
    "HIDDEN",
    "REQUESTS",
    "RULES",
    "UNTRACED",
    "Client",
    "Desk",
    "Dropped",
    "Outcome",
    "Proxies",
    "Received",
    "Rejudged",
    "Request",
    "Unjudged",
    "client",
    "come_back",
    "forget",
    "forget_nameless",
    "holds_nameless",
    "judge_mails",
    "judge_requests",
    "leave",
    "mails_about",
    "receive",
    "receive_mail",
    "receive_notice",
    "rejudge",
    "runs",
    "understood",
    "unjudged",
]
