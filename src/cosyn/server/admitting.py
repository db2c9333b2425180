"""Who may answer now: what stands before every page of the questionnaire."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cosyn.server.marks import is_ours
from cosyn.server.site import made, notice
from cosyn.server.texts import phrases
from cosyn.server.visits import Away, Reply, see_other

if TYPE_CHECKING:
    from cosyn.fielding.types import Admission, Draft, Kind
    from cosyn.server.site import Site
    from cosyn.server.visits import Visit

PERSONAL: tuple[Kind, ...] = ("person", "place")


@dataclass(frozen=True, slots=True)
class Admitted:
    """Somebody who may answer, with what they have answered so far."""

    admission: Admission
    draft: Draft | None


def admitted(site: Site, visit: Visit, *, of: tuple[Kind, ...] = PERSONAL) -> Admitted:
    """Let a visit in.

    Parameters
    ----------
    of : tuple of Kind
        Kinds of link that the page is for; a department's link is sent on to get a personal one.

    Raises
    ------
    Away
        With what is said to somebody who may not answer, or not now.
    """
    if not visit.token:
        raise Away(no_link(site, visit))
    found, draft = site.keeper.arrive(visit.token) or (None, None)
    if found is not None and found.kind == "desk":
        raise Away(see_other("key"))  # paper is keyed whether or not the pages are open
    _not_shut(site, visit)
    if found is not None and found.kind == "place" and of == ("department",):
        raise Away(see_other("link"))  # pressed twice: they have theirs already
    if found is None or found.kind not in {*of, "department"}:
        raise Away(unknown(site, visit))
    if found.kind not in of:
        raise Away(see_other("join"))
    if found.answered:
        raise Away(notice(site, visit.language, "answered", 403))
    if draft is None and found.full:
        raise Away(notice(site, visit.language, "full", 403))
    return Admitted(found, draft)


def must_be_ours(site: Site, visit: Visit, action: str, language: str) -> None:
    """Make sure that a form was made here, for this link and this page.

    Raises
    ------
    Away
        It was not: nothing of it counts.
    """
    if not is_ours(site.survey.key, visit.token, action, dict(visit.fields)):
        raise Away(notice(site, language, "foreign", 403, home=False))


def unknown(site: Site, visit: Visit) -> Reply:
    """Answer for every link that opens nothing, whatever the reason."""
    return replace(notice(site, visit.language, "unknown", 404), strange=True)


def wanted_language(site: Site, visit: Visit) -> str:
    """The language that a form asks for, if it is one of ours; else empty."""
    wanted = visit.control("_language")
    return wanted if wanted in site.languages else ""


def _not_shut(site: Site, visit: Visit) -> None:
    opening = site.keeper.opening()
    if opening.state == "open":
        return
    kind = "closed" if opening.state == "over" else opening.state
    raise Away(notice(site, visit.language, kind, 403, when=opening.when))


def no_link(site: Site, visit: Visit) -> Reply:
    """Say that this device has no link, or keeps none."""
    t = phrases(visit.language)
    return made(
        site,
        "enter",
        visit.language,
        status=403,
        title=t("enter.title"),
        lead=t("enter.no_cookie"),
        fault="",
        typed="",
    )
