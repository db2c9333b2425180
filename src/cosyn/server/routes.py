"""Which page a path names: looked up, where a framework would try one pattern after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cosyn.errors import extra

with extra("field"):
    from starlette.routing import compile_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from re import Pattern

    from starlette.types import ASGIApp, Receive, Scope, Send


class Routes:
    """Pages by their paths, as an ASGI application.

    Parameters
    ----------
    table : iterable of (str, ASGIApp)
        Paths as Starlette writes them, such as ``/q/{number:int}``, and what answers there.
    missing : ASGIApp
        Answers everywhere else.
    """

    def __init__(self, table: Iterable[tuple[str, ASGIApp]], missing: ASGIApp) -> None:
        self._exact: dict[str, ASGIApp] = {}
        self._patterns: list[tuple[Pattern[str], Any, ASGIApp]] = []
        self._missing = missing
        for path, app in table:
            pattern, _, convertors = compile_path(path)
            if convertors:
                self._patterns.append((pattern, convertors, app))
            else:
                self._exact[path] = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope["path"]
        app = self._exact.get(path)
        if app is None:
            app, scope["path_params"] = self._matched(path)
        await app(scope, receive, send)

    def _matched(self, path: str) -> tuple[ASGIApp, dict[str, Any]]:
        for pattern, convertors, app in self._patterns:
            if found := pattern.match(path):
                named = found.groupdict()
                return app, {name: convertors[name].convert(named[name]) for name in named}
        return self._missing, {}
