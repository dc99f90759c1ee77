"""Readers counted over an issue, any number of them, without keeping any."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from distribution.digests.coverage import (
    ArticleCoverage,
    Coverage,
    Largest,
    Shares,
    TopicCoverage,
)
from distribution.digests.encoding import LINE
from distribution.digests.layout import Personal
from distribution.digests.measuring import Scale
from distribution.digests.message import HTML_LINES, Composer
from distribution.digests.selecting import Choice, Interests, Selector
from distribution.issues import StoredIssue
from distribution.words import Cause, MailFormat, Reason, Tracking

NAMED = 20
"""Readers who are named of those whose interests can never match."""
_KEPT = 50_000
"""Different interests kept apart before they are summed up: bounds the memory."""
_SHARES = {
    Reason.LEAD: 1,
    Reason.MUST_CARRY: 1,
    Reason.DISCOVERY: 2,
    Reason.SECTION: 3,
    Reason.CONTENTS: 4,
    Reason.FILL: 4,
}
"""The place in Shares of a reason that is nobody's own."""


@dataclass(slots=True)
class _Outcome:
    """What readers of the same interests get, with how many they are so far."""

    gets: frozenset[tuple[int, int]]
    """The places of articles in the issue, each with an index into Shares."""
    digest: int
    """A hash of the articles and reasons."""
    lines: int
    exact: bool = False
    """Whether `lines` was measured; else it may be too much."""
    readers: int = 0


