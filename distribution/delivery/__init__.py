"""Delivery: runs and their ledger: plan, seal, lease, hand over, settle."""

from distribution.delivery import (
    accepting,
    approving,
    correcting,
    foreseeing,
    halting,
    late,
    linking,
    observing,
    recognising,
    rehearsing,
)
from distribution.delivery.alerting import Readership, alerts_due, raise_alert, tell_alerts
from distribution.delivery.appraising import Appraisal, appraise
from distribution.delivery.asking_to_move import VALID as MOVE_VALID
from distribution.delivery.asking_to_move import answer_moves, ask_to_move
from distribution.delivery.books import Status, status
from distribution.delivery.confirming import (
    CONSENT_WORDING,
    VALID,
    Asked,
    NotToConfirm,
    Standing,
    ask_to_confirm,
    asked,
    confirm,
    disown,
    request_consent,
)
from distribution.delivery.consequences import Refusal, follow, refused, without_addresses
from distribution.delivery.copying import ask_for_copy, copy_for
from distribution.delivery.counting import Count, counts
from distribution.delivery.doubting import (
    Barred,
    NotInDoubt,
    accept_doubt,
    require_doubt,
    resend_doubt,
)
from distribution.delivery.drafting import Draft, NothingMatches, Rehearsal, rehearse
from distribution.delivery.evidence import (
    LogStanding,
    News,
    awaited,
    log_standing,
    note_news,
    settle_by_logs,
)
from distribution.delivery.exhibiting import exhibits
from distribution.delivery.explaining import Explanation, explain
from distribution.delivery.forgetting import Forgotten, UnderWay, forget, forget_letters
from distribution.delivery.gating import GateClosed, Inspection, inspect_run
from distribution.delivery.going import RunOver
from distribution.delivery.guarding import guard, guard_due, tell_complaints
from distribution.delivery.inspecting import (
    STANDARD,
    inspect_issue,
    inspect_usual,
    inspect_wishes,
)
from distribution.delivery.lapsing import (
    ApprovalLapsed,
    Lapse,
    Lapsed,
    Missing,
    NotApproved,
    lapses_of,
    missing,
    require_standing,
)
from distribution.delivery.leasing import limits_of as lane_limits
from distribution.delivery.ledger import Terms
from distribution.delivery.letters import Office, bury, message_of, post_due
from distribution.delivery.mail_domains import lane_meant, note_domains, note_domains_of
from distribution.delivery.moving import Moving, move, move_asked
from distribution.delivery.notices import notice_endings
from distribution.delivery.ownership import Owner, claim, resign
from distribution.delivery.pacing import unkept
from distribution.delivery.planning import Recipe, plan, seal, wishes_of
from distribution.delivery.points import (
    Point,
    died_at,
    last_time,
    order_of,
    reached,
    without_order,
)
from distribution.delivery.posting import Message, message_due, note_told
from distribution.delivery.press import Press
from distribution.delivery.proofing import (
    EDITORS,
    NobodyOnList,
    Proof,
    Remark,
    addressees,
    readers_on,
    write_proofs,
)
from distribution.delivery.pumping import Pace, Pumped
from distribution.delivery.recognising import SuspectLedger
from distribution.delivery.replaying import Replay, replay
from distribution.delivery.retrying import STUCK_FOR, Failure, Retried, codes_of, failures, retry
from distribution.delivery.sending import Sender
from distribution.delivery.signing_up import answer_sign_ups
from distribution.delivery.stationery import Stationery
from distribution.delivery.steering import (
    TooFewToTry,
    WrongState,
    cancel,
    pause,
    pause_all,
    resume,
    start,
)
from distribution.delivery.store.alerts import alert_known, list_alerts
from distribution.delivery.store.attachments import detach, files_of
from distribution.delivery.store.books import as_of_one_moment
from distribution.delivery.store.evidence import logs as relay_logs
from distribution.delivery.store.forgetting import is_through, recipients
from distribution.delivery.store.gauges import Gauges, gauges
from distribution.delivery.store.heartbeats import beat
from distribution.delivery.store.lanes import held_lanes, own_limits
from distribution.delivery.store.lanes import limit as limit_lane
from distribution.delivery.store.lanes import resume as resume_lane
from distribution.delivery.store.lanes import stop as stop_lane
from distribution.delivery.store.letters import (
    SentLetter,
    add_letter,
    find_letter,
    find_letters,
    letters_due,
    list_letters,
    mark_returned,
    pass_on,
    passed_on,
    resolve_letter,
)
from distribution.delivery.store.letters import (
    written as letters_written,
)
from distribution.delivery.store.lookups import (
    Planned,
    Sent,
    find_sent,
    latest_accepted,
    prove_accepted,
)
from distribution.delivery.store.mail_domains import keep_exchange, keep_failure, take_domains
from distribution.delivery.store.moves import forget_unanswered, moves_due, unanswered
from distribution.delivery.store.plans import regular_run as run_of
from distribution.delivery.store.proofs import (
    add_proof_reader,
    drop_from_lists,
    drop_proof_reader,
    out_of_use,
    proof_readers,
)
from distribution.delivery.store.requests import forget_requests, old_requests
from distribution.delivery.store.runs import accepted_with, anything_to_do, find_run, list_runs
from distribution.delivery.store.times import present as database_now
from distribution.delivery.store.unsettled import Doubtful, doubtful
from distribution.delivery.surveying import Survey, survey
from distribution.delivery.telling import Told, bid_farewell, tell
from distribution.delivery.transport import (
    Envelope,
    Evidence,
    Handover,
    NonAsciiAddressUnsupported,
    OutcomeUnknown,
    RefusedByRelay,
    RelayUnavailable,
    Reply,
    Transport,
    TransportError,
)
from distribution.delivery.tripwires import Tripped
from distribution.delivery.verifying import Recount, finish_drained, recount, sign, verify
from distribution.delivery.vouching import (
    Approved,
    ChangedMeanwhile,
    ImportedByHimself,
    Seen,
    approve_issue,
    require_voucher,
    sight_of,
)
from distribution.delivery.welcoming import NotToWelcome, welcome

