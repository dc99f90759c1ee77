"""A DNS server on loopback that knows what a test tells it, and misbehaves on order."""

import socket
import threading
from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class Silent(Enum):
    """What is answered in place of records."""

    SERVFAIL = auto()
    NEVER = auto()
    """Nothing at all."""
    GARBAGE = auto()


Zone = Mapping[str, Sequence[str] | Silent]
"""For each name its records, such as "MX 10 mx.example.", 'TXT "words"', "CNAME other.example."."""


class DnsServer:
    """Use as a context manager; `asked` are the names it was asked for, in their order."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        host, port = self._socket.getsockname()
        return str(host), int(port)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                question, client = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            answer = self._answer(dns.message.from_wire(question))
            if answer is not None:
                self._socket.sendto(answer, client)

    def _answer(self, query: dns.message.Message) -> bytes | None:
        name = query.question[0].name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        known, reply = self.zone.get(name), dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        if known is Silent.NEVER:
            return None
        if known is Silent.GARBAGE:
            return query.to_wire()[:2] + b"\xff" * 20
        if known is Silent.SERVFAIL:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif known is None:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        else:
            assert not isinstance(known, Silent)
            self._fill(reply, name, known)
        return reply.to_wire()

    def _fill(self, reply: dns.message.Message, name: str, records: Sequence[str]) -> None:
        """What was asked for of a name; an alias, and the same of what it stands for."""
        kind = dns.rdatatype.to_text(reply.question[0].rdtype)
        found = [record.partition(" ")[2] for record in records if record.startswith(f"{kind} ")]
        if found:
            reply.answer.append(dns.rrset.from_text(f"{name}.", 300, "IN", kind, *found))
        for record in records:
            if record.startswith("CNAME "):
                target = record.removeprefix("CNAME ")
                reply.answer.append(dns.rrset.from_text(f"{name}.", 300, "IN", "CNAME", target))
                behind = self.zone[target.rstrip(".")]
                assert not isinstance(behind, Silent)
                self._fill(reply, target.rstrip("."), behind)
