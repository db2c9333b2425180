"""What an instrument holds, and what is lawful but unwise in it: remarks, none of them an error."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.instrument.lint import RULES, Advice, Subject
from cosyn.instrument.questionnaire import questionnaire
from cosyn.instrument.reading import minutes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cosyn.instrument.files import Address, Files, Places
    from cosyn.instrument.types import Instrument

MINIMUM_CELL, DEPARTMENT = 5, 10
"""Where no plan and no population say otherwise."""
_VAIN = "accepted-in-vain"
_VAIN_ADVICE = Advice(
    "`accept` names a remark that is not made of its owner, nor of anything in it: it would hide "
    "one that comes later",
    "Correct the code or delete it",
)


@dataclass(frozen=True, slots=True)
class Summary:
    """What an instrument holds, in numbers.

    Attributes
    ----------
    scale_items_by_form, questions_by_form : dict
        Form -> number of items that reflect a construct, and of all questions.
    minutes_by_form : dict
        Form -> language -> estimated time to read and answer it.
    """

    id: str
    version: str
    digest: str
    languages: tuple[str, ...]
    constructs: int
    facets: int
    items: int
    pages: int
    scale_items_by_form: dict[str, int]
    questions_by_form: dict[str, int]
    minutes_by_form: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a survey methodologist would question.

    Attributes
    ----------
    code : str
        ``remark.`` and the code that a file may accept.
    where : str
        ``file:line``.
    what, fix : str
        What was found and what to do, each without a final full stop.
    """

    code: str
    where: str
    what: str
    fix: str


@dataclass(frozen=True, slots=True)
class Remarks:
    """What was found, and how many remarks more the files accept."""

    told: tuple[Remark, ...]
    accepted: int


def summarise(instrument: Instrument) -> Summary:
    """Count what an instrument holds."""
    return Summary(
        id=instrument.id,
        version=instrument.version,
        digest=instrument.digest,
        languages=instrument.languages,
        constructs=len(instrument.constructs),
        facets=len(instrument.facets()),
        items=len(instrument.items),
        pages=len(instrument.pages),
        scale_items_by_form={f.id: len(instrument.scale_items_of(f.id)) for f in instrument.forms},
        questions_by_form={f.id: len(instrument.items_of(f.id)) for f in instrument.forms},
        minutes_by_form=_minutes(instrument),
    )


def _minutes(instrument: Instrument) -> dict[str, dict[str, float]]:
    asked = {form.id: questionnaire(instrument, form.id) for form in instrument.forms}
    return {
        form: {language: round(minutes(q, language), 1) for language in instrument.languages}
        for form, q in asked.items()
    }


def remarks(
    instrument: Instrument,
    files: Files,
    summary: Summary,
    *,
    minimum_cell: int = MINIMUM_CELL,
    department: int = DEPARTMENT,
) -> Remarks:
    """Everything that a survey methodologist would question and the files do not accept.

    Parameters
    ----------
    minimum_cell, department : int
        The smallest department that is described by itself, and the size of a typical one.
    """
    subject = Subject(instrument, summary.minutes_by_form, minimum_cell, department)
    advice = known()
    notes = [note for rule in RULES for note in rule.find(subject)]
    places = files.places()
    accepted = places.accepted()
    made = {(owner, n.code) for n in notes for owner in _owners(n.address, instrument)}
    told = [
        Remark(f"remark.{n.code}", places.where(n.address), n.what, advice[n.code].fix)
        for n in notes
        if not any((owner, n.code) in accepted for owner in _owners(n.address, instrument))
    ]
    in_vain = _vain(sorted(accepted - made), places, advice)
    return Remarks((*told, *in_vain), len(notes) - len(told))


def known() -> dict[str, Advice]:
    """Every code that a remark may have, and what it stands for."""
    codes = {code: advice for rule in RULES for code, advice in rule.codes.items()}
    return {**codes, _VAIN: _VAIN_ADVICE}


def _owners(address: Address, instrument: Instrument) -> Iterator[Address]:
    """Who may accept a remark: what it is made of, what that is part of, an item's construct."""
    yield from (address[:length] for length in range(1, len(address) + 1))
    if address[0] == "items":
        item = instrument.item(address[1])
        yield ("constructs", item.construct)
        yield ("constructs", item.construct, "facets", item.facet)


def _vain(
    vain: Sequence[tuple[Address, str]], places: Places, advice: Mapping[str, Advice]
) -> Iterator[Remark]:
    for address, code in vain:
        what = f"{address[-1]} accepts {code!r}, which is "
        if code in advice:
            what += "not remarked of it"
        else:
            close = difflib.get_close_matches(code, advice, 1)
            what += "no remark" + (f"; perhaps {close[0]!r} is meant" if close else "")
        where = places.where((*address, "accept"))
        yield Remark(f"remark.{_VAIN}", where, what, advice[_VAIN].fix)
