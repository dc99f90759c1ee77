"""How many of the labelled sessions are judged right, kind by kind.

    python benchmarks/verdicts.py [--seed 9]

A machine is found where nothing it did passes for a person's or for doubtful. A person is lost
where anything he did is called a machine's; doubtful is where nothing of his is confirmed. The
last column is the share that is judged right without consent: links of the run, no mail, no time.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import labelled_sessions
from verdict_table import rows

from distribution.events import RULES


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Judge the labelled sessions.")
    parser.add_argument("--seed", type=int, default=9)
    table = rows(labelled_sessions.make(parser.parse_args().seed))
    print(f"rules {RULES}; sessions judged: machine, human, doubtful; without consent: right\n")
    print(f"{'kind':<34}{'n':>5}{'machine':>9}{'human':>7}{'doubt':>7}{'without':>9}")
    for row in table:
        doubt = row.sessions - row.machine - row.human
        without = f"{row.nameless_right / row.nameless:8.0%}" if row.nameless else "-"
        print(
            f"{row.kind:<34}{row.sessions:>5}{row.machine:>9}{row.human:>7}{doubt:>7}{without:>9}"
        )
    for person, said in ((True, "people lost"), (False, "machines found")):
        of = [row for row in table if row.person is person]
        machine, every = sum(row.machine for row in of), sum(row.sessions for row in of)
        print(f"\n{said}: {machine} of {every} ({machine / every:.1%})", end="")
    print()


if __name__ == "__main__":
    main()
