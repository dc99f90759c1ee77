"""The process in the room: takes an order from standard input, locks itself in, compiles."""

import sys

from distribution.compiler.compiling import compile_issue
from distribution.compiler.content import ReadIssue
from distribution.compiler.room.letters import answer_to_bytes, order_from_bytes
from distribution.compiler.unreadable import UnreadableIssue
from distribution.room import OUT_OF_MEMORY, lock


def main() -> int:
    """Compile one order."""
    order = order_from_bytes(sys.stdin.buffer.read())
    lock(order.memory_bytes, order.cpu_seconds)
    answer: ReadIssue | UnreadableIssue
    try:
        try:
            answer = compile_issue(order.sources, order.sections)
        except UnreadableIssue as unreadable:
            answer = unreadable
        sys.stdout.buffer.write(answer_to_bytes(answer))
        sys.stdout.buffer.flush()
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


if __name__ == "__main__":
    sys.exit(main())
