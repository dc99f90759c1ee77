"""Events: what comes back from readers and mail systems, kept first and judged after."""

from distribution.events.forgetting import Dropped, Unjudged, forget, mails_about
from distribution.events.judging import judge_requests
from distribution.events.leaving import leave
from distribution.events.mails import Desk, Outcome, judge_mails
from distribution.events.receiving import Received, receive, receive_mail, receive_notice
from distribution.events.requests import Client, Request, client
from distribution.events.store import understood, unjudged

__all__ = [
    "Client",
    "Desk",
    "Dropped",
    "Outcome",
    "Received",
    "Request",
    "Unjudged",
    "client",
    "forget",
    "judge_mails",
    "judge_requests",
    "leave",
    "mails_about",
    "receive",
    "receive_mail",
    "receive_notice",
    "understood",
    "unjudged",
]
