"""Columns as texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.codebook.entries import number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cosyn.datasets._types import Part, Particular


def header(part: Part) -> list[str]:
    """Names of all columns."""
    return [*(particular.column for particular in part.particulars), *part.items]


def texts(part: Part) -> list[list[str]]:
    """Every column as it is written in a text file, each of length n."""
    before = [of_particular(particular) for particular in part.particulars]
    return [*before, *(spelt(column) for column in part.codes.T)]


def of_particular(particular: Particular) -> list[str]:
    """One column before the items."""
    values = particular.cells
    return list(values) if isinstance(values, tuple) else spelt(values)


def spelt(values: NDArray[np.float64]) -> list[str]:
    """Numbers with all their digits, and without a point where they need none; NaN is empty."""
    # There are few different numbers in many rows: each is spelt once.
    different, places = np.unique(values, return_inverse=True)
    words = ["" if np.isnan(value) else number(float(value)) for value in different]
    return [words[place] for place in places.tolist()]
