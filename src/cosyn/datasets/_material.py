"""From stored responses to what every format is written from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.codebook.entries import phrases_of
from cosyn.datasets._codes import codes_of, reserved, widened
from cosyn.datasets._types import Delivery, Part, Particular
from cosyn.instrument.questionnaire import questionnaire
from cosyn.instrument.types import Form, Missing, Page
from cosyn.responses import MISSING_ORDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from cosyn.instrument.about import AboutItem
    from cosyn.instrument.questionnaire import Questionnaire
    from cosyn.instrument.types import Instrument
    from cosyn.responses import ResponseTable

_EVERY = "*"
"""A form of all items that were asked; no author can give one this name."""
_NOT_SHOWN = MISSING_ORDER.index(Missing.NOT_SHOWN)
SIMULATED = "yes"


def delivery(
    instrument: Instrument, table: ResponseTable, language: str, identity: Mapping[str, str]
) -> Delivery:
    """Lay out the answers of a study as data.

    Rows whose forms have other response formats become parts of their own: their codes mean
    something else. Items that nobody of a part was shown are no columns of it.
    """
    block = reserved(instrument.response_formats)
    parts = tuple(
        _part(instrument, table, rows, forms, block) for forms, rows in _alike(instrument, table)
    )
    return Delivery(parts, language, block, identity)


def _alike(
    instrument: Instrument, table: ResponseTable
) -> Iterator[tuple[tuple[str, Mapping[str, str]], NDArray[np.intp]]]:
    """Yield the rows whose answers are in the same response formats, and a form that has them."""
    formats = {form.id: form.response_formats for form in instrument.forms}
    kinds = [tuple(sorted(formats.get(form, {}).items())) for form in table.forms]
    for kind in sorted(set(kinds)):
        named = next((f for f in formats if tuple(sorted(formats[f].items())) == kind), "")
        rows = np.flatnonzero([other == kind for other in kinds])
        yield (named if kind else "", dict(kind)), rows


def _part(
    instrument: Instrument,
    table: ResponseTable,
    rows: NDArray[np.intp],
    form: tuple[str, Mapping[str, str]],
    block: Mapping[Missing, int],
) -> Part:
    name, formats = form
    missing = table.missing[rows]
    shown = (missing != _NOT_SHOWN).any(axis=0)
    items = [item for item, is_shown in zip(table.items, shown, strict=True) if is_shown]
    asked = _asked(instrument, items, formats, block)
    places = [table.items.index(question.id) for question in asked.questions]
    missing = missing[:, places]
    reasons = {q.response_format.id: codes_of(q.response_format) for q in asked.questions}
    codes = table.matrix[rows][:, places]
    for j, question in enumerate(asked.questions):
        column = _codes_by_place(reasons[question.response_format.id])[missing[:, j]]
        codes[:, j] = np.where(missing[:, j] == 0, codes[:, j], column)
    return Part(
        name="-".join(filter(None, (instrument.id, name))),
        form=name,
        asked=asked,
        particulars=_particulars(instrument, table, rows, asked),
        codes=codes,
        missing=missing,
        reasons=reasons,
    )


def _codes_by_place(reasons: Mapping[Missing, int]) -> NDArray[np.float64]:
    return np.array([reasons.get(reason, np.nan) for reason in MISSING_ORDER], dtype=float)


def _asked(
    instrument: Instrument,
    items: Sequence[str],
    formats: Mapping[str, str],
    block: Mapping[Missing, int],
) -> Questionnaire:
    """The items as a questionnaire, retired ones and such on no page too."""
    wanted = [item for item in instrument.items if item.id in set(items)]
    placed = {item for page in instrument.pages for item in page.items}
    none = dict.fromkeys(instrument.languages, "")
    rest = Page("", none, none, tuple(item.id for item in wanted if item.id not in placed))
    every = Form(_EVERY, none, "all", tuple(c.id for c in instrument.constructs), formats)
    say = phrases_of(questionnaire(instrument))
    plain = replace(
        instrument,
        items=tuple(replace(item, status="candidate") for item in wanted),
        pages=(*instrument.pages, rest),
        forms=(*instrument.forms, every),
        response_formats=tuple(
            widened(scale, block, lambda reason: say(f"reason_{reason}"))
            for scale in instrument.response_formats
        ),
    )
    made = questionnaire(plain, _EVERY)
    about = made.about
    known = {item: _as_it_is(instrument, entry, item) for item, entry in about.items.items()}
    named = {form: label for form, label in about.forms.items() if form != _EVERY}
    return replace(made, form="", about=replace(about, items=known, forms=named))


def _as_it_is(instrument: Instrument, entry: AboutItem, item: str) -> AboutItem:
    """Take back what was said of an item only to select it."""
    places = {form: place for form, place in entry.places.items() if form != _EVERY}
    return replace(entry, status=instrument.item(item).status, places=places)


def _particulars(
    instrument: Instrument, table: ResponseTable, rows: NDArray[np.intp], asked: Questionnaire
) -> tuple[Particular, ...]:
    """Every column before the items; what no row knows is left out where it need not be there."""
    found: dict[str, tuple[str, ...]] = {
        "submission": table.submissions,
        "respondent": table.respondents if any(table.respondents) else (),
        "department": table.departments,
        "wave": table.waves,
        "language": table.languages,
        "form": table.forms,
        "order": table.orders,
        "digest": (instrument.digest,) * table.n,
        "simulated": (SIMULATED,) * table.n if table.simulated else (),
    }
    say = phrases_of(asked)
    taken = {question.id.casefold() for question in asked.questions}
    made = []
    for name, values in found.items():
        if values:
            mine = tuple(values[i] for i in rows)
            made.append(Particular(name, _free(name, taken), say(f"stamp_{name}"), mine))
    for name, texts in table.metadata.items():
        words = instrument.metadata.get(name, {})
        title = {language: words.get(language, name) for language in say("stamp_form")}
        mine = tuple(texts[i] for i in rows)
        if any(mine):
            made.append(Particular(name, _free(name, taken), title, mine))
    if not np.isnan(table.seconds).all():
        title = say("stamp_seconds")
        taken_by = _free("seconds", taken)
        made.append(Particular("seconds", taken_by, title, table.seconds[rows]))
    return tuple(made)


def _free(name: str, taken: set[str]) -> str:
    """Ids of items have no underscores, so that this one is free."""
    return f"{name}_" if name in taken else name
