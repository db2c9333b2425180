"""Connections that do not wait for ever for the head of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.errors import extra

with extra("field"):
    import h11
    from uvicorn.protocols.http.h11_impl import H11Protocol

try:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
except ImportError:  # an optional part: heads are then read by Python alone
    _FAST = False
else:
    _FAST = True

if TYPE_CHECKING:
    import asyncio

PATIENCE_SECONDS = 20.0
MOST_UNREAD = 65_536
"""Bytes of a head, as uvicorn allows them where it reads heads by Python."""


class _Patience:
    """A time after which a connection is given up that has begun a head and does not end it."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    _late: asyncio.TimerHandle | None = None

    def _wait(self) -> None:
        self._late = self.loop.call_later(PATIENCE_SECONDS, self._drop)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _drop(self) -> None:
        self._late = None
        if not self.transport.is_closing():
            self.transport.close()


class Connection(_Patience, H11Protocol):
    """Uvicorn's, which waits between requests for a time, but within the head of one for ever."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait on while only a part of a head is there."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._late is None and self.conn.trailing_data[0]:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)


if _FAST:

    class FastConnection(_Patience, HttpToolsProtocol):
        """The same with a parser in C, which sets no bound to what a head may hold."""

        _unread = 0
        _within = False

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            """Begin to wait."""
            super().connection_made(transport)
            self._wait()

        def data_received(self, data: bytes) -> None:
            """Wait on while only a part of a head is there; give up one that is too long."""
            self._unread += len(data)
            super().data_received(data)
            if self._unread > MOST_UNREAD and not self.transport.is_closing():
                self.send_400_response("Too long.")
            if not self._within:
                self._stop_waiting()
            elif self._late is None:
                self._wait()

        def on_message_begin(self) -> None:
            """A head begins."""
            self._within = True
            super().on_message_begin()

        def on_headers_complete(self) -> None:
            """It has ended."""
            self._within = False
            if sum(len(name) + len(value) for name, value in self.headers) > MOST_UNREAD:
                raise ValueError
            self._unread = 0
            super().on_headers_complete()

        def on_body(self, body: bytes) -> None:
            """What was sent is kept by whoever bounds it."""
            self._unread = 0
            super().on_body(body)

        def on_message_complete(self) -> None:
            """Nothing is left."""
            self._unread = 0
            super().on_message_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            """Stop waiting."""
            self._stop_waiting()
            super().connection_lost(exc)


def connection_kind() -> type[asyncio.Protocol]:
    """The faster kind, where httptools is installed."""
    return FastConnection if _FAST else Connection
