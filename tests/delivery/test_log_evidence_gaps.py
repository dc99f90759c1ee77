"""Gaps in the log of the relay: what may have been missed is never taken for absent (F12)."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from followed_relay import Post, died, handed, in_doubt
from postfix_lines import alive, started, taken
from sqlalchemy import update

from distribution.models import RelayLog
from distribution.words import Awaited, DeliveryState

S = DeliveryState


def restart(post: Post) -> None:
    post.write(started())


def truncate(post: Post) -> None:
    os.truncate(post.log, 0)


def copy_and_truncate(post: Post) -> None:
    shutil.copy(post.log, f"{post.log}.1")
    os.truncate(post.log, 0)


def delete(post: Post) -> None:
    post.log.unlink()
    post.look()
    post.log.touch()


def rotate_twice(post: Post) -> None:
    post.log.rename(f"{post.log}.2")
    os.utime(f"{post.log}.2", (1, 1))
    Path(f"{post.log}.1").write_text(alive(), encoding="utf-8")
    post.write(alive())


@pytest.mark.parametrize("fault", [restart, truncate, copy_and_truncate, delete, rotate_twice])
def test_a_gap_leaves_it_unknown_for_good(post: Post, fault: object) -> None:
    assert callable(fault)
    row = in_doubt(post)
    post.look()
    fault(post)
    post.look()
    assert post.row.gap
    post.quarantine_passes()
    post.quarantine_passes()

    assert (post.state(row), post.awaits(row)) == (S.IN_DOUBT, Awaited.GAP)


def test_proof_counts_even_where_there_is_a_gap(post: Post) -> None:
    row = in_doubt(post)
    post.write(taken("4XyZ1", post.message_id(row)))
    copy_and_truncate(post)
    post.look()

    assert post.row.gap == "cut"
    assert post.state(row) is S.ACCEPTED


def test_a_rotation_in_between_is_no_gap(post: Post) -> None:
    row = in_doubt(post)
    post.look()
    post.log.rename(f"{post.log}.1")
    post.write(alive())
    post.look()
    post.quarantine_passes()

    assert post.row.gap == "first"
    assert post.state(row) is S.PLANNED


def test_a_follower_that_was_down_for_a_day_reads_on_where_it_stopped(post: Post) -> None:
    row = in_doubt(post)
    post.look()
    post.passes(timedelta(days=1))
    post.write(alive())
    post.look()
    assert (post.state(row), post.awaits(row)) == (S.IN_DOUBT, Awaited.LIFE)
    post.write(alive())
    post.look()

    assert post.state(row) is S.PLANNED


def test_a_log_followed_only_since_then_proves_nothing_missing(post: Post) -> None:
    good, row = handed(post)
    died(post, row)
    with post.app.transaction() as session:
        session.execute(update(RelayLog).values(place={}, begun={}))
    post.write(taken("4XyZ0", post.message_id(good)))
    post.look()
    post.quarantine_passes()

    assert (post.state(row), post.awaits(row)) == (S.IN_DOUBT, Awaited.GAP)
