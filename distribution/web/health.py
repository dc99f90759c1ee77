"""Health: whether this process can do its work, for whoever watches over it."""

import asyncio
import json
import logging

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from distribution import schema
from distribution.db import DatabaseUnusable
from distribution.web import pages
from distribution.web.site import Site

log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 5.0


async def health(site: Site, _request: Request) -> Response:
    """200 when the database answers with a schema, 503 when it does not or takes too long."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            revision = await run_in_threadpool(_revision, site)
    except (DatabaseUnusable, TimeoutError) as error:
        log.info("unwell: %s", str(error) or "the database does not answer")
        return _document(503, status="unwell", database="unreachable", schema=None)
    if revision is None:
        return _document(503, status="unwell", database="empty", schema=None)
    return _document(200, status="ok", database="ok", schema=revision)


def _revision(site: Site) -> str | None:
    with site.app.reading() as session:
        return schema.revision_of(session.connection())


def _document(status_code: int, **facts: str | None) -> Response:
    return pages.json(json.dumps(facts), status_code)
