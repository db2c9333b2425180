"""How the pages for keying paper look: put together from what the stores and the clerk say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cosyn.fielding.paper import PASSES
from cosyn.server.keyed_forms import OTHER, codes_of, hint_of, meaning, other_of
from cosyn.server.site import KEYING_SCRIPT, KEYING_STYLE, form_marks, made, static_name
from cosyn.server.texts import name_of, phrases

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from cosyn.fielding.desk import Desk
    from cosyn.fielding.paper import KeyedSheet, Waiting
    from cosyn.i18n import Catalogue, Text
    from cosyn.instrument.questionnaire import Question, Questionnaire
    from cosyn.server.site import Site
    from cosyn.server.visits import Reply, Visit

_BLANK = {"_department": "", "_sheet": "", "_order": "0", "_printed": "", "_person": ""}
_FIELDS = {"_department": "d", "_sheet": "s", "_order": "o", "_person": "p"}


def choose_page(
    desk: Desk,
    site: Site,
    visit: Visit,
    departments: Mapping[str, Text],
    waiting: Sequence[Waiting],
    sent: Mapping[str, str],
    wrong: Mapping[str, str],
    done: tuple[str, str],
) -> Reply:
    """The page on which a sheet is begun or gone on with.

    Parameters
    ----------
    sent : Mapping[str, str]
        Field -> what is filled in already.
    wrong : Mapping[str, str]
        Field -> what is wrong with it: a phrase.
    done : (phrase, number)
        What became of the sheet before; empty for nothing.
    """
    language = visit.language
    t, (told, number) = phrases(language), done
    numbers = {"most": desk.wave.settings.orders, "sheet": sent.get("_sheet", "")}
    faults = {name: t(f"keying.{phrase}", **numbers) for name, phrase in wrong.items()}
    return made(
        site,
        "key",
        language,
        status=422 if wrong else 200,
        about=False,
        form=form_marks(site, visit, "key"),
        title=t("keying.title"),
        style=static_name(KEYING_STYLE),
        told=t(f"keying.{told}", sheet=number) if told else "",
        faults=faults,
        ids=_FIELDS,
        departments=[
            (code, f"{code} · {names[language]}" if names.get(language) else code)
            for code, names in departments.items()
        ],
        languages=[(tag, name_of(tag)) for tag in site.languages],
        sent={**_BLANK, **sent},
        most=desk.wave.settings.orders,
        waiting=[(one, t(f"keying.stage{one.passes + 1}")) for one in waiting],
    )


def sheet_page(
    site: Site,
    visit: Visit,
    action: str,
    sheet: KeyedSheet,
    asked: Questionnaire,
    *,
    typed: Mapping[str, str] | None = None,
    wrong: Collection[str] = (),
    said: str = "",
    same: bool = False,
) -> Reply:
    """The page on which a pass is keyed, or two passes are compared.

    Parameters
    ----------
    typed : Mapping[str, str], optional
        What was sent, to be shown again.
    wrong : collection of str
        Items that cannot be taken as they are.
    said : str
        What is said on top: ``checked``, ``discard`` or nothing.
    same : bool
        Whether the initials are those of the first pass, or missing.
    """
    language = visit.language
    t, compared = phrases(language), len(sheet.passes) == PASSES
    parts = _parts(sheet, asked, language, t, typed or {}, wrong, compared=compared)
    shown = [row for _, rows in parts for row in rows]
    return made(
        site,
        "keying",
        language,
        status=422 if wrong or same else 200,
        about=False,
        form=form_marks(site, visit, action),
        title=t("keying.sheet", sheet=sheet.sheet, department=sheet.department),
        stage=t(f"keying.stage{len(sheet.passes) + 1}"),
        lead=t("keying.compare" if compared else f"keying.pass{len(sheet.passes) + 1}"),
        style=static_name(KEYING_STYLE),
        script=static_name(KEYING_SCRIPT),
        parts=parts,
        faults=[row for row in shown if row["fault"]],
        compared=compared,
        keyers=[*sheet.keyers, "", ""],
        keyer=(typed or {}).get("_keyer", ""),
        same=same,
        asking=said == "discard",
        checked=said == "checked",
        other=OTHER,
    )


def _parts(
    sheet: KeyedSheet,
    asked: Questionnaire,
    language: str,
    t: Catalogue,
    typed: Mapping[str, str],
    wrong: Collection[str],
    *,
    compared: bool,
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Title of each page of the sheet, with its questions that are on this one."""
    found, place = [], 0
    for page in asked.pages:
        rows = []
        for question in page.questions:
            place += 1
            if not compared or question.id in sheet.differences:
                row = _row(question, place, language, t, typed, question.id in wrong)
                row["passes"] = [
                    meaning(question, one.get(question.id, ""), language, t) for one in sheet.passes
                ]
                row["decided"] = compared
                rows.append(row)
        if rows:
            found.append((page.title[language], rows))
    return found


def _row(
    question: Question,
    place: int,
    language: str,
    t: Catalogue,
    typed: Mapping[str, str],
    wrong: bool,  # noqa: FBT001 - of one row, and named where it is called
) -> dict[str, Any]:
    hint, item = hint_of(question, t), question.id
    options = question.response_format.kind == "options"
    fault = ""
    if wrong:
        named = typed.get(other_of(item)) if typed.get(item) == OTHER else typed.get(item)
        decided = typed.get(item) in {None, "", *"12"} and other_of(item) in typed
        fault = t("keying.undecided") if decided else t("keying.code", typed=named, codes=hint)
    return {
        "item": item,
        "place": place,
        "text": question.text[language],
        "hint": hint,
        "codes": " ".join(codes_of(question)) if options else "",
        "value": typed.get(item, ""),
        "other": typed.get(other_of(item), ""),
        "other_name": other_of(item),
        "fault": fault,
    }
