"""Issues and digests at hand: what is approved and what is planned does not change."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from threading import Lock

from sqlalchemy.orm import Session

from distribution import delivery, issues
from distribution.delivery import Press, Sent
from distribution.digests import Digest
from distribution.issues import Kinship, Shelved, StoredIssue
from distribution.web.asking import missing

_ISSUES = 24
"""Two years of them."""


class Shelf:
    """The issues that may be looked up, the newest first, as long as nothing of them changes."""

    def __init__(self, shelved: Sequence[Shelved], kinship: Kinship) -> None:
        self.issues, self.kinship = tuple(shelved), kinship
        self._by_key = {one.key: one for one in shelved}

    def __getitem__(self, key: str) -> Shelved:
        """Raise `missing` where no issue of this name may be looked up."""
        try:
            return self._by_key[key]
        except KeyError:
            raise missing() from None

    def __contains__(self, key: str) -> bool:
        return key in self._by_key

    def by_year(self) -> list[tuple[int, list[Shelved]]]:
        """The newest year first."""
        return [(year, list(group)) for year, group in groupby(self.issues, _year)]


def _year(one: Shelved) -> int:
    return one.masthead.year


class Library:
    """Shared by all threads that answer."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._issues: OrderedDict[tuple[int, datetime], StoredIssue] = OrderedDict()
        self._shelf: tuple[tuple[object, ...], Shelf] | None = None
        self._lock = Lock()

    def shelf(self, session: Session) -> Shelf:
        """What may be looked up, read anew when it has changed."""
        state = issues.shelf_state(session)
        if self._shelf is None or self._shelf[0] != state:
            kinship = Kinship(issues.known_articles(session))
            self._shelf = state, Shelf(issues.shelf(session), kinship)
        return self._shelf[1]

    def issue(self, session: Session, issue_id: int) -> StoredIssue:
        """An issue, read once for each approval."""
        approved_at = issues.approved_at(session, issue_id)
        if approved_at is None:  # on an editor's desk: it may change at any moment
            return issues.load_issue(session, issue_id)
        release = (issue_id, approved_at)
        with self._lock:
            found = self._issues.get(release) or issues.load_issue(session, issue_id)
            self._issues[release] = found
            self._issues.move_to_end(release)
            while len(self._issues) > _ISSUES:
                self._issues.popitem(last=False)
            return found

    def issue_of_run(self, session: Session, run_id: int) -> StoredIssue:
        """The issue a run sends; raises NotFound."""
        return self.issue(session, delivery.find_run(session, run_id).issue_id)

    def digest(self, session: Session, sent: Sent) -> Digest:
        """The mail as it was sent, for a browser."""
        with self._lock:  # the press may drop what it has loaded, but not before it is used
            self._press.load(session, {sent.run_id}, {sent.selection_id})
            return self._press.page(sent.delivery_id, sent.run_id, sent.selection_id)
