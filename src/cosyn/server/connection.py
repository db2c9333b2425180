"""Connections that do not wait for ever for what a request began to say."""

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
    """A time after which a connection is given up whose other end does not say all it began to say.

    That is within a head, and within a body that was answered before it was there: too large, too
    slow, or for a page that takes none.
    """

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    _late: asyncio.TimerHandle | None = None

    def _wait(self) -> None:
        if self._late is not None:  # what drips in buys no more time
            return
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
    """Uvicorn's, which waits between requests for a time, but within one for ever."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait on while only a part of a head is there."""
        super().data_received(data)
        if self._answered_early():
            self._wait()
        elif self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self.conn.trailing_data[0]:
            self._wait()

    def on_response_complete(self) -> None:
        """Wait no longer than for a head for what is left of a body that nobody reads."""
        super().on_response_complete()
        if self._answered_early():
            self._wait()

    def _answered_early(self) -> bool:
        return self.conn.our_state is h11.DONE and self.conn.their_state is h11.SEND_BODY

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)


if _FAST:

    class FastConnection(_Patience, HttpToolsProtocol):
        """The same with a parser in C, which sets no bound to what a head may hold."""

        _unread = 0
        _in_head = _in_message = False

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
            if self._in_head or self._answered_early():
                self._wait()
            else:
                self._stop_waiting()

        def on_response_complete(self) -> None:
            """Wait no longer than for a head for what is left of a body that nobody reads."""
            super().on_response_complete()
            if self._answered_early():
                self._wait()

        def _answered_early(self) -> bool:
            reading = self._in_message and not self._in_head
            return reading and self.cycle is not None and self.cycle.response_complete

        def on_message_begin(self) -> None:
            """A head begins."""
            self._in_head = self._in_message = True
            super().on_message_begin()

        def on_headers_complete(self) -> None:
            """It has ended."""
            self._in_head = False
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
            self._in_message = False
            super().on_message_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            """Stop waiting."""
            self._stop_waiting()
            super().connection_lost(exc)


def connection_kind() -> type[asyncio.Protocol]:
    """The faster kind, where httptools is installed."""
    return FastConnection if _FAST else Connection
