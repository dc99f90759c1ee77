"""F1 and F14: a sender dies at every named point, or of one mail again and again."""

from collections import Counter
from collections.abc import Mapping

import crew
from databases import only_sqlite
from processes import until
from scene import reader, scene
from sink import Sink

from distribution.delivery import Point
from distribution.words import Cause
from distribution.words import DeliveryState as S

TABLE = {
    Point.LEASED: (S.LEASED, 0, S.PLANNED),
    Point.BEFORE_MAIL: (S.LEASED, 0, S.PLANNED),
    Point.BEFORE_INTENT: (S.LEASED, 0, S.PLANNED),
    Point.AFTER_INTENT: (S.HANDED, 0, S.IN_DOUBT),
    Point.HALF_BODY: (S.HANDED, 0, S.IN_DOUBT),
    Point.AFTER_DOT: (S.HANDED, 1, S.IN_DOUBT),
    Point.AFTER_REPLY: (S.HANDED, 1, S.IN_DOUBT),
    Point.BEFORE_RESULT: (S.HANDED, 1, S.IN_DOUBT),
    Point.AFTER_RESULT: (S.ACCEPTED, 1, S.ACCEPTED),
}
"""What a death leaves in the books, the copies the relay has, and what is made of it later."""


READERS = len(TABLE) + 3


def test_each_point_has_its_state_in_the_books_and_at_the_relay(
    environment: dict[str, str],
) -> None:
    assert set(TABLE) == set(Point)
    with Sink() as sink, scene(environment, sink, READERS, batch_size=1) as here:
        died = {}
        for point in TABLE:
            before = here.states()
            assert crew.end_of(crew.send_until, here.environ, point) == crew.KILLED, point
            until(lambda: sink.open_now == 0, "the relay's end of the conversation")
            moved = {who: it for who, it in here.states().items() if it != before[who]}
            # While a result is recorded, the connection may have taken up its next mail.
            further = [who for who, state in moved.items() if state is not S.LEASED]
            [died[point]] = further or moved
        books = here.states()
        found = {point: (books[who], here.copies()[who]) for point, who in died.items()}
        assert found == {point: row[:2] for point, row in TABLE.items()}

        here.leases_run_out()
        books = here.states()
        assert {point: books[who] for point, who in died.items()} == {
            point: row[2] for point, row in TABLE.items()
        }
        here.pump()
        assert here.tally() == {S.ACCEPTED: READERS - 5, S.IN_DOUBT: 5}
        here.assert_nobody_twice_nobody_missed()


@only_sqlite
def test_a_mail_that_kills_three_senders_is_held_and_all_others_go_out(
    environment: Mapping[str, str],
) -> None:
    with Sink() as sink, scene(environment, sink, 8, batch_size=3) as here:
        deaths = 0
        while crew.end_of(crew.send_and_die_of, here.environ, reader(1)) == crew.KILLED:
            deaths += 1
            here.leases_run_out()
        assert deaths == 3
        # Alone with it, nothing but the first death can leave another mail in doubt.
        doubts = here.tally().get(S.IN_DOUBT, 0)
        assert doubts <= 1
        assert here.tally() == Counter({S.ACCEPTED: 7 - doubts, S.IN_DOUBT: doubts, S.HELD: 1})
        assert here.rows()[reader(1)].cause is Cause.POISON
        here.assert_nobody_twice_nobody_missed()
