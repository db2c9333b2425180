"""The address at which people reach the server, and the links that begin with it."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from cosyn.errors import ResponseError

_FIX = "Write what people type to reach the server, e.g. --base-url https://survey.example.org/s"


def address(typed: str) -> str:
    """Check an address and spell it without a slash at its end.

    Raises
    ------
    ResponseError
        ``roster.address`` if links cannot begin with it.
    """
    what = ""
    try:
        parts = urlsplit(typed.strip())
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError as problem:
        raise ResponseError("roster.address", "--base-url", f"{problem}", _FIX) from problem
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_fine:
        what = f"{typed!r} is no address of a server"
    elif parts.query or parts.fragment or parts.username is not None:
        what = f"{typed!r} holds more than scheme, host and path"
    elif any(not "!" <= c <= "~" or c in "\"'<>\\^`{|}" for c in typed.strip()):
        what = f"{typed!r} holds a sign that no link may hold"
    if what:
        raise ResponseError("roster.address", "--base-url", what, _FIX)
    return typed.strip().rstrip("/")


def link(base: str, token: str) -> str:
    """The link that a token opens."""
    return f"{base}/f/{token}"


def only_here(base: str) -> bool:
    """Whether nobody but this machine reaches an address."""
    host = urlsplit(base).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def in_the_open(base: str) -> bool:
    """Whether answers would travel to it unencrypted."""
    return urlsplit(base).scheme == "http" and not only_here(base)
