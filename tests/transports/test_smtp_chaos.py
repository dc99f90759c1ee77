"""Everything at once: many mails, cancelled at any moment, to a relay that fails at any step.

The sink's accept log is the oracle: whatever the sender concludes must agree with it.
"""

import asyncio
import random
import ssl
from collections import Counter
from pathlib import Path

import pytest
import trustme
from mails import body, envelope, relay_at, run
from sink import Act, Fault, Sink, Step

from distribution.delivery.transport import OutcomeUnknown, RefusedByRelay, RelayUnavailable
from distribution.transports import SmtpRelay

MAILS = 300
ACTS = [
    Fault(Act.CLOSE), Fault(Act.RESET), Fault(Act.GARBAGE), Fault(Act.LEAVE, "421 4.3.2 closing"),
    Fault(Act.SAY, "451 4.7.1 later"),
]  # fmt: skip


class Unreliable(Sink):
    """Fails one time in thirty, at any step but those where it would lie about a mail."""

    dice: random.Random

    def due(self, step: Step) -> Fault | None:
        super().due(step)
        if step is Step.STARTTLS or self.dice.random() > 1 / 30:
            return None
        fault = self.dice.choice(ACTS)
        return Fault(Act.CLOSE) if step is Step.ACCEPTED and fault.text else fault


async def try_once(transport: SmtpRelay, number: int) -> str:
    """What the ledger would write for one attempt."""
    try:
        handover = await transport.begin(envelope(number=number))
    except (RefusedByRelay, RelayUnavailable):
        return "no"
    except asyncio.CancelledError:
        return "no"
    try:
        reply = await handover.finish(body(number))
    except (OutcomeUnknown, asyncio.CancelledError):
        return "in doubt"
    return "accepted" if reply.positive else "no"


async def until_settled(transport: SmtpRelay, dice: random.Random, number: int) -> str:
    """Try until the outcome is not "no"; one attempt in five is cancelled on its way."""
    while True:
        attempt = asyncio.create_task(try_once(transport, number))
        if dice.random() < 0.2:
            await asyncio.sleep(dice.random() * 0.02)
            attempt.cancel()
        try:
            verdict = await attempt
        except asyncio.CancelledError:  # before it had even begun
            continue
        if verdict != "no":
            return verdict


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
def test_no_mail_is_lost_or_doubled_whatever_happens(
    tmp_path: Path, seed: int, *, encrypted: bool
) -> None:
    authority, settings = trustme.CA(), {"connections": 6}
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    if encrypted:
        settings |= {"security": "starttls", "ca_file": tmp_path / "ca.pem"}
    dice = random.Random(seed)  # noqa: S311 - reproducible, not secret

    async def work(transport: SmtpRelay) -> list[str]:
        mails = (until_settled(transport, dice, number) for number in range(MAILS))
        return await asyncio.gather(*mails)

    with Unreliable(tls=context if encrypted else None, log=tmp_path / "accepted") as sink:
        sink.dice = dice
        verdicts = run(relay_at(sink, **settings), work)

    copies = Counter(mail.message_id for mail in sink.accepted)
    assert max(copies.values()) == 1
    for number, verdict in enumerate(verdicts):
        taken = copies[f"<{number}@journal.example.cn>"] == 1
        assert taken or verdict == "in doubt"
    assert Counter(verdicts)["in doubt"] < MAILS / 4
    assert len((tmp_path / "accepted").read_text().splitlines()) == len(sink.accepted)
