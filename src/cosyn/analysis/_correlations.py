"""Correlations of items for factor analysis: polychoric where that is possible, or Pearson's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.engine.moments import sample_moments
from cosyn.engine.polychoric_matrix import polychoric_matrix, polychoric_of_codes
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cosyn.engine.contingency import Codes
    from cosyn.scoring import Scores

Kind = Literal["polychoric", "pearson"]
NOT_DEFINITE = "the polychoric correlations are not those of any variables"


@dataclass(frozen=True, slots=True)
class Correlated:
    """Correlations of complete answers.

    Attributes
    ----------
    values : ndarray, shape (n, p)
        Answers.
    R : ndarray, shape (p, p)
        Those that are analysed.
    codes : ndarray of int, shape (n, p), or None
        Categories from 0, of polychoric correlations.
    replaced : str
        Why Pearson's stand for the polychoric ones that were asked for, "" if they do not.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]
    R: NDArray[np.float64]
    codes: Codes | None
    replaced: str = ""

    @property
    def kind(self) -> Kind:
        """Which correlations are analysed."""
        return "pearson" if self.codes is None else "polychoric"

    @property
    def n(self) -> int:
        """Respondents."""
        return len(self.values)

    def resamples(self, count: int, seed: int) -> tuple[NDArray[np.float64] | None, ...]:
        """The same correlations of respondents drawn with replacement, None as `_resampled`."""
        streams = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(count))
        return tuple(self._resampled(r.integers(self.n, size=self.n)) for r in streams)

    def _resampled(self, rows: NDArray[np.int64]) -> NDArray[np.float64] | None:
        """Correlations of some respondents; None where an item does not vary."""
        sample = self.values[rows]
        if (np.ptp(sample, axis=0) == 0).any():
            return None
        if self.codes is None:
            return np.atleast_2d(np.corrcoef(sample, rowvar=False))
        return polychoric_of_codes(self.codes[rows])


def correlated(cases: Scores, kind: Kind) -> Correlated:
    """Correlate complete answers.

    A matrix of polychoric correlations need not be positive definite, each pair being estimated
    by itself. Such a matrix is not smoothed: Pearson's take its place, and the reason is told.

    Raises
    ------
    IdentificationError
        If an item does not vary, or there are too few respondents.
    """
    moments = sample_moments(cases.values, cases.names)
    sd = np.sqrt(np.diag(moments.cov))
    pearson = moments.cov / np.outer(sd, sd)
    plain = Correlated(cases.names, cases.values, pearson, None)
    if kind == "pearson":
        return plain
    try:
        found = polychoric_matrix(cases.values, cases.names)
    except IdentificationError as error:
        return Correlated(cases.names, cases.values, pearson, None, error.what)
    if not found.definite:
        return Correlated(cases.names, cases.values, pearson, None, NOT_DEFINITE)
    return Correlated(cases.names, cases.values, found.R, found.codes)
