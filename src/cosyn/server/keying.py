"""Pages on which clerks key sheets of paper: twice, then what differs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from unicodedata import normalize

from cosyn.errors import StoreError
from cosyn.fielding.paper import (
    PASSES,
    KeyedSheet,
    begin_sheet,
    departments_of,
    drop_sheet,
    hand_in_sheet,
    is_handed_in,
    key_sheet,
    sheet_of,
    standing_of,
    waiting_sheets,
)
from cosyn.fielding.schedule import read_schedule
from cosyn.server.admitting import must_be_ours, no_link, unknown, wanted_language
from cosyn.server.keyed_forms import content_of, read_choices, read_pass
from cosyn.server.keyed_pages import choose_page, sheet_page
from cosyn.server.site import notice
from cosyn.server.visits import LANGUAGE, Away, see_other

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.fielding.desk import Desk
    from cosyn.instrument.questionnaire import Questionnaire
    from cosyn.server.gate import Handler
    from cosyn.server.site import Site
    from cosyn.server.visits import Reply, Visit

_NUMBER = re.compile(r"[A-Za-z0-9]{1,20}")
_LONGEST = 20


def keying_pages(desk: Desk) -> tuple[tuple[str, Handler, list[str]], ...]:
    """Path, handler and methods of each page."""

    def key(site: Site, visit: Visit) -> Reply:
        return _begin(desk, site, visit)

    def after(site: Site, visit: Visit) -> Reply:
        return _after(desk, site, visit)

    def sheet(site: Site, visit: Visit) -> Reply:
        return _sheet(desk, site, visit)

    both = ["GET", "POST"]
    return (
        ("/key", key, both),
        ("/key/{department}/{order:int}/{printed}/{sheet}", after, ["GET"]),
        ("/key/{sheet}/{number:int}", sheet, both),
    )


def _clerk(desk: Desk, site: Site, visit: Visit) -> None:
    """Let a clerk in, while sheets are keyed: the hours of the pages are not theirs.

    Raises
    ------
    Away
        With what is said to somebody who is none, or comes too late.
    """
    if not visit.token:
        raise Away(no_link(site, visit))
    found = site.keeper.admit(visit.token)
    if found is None or found.kind != "desk":
        raise Away(unknown(site, visit))
    state = read_schedule(desk.folder).keying_state(desk.clock())
    if state != "open":
        kind = "keying_paused" if state == "paused" else "keying_over"
        raise Away(notice(site, visit.language, kind, 403))


def _begin(desk: Desk, site: Site, visit: Visit) -> Reply:
    """Choose department, number, order and language of a sheet."""
    _clerk(desk, site, visit)
    if visit.method != "POST":
        return _chosen(desk, site, visit, {"_printed": visit.language})
    must_be_ours(site, visit, "key", visit.language)
    if switched := wanted_language(site, visit):
        shown = replace(visit, language=switched)
        return _chosen(desk, site, shown, _sent(visit)).keeping(**{LANGUAGE: switched})
    sent = _sent(visit)
    wrong = _wrong(desk, site, sent)
    return (
        _chosen(desk, site, visit, sent, wrong=wrong) if wrong else _open(desk, site, visit, sent)
    )


def _open(desk: Desk, site: Site, visit: Visit, sent: dict[str, str]) -> Reply:
    """Begin a sheet, or go on with it."""
    new = KeyedSheet(
        sent["_sheet"],
        sent["_department"],
        int(sent["_order"]),
        sent["_printed"],
        "" if desk.wave.anonymous else sent["_person"],
    )
    if begin_sheet(desk, visit.token, new):
        return see_other(_place(new))
    if is_handed_in(desk, new.sheet):
        return _chosen(desk, site, visit, sent, wrong={"_sheet": "taken"})
    found, mine = _ours(desk, visit.token, new.sheet)
    if found is not None and replace(found, passes=(), keyers=()) == new:
        return see_other(_place(found))
    return _chosen(desk, site, visit, sent, wrong={"_sheet": "other" if mine else "strange"})


def _sent(visit: Visit) -> dict[str, str]:
    names = ("_department", "_sheet", "_order", "_printed", "_person")
    return {name: normalize("NFKC", visit.control(name)).strip()[:40] for name in names}


def _wrong(desk: Desk, site: Site, sent: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the particulars of a sheet, by field."""
    found: dict[str, str] = {}
    if sent["_department"] not in departments_of(desk) or sent["_printed"] not in site.languages:
        found["_department"] = "department"
    if not _NUMBER.fullmatch(sent["_sheet"]):
        found["_sheet"] = "number"
    if sent["_order"] not in map(str, range(desk.wave.settings.orders + 1)):
        found["_order"] = "order"
    if not desk.wave.anonymous and not found:
        standing = standing_of(desk, sent["_department"], sent["_person"])
        if standing != "issued":
            found["_person"] = "answered" if standing else "person"
    return found


