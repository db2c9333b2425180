"""What stands between the network and the pages: bounds, threads, and errors that stay inside."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.errors import SurveyError
from cosyn.server.answering import WAIT
from cosyn.server.entering import join
from cosyn.server.limits import Addresses, Rate
from cosyn.server.log import fault, note
from cosyn.server.reception import Refused, received, response, takes_gzip, visitor
from cosyn.server.site import notice
from cosyn.server.staff import Staff
from cosyn.server.visits import Reply

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
    writers, readers : Staff
        Pages block, so they are made in threads. SQLite has one writer: who waits, waits in order.
        Where several can write they are one staff, so that nobody waits longer for being saved.
    minter, others : Staff
        Links are minted in the other store, each by itself; pages that respondents do not see may
        take long.
    """

    site: Site
    writers: Staff
    readers: Staff
    minter: Staff
    others: Staff
    addresses: Addresses
    tokens: Rate
    senders: Rate
    strangers: Rate
    joined: Rate

    def close(self) -> None:
        """Finish what is being done, then close the stores."""
        for staff in dict.fromkeys((self.writers, self.readers, self.minter, self.others)):
            staff.close()
        self.site.keeper.close()


def open_gate(site: Site) -> Gate:
    """Make the guards of a site."""
    settings = site.settings
    limits = settings.limits
    writers = Staff(site, "writer", settings.writers, together=settings.writers == 1)
    return Gate(
        site=site,
        writers=writers,
        readers=Staff(site, "reader", settings.readers) if settings.readers else writers,
        minter=Staff(site, "minter", 1),
        others=Staff(site, "other", 2),
        addresses=Addresses(),
        tokens=Rate(limits.token, _MINUTE),
        senders=Rate(limits.address, _MINUTE),
        strangers=Rate(limits.strange, _WHILE),
        joined=Rate(limits.joined, _WHILE),
    )


def endpoint(
    gate: Gate, path: str, handler: Handler, *, aside: bool = False
) -> Callable[[Request], Awaitable[Response]]:
    """Make what the web framework calls for a path.

    Parameters
    ----------
    aside : bool
        Whether the page may take long, so that no respondent is to wait behind it.
    """
    readers = gate.others if aside else gate.readers
    writers = gate.minter if handler is join else gate.writers

    async def call(request: Request) -> Response:
        staff = writers if request.method == "POST" else readers
        try:
            reply = await _made(gate, request, path, handler, staff)
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


async def _made(gate: Gate, request: Request, path: str, handler: Handler, staff: Staff) -> Reply:
    started, site = time.monotonic(), gate.site
    address = gate.addresses.name(request.client.host if request.client else "")
    if not _within(gate, address, path):
        raise Refused("often", 429)
    visit = await received(request, site, address)
    if visit.token and not gate.tokens.take(visit.token):
        raise Refused("often", 429)
    if handler is join and visit.method == "POST" and not gate.joined.take(visit.token):
        raise Refused("crowd", 429)
    reply = await staff.reply(handler, visit)
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