__all__ = [
    "CONSENT_WORDING",
    "EDITORS",
    "MOVE_VALID",
    "STANDARD",
    "STUCK_FOR",
    "VALID",
    "Appraisal",
    "ApprovalLapsed",
    "Approved",
    "Asked",
    "Barred",
    "ChangedMeanwhile",
    "Count",
    "Doubtful",
    "Draft",
    "Envelope",
    "Evidence",
    "Explanation",
    "Failure",
    "Forgotten",
    "GateClosed",
    "Gauges",
    "Handover",
    "ImportedByHimself",
    "Inspection",
    "Lapse",
    "Lapsed",
    "LogStanding",
    "Message",
    "Missing",
    "Moving",
    "News",
    "NobodyOnList",
    "NonAsciiAddressUnsupported",
    "NotApproved",
    "NotInDoubt",
    "NotToConfirm",
    "NotToWelcome",
    "NothingMatches",
    "Office",
    "OutcomeUnknown",
    "Owner",
    "Pace",
    "Planned",
    "Point",
    "Press",
    "Proof",
    "Pumped",
    "Readership",
    "Recipe",
    "Recount",
    "Refusal",
    "RefusedByRelay",
    "Rehearsal",
    "RelayUnavailable",
    "Remark",
    "Replay",
    "Reply",
    "Retried",
    "RunOver",
    "Seen",
    "Sender",
    "Sent",
    "SentLetter",
    "Standing",
    "Stationery",
    "Status",
    "Survey",
    "SuspectLedger",
    "Terms",
    "Told",
    "TooFewToTry",
    "Transport",
    "TransportError",
    "Tripped",
    "UnderWay",
    "WrongState",
    "accept_doubt",
    "accepted_with",
    "accepting",
    "add_letter",
    "add_proof_reader",
    "addressees",
    "alert_known",
    "alerts_due",
    "answer_moves",
    "answer_sign_ups",
    "anything_to_do",
    "appraise",
    "approve_issue",
    "approving",
    "as_of_one_moment",
    "ask_for_copy",
    "ask_to_confirm",
    "ask_to_move",
    "asked",
    "awaited",
    "beat",
    "bid_farewell",
    "bury",
    "cancel",
    "claim",
    "codes_of",
    "confirm",
    "copy_for",
    "correcting",
    "counts",
    "database_now",
    "detach",
    "died_at",
    "disown",
    "doubtful",
    "drop_from_lists",
    "drop_proof_reader",
    "exhibits",
    "explain",
    "failures",
    "files_of",
    "find_letter",
    "find_letters",
    "find_run",
    "find_sent",
    "finish_drained",
    "follow",
    "foreseeing",
    "forget",
    "forget_letters",
    "forget_requests",
    "forget_unanswered",
    "gauges",
    "guard",
    "guard_due",
    "halting",
    "held_lanes",
    "inspect_issue",
    "inspect_run",
    "inspect_usual",
    "inspect_wishes",
    "is_through",
    "keep_exchange",
    "keep_failure",
    "lane_limits",
    "lane_meant",
    "lapses_of",
    "last_time",
    "late",
    "latest_accepted",
    "letters_due",
    "letters_written",
    "limit_lane",
    "linking",
    "list_alerts",
    "list_letters",
    "list_runs",
    "log_standing",
    "mark_returned",
    "message_due",
    "message_of",
    "missing",
    "move",
    "move_asked",
    "moves_due",
    "note_domains",
    "note_domains_of",
    "note_news",
    "note_told",
    "notice_endings",
    "observing",
    "old_requests",
    "order_of",
    "out_of_use",
    "own_limits",
    "pass_on",
    "passed_on",
    "pause",
    "pause_all",
    "plan",
    "post_due",
    "proof_readers",
    "prove_accepted",
    "raise_alert",
    "reached",
    "readers_on",
    "recipients",
    "recognising",
    "recount",
    "refused",
    "rehearse",
    "rehearsing",
    "relay_logs",
    "replay",
    "request_consent",
    "require_doubt",
    "require_standing",
    "require_voucher",
    "resend_doubt",
    "resign",
    "resolve_letter",
    "resume",
    "resume_lane",
    "retry",
    "run_of",
    "seal",
    "settle_by_logs",
    "sight_of",
    "sign",
    "start",
    "status",
    "stop_lane",
    "survey",
    "take_domains",
    "tell",
    "tell_alerts",
    "tell_complaints",
    "unanswered",
    "unkept",
    "verify",
    "welcome",
    "wishes_of",
    "without_addresses",
    "without_order",
    "write_proofs",
]
