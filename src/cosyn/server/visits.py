"""One request and its reply, free of any web framework."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN, BEFORE, LANGUAGE = "cosyn", "cosyn_before", "cosyn_language"
"""Names of our cookies: the link in use, the one before it on this device, and the language."""
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request.

    Attributes
    ----------
    token, before : str
        As `tokens.read_token` gives them, from our cookies; empty if there is none.
    language : str
        One of the questionnaire's: of our cookie, else what the browser asks for.
    fields : tuple of (str, str)
        What a form sent, in order.
    address : str
        Name of the sender's address (`limits.Addresses`).
    path : Mapping[str, str]
        Parts of the path that the route names.
    query : Mapping[str, str]
        What the address bears behind its path: read by pages that keep no cookie.
    """

    method: str
    token: str = ""
    before: str = ""
    language: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    address: str = ""
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)

    def control(self, name: str) -> str:
        """The last value of a field of ours; empty if it was not sent."""
        return dict(self.fields).get(name, "")


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply.

    Attributes
    ----------
    cookies : Mapping[str, str]
        To be set; an empty value takes the cookie away.
    strange : bool
        Whether the link opened nothing: counted, and answered after a fixed time.
    headers : Mapping[str, str]
        Beside those that every reply has.
    """

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    strange: bool = False

    def keeping(self, **cookies: str) -> Reply:
        """The same reply, with these cookies."""
        return replace(self, cookies={**self.cookies, **cookies})


class Away(Exception):
    """The page that was asked for is not shown; this reply is given instead.

    Parameters
    ----------
    reply : Reply
    """

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def see_other(place: str) -> Reply:
    """Send on to a place below the base, such as ``q/3``, with a GET."""
    return Reply(303, headers={"Location": place})
