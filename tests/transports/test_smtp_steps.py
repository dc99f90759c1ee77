"""Every step of the conversation times every misbehaviour: what the sender concludes from it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from mails import outcome, relay_at, run
from sink import Act, Fault, Sink, Step

from distribution.delivery.transport import (
    OutcomeUnknown,
    RefusedByRelay,
    RelayUnavailable,
    Reply,
    TransportError,
)
from distribution.transports import SmtpRelay, Timeouts

ACTS = {
    "closes": Fault(Act.CLOSE),
    "resets": Fault(Act.RESET),
    "says 421 and leaves": Fault(Act.LEAVE, "421 4.3.2 closing"),
    "says 4xx": Fault(Act.SAY, "451 4.7.1 later"),
    "says 5xx": Fault(Act.SAY, "554 5.7.1 no"),
    "says garbage": Fault(Act.GARBAGE),
    "says a line of 10 KB": Fault(Act.LONG_LINE),
    "says it in three lines": Fault(Act.LINES),
    "says it twice": Fault(Act.TWICE),
    "says it byte by byte": Fault(Act.SLOW),
    "hangs": Fault(Act.HANG),
}

UNAVAILABLE = RelayUnavailable, False
FORBIDDEN = RelayUnavailable, True
LOST = RefusedByRelay, 421
LATER = RefusedByRelay, 451
NO = RefusedByRelay, 554
UNKNOWN = OutcomeUnknown, None
SENT = Reply, 250

GREETING = [UNAVAILABLE] * 4 + [FORBIDDEN] + [UNAVAILABLE] * 2 + [SENT] + [UNAVAILABLE] * 3
TABLE = {
    Step.BANNER: GREETING,
    # 5xx to EHLO is answered with HELO; a second reply to it spoils the transaction
    Step.EHLO: [*[UNAVAILABLE] * 4, SENT, *[UNAVAILABLE] * 2, SENT, LOST, *[UNAVAILABLE] * 2],
    Step.MAIL: [LOST, LOST, LOST, LATER, FORBIDDEN, LOST, LOST, SENT, LOST, LOST, LOST],
    Step.RCPT: [LOST, LOST, LOST, LATER, NO, LOST, LOST, SENT, LOST, LOST, LOST],
    # a second 354 comes before the message goes: nothing is sent
    Step.DATA: [LOST, LOST, LOST, LATER, NO, LOST, LOST, SENT, (Reply, 421), LOST, LOST],
    Step.BODY: [
        UNKNOWN, UNKNOWN, (Reply, 421), (Reply, 451), (Reply, 554), UNKNOWN, UNKNOWN,
        None, None, None, UNKNOWN,
    ],
    Step.DOT: [
        UNKNOWN, UNKNOWN, (Reply, 421), (Reply, 451), (Reply, 554), UNKNOWN, UNKNOWN,
        None, None, None, UNKNOWN,
    ],
    Step.ACCEPTED: [
        UNKNOWN, UNKNOWN, None, None, None, UNKNOWN, UNKNOWN, SENT, SENT, UNKNOWN, UNKNOWN,
    ],
}  # fmt: skip
"""The columns are ACTS. None: a relay that lies (says yes and took nothing, or no and took it)."""

LIMIT_OF = {Step.EHLO: "hello", Step.BODY: "dot", Step.ACCEPTED: "dot"}

CELLS = [
    pytest.param(step, act, expected, extensions, id=f"{step.name}-{act}-{len(extensions)}")
    for step, row in TABLE.items()
    for act, expected in zip(ACTS, row, strict=True)
    if expected is not None
    for extensions in (("PIPELINING",), ())
]


def code_of(result: Reply | TransportError) -> object:
    if isinstance(result, RelayUnavailable):
        return result.permanent
    if isinstance(result, RefusedByRelay):
        return result.reply.code
    return getattr(result, "code", None)


@pytest.mark.parametrize(("step", "act", "expected", "extensions"), CELLS)
def test_each_misbehaviour_at_each_step_has_one_outcome_and_spares_the_next_mail(
    step: Step, act: str, expected: tuple[type, object], extensions: tuple[str, ...]
) -> None:
    async def work(transport: SmtpRelay) -> list[Reply | TransportError]:
        return [await outcome(transport, 1), await outcome(transport, 2)]

    fault = replace(ACTS[act], times=1)
    # only the step at hand is hurried, so that a busy machine does not look like a slow relay
    limits = Timeouts(**{LIMIT_OF.get(step, step.name.lower()): timedelta(seconds=0.2)})
    with Sink({step: fault}, extensions=extensions) as sink:
        first, second = run(relay_at(sink, timeouts=limits), work)

    assert (type(first), code_of(first)) == expected
    assert (type(second), code_of(second)) == SENT
    first_taken = ["<1@journal.example.cn>"] * (step is Step.ACCEPTED or expected == SENT)
    taken = [mail.message_id for mail in sink.accepted]
    assert taken == [*first_taken, "<2@journal.example.cn>"]
