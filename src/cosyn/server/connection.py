"""Connections that do not wait for ever for the head of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.errors import extra

with extra("field"):
    import h11
    from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

PATIENCE_SECONDS = 20.0


class Connection(H11Protocol):
    """Uvicorn's, which waits between requests for a time, but within one for ever.

    That is within the head, and within a body that was answered before it was there: too large, too
    slow, or for a page that takes none.
    """

    _late: asyncio.TimerHandle | None = None

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
