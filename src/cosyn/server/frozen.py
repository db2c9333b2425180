"""A page of the server as a file: what a form would send leads to the next page instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Ways:
    """Where the controls of one page lead.

    Attributes
    ----------
    addresses : callable
        Address on the server, below its base -> file.
    buttons : Mapping[str, str]
        What a button would send as ``_go`` -> file; empty for a button without a name.
    languages : Mapping[str, str]
        Language -> the same page in it.
    texts : Mapping[str, str]
        Texts of the server that are not true of files -> what is.
    head, foot : str
        HTML at the end of the head, and of the page.
    """

    addresses: Callable[[str], str]
    buttons: Mapping[str, str]
    languages: Mapping[str, str]
    texts: Mapping[str, str] = field(default_factory=dict)
    head: str = ""
    foot: str = ""


def frozen(page: str, ways: Ways) -> str:
    """Make a page independent of the server.

    Nothing of it can be sent: forms are gone but for empty ones, with which an answer is cleared.

    Parameters
    ----------
    page : str
        As the templates make it.
    """
    for told, true in ways.texts.items():
        page = page.replace(escape(told), escape(true))
    made = _Frozen(ways)
    made.feed(page)
    made.close()
    return "".join(made.parts)


class _Frozen(HTMLParser):
    def __init__(self, ways: Ways) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._ways = ways
        self._ends: list[str] = []  # what closes each open button or form
        self._silent = False
        self._clearing: dict[str, None] = {}

    def handle_decl(self, decl: str) -> None:
        self._put(f"<!{decl}>")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"link", "script"} or given.get("type") == "hidden":
            self._silent = tag == "script"
        elif tag == "form":
            self._open("div", {})
        elif tag == "button":
            self._button(given)
        elif tag == "a":
            place = given.get("href", "")
            if not place.startswith("#"):
                given["href"] = self._ways.addresses(place)
            self._put(_tag("a", given))
        elif tag == "input" and not given.get("name", "").startswith("_"):
            self._put(_tag(tag, {**given, "form": f"f-{given['name']}"}))
        else:
            self._put(_tag(tag, given))

    def _button(self, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("class", "")
        if kind == "first":
            self._ends.append("")
            self._silent = True
        elif name == "_clear":
            item = given["value"]
            self._clearing[item] = None
            self._open("button", {"class": kind, "type": "reset", "form": f"f-{item}"})
        elif name == "_language":
            tag = given["value"]
            place = self._ways.languages[tag]
            self._open("a", {"class": kind, "href": place, "lang": tag, "hreflang": tag})
        else:
            place = self._ways.buttons[given.get("value", "") if name == "_go" else ""]
            self._open("a", {"class": kind, "href": place})

    def _open(self, tag: str, given: Mapping[str, str]) -> None:
        self._ends.append(f"</{tag}>")
        self._put(_tag(tag, given))

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._silent = False
        elif tag in {"button", "form"}:
            end = self._ends.pop()
            self._silent = False
            self._put(end)
        elif tag == "head":
            self._put(f"{self._ways.head}</head>")
        elif tag == "body":
            forms = "".join(f'<form id="f-{escape(item)}"></form>' for item in self._clearing)
            self._put(f"{forms}{self._ways.foot}</body>")
        else:
            self._put(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._put(data)

    def handle_entityref(self, name: str) -> None:
        self._put(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._put(f"&#{name};")

    def _put(self, piece: str) -> None:
        if not self._silent:
            self.parts.append(piece)


def _tag(name: str, given: Mapping[str, str]) -> str:
    shown = "".join(
        f' {key}="{escape(value)}"' if value or key in {"value", "href"} else f" {key}"
        for key, value in given.items()
    )
    return f"<{name}{shown}>"
