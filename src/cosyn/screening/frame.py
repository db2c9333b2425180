"""A department that is not in the roster of those that were asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.screening._types import Rule, Sheet, Verdict, at_least, nothing, verdict

if TYPE_CHECKING:
    from cosyn.thresholds import Frame


def run(sheet: Sheet, rule: Frame) -> Verdict:  # noqa: ARG001 - it has no threshold
    """1 if the department is out of the frame, 0 if it is in it; capital letters do not count."""
    n = sheet.table.n
    if sheet.frame is None:
        return nothing(n, "no roster given", 1.0)
    outside: dict[str, bool] = {}
    for name in set(sheet.table.departments):
        outside[name] = name.casefold() not in sheet.frame
    value = np.fromiter((outside[name] for name in sheet.table.departments), float, n)
    unknown = np.fromiter((not name for name in sheet.table.departments), bool, n)
    return verdict(value, [(unknown, "no department recorded")], 1.0, at_least)


RULE = Rule("frame", run)
