"""Health: whether this process can do its work, for whoever watches over it."""

import json
from dataclasses import asdict

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from distribution.web import pages
from distribution.web.site import Site


async def health(site: Site, _request: Request) -> Response:
    """200 when all is as it should be, else 503, and what is not."""
    found = await run_in_threadpool(site.examiner.examine)
    status, code = ("ok", 200) if found.well else ("unwell", 503)
    return pages.json(json.dumps({"status": status} | asdict(found)), code)
