"""Audience: enterprises, contacts, interests, consent, suppression; who may be mailed."""

from distribution.audience.address import EmailAddress, InvalidAddress, read_address
from distribution.audience.sample import load_sample
from distribution.audience.store.consent import (
    Statement,
    lock_subscriber,
    record_consent,
    suppress,
)
from distribution.audience.store.contacts import (
    AlreadySubscribed,
    NewSubscriber,
    Profile,
    add_subscriber,
    enterprises,
    find_subscriber,
    profile,
    set_interests,
    subscribers,
)
from distribution.audience.store.readers import (
    Audience,
    Reader,
    TrackingAnswer,
    agrees_to_tracking,
    barrier,
    reader,
    readers_after,
    tracking_answers,
)
from distribution.audience.wording import InvalidText

__all__ = [
    "AlreadySubscribed",
    "Audience",
    "EmailAddress",
    "InvalidAddress",
    "InvalidText",
    "NewSubscriber",
    "Profile",
    "Reader",
    "Statement",
    "TrackingAnswer",
    "add_subscriber",
    "agrees_to_tracking",
    "barrier",
    "enterprises",
    "find_subscriber",
    "load_sample",
    "lock_subscriber",
    "profile",
    "read_address",
    "reader",
    "readers_after",
    "record_consent",
    "set_interests",
    "subscribers",
    "suppress",
    "tracking_answers",
]
