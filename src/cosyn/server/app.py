"""The pages of a wave as an ASGI application."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from cosyn.errors import extra
from cosyn.server import answering, entering
from cosyn.server.gate import endpoint, open_gate, said
from cosyn.server.paging import page
from cosyn.server.reception import HEADERS, compressed, response, takes_gzip
from cosyn.server.routes import Routes
from cosyn.server.sheets import asset
from cosyn.server.site import (
    KEYING_SCRIPT,
    KEYING_STYLE,
    SCRIPT,
    STYLE,
    WATCH_STYLE,
    open_site,
    static_name,
)

with extra("field"):
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Router

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from cosyn.server.gate import Gate, Page
    from cosyn.server.types import Keeper, Settings, Survey

_BOTH = ["GET", "POST"]
_KEPT = "public, max-age=31536000, immutable"
_CSS = "text/css; charset=utf-8"
_JS = "text/javascript; charset=utf-8"
_KINDS = {
    **dict.fromkeys((STYLE, WATCH_STYLE, KEYING_STYLE), _CSS),
    **dict.fromkeys((SCRIPT, KEYING_SCRIPT), _JS),
}


def create_app(
    survey: Survey, keeper: Keeper, settings: Settings, more: tuple[Page, ...] = ()
) -> ASGIApp:
    """Make the application of a wave; it closes the stores when it is shut down.

    Parameters
    ----------
    more : tuple of Page
        Path, handler and methods of further pages below the same base.
    """
    gate = open_gate(open_site(survey, keeper, settings))

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        try:
            yield
        finally:
            gate.close()

    async def missing(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await response(said(gate, request, "missing", 404), gate.site)(scope, receive, send)

    pages = Routes([*_pages(gate, more), *_static(gate)], missing)
    app = Router(default=pages, lifespan=lifespan, redirect_slashes=False)
    return _below(app, settings.prefix) if settings.prefix else app


def _pages(gate: Gate, more: tuple[Page, ...]) -> list[tuple[str, ASGIApp]]:
    table: tuple[Page, ...] = (
        ("/", entering.enter, _BOTH),
        ("/f/{token}", entering.follow, ["GET"]),
        ("/q/", answering.consent, _BOTH),
        ("/q/review", answering.review, _BOTH),
        ("/q/end", answering.end, _BOTH),
        ("/q/{number:int}", page, _BOTH),
        ("/join", entering.join, _BOTH),
        ("/link", entering.link, ["GET"]),
        ("/about", entering.about, ["GET"]),
        ("/leave", entering.leave, ["POST"]),
        ("/language", entering.language, ["POST"]),
        ("/done", entering.done, ["GET"]),
        ("/ended", entering.ended, ["GET"]),
        ("/healthz", entering.health, ["GET"]),
    )
    ours = [(path, _only(gate, how, endpoint(gate, path, call))) for path, call, how in table]
    return ours + [
        (path, _only(gate, how, endpoint(gate, path, call, aside=True))) for path, call, how in more
    ]


def _only(
    gate: Gate, methods: list[str], call: Callable[[Request], Awaitable[Response]]
) -> ASGIApp:
    """Answer these methods (and HEAD, where GET is one), and say so of others."""
    known = {*methods, "HEAD"} if "GET" in methods else {*methods}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if scope["method"] in known:
            reply = await call(request)
        else:
            reply = response(said(gate, request, "method", 405), gate.site)
        await reply(scope, receive, send)

    return app


def _static(gate: Gate) -> list[tuple[str, ASGIApp]]:
    return [
        (f"/static/{static_name(name)}", _only(gate, ["GET"], _file(asset(name), kind)))
        for name, kind in _KINDS.items()
    ]


def _file(content: str, kind: str) -> Callable[[Request], Awaitable[Response]]:
    """A file of ours, whose name changes with its content: it is fetched once."""
    kept = {"Cache-Control": _KEPT, "Content-Type": kind, "Vary": "Accept-Encoding"}
    headers = {**HEADERS, **kept}
    plain, packed = content.encode(), compressed(content.encode())

    async def give(request: Request) -> Response:
        if takes_gzip(request):
            return Response(packed, headers={**headers, "Content-Encoding": "gzip"})
        return Response(plain, headers=headers)

    return give


def _below(app: ASGIApp, prefix: str) -> ASGIApp:
    """Take the prefix off a path where the proxy before us has not done so."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and path.startswith(f"{prefix}/"):
            scope = {**scope, "path": path[len(prefix) :], "root_path": ""}
        await app(scope, receive, send)

    return call
