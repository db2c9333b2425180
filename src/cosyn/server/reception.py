"""From the web to a `Visit` and back: what is read of a request, and what every reply bears."""

from __future__ import annotations

import asyncio
import secrets
import zlib
from struct import pack
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

from cosyn.errors import extra
from cosyn.fielding.tokens import read_token
from cosyn.server.texts import preferred
from cosyn.server.visits import BEFORE, HTML, LANGUAGE, TOKEN, Visit

with extra("field"):
    from starlette.requests import ClientDisconnect, Request
    from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.server.site import Site
    from cosyn.server.visits import Reply

_MOST_FIELDS = 2000
_GZIP = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff"  # deflated, with a file name, without a time
_LONGEST_NAME = 64
_SMALL = 1000
_FORM = "application/x-www-form-urlencoded"
# What no text holds: it would be shown as nothing, or as something else than was stored.
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}


class Refused(Exception):
    """A request that is answered without being read to its end.

    Parameters
    ----------
    kind : str
        Of `site.notice`.
    """

    def __init__(self, kind: str, status: int) -> None:
        super().__init__(kind)
        self.kind = kind
        self.status = status


async def received(request: Request, site: Site, address: str) -> Visit:
    """Read a request.

    Raises
    ------
    Refused
        It is too large, too slow, from another site, or cannot be read.
    """
    visit = visitor(request, site, address)
    if request.method != "POST":
        return visit
    # Sent by browsers alone; where a browser sends it, it cannot be forged by a page.
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Refused("foreign", 403)
    if request.headers.get("content-type", "").partition(";")[0].strip().casefold() != _FORM:
        raise Refused("malformed", 400)
    limits = site.settings.limits
    try:
        async with asyncio.timeout(limits.patience):
            body = await _body(request, limits.body)
    except TimeoutError:
        raise Refused("slow", 408) from None
    except ClientDisconnect:
        raise Refused("malformed", 400) from None
    return _with_fields(visit, body)


def _with_fields(visit: Visit, body: bytes) -> Visit:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Refused("malformed", 400) from None
    fields = tuple((name.translate(_CONTROLS), text.translate(_CONTROLS)) for name, text in pairs)
    return Visit(
        visit.method, visit.token, visit.before, visit.language, fields, visit.address, visit.path
    )


async def _body(request: Request, most: int) -> bytes:
    told = request.headers.get("content-length", "0")
    if not told.isdigit() or int(told) > most:
        raise Refused("large", 413)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise Refused("large", 413)
        parts.append(part)
    return b"".join(parts)


def visitor(request: Request, site: Site, address: str) -> Visit:
    """Who asks, without what was sent."""
    heads: dict[bytes, bytes] = dict(request.scope["headers"])
    cookies = _cookies(heads.get(b"cookie", b"").decode("latin-1"))
    asked = cookies.get(LANGUAGE, "")
    language = (
        asked
        if asked in site.languages
        else preferred(heads.get(b"accept-language", b"").decode("latin-1"), site.languages)
    )
    query = request.query_params if request.scope.get("query_string") else {}
    return Visit(
        method="POST" if request.method == "POST" else "GET",
        token=read_token(cookies.get(TOKEN, "")) or "",
        before=read_token(cookies.get(BEFORE, "")) or "",
        language=language,
        address=address,
        path={n: str(value).translate(_CONTROLS) for n, value in request.path_params.items()},
        query=dict(query),
    )


def _cookies(header: str) -> dict[str, str]:
    """Ours among the cookies; a cookie of somebody else's that cannot be read is nothing to us."""
    found = {}
    for part in header.split(";"):
        name, equals, value = part.strip().partition("=")
        if equals and name in {TOKEN, BEFORE, LANGUAGE}:
            found[name] = value.strip('"')
    return found


def compressed(content: bytes) -> bytes:
    """Make text small, as gzip (RFC 1952).

    A file name of random length stands in its head, which readers skip: the length of what is sent
    then tells little of which answers were chosen (as "Heal the BREACH", 2022).
    """
    name = secrets.token_hex(secrets.randbelow(_LONGEST_NAME)).encode()
    packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packer.compress(content) + packer.flush()
    return b"".join((_GZIP, name, b"\0", body, pack("<LL", zlib.crc32(content), len(content))))


def takes_gzip(request: Request) -> bool:
    """Tell whether a browser takes gzip."""
    return "gzip" in request.headers.get("accept-encoding", "")


_ALWAYS = {
    name.lower().encode(): value.encode()
    for name, value in {**HEADERS, "Content-Type": HTML}.items()
}


class _Sent(Response):
    """Starlette's, with the headers that all replies bear spelt already."""

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        """Put these beside them."""
        own = {n.lower().encode(): v.encode("latin-1") for n, v in (headers or {}).items()}
        if self.status_code != 204:  # RFC 9110, 8.6
            own[b"content-length"] = b"%d" % len(self.body)
        self.raw_headers = [*{**_ALWAYS, **own}.items()]


def response(reply: Reply, site: Site, *, packed: bool = False) -> Response:
    """Send a reply with the headers that all have.

    Parameters
    ----------
    packed : bool
        Whether the browser takes gzip.
    """
    content = reply.body.encode()
    headers = dict(reply.headers)
    if packed and len(content) > _SMALL:
        content, headers["Content-Encoding"] = compressed(content), "gzip"
    if "Location" in headers:
        headers["Location"] = f"{site.settings.prefix}/{quote(headers['Location'], safe='/#-')}"
    sent = _Sent(content, reply.status, headers)
    for name, value in reply.cookies.items():
        sent.set_cookie(
            name,
            value,
            max_age=None if value else 0,
            path=f"{site.settings.prefix}/",
            secure=site.settings.secure,
            httponly=True,
            samesite="lax",
        )
    return sent
