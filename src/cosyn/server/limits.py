"""Counting requests, in memory alone."""

from __future__ import annotations

import hmac
import secrets
import time
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_DAY = 86_400.0
_MOST = 100_000


class Rate:
    """At most so many in so many seconds, and as many at once (a leaking bucket a name).

    A name is kept until its bucket is empty. When there are 100,000 of them all the same, counting
    begins anew: nobody can fill the memory with names.

    Parameters
    ----------
    most : int
        0 sets no bound.
    """

    __slots__ = ("_clock", "_full", "_leak", "_most")

    def __init__(
        self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._leak = most / seconds
        self._clock = clock
        self._full: dict[str, tuple[float, float]] = {}

    def allows(self, name: str) -> bool:
        """Tell whether one more would be within the bound, and count nothing."""
        return not self._most or self._level(name) + 1 <= self._most

    def take(self, name: str) -> bool:
        """Count one more, if it is within the bound; tell whether it is."""
        if not self._most:
            return True
        level = self._level(name)
        if level + 1 > self._most:
            return False
        if len(self._full) >= _MOST:
            self._tidy()
        self._full[name] = (level + 1, self._clock())
        return True

    def _level(self, name: str) -> float:
        level, at = self._full.get(name, (0.0, 0.0))
        return max(0.0, level - (self._clock() - at) * self._leak)

    def _tidy(self) -> None:
        self._full = {name: self._full[name] for name in self._full if self._level(name) > 0}
        if len(self._full) >= _MOST:
            self._full = {}


class Addresses:
    """Names for addresses: hashed with a key that lives a day, in memory, and is never written."""

    __slots__ = ("_clock", "_key", "_until")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = b""
        self._until = -1.0

    def name(self, address: str) -> str:
        """The address's name today; of an IPv6 address the network's (64 bits)."""
        if self._clock() > self._until:
            self._key, self._until = secrets.token_bytes(32), self._clock() + _DAY
        return hmac.digest(self._key, _network(address).encode(), "sha256").hex()[:32]


def _network(address: str) -> str:
    """Whoever has one IPv6 address has 2**64 of them."""
    if ":" not in address:
        return address
    try:
        found = IPv6Address(address)
    except ValueError:
        return address
    mapped = found.ipv4_mapped
    return str(mapped) if mapped else found.exploded[:19]
