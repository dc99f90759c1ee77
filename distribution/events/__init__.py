"""Events: what comes back from readers and mail systems, kept first and judged after."""

from distribution.events.forgetting import Dropped, Unjudged, forget, mails_about
from distribution.events.judging import judge_requests
from distribution.events.leaving import leave
from distribution.events.mails import Outcome, judge_mails
from distribution.events.receiving import Received, receive, receive_mail
from distribution.events.requests import Client, Request, client
from distribution.events.store import unjudged

__all__ = [
    "Client",
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
    "unjudged",
]