class Tally:
    """Counts readers of one issue, any number of them, without keeping them.

    What is kept grows with the number of different mails, by a few bytes each.
    """

    def __init__(
        self,
        issue: StoredIssue,
        selector: Selector,
        composer: Composer,
        personal: Personal,
        topics: Mapping[str, str],
        *,
        leading_nowhere: frozenset[str] = frozenset(),
    ) -> None:
        """`topics` are the names of those readers can choose, by code; `personal` anybody's links.

        Topics `leading_nowhere` have no section, no rule and no article of any issue.
        """
        self._articles = sorted(issue.articles, key=lambda stored: stored.article.position)
        self._place = {stored.id: place for place, stored in enumerate(self._articles)}
        self._selector, self._composer, self._topics = selector, composer, topics
        self._personal = replace(personal, open_url=None)
        self._scale = Scale(composer.sheet, replace(personal, open_url=personal.read_url))
        self._leading_nowhere = leading_nowhere
        self._outcomes: dict[Interests, _Outcome] = {}
        self._known: dict[frozenset[tuple[int, int]], frozenset[tuple[int, int]]] = {}
        self._left_out: Counter[Cause] = Counter()
        self._readers = self._never = self._too_large = 0
        self._named: list[str] = []
        self._shares = [[0] * len(Shares._fields) for _ in self._articles]
        self._followers: Counter[str] = Counter()
        self._cells: dict[str, list[int]] = {}
        self._own: Counter[int] = Counter()
        self._in_mail: Counter[int] = Counter()
        # Of 64 bits each: among a million the chance that two of them meet is 1 in 30 millions.
        self._signatures: set[int] = set()
        self._mails: dict[MailFormat, set[int]] = {kind: set() for kind in MailFormat}
        self._largest: Largest | None = None

    def leave_out(self, cause: Cause, readers: int = 1) -> None:
        """Count readers who get no mail."""
        self._readers += readers
        self._left_out[cause] += readers

    def add(self, wishes: Interests, recipients: Sequence[str]) -> None:
        """Count the readers of these addresses, all of whom want the same."""
        readers = len(recipients)
        if self._can_never_match(wishes):
            self._never += readers
            self._named += recipients[: NAMED - len(self._named)]
        outcome = self._outcome(wishes)
        outcome.readers += readers
        if not outcome.gets:
            self.leave_out(Cause.NO_MATCH, readers)
            return
        self._readers += readers
        self._signatures.add(hash(wishes))
        self._mails[wishes.format].add(outcome.digest)
        if wishes.format is MailFormat.HTML:
            self._weigh(wishes, outcome, recipients)

    def coverage(self) -> Coverage:
        """What came of all who were counted."""
        self._sum_up()
        return Coverage(
            readers=self._readers,
            left_out={cause: self._left_out[cause] for cause in Cause if self._left_out[cause]},
            articles=tuple(
                ArticleCoverage(
                    stored.id,
                    stored.article.position,
                    stored.article.title,
                    stored.article.section,
                    stored.topics,
                    Shares(*shares),
                )
                for stored, shares in zip(self._articles, self._shares, strict=True)
            ),
            topics=tuple(self._topic(code, name) for code, name in self._topics.items()),
            own=dict(sorted(self._own.items())),
            in_mail=dict(sorted(self._in_mail.items())),
            never=self._never,
            never_named=tuple(self._named),
            selections=len(self._signatures),
            mails={kind: len(found) for kind, found in self._mails.items()},
            largest=self._largest,
            too_large=self._too_large,
        )

    def _topic(self, code: str, name: str) -> TopicCoverage:
        return TopicCoverage(
            code,
            name,
            followers=self._followers[code],
            articles=sum(code in stored.topics for stored in self._articles),
            cells=tuple(self._cells.get(code, [0] * len(self._articles))),
        )

    def _can_never_match(self, wishes: Interests) -> bool:
        follows = wishes.topics and not wishes.standard and not wishes.watch_words
        return bool(follows) and self._leading_nowhere.issuperset(wishes.topics)

    def _outcome(self, wishes: Interests) -> _Outcome:
        """What these wishes lead to; reckoned once for all that can only lead to the same."""
        key = self._essence(wishes)
        outcome = self._outcomes.get(key)
        if outcome is None:
            if len(self._outcomes) >= _KEPT:
                self._sum_up()
            choices = self._selector.select(key).choices
            gets = frozenset((self._place[one.article], _share(one)) for one in choices)
            outcome = self._outcomes[key] = _Outcome(
                gets=self._known.setdefault(gets, gets),
                digest=hash(choices),
                lines=self._scale.at_most(choices) if choices else 0,
            )
        return outcome

    def _essence(self, wishes: Interests) -> Interests:
        """The same wishes without what chooses nothing: words no article has, the mail's form."""
        if wishes.standard:
            return Interests((), standard=True)
        words = tuple(word for word in wishes.watch_words if self._selector.holding(word))
        if not words and not wishes.topics:  # who follows but such words is not one who wants all
            words = wishes.watch_words
        return replace(wishes, watch_words=words, tracking=Tracking.UNKNOWN, format=MailFormat.HTML)

    def _weigh(self, wishes: Interests, outcome: _Outcome, recipients: Sequence[str]) -> None:
        """See whether this mail is the longest, or too long; most need not be made to know."""
        pixel = self._scale.pixel if wishes.tracking is Tracking.GRANTED else 0
        pixel += self._scale.trap if wishes.tracking is not Tracking.DENIED else 0
        longest = self._largest.html_bytes // LINE if self._largest else 0
        if outcome.lines + pixel > min(longest, HTML_LINES) and not outcome.exact:
            choices = self._selector.select(wishes).choices
            outcome.lines = self._composer.html_bytes(choices, self._personal) // LINE
            outcome.exact = True
        lines = outcome.lines + pixel
        if lines > HTML_LINES:
            self._too_large += len(recipients)
        if lines > longest:
            self._largest = Largest(recipients[0], wishes, len(outcome.gets), lines * LINE)

    def _sum_up(self) -> None:
        """Add up what was kept apart; the order of anybody's topics matters no longer."""
        alike: Counter[tuple[frozenset[str], bool, frozenset[tuple[int, int]]]] = Counter()
        for wishes, outcome in self._outcomes.items():
            topics = frozenset(() if wishes.standard else wishes.topics)
            follows = bool(topics or wishes.watch_words) and not wishes.standard
            alike[topics, follows, outcome.gets] += outcome.readers
        self._outcomes.clear()
        self._known.clear()
        for (topics, follows, gets), readers in alike.items():
            for topic in topics:
                self._followers[topic] += readers
            if gets:
                self._in_mail[len(gets)] += readers
                if follows:
                    self._own[sum(share == 0 for _, share in gets)] += readers
                self._count(topics, gets, readers)

    def _count(
        self, topics: frozenset[str], gets: frozenset[tuple[int, int]], readers: int
    ) -> None:
        for place, share in gets:
            self._shares[place][share] += readers
        for topic in topics:
            cells = self._cells.setdefault(topic, [0] * len(self._articles))
            for place, _ in gets:
                cells[place] += readers


def _share(choice: Choice) -> int:
    return 0 if choice.own else _SHARES[choice.reason]