def _ours(desk: Desk, token: str, number: str) -> tuple[KeyedSheet | None, bool]:
    """The sheet, and whether it may be looked at: not if another link began it."""
    try:
        return sheet_of(desk, token, number), True
    except StoreError as problem:
        if problem.code == "field.sealed":
            return None, False
        raise


def _chosen(
    desk: Desk,
    site: Site,
    visit: Visit,
    sent: Mapping[str, str],
    *,
    wrong: Mapping[str, str] | None = None,
    done: tuple[str, str] = ("", ""),
) -> Reply:
    departments = departments_of(desk)
    waiting = waiting_sheets(desk, visit.token)
    return choose_page(desk, site, visit, departments, waiting, sent, wrong or {}, done)


def _after(desk: Desk, site: Site, visit: Visit) -> Reply:
    """Say what became of a sheet, and be ready for the next one like it."""
    _clerk(desk, site, visit)
    number, path = visit.path["sheet"], visit.path
    if not _NUMBER.fullmatch(number):
        return see_other("key")
    found, _ = _ours(desk, visit.token, number)
    told = "handed_in" if is_handed_in(desk, number) else "kept" if found else ""
    like = {f"_{name}": path[name] for name in ("department", "order", "printed")}
    return _chosen(desk, site, visit, like, done=(told, number))


def _place(sheet: KeyedSheet) -> str:
    return f"key/{sheet.sheet}/{len(sheet.passes) + 1}"


def _place_after(sheet: KeyedSheet) -> str:
    return f"key/{sheet.department}/{sheet.order}/{sheet.language}/{sheet.sheet}"


def _sheet(desk: Desk, site: Site, visit: Visit) -> Reply:
    """Show or take one pass, or what is chosen where two passes differ."""
    _clerk(desk, site, visit)
    number = visit.path["sheet"]
    found = _ours(desk, visit.token, number)[0] if _NUMBER.fullmatch(number) else None
    if found is None:
        return see_other("key")
    if visit.path["number"] != str(len(found.passes) + 1):
        return see_other(_place(found) if visit.method != "POST" else _place_after(found))
    asked = site.sheets.asked(site.wording(found.department), found.order)
    if visit.method != "POST":
        return sheet_page(site, visit, _place(found), found, asked)
    must_be_ours(site, visit, _place(found), visit.language)
    return _taken(desk, site, visit, found, asked)


def _taken(desk: Desk, site: Site, visit: Visit, sheet: KeyedSheet, asked: Questionnaire) -> Reply:
    """Do what a button says."""
    go, place, sent = visit.control("_go"), _place(sheet), dict(visit.fields)
    if switched := wanted_language(site, visit):
        shown = replace(visit, language=switched)
        reply = sheet_page(site, shown, place, sheet, asked, typed=sent)
        return reply.keeping(**{LANGUAGE: switched})
    if go == "discard":
        drop_sheet(desk, visit.token, sheet.sheet)
        return see_other("key")
    if go != "next":
        # Enter in a field ends nothing, and a sheet is discarded when asked twice.
        said = {"anew": "discard", "keep": ""}.get(go, "checked")
        return sheet_page(site, visit, place, sheet, asked, typed=sent, said=said)
    if len(sheet.passes) == PASSES:
        return _decided(desk, site, visit, sheet, asked)
    return _keyed(desk, site, visit, sheet, asked)


def _keyed(desk: Desk, site: Site, visit: Visit, sheet: KeyedSheet, asked: Questionnaire) -> Reply:
    """Store a pass; two that agree are handed in."""
    sent = dict(visit.fields)
    read = read_pass(asked, sent)
    keyer = normalize("NFKC", visit.control("_keyer")).strip()[:_LONGEST].upper()
    same = keyer in {"", sheet.keyers[0]} if any(sheet.keyers) else False
    if read.wrong or same:
        return sheet_page(
            site, visit, _place(sheet), sheet, asked, typed=sent, wrong=read.wrong, same=same
        )
    stage = len(sheet.passes) + 1
    done = key_sheet(desk, visit.token, sheet.sheet, read.answers, stage=stage, keyer=keyer)
    if done is None or len(done.passes) < PASSES:
        return see_other(_place_after(sheet))
    if done.differences:
        return see_other(_place(done))
    return _handed_in(desk, visit, done, asked, done.passes[0])


def _decided(
    desk: Desk, site: Site, visit: Visit, sheet: KeyedSheet, asked: Questionnaire
) -> Reply:
    """Hand in what was chosen where two passes differ."""
    sent = dict(visit.fields)
    read = read_choices(asked, sent, sheet.passes, sheet.differences)
    if read.wrong:
        return sheet_page(site, visit, _place(sheet), sheet, asked, typed=sent, wrong=read.wrong)
    return _handed_in(desk, visit, sheet, asked, read.answers)


def _handed_in(
    desk: Desk, visit: Visit, sheet: KeyedSheet, asked: Questionnaire, answers: Mapping[str, str]
) -> Reply:
    hand_in_sheet(desk, visit.token, sheet.sheet, content_of(asked, answers))
    return see_other(_place_after(sheet))
