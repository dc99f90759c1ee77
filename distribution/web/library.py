"""Issues and digests at hand: what is approved and what is planned does not change."""

from collections import OrderedDict
from datetime import datetime
from threading import Lock

from sqlalchemy.orm import Session

from distribution import delivery, issues
from distribution.delivery import Press, Sent
from distribution.digests import Digest
from distribution.issues import StoredIssue

_ISSUES = 24
"""Two years of them."""


class Library:
    """Shared by all threads that answer."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._issues: OrderedDict[tuple[int, datetime], StoredIssue] = OrderedDict()
        self._lock = Lock()

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
