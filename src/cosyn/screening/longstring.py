"""Longest run of the same answer (Johnson 2005), against the sample's quantile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.instrument.arrange import arranged
from cosyn.instrument.questionnaire import questionnaire
from cosyn.screening._types import Rule, Sheet, Verdict, above, few, quantile, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from cosyn.screening._types import ScaleItem
    from cosyn.thresholds import Longstring


def longest_runs(sheet: Sheet) -> NDArray[np.float64]:
    """Longest run of one code over the items as each respondent met them, shape (n,).

    As ``longstring`` of the R package careless counts them; a gap ends a run; memory O(n).
    """
    longest = np.zeros(sheet.table.n)
    for rows, items in _met(sheet):
        # One column after another: all of them beside one another would be another table.
        longest[rows] = _runs(sheet.codes(item)[rows] for item in items)
    return longest


def _runs(columns: Iterable[NDArray[np.float64]]) -> NDArray[np.float64] | float:
    current: NDArray[np.float64] | float = 0.0
    longest: NDArray[np.float64] | float = 0.0
    previous: NDArray[np.float64] | float = np.nan
    for codes in columns:
        # NaN equals nothing, so that a gap ends a run and begins none.
        current = np.where(codes == previous, current + 1, np.where(np.isnan(codes), 0.0, 1.0))
        longest = np.maximum(longest, current)
        previous = codes
    return longest


def _met(sheet: Sheet) -> Iterator[tuple[NDArray[np.intp], Sequence[ScaleItem]]]:
    """Respondents who met the items in one order, and these items in it.

    That is the order of the permuted form where an answer bears its number, else the pages'.
    """
    table, listed = sheet.table, {item.item.id: item for item in sheet.scale}
    if not table.n:
        return
    met: dict[tuple[str, str], int] = {}
    numbers = (
        met.setdefault(numbered if numbered[1] not in {"", "0"} else ("", ""), len(met))
        for numbered in zip(table.forms, table.orders, strict=True)
    )
    order_of = np.fromiter(numbers, np.int32, table.n)
    # Everybody's rows once, those who met the items in one order beside each other.
    rows_by_order = np.argsort(order_of, kind="stable")
    ends = np.cumsum(np.bincount(order_of, minlength=len(met)))
    forms = {form.id for form in sheet.instrument.forms}
    for (form, order), rows in zip(met, np.split(rows_by_order, ends[:-1]), strict=True):
        items: Sequence[ScaleItem] = sheet.scale
        if form in forms and order.isdecimal():
            asked = arranged(questionnaire(sheet.instrument, form), int(order)).questions
            permuted = [listed[q.id] for q in asked if q.id in listed]
            # Items of another form may have been carried over: they keep their places at the end.
            items = [*permuted, *(item for item in sheet.scale if item not in permuted)]
        yield rows, items


def run(sheet: Sheet, rule: Longstring) -> Verdict:
    """Flag runs longer than the quantile, or longer than a share of the items.

    Ties with the threshold, which is the lower of the two, are not flagged.
    """
    runs = longest_runs(sheet)
    without, why = few(sheet)
    threshold = quantile(np.where(without, np.nan, runs), rule.quantile)
    if threshold is not None:
        threshold = min(threshold, rule.share * len(sheet.scale))
    return verdict(runs, [(without, why)], threshold, above)


RULE = Rule("longstring", run)
