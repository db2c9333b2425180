"""Pyxform and ODK Validate as referees of XLSForms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyxform.errors import PyXFormError
from pyxform.validators.odk_validate import ODKValidateError
from pyxform.xls2xform import convert

if TYPE_CHECKING:
    from pathlib import Path

NEEDED = ("java",)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What pyxform and, on its XForm, ODK Validate say of a form."""

    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    xform: str


def judge(form: Path) -> Verdict:
    """Convert an XLSForm and have the XForm validated (about two seconds: Java starts)."""
    warnings: list[str] = []
    try:
        xform = convert(xlsform=form, warnings=warnings, validate=True).xform
    except (PyXFormError, ODKValidateError) as error:
        return Verdict((str(error),), tuple(warnings), "")
    return Verdict((), tuple(warnings), xform)
