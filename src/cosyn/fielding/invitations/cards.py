"""Cards and posters with a QR code: as PDF, or as a web page to print."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from cosyn.fielding.invitations.address import link as address_of
from cosyn.fielding.invitations.types import card_code
from cosyn.fielding.invitations.words import PACKAGE, contact, dates, phrases, promise
from cosyn.fielding.tokens import spelt
from cosyn.typesetting import pdf, qr_svg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Template

    from cosyn.fielding.invitations.types import Link, Occasion


@dataclass(frozen=True, slots=True)
class Said:
    """What a card says in one language; `number` is empty where it bears a name."""

    language: str
    title: str
    department: str
    number: str
    label: str
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A card or a poster.

    Attributes
    ----------
    name : str
        Of the person it is for; empty if it bears a number.
    address, token : str
        What is typed where no code can be scanned.
    """

    name: str
    address: str
    token: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards of a department, or its poster."""

    poster: bool
    title: str
    cut: tuple[str, ...]
    alt: str
    cards: tuple[Card, ...]


def can_be_pdf() -> bool:
    """Whether what sets PDF is installed (the optional part `paper`)."""
    return find_spec("typst") is not None


def card_files(links: Sequence[Link], occasion: Occasion, *, as_pdf: bool) -> dict[str, bytes]:
    """Write the cards of each department, and a poster for each link that a department shares.

    Returns
    -------
    dict
        ``cards/D01.pdf``, ``posters/D01.pdf`` and so on, or pages to print (``.html``).

    Raises
    ------
    ExtraError
        If the optional part is not installed and PDF is asked for.
    """
    of_department: dict[tuple[str, str], list[Link]] = {}
    for link in links:
        kind = "posters" if link.shared else "cards"
        of_department.setdefault((kind, link.department), []).append(link)
    write, suffix = (_as_pdf, "pdf") if as_pdf else (_as_html, "html")
    return {
        f"{kind}/{department}.{suffix}": write(found, _cards(found, occasion), occasion)
        for (kind, department), found in of_department.items()
    }


def _cards(links: Sequence[Link], occasion: Occasion) -> Cards:
    first = links[0]
    languages = occasion.languages
    return Cards(
        poster=first.shared,
        title=f"{occasion.title[languages[0]]} · {first.department}",
        cut=() if first.shared else tuple(phrases(tag)("card.cut") for tag in languages),
        alt=" ".join(phrases(tag)("card.scan") for tag in languages),
        cards=tuple(_card(link, occasion) for link in links),
    )


def _card(link: Link, occasion: Occasion) -> Card:
    """One card, in the person's language where it is known and in every language elsewhere."""
    languages = (link.language,) if link.language in occasion.languages else occasion.languages
    said = tuple(_said(link, occasion, language) for language in languages)
    return Card(link.name, occasion.base, spelt(link.token), said)


def _said(link: Link, occasion: Occasion, language: str) -> Said:
    t = phrases(language)
    number = card_code(link.department, link.number)
    asked = t("card.asked_all" if link.shared else "card.asked")
    around = promise(occasion, t, "card"), dates(occasion, t), contact(occasion, t)
    return Said(
        language=language,
        title=occasion.title[language],
        department=occasion.name_of(link.department, language),
        number=t("card.number", number=number) if link.number else "",
        label=t("card.shared" if link.shared else "card.personal"),
        text=tuple(filter(None, (asked, *around))),
    )


def _codes(links: Sequence[Link], occasion: Occasion) -> list[dict[str, str]]:
    """Link and QR code of each card."""
    addresses = [address_of(occasion.base, link.token) for link in links]
    return [{"link": address, "svg": qr_svg(address, "field")} for address in addresses]


def _as_pdf(links: Sequence[Link], cards: Cards, occasion: Occasion) -> bytes:
    content = json.dumps(asdict(cards), ensure_ascii=False)
    return pdf(
        _asset("cards.typ").encode(), content, {"codes": json.dumps(_codes(links, occasion))}
    )


def _as_html(links: Sequence[Link], cards: Cards, occasion: Occasion) -> bytes:
    style = _asset("cards.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = _page().render(
        q=cards,
        # Drawn by us: nobody else's text is in it.
        codes=[(code["link"], Markup(code["svg"])) for code in _codes(links, occasion)],  # noqa: S704
        languages=occasion.languages,
        style=Markup(style),  # noqa: S704
        style_hash=f"sha256-{digest}",
    )
    return page.encode()


@cache
def _page() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(_asset("cards.html.j2"))


@cache
def _asset(name: str) -> str:
    return files(PACKAGE).joinpath("templates", name).read_text(encoding="utf-8")
