"""How alike two sets of factors are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix


def tucker_congruence(A: Matrix, B: Matrix) -> Matrix:
    """Tucker's (1951) coefficient of congruence of each column of A with each of B.

    sum a_i b_i / sqrt(sum a_i^2 sum b_i^2): 0.85 to 0.94 is called fair, 0.95 and more equal
    (Lorenzo-Seva & ten Berge 2006, *Methodology* 2).

    Parameters
    ----------
    A, B : ndarray, shape (p, k) and (p, m)
        Loadings of the same variables; NaN where a column is zero.

    Returns
    -------
    ndarray, shape (k, m)
    """
    lengths = np.outer(np.linalg.norm(A, axis=0), np.linalg.norm(B, axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(A.T @ B / lengths)
