"""What stands between the network and the pages: bounds, threads, and errors that stay inside."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.errors import SurveyError
from cosyn.server.answering import WAIT
from cosyn.server.limits import Addresses, Rate
from cosyn.server.log import fault, note
from cosyn.server.reception import Refused, received, response, takes_gzip, visitor
from cosyn.server.site import notice
from cosyn.server.visits import Away, Reply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from cosyn.server.site import Site
    from cosyn.server.visits import Visit

    Handler = Callable[[Site, Visit], Reply]
    Page = tuple[str, Handler, list[str]]

_MINUTE, _WHILE = 60.0, 600.0
_FRESH = frozenset({"/", "/f/{token}"})
"""Paths that strangers try codes at."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The pages' site with what guards it.

    Attributes
    ----------
    writers, readers : ThreadPoolExecutor
        Pages block, so they are made in threads. SQLite has one writer: who waits, waits in order.
    """

    site: Site
    writers: ThreadPoolExecutor
    readers: ThreadPoolExecutor
    addresses: Addresses
    tokens: Rate
    senders: Rate
    strangers: Rate
    joined: Rate

    def close(self) -> None:
        """Finish what is being done, then close the stores."""
        self.writers.shutdown()
        self.readers.shutdown()
        self.site.keeper.close()


def open_gate(site: Site) -> Gate:
    """Make the guards of a site."""
    settings = site.settings
    limits = settings.limits
    return Gate(
        site=site,
        writers=ThreadPoolExecutor(settings.writers, "writer"),
        readers=ThreadPoolExecutor(settings.readers, "reader"),
        addresses=Addresses(),
        tokens=Rate(limits.token, _MINUTE),
        senders=Rate(limits.address, _MINUTE),
        strangers=Rate(limits.strange, _WHILE),
        joined=Rate(limits.joined, _WHILE),
    )


def endpoint(gate: Gate, path: str, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Make what the web framework calls for a path."""

    async def call(request: Request) -> Response:
        try:
            reply = await _made(gate, request, path, handler)
        except Refused as refused:
            reply = said(gate, request, refused.kind, refused.status)
        except SurveyError as problem:
            note("refused", route=path, **fault(problem))
            reply = said(gate, request, "unavailable", 503, WAIT)
        except Exception as problem:  # noqa: BLE001 - no respondent is shown a traceback
            note("bug", route=path, **fault(problem))
            reply = said(gate, request, "broken", 500)
        return response(reply, gate.site, packed=takes_gzip(request))

    return call


async def _made(gate: Gate, request: Request, path: str, handler: Handler) -> Reply:
    started, site = time.monotonic(), gate.site
    address = gate.addresses.name(request.client.host if request.client else "")
    if not _within(gate, address, path):
        raise Refused("often", 429)
    visit = await received(request, site, address)
    if visit.token and not gate.tokens.take(visit.token):
        raise Refused("often", 429)
    if handler.__name__ == "join" and visit.method == "POST" and not gate.joined.take(visit.token):
        raise Refused("crowd", 429)
    pool = gate.writers if visit.method == "POST" else gate.readers
    loop = asyncio.get_running_loop()
    try:
        reply = await loop.run_in_executor(pool, handler, site, visit)
    except Away as away:
        reply = away.reply
    if reply.strange:
        gate.strangers.take(address)
        await asyncio.sleep(max(0.0, started + site.settings.limits.reserve - time.monotonic()))
    return reply


def _within(gate: Gate, address: str, path: str) -> bool:
    if path in _FRESH and not gate.strangers.allows(address):
        return False
    return gate.senders.take(address)


def said(
    gate: Gate, request: Request, kind: str, status: int, headers: dict[str, str] | None = None
) -> Reply:
    """Say one thing on a page, or nothing to the script that saves."""
    visit: Visit = visitor(request, gate.site, "")
    page = notice(gate.site, visit.language, kind, status, home=not visit.token)
    waiting = {"Retry-After": "60"} if status == 429 else {}
    return Reply(status, page.body, headers={**waiting, **(headers or {})})
