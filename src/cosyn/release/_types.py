"""What comes of protecting responses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cosyn.release.risk import Attack, Risk
    from cosyn.release.scores import DepartmentScores
    from cosyn.release.tables import Counts


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A quasi-identifier as it stands in the file.

    Attributes
    ----------
    codes : ndarray of int, shape (n,)
        Place of each record's value in `values`; -1 where it is suppressed.
    values : tuple of str
        What stands in the file.
    given : int
        How many of `values`, from the first, are answers; the rest are reasons.
    merged : tuple of tuples of str
        For each value, what it was before bands were merged.
    bounds : tuple of (float or None, float or None)
        Of bands of numbers: from, and below; empty for other variables.
    """

    name: str
    codes: NDArray[np.int64]
    values: tuple[str, ...]
    given: int
    merged: tuple[tuple[str, ...], ...]
    bounds: tuple[tuple[float | None, float | None], ...] = ()


@dataclass(frozen=True, slots=True)
class KeyCost:
    """What protection did to a quasi-identifier.

    Attributes
    ----------
    before, after : int
        Different values, reasons for a gap included.
    bands : tuple of tuples of str
        Values that were merged.
    suppressed : int
        Cells, in records that are published.
    bits_before, bits_after : float
        Entropy a record, before and after; the suppressed count as one value.
    """

    name: str
    before: int
    after: int
    bands: tuple[tuple[str, ...], ...]
    suppressed: int
    bits_before: float
    bits_after: float


@dataclass(frozen=True, slots=True)
class SensitiveCost:
    """What l-diversity did to an item.

    Attributes
    ----------
    least : int
        Fewest different answers in a combination, before.
    classes : int
        Combinations with fewer than l.
    suppressed : int
        Answers.
    """

    name: str
    least: int
    classes: int
    suppressed: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What protection found and did.

    Attributes
    ----------
    stored, screened_out, suppressed, published : int
        Records: stored; of people whom an answer screened out; suppressed; published.
    lost_by_bands, lost_by_cells, lost_by_records : float
        Shares of the quasi-identifiers' weighted information (0 to 1).
    repeated : int
        Published records of people who have more than one.
    dropped_items : tuple of str
        Items that are not published.
    """

    stored: int
    screened_out: int
    suppressed: int
    published: int
    before: Risk
    after: Risk
    attack_before: Attack
    attack_after: Attack
    keys: tuple[KeyCost, ...]
    sensitive: tuple[SensitiveCost, ...]
    lost_by_bands: float
    lost_by_cells: float
    lost_by_records: float
    repeated: int
    dropped_items: tuple[str, ...]

    @property
    def cells(self) -> float:
        """Share of the quasi-identifiers' cells that are suppressed in published records."""
        total = self.published * len(self.keys)
        return sum(key.suppressed for key in self.keys) / total if total else 0.0

    @property
    def records(self) -> float:
        """Share of the records that are suppressed."""
        everybody = self.published + self.suppressed
        return self.suppressed / everybody if everybody else 0.0


@dataclass(frozen=True, slots=True)
class CountTables:
    """Tables of counts over the published records.

    Attributes
    ----------
    variables : tuple of (name, values)
        What the places of `counts` stand for.
    tables : tuple of tuples of int
        The variables of each table.
    """

    variables: tuple[tuple[str, tuple[str, ...]], ...]
    tables: tuple[tuple[int, ...], ...]
    counts: Counts


@dataclass(frozen=True, slots=True)
class Released:
    """Responses that may be published.

    Attributes
    ----------
    keys : tuple of PublishedKey
    items : tuple of str, length p
        Those that are no quasi-identifiers.
    values : ndarray of float, shape (n, p)
        Codes as answered, NaN wherever `missing` is not 0.
    missing : ndarray of int8, shape (n, p)
        Index into `MISSING_ORDER`.
    departments : tuple of str
        Rows of `scores`.
    simulated : bool
        Whether any record was drawn by a computer.
    """

    keys: tuple[PublishedKey, ...]
    items: tuple[str, ...]
    values: NDArray[np.float64]
    missing: NDArray[np.int8]
    counts: CountTables | None
    departments: tuple[str, ...]
    scores: DepartmentScores | None
    summary: Summary
    simulated: bool

    @property
    def n(self) -> int:
        """Number of published records."""
        return len(self.values)
