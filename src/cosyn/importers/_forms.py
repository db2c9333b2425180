"""Which form the answers are in: forms of a split ballot ask the same items in other formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.errors import ResponseError
from cosyn.spelling import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.columns import Column
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable


def read_as(instrument: Instrument, form: str | None) -> Instrument:
    """The instrument with the response formats of a form.

    Raises
    ------
    ResponseError
        ``response.unknown-form``.
    """
    if form is None:
        return instrument
    known = [f.id for f in instrument.forms]
    if form not in known:
        what, fix = "the instrument has no such form", f"Use one of: {', '.join(known)}"
        raise ResponseError("response.unknown-form", f"--form {form}", what, fix)
    return instrument.in_form(form)


def check_forms(
    table: RawTable, forms: Column, form: str | None, instrument: Instrument, file: str
) -> None:
    """Refuse rows of a form whose codes mean something else than those they are read with.

    Raises
    ------
    ResponseError
        ``response.other-form``.
    """
    reading = _formats(instrument, form)
    for i, said in enumerate(forms.texts):
        rows = forms.where(i)
        if len(rows) and _formats(instrument, said) != reading:
            where = f"{file}, rows {listed(table.numbers[rows].tolist())}"
            what = f"they answer the form {said!r}, whose response formats are others"
            fix = f"Keep the rows of each form in a file of its own and import with --form {said}"
            raise ResponseError("response.other-form", where, what, fix)


def _formats(instrument: Instrument, form: str | None) -> Mapping[str, str]:
    """Replacements of a form; an unknown or empty name stands for the formats as they are."""
    return next((f.response_formats for f in instrument.forms if f.id == form), {})
