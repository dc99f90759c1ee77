"""Events: what comes back from readers and mail systems, kept first and judged after."""

from distribution.events.judging import judge_requests
from distribution.events.leaving import leave
from distribution.events.mails import Outcome, judge_mails
from distribution.events.receiving import Received, receive, receive_mail
from distribution.events.requests import Client, Request, client
from distribution.events.store import unjudged

__all__ = [
    "Client",
    "Outcome",
    "Received",
    "Request",
    "client",
    "judge_mails",
    "judge_requests",
    "leave",
    "receive",
    "receive_mail",
    "unjudged",
]
