"""Reading the columns of a table of answers: numbers, and labels of groups and clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from cosyn.engine.rows import slices
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cosyn.engine._typing import Indices, Matrix

#: Respondents copied at a time: their rows stay in the cache while the columns are read.
_BLOCK = 4096
#: More columns than a table of answers has are not searched for duplicates.
_MANY = 5000


class Named(Protocol):
    """Something with columns."""

    @property
    def columns(self) -> Iterable[Any]:
        """Names of the columns."""
        ...


@runtime_checkable
class Frame(Named, Protocol):
    """What is asked of a table: pandas' data frames have it, and others do too."""

    def __getitem__(self, name: str, /) -> Any:
        """Values of a column."""
        ...


def numeric_columns(frame: Named) -> list[str]:
    """Names of the columns that a model may speak of.

    Raises
    ------
    IdentificationError
        If two columns have one name.
    """
    names = [str(name) for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(names) < _MANY else []
    if twice:
        raise data_fault(
            "duplicated-columns",
            f"two columns are named {', '.join(f'`{name}`' for name in twice[:5])}",
            "Rename or remove one of them",
        )
    return names


def numbers(frame: Frame, names: Sequence[str]) -> Matrix:
    """The named columns side by side, shape (n, p), NaN where a value is missing.

    Raises
    ------
    IdentificationError
        If one of them is not numeric.
    """
    columns = [_numbers(frame, name) for name in names]
    n = len(columns[0]) if columns else 0
    X = np.empty((n, len(columns)))
    for here in slices(n, _BLOCK):
        part = X[here]
        for k, column in enumerate(columns):
            part[:, k] = column[here]
    return X


def _numbers(frame: Frame, name: str) -> Matrix:
    try:
        return np.asarray(frame[name], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise data_fault(
            "not-numeric",
            f"the column `{name}` holds something that is not a number",
            "Code its answers as numbers",
        ) from error


def labels(frame: Frame, name: str) -> tuple[tuple[str, ...], Indices]:
    """The different values of a column as text, and which of them each row has.

    Whole numbers are written without a point, however the column stores them.

    Returns
    -------
    tuple of str
        In order of first appearance.
    ndarray of int, shape (n,)
        Their numbers; -1 where missing.

    Raises
    ------
    IdentificationError
        If there is no such column.
    """
    if name not in [str(column) for column in frame.columns]:
        raise data_fault("no-column", f"there is no column `{name}`", "Name one of the columns")
    values, inverse = _different(frame[name])
    texts = [_text(value) for value in values]
    places = {text: k for k, text in enumerate(dict.fromkeys(filter(None, texts)))}
    code = np.array([places.get(text, -1) for text in texts], dtype=np.intp)
    return tuple(places), code[inverse]


def _different(column: Any) -> tuple[list[Any], Indices]:
    """The different values in order of first appearance, and which of them each row has."""
    values = np.asarray(column)
    if values.dtype.kind in "biuf":
        every, first, inverse = np.unique(values, return_index=True, return_inverse=True)
        order = np.argsort(first)
        return every[order].tolist(), np.argsort(order)[inverse]
    objects = np.asarray(column, dtype=object).tolist()
    found = [str(value) if isinstance(value, list | dict | set) else value for value in objects]
    places = {value: k for k, value in enumerate(dict.fromkeys(found))}
    return list(places), np.fromiter(map(places.__getitem__, found), dtype=np.intp)


def _text(value: Any) -> str:
    if value is None or str(value) in {"", "<NA>", "NaT"} or value != value:  # noqa: PLR0124
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def data_fault(code: str, what: str, fix: str) -> IdentificationError:
    """An error of the data."""
    return IdentificationError(f"data.{code}", "the data", what, fix)
