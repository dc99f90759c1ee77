"""Issues are kept at hand for as long as nothing of them changes."""

from datetime import timedelta

from runs import SEPTEMBER, make_issue

from distribution import issues
from distribution.app import App
from distribution.delivery import Press
from distribution.web.library import Library

HOUR = timedelta(hours=1)


def test_an_issue_that_was_reopened_and_corrected_is_read_anew(app: App) -> None:
    key = make_issue(app)
    library = Library(Press(app.addresses))
    with app.reading() as session:
        row = issues.find_issue(session, key)
        first = library.issue(session, row.id)
        assert library.issue(session, row.id) is first
    with app.transaction() as session:
        issues.reopen(session, key)
        issues.Desk(session, key, by="editor", at=SEPTEMBER).edit(1, {"title": "改正的标题"})
        issues.approve(session, key, by="test", at=SEPTEMBER + HOUR, override="测试")

    with app.reading() as session:
        issue_id = issues.find_issue(session, key).id
        assert library.issue(session, issue_id).articles[0].article.title == "改正的标题"


def test_an_issue_on_an_editors_desk_is_read_anew_each_time(app: App) -> None:
    key = make_issue(app, approved=False)
    library = Library(Press(app.addresses))
    with app.reading() as session:
        issue_id = issues.find_issue(session, key).id
        library.issue(session, issue_id)
    with app.transaction() as session:
        issues.Desk(session, key, by="editor", at=SEPTEMBER).edit(1, {"title": "改正的标题"})

    with app.reading() as session:
        assert library.issue(session, issue_id).articles[0].article.title == "改正的标题"
