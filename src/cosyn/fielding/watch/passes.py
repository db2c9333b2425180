"""Passes to the page of a wave's progress: signed, for some days, kept nowhere."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime

PATH = "progress"
"""Of the page below the server's address; a pass follows."""
_PASS = re.compile(r"([1-9][0-9]{0,10})-([0-9a-f]{32})", re.ASCII)


def new_pass(key: bytes, until: datetime) -> str:
    """Sign when a pass ends: HMAC-SHA-256 (RFC 2104), the first 128 bits.

    Parameters
    ----------
    key : bytes
        `Keys.watch`, of one wave and for nothing else.
    until : datetime
        With a zone; counted in whole seconds.
    """
    seconds = int(until.timestamp())
    return f"{seconds}-{_signature(key, seconds)}"


def pass_ends(key: bytes, shown: str, now: datetime) -> datetime | None:
    """Tell when a pass ends; None if it has ended, or we did not sign it.

    Parameters
    ----------
    shown : str
        What stands in the address.
    now : datetime
        With a zone.
    """
    found = _PASS.fullmatch(shown)
    if found is None:
        return None
    seconds = int(found[1])
    if not hmac.compare_digest(_signature(key, seconds), found[2]) or seconds <= now.timestamp():
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _signature(key: bytes, seconds: int) -> str:
    return hmac.new(key, f"progress until {seconds}".encode(), hashlib.sha256).hexdigest()[:32]
