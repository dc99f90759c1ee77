"""All that is held about a reader, to read and to download: from a letter to his own mailbox."""

import json

from starlette.requests import Request
from starlette.responses import Response

from distribution import clock, delivery, privacy
from distribution.links import Use
from distribution.web import asking, pages
from distribution.web.site import Site


def show(site: Site, request: Request) -> Response:
    """The readable page; changes nothing."""
    letter, document = _dossier(site, request)
    if document is None:
        return _too_late()
    download_url = f"{site.app.addresses.copy(letter)}/json"
    return pages.mailed(privacy.page(document, download_url=download_url))


def download(site: Site, request: Request) -> Response:
    """The same as one JSON document, to be saved."""
    _, document = _dossier(site, request)
    if document is None:
        return _too_late()
    text = json.dumps(document, ensure_ascii=False, indent=2)
    answer = pages.json(text)
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer


def _dossier(site: Site, request: Request) -> tuple[int, dict[str, object] | None]:
    """The letter, and what it leads to; None where it is too late."""
    _, letter = asking.token(request, site.app.keyring, Use.COPY)
    at = clock.now()
    with site.app.reading() as session:
        row = delivery.copy_for(session, letter, at=at)
        if row is None or row.erased_at is not None:
            return letter, None
        return letter, privacy.dossier(session, row, at=at)


def _too_late() -> Response:
    return pages.notice("链接已失效", "请从最近一封摘要邮件打开“调整关注”，再要一份。")
