"""Pages on which clerks key sheets of paper: twice, then what differs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cosyn.errors import StoreError
from cosyn.fielding.paper import (
    PASSES,
    KeyedSheet,
    begin_sheet,
    department_codes,
    drop_sheet,
    hand_in_sheet,
    key_sheet,
    sheet_of,
)
from cosyn.server.admitting import admitted, must_be_ours, wanted_language
from cosyn.server.reading import read_form
from cosyn.server.sheets import bounds_of
from cosyn.server.site import form_marks, made
from cosyn.server.texts import name_of, phrases
from cosyn.server.visits import LANGUAGE, see_other

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.fielding.desk import Desk
    from cosyn.i18n import Catalogue
    from cosyn.instrument.questionnaire import Question, Questionnaire
    from cosyn.server.gate import Handler
    from cosyn.server.site import Site
    from cosyn.server.visits import Reply, Visit

_NUMBER = re.compile(r"[A-Za-z0-9]{1,20}")
_BLANK = {"_department": "", "_sheet": "", "_order": "", "_printed": ""}


def keying_pages(desk: Desk) -> tuple[tuple[str, Handler, list[str]], ...]:
    """Path, handler and methods of each page."""

    def key(site: Site, visit: Visit) -> Reply:
        return _begin(desk, site, visit)

    def sheet(site: Site, visit: Visit) -> Reply:
        return _sheet(desk, site, visit)

    both = ["GET", "POST"]
    return ("/key", key, both), ("/key/{sheet}/{number:int}", sheet, both)


def _begin(desk: Desk, site: Site, visit: Visit) -> Reply:
    """Choose department, number, order and language of a sheet."""
    admitted(site, visit, of=("desk",))
    if visit.method != "POST":
        return _chosen(desk, site, visit, "")
    must_be_ours(site, visit, "key", visit.language)
    if switched := wanted_language(site, visit):
        return see_other("key").keeping(**{LANGUAGE: switched})
    if wrong := _wrong(desk, site, visit):
        return _chosen(desk, site, visit, wrong)
    number, order = visit.control("_sheet").strip(), int(visit.control("_order"))
    new = KeyedSheet(number, visit.control("_department"), order, visit.control("_printed"))
    if begin_sheet(desk, visit.token, new):
        return see_other(_place(new))
    found = _ours(desk, visit.token, number)
    same = found is not None and replace(found, passes=()) == new
    return see_other(_place(found)) if found and same else _chosen(desk, site, visit, "taken")


def _wrong(desk: Desk, site: Site, visit: Visit) -> str:
    """What is wrong with the particulars of a sheet; empty if nothing is."""
    if not _NUMBER.fullmatch(visit.control("_sheet").strip()):
        return "number"
    if visit.control("_order").strip() not in map(str, range(desk.wave.settings.orders + 1)):
        return "order"
    known = visit.control("_department") in department_codes(desk)
    return "" if known and visit.control("_printed") in site.languages else "department"


def _ours(desk: Desk, token: str, number: str) -> KeyedSheet | None:
    """The sheet, if it was begun with this link."""
    try:
        return sheet_of(desk, token, number)
    except StoreError as problem:
        if problem.code == "field.sealed":
            return None
        raise


def _chosen(desk: Desk, site: Site, visit: Visit, wrong: str) -> Reply:
    t = phrases(visit.language)
    return made(
        site,
        "key",
        visit.language,
        status=422 if wrong else 200,
        form=form_marks(site, visit, "key"),
        title=t("keying.title"),
        notice=t(f"keying.{wrong}", most=desk.wave.settings.orders) if wrong else "",
        departments=department_codes(desk),
        languages=[(tag, name_of(tag)) for tag in site.languages],
        sent={**_BLANK, **dict(visit.fields)},
    )


def _place(sheet: KeyedSheet) -> str:
    return f"key/{sheet.sheet}/{len(sheet.passes) + 1}"


def _sheet(desk: Desk, site: Site, visit: Visit) -> Reply:
    """Show or take one pass, or what is chosen where two passes differ."""
    admitted(site, visit, of=("desk",))
    found = _ours(desk, visit.token, visit.path["sheet"])
    if found is None:
        return see_other("key")
    if visit.path["number"] != str(len(found.passes) + 1):
        return see_other(_place(found))
    asked = site.sheets.asked(site.wording(found.department), found.order)
    if visit.method != "POST":
        return _shown(site, visit, found, asked)
    must_be_ours(site, visit, _place(found), visit.language)
    return _taken(desk, site, visit, found, asked)


def _taken(desk: Desk, site: Site, visit: Visit, sheet: KeyedSheet, asked: Questionnaire) -> Reply:
    """Take what was sent of a sheet."""
    if wanted_language(site, visit):
        return _shown(site, visit, sheet, asked, typed=dict(visit.fields))
    if visit.control("_go") == "anew":
        drop_sheet(desk, visit.token, sheet.sheet)
        return see_other("key")
    if len(sheet.passes) == PASSES:
        return _resolved(desk, site, visit, sheet, asked)
    reading = read_form(asked, visit.fields)
    if reading.wrong:
        return _shown(site, visit, sheet, asked, typed=reading.typed, wrong=reading.wrong)
    done = key_sheet(desk, visit.token, sheet.sheet, reading.answers)
    if done is None or len(done.passes) < PASSES or done.differences:
        return see_other(_place(done) if done else "key")
    return _handed_in(desk, visit, done, asked, done.passes[0])


def _resolved(
    desk: Desk, site: Site, visit: Visit, sheet: KeyedSheet, asked: Questionnaire
) -> Reply:
    chosen = {item: visit.control(item) for item in sheet.differences}
    if not set(chosen.values()) <= {"1", "2"}:
        return _shown(site, visit, sheet, asked, typed=chosen, wrong=chosen)
    taken = {item: sheet.passes[int(way) - 1].get(item, "") for item, way in chosen.items()}
    return _handed_in(desk, visit, sheet, asked, {**sheet.passes[0], **taken})


def _handed_in(
    desk: Desk, visit: Visit, sheet: KeyedSheet, asked: Questionnaire, answers: Mapping[str, str]
) -> Reply:
    content = _content(asked, answers)
    hand_in_sheet(desk, visit.token, sheet.sheet, content)
    return see_other("key")


def _content(asked: Questionnaire, answers: Mapping[str, str]) -> dict[str, Any]:
    """What goes into the envelope: behind an answer that ends the questionnaire, nothing."""
    kept: dict[str, str] = {}
    seen: list[str] = []
    for page in asked.pages:
        seen.append(page.id)
        for question in page.questions:
            value = answers.get(question.id, "")
            if value:
                kept[question.id] = value
            if value in {str(code) for code in question.screen_out}:
                return {"answers": kept, "seen": seen, "ended": question.id}
    return {"answers": kept, "seen": seen, "ended": ""}


def _shown(
    site: Site,
    visit: Visit,
    sheet: KeyedSheet,
    asked: Questionnaire,
    *,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, object] | None = None,
) -> Reply:
    language = wanted_language(site, visit) or visit.language
    t, compared = phrases(language), len(sheet.passes) == PASSES
    rows = [
        (place, q.id, q.text[language], _hint(q, t), (typed or {}).get(q.id, ""))
        for place, q in enumerate(asked.questions, 1)
        if not compared or q.id in sheet.differences
    ]
    stage = "keying.compare" if compared else f"keying.pass{len(sheet.passes) + 1}"
    reply = made(
        site,
        "keying",
        language,
        status=422 if wrong else 200,
        form=form_marks(site, visit, _place(sheet)),
        title=t("keying.sheet", sheet=sheet.sheet, department=sheet.department),
        lead=t(stage),
        rows=rows,
        wrong=wrong or {},
        compared=compared,
        passes=sheet.passes,
    )
    return reply.keeping(**{LANGUAGE: language}) if wanted_language(site, visit) else reply


def _hint(question: Question, t: Catalogue) -> str:
    """Which codes a question takes."""
    codes = " ".join(str(code) for code, _ in question.offered)
    numeric = question.response_format.kind != "options"
    return f"{bounds_of(question, t)} {codes}".strip() if numeric else codes
