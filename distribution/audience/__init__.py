"""Audience: enterprises, contacts, interests, consent, suppression; who may be mailed."""

from distribution.audience.address import EmailAddress, InvalidAddress, read_address
from distribution.audience.blocklist import BlockedLine, read_blocklist
from distribution.audience.credit_code import InvalidCreditCode, read_credit_code
from distribution.audience.defaults import DefaultTopics, default_topics
from distribution.audience.importing.running import (
    Result,
    Source,
    import_contacts,
    import_enterprises,
    try_contacts,
    try_enterprises,
)
from distribution.audience.importing.verdicts import Verdict
from distribution.audience.industries import InvalidIndustry, industry_name, read_industry
from distribution.audience.membership import NOTICE, membership
from distribution.audience.regions import CITIES, read_region
from distribution.audience.sample import load_sample
from distribution.audience.sheets import (
    Columns,
    ContactField,
    EnterpriseField,
    SheetReader,
    read_contacts,
    read_enterprises,
)
from distribution.audience.store.ahead import slices_ahead
from distribution.audience.store.bulk import Deed, do_to
from distribution.audience.store.changing import (
    ContactChanges,
    change_contact,
    depart,
    pause,
    succeed,
)
from distribution.audience.store.consent import (
    Statement,
    consents,
    record_consent,
)
from distribution.audience.store.contacts import (
    AlreadySubscribed,
    Erased,
    NewSubscriber,
    Profile,
    Wishes,
    add_subscriber,
    find_subscriber,
    profile,
    set_interests,
)
from distribution.audience.store.defaults import default_rules, set_default
from distribution.audience.store.endings import NOTICED, endings
from distribution.audience.store.enterprises import (
    AlreadyAMember,
    EnterpriseChanges,
    add_enterprise,
    change_enterprise,
    ensure_enterprise,
    enterprise_topics,
    find_enterprise,
    set_enterprise_topics,
    suspend,
)
from distribution.audience.store.exporting import (
    ExportedContact,
    ExportedEnterprise,
    exported_contacts,
    exported_enterprises,
)
from distribution.audience.store.forgetting import forget, known_by, pseudonym, shows
from distribution.audience.store.imports import done_before, find_import, imports, rows_of
from distribution.audience.store.listing import (
    ENTERPRISE_ORDERS,
    ORDERS,
    TheseEnterprises,
    Those,
    contacts_with_barriers,
    count_enterprises,
    count_those,
    enterprises,
    ids_of_those,
    subscribers,
)
from distribution.audience.store.locking import join_audience, lock_subscriber
from distribution.audience.store.readers import (
    Audience,
    Reader,
    Wanted,
    reader,
    readers_after,
    readers_among,
)
from distribution.audience.store.roles import LiaisonTaken, NoEnterprise, hand_over, holders
from distribution.audience.store.standing import (
    Fact,
    TrackingAnswer,
    agrees_to_tracking,
    barrier,
    facts,
    outsiders,
    tracking_answers,
)
from distribution.audience.store.suppression import (
    address_hash_of,
    release,
    release_domain,
    subscribers_at,
    suppress,
    suppress_all,
    suppress_domain,
    suppressed_domains,
    suppressions,
)
from distribution.audience.store.undoing import NotUndoable, undo
from distribution.audience.suspicion import Suspicion, suspicions
from distribution.audience.texts import TEXTS, ConsentText, text_of
from distribution.audience.traces import BLANK, Traces
from distribution.audience.wording import InvalidText, name_key, tidy, tidy_words

__all__ = [
    "BLANK",
    "CITIES",
    "ENTERPRISE_ORDERS",
    "NOTICE",
    "NOTICED",
    "ORDERS",
    "TEXTS",
    "AlreadyAMember",
    "AlreadySubscribed",
    "Audience",
    "BlockedLine",
    "Columns",
    "ConsentText",
    "ContactChanges",
    "ContactField",
    "Deed",
    "DefaultTopics",
    "EmailAddress",
    "EnterpriseChanges",
    "EnterpriseField",
    "Erased",
    "ExportedContact",
    "ExportedEnterprise",
    "Fact",
    "InvalidAddress",
    "InvalidCreditCode",
    "InvalidIndustry",
    "InvalidText",
    "LiaisonTaken",
    "NewSubscriber",
    "NoEnterprise",
    "NotUndoable",
    "Profile",
    "Reader",
    "Result",
    "SheetReader",
    "Source",
    "Statement",
    "Suspicion",
    "TheseEnterprises",
    "Those",
    "Traces",
    "TrackingAnswer",
    "Verdict",
    "Wanted",
    "Wishes",
    "add_enterprise",
    "add_subscriber",
    "address_hash_of",
    "agrees_to_tracking",
    "barrier",
    "change_contact",
    "change_enterprise",
    "consents",
    "contacts_with_barriers",
    "count_enterprises",
    "count_those",
    "default_rules",
    "default_topics",
    "depart",
    "do_to",
    "done_before",
    "endings",
    "ensure_enterprise",
    "enterprise_topics",
    "enterprises",
    "exported_contacts",
    "exported_enterprises",
    "facts",
    "find_enterprise",
    "find_import",
    "find_subscriber",
    "forget",
    "hand_over",
    "holders",
    "ids_of_those",
    "import_contacts",
    "import_enterprises",
    "imports",
    "industry_name",
    "join_audience",
    "known_by",
    "load_sample",
    "lock_subscriber",
    "membership",
    "name_key",
    "outsiders",
    "pause",
    "profile",
    "pseudonym",
    "read_address",
    "read_blocklist",
    "read_contacts",
    "read_credit_code",
    "read_enterprises",
    "read_industry",
    "read_region",
    "reader",
    "readers_after",
    "readers_among",
    "record_consent",
    "release",
    "release_domain",
    "rows_of",
    "set_default",
    "set_enterprise_topics",
    "set_interests",
    "shows",
    "slices_ahead",
    "subscribers",
    "subscribers_at",
    "succeed",
    "suppress",
    "suppress_all",
    "suppress_domain",
    "suppressed_domains",
    "suppressions",
    "suspend",
    "suspicions",
    "text_of",
    "tidy",
    "tidy_words",
    "tracking_answers",
    "try_contacts",
    "try_enterprises",
    "undo",
]
