"""Polychoric correlations of all items at once, of answers and of many samples of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine._ordinal_correlations import correlations
from cosyn.engine._ordinal_data import prepare
from cosyn.engine.contingency import contingency, margins, tables
from cosyn.engine.polychoric import polychoric, thresholds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._ordinal_data import OrdinalFault
    from cosyn.engine._typing import Matrix
    from cosyn.engine.contingency import Codes

#: Smallest eigenvalue of a matrix that counts as positive definite.
DEFINITE = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class PolychoricMatrix:
    """Correlations of the normal variables behind ordinal items.

    Attributes
    ----------
    R : ndarray, shape (p, p)
        As estimated pair by pair: never smoothed.
    codes : ndarray of int, shape (n, p)
        Categories of the respondents used, from 0.
    smallest : float
        Eigenvalue.
    faults : tuple of OrdinalFault
        Sparse tables, correlations at their bound and the like.
    """

    R: Matrix
    codes: Codes
    smallest: float
    faults: tuple[OrdinalFault, ...]

    @property
    def definite(self) -> bool:
        """Whether it is the correlation matrix of any variables; pairs alone do not see to it."""
        return self.smallest > DEFINITE


def polychoric_matrix(X: Matrix, names: Sequence[str]) -> PolychoricMatrix:
    """Polychoric correlations of complete answers (Olsson 1979, two steps).

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Codes of the categories; respondents with a gap (NaN) are left out.

    Raises
    ------
    IdentificationError
        If an item does not vary, has too many categories, or there are too few respondents.
    """
    data = prepare(np.asarray(X, dtype=np.float64), names, names, "listwise", None, {})
    codes = data.answers.codes
    rho, faults = correlations(data, contingency(codes, data.answers.tau.shape[1] + 1))
    R = np.eye(len(names))
    R[data.layout.rows, data.layout.columns] = R[data.layout.columns, data.layout.rows] = rho
    return PolychoricMatrix(R, codes, float(np.linalg.eigvalsh(R)[0]), (*data.faults, *faults))


def polychoric_of_codes(codes: Codes) -> Matrix:
    """Polychoric correlations of a sample of categories, shape (p, p).

    Parameters
    ----------
    codes : ndarray of int, shape (n, p)
        Categories from 0, none missing; every item takes two values at least.
    """
    counts = contingency(codes, int(codes.max()) + 1)
    tau = thresholds(margins(counts))
    rows, columns = np.tril_indices(codes.shape[1], -1)
    R = np.eye(codes.shape[1])
    rho = polychoric(tables(counts, rows, columns), tau[rows], tau[columns]).rho
    R[rows, columns] = R[columns, rows] = rho
    return R
