"""Finds at which command of the SMTP session a refusal came.

It decides what "user unknown" is worth: said to RCPT TO it speaks of the address; said after the
message it is what some providers say when a reader's filter did not like it.
"""

import re

RCPT, MAIL, DATA, CONNECT = "rcpt", "mail", "data", "connect"
_SAID = re.compile(
    r"in reply to (?:the )?(?:end of )?(\w+)"  # Postfix
    r"|(?:after|following|in response to) (?:the )?(?:end of |pipelined )?"
    r"(rcpt|mail from|data|initial connection|helo|ehlo|sending data)"
    r"|for (rcpt|mail|text|data) command"
    r"|error,? (rcpt|mail from|data)\b"  # Coremail
    r"|smtp:(rcpt|mail|data)\b"
    r"|sent:? (?:<<< )?(rcpt|mail) (?:to|from):"  # hMailServer, InterScan
    r"|did not like our (\w+)"  # DragonFly
    r"|\[(rcpt_to|mail_from|body|data|connect)\]"  # Yahoo
    r"|step: (rcpt|mail|data)"
    r"|smtp command\W{1,4}(rcpt|mail|data)\b"
    r"|\((rcpt|mail|data)\)"
    r"|does not like (recipient)|(sender|my name) was rejected"  # qmail
    r"|failed (after i sent) the message"
    r"|\*\* address (not found) \*\*"  # Google, of what RCPT TO was answered with
    r"|\((state 1[4578])\)"  # Google, until 2016
    r"|said \d{3} for (rcpt)|most progress was (rcpt|mail|data)",
)
_COMMAND = re.compile(r">>> ?(\w+)(?: (?:to|from):? ?<?([^>\s]{0,320})>?)?[^>]{0,600}?<<< ?[45]")
# Other transcripts: MDaemon's arrows and time stamps, or the reply right behind the command.
_ANSWERED = re.compile(
    r"\b(rcpt|mail) (?:to|from): ?<?[^<>\s]{1,320}>?(?:[^<>]{0,40}<-- ?| )[45]\d\d[ -]"
)
# Sendmail writes DATA where it had sent RCPT and DATA together; what follows tells them apart.
_ONLY_RECIPIENT = re.compile(
    r"<<< 5\d\d (?!5\.[02-9])[^\n]{0,400}?55\d 5\.1\.1 <[^>]{1,320}>\.\.\. user unknown"
    r"|<<< 55\d (?!5\.[02-9])[^\n]{0,400}?<<< 5\d\d (?:5\.5\.1 )?(?:error: )?"
    r"(?:no valid recipients|need rcpt)"
)
# Yahoo, which sets a colon behind the code and names the command where it is another.
_OF_THE_ADDRESS = re.compile(
    r"55\d: (?:5\.1\.1 )?<[^<>\s]{1,320}@[^<>\s]{1,255}>: "
    r"(?:recipient address rejected: )?user unknown"
)
_PHASES = {
    "rcpt": RCPT, "recipient": RCPT, "not found": RCPT, "mail": MAIL, "sender": MAIL,
    "data": DATA, "text": DATA, "end": DATA, "body": DATA, "after i sent": DATA, "sending": DATA,
    "state 14": RCPT, "state 1": DATA, "initial": CONNECT, "my name": CONNECT, "helo": CONNECT,
    "ehlo": CONNECT, "connect": CONNECT,
}  # fmt: skip


def phase_in(text: str, recipient: str = "") -> str:
    """The command that was refused, as far as a text says it; the text is lower-case, one line.

    >>> phase_in("550 no such user (in reply to rcpt to command)"), phase_in("550 no such user")
    ('rcpt', '')
    """
    if _ONLY_RECIPIENT.search(text):
        return RCPT
    found = _SAID.search(text)
    if found is not None:
        said = next(filter(None, found.groups()))
        return _known(said)
    commands = _COMMAND.findall(text)
    named = [command for command, whom in commands if recipient and whom == recipient]
    told = _known((named or [command for command, _ in commands] or [""])[0])
    if not told and (answered := _ANSWERED.search(text)):
        told = _known(answered.group(1))
    return told or (RCPT if _OF_THE_ADDRESS.search(text) else "")


def _known(said: str) -> str:
    return next((phase for start, phase in _PHASES.items() if said.startswith(start)), "")
