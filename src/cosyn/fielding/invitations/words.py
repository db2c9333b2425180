"""The fixed words of invitations: dates, greetings, and letters to merge addresses into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.i18n import catalogue

if TYPE_CHECKING:
    from datetime import datetime

    from cosyn.fielding.invitations.types import Occasion
    from cosyn.i18n import Catalogue

PACKAGE = "cosyn.fielding.invitations"


def phrases(language: str) -> Catalogue:
    """The phrases of invitations in a language."""
    return catalogue(PACKAGE, language)


def field_name(name: str, language: str) -> str:
    """A column in one language, called so that every mail program can take it as a field."""
    return f"{name}_{language.replace('-', '_')}"


def dates(occasion: Occasion, t: Catalogue) -> str:
    """When the wave is open; empty if nothing is set."""
    times = {
        name: _date(time, t)
        for name, time in (("opens", occasion.opens), ("closes", occasion.closes))
        if time is not None
    }
    if not times:
        return ""
    key = "dates" if len(times) == 2 else "from" if "opens" in times else "until"
    return t(f"card.{key}", **times)


def _date(time: datetime, t: Catalogue) -> str:
    month = t(f"month.{time.month}")
    return t("date", day=time.day, month=month, year=time.year, time=f"{time:%H:%M}")


def greeting(name: str, t: Catalogue) -> str:
    """How a message to somebody begins."""
    return t("greeting", name=name) if name else t("greeting_nobody")


def promise(occasion: Occasion, t: Catalogue, kind: str) -> str:
    """What becomes of the answers, on a card or in a letter."""
    return t(f"{kind}.{'anonymous' if occasion.anonymous else 'identified'}")


def contact(occasion: Occasion, t: Catalogue) -> str:
    """Whom to ask; empty if nobody is named."""
    named = occasion.contact.get(t.language, "")
    return t("card.contact", contact=named) if named else ""


def letter(occasion: Occasion, language: str, *, reminder: bool, linked: bool) -> str:
    """Subject and text of a message; ``{{field}}`` stands for a column of the mail-merge file.

    Parameters
    ----------
    reminder : bool
        Whether it comes after an invitation.
    linked : bool
        Whether the file has a column of links.
    """
    t = phrases(language)
    kind = "reminder" if reminder else "invitation"
    gaps = {
        "greeting": f"{{{{{field_name('greeting', language)}}}}}",
        "title": occasion.title[language],
        "link": "{{link}}",
        "token": "{{token}}",
        "address": occasion.base,
        "dates": dates(occasion, t),
        "promise": promise(occasion, t, "invitation"),
        "contact": contact(occasion, t),
    }
    if reminder:
        gaps["why"] = t(f"reminder.why_{'anonymous' if occasion.anonymous else 'identified'}")
        how = "reminder.with_link" if linked else "reminder.without_link"
        gaps["how"] = t(how, link=gaps["link"]) if linked else t(how)
    subject = t(f"{kind}.subject", title=gaps["title"])
    # A line that is a gap for which there is nothing to say is no line.
    lines = (
        line.format(**gaps).rstrip()
        for line in t(f"{kind}.text").split("\n")
        if not line.startswith("{") or line.format(**gaps).strip()
    )
    return "\n".join((subject, "", *lines)) + "\n"
