"""What was frozen for a reader, read back in order to be explained."""

import json

import pytest

from distribution.digests import Interests, interests_of
from distribution.words import MailFormat, TopicsFrom, Tracking


@pytest.mark.parametrize("whose", list(TopicsFrom))
def test_wishes_are_read_back_as_they_were_frozen(whose: TopicsFrom) -> None:
    chosen = () if whose is TopicsFrom.NOBODY else ("policy", "quality")
    plain = Interests(chosen, topics_from=whose)
    rare = Interests(
        chosen,
        ("煤矿智能化",),
        standard=True,
        topics_from=whose,
        when_matching=True,
        tracking=Tracking.DENIED,
        format=MailFormat.TEXT,
    )
    for wishes in (plain, rare):
        assert interests_of(json.loads(json.dumps(wishes.facts()))) == wishes
