"""Product indicators for latent interactions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix


def double_mean_centred_products(A: Matrix, B: Matrix) -> Matrix:
    """Products of matched indicators, centred before and after multiplying.

    Lin, Wen, Marsh & Lin (2010), *Structural equation models of latent interactions:
    clarification of orthogonalizing and double-mean-centering strategies*, Structural Equation
    Modeling 17, 374-391. The model then needs no mean structure.

    Parameters
    ----------
    A, B : ndarray, shape (n, k)
        Column j of one is paired with column j of the other; complete.

    Returns
    -------
    ndarray, shape (n, k)

    Raises
    ------
    ValueError
        If the shapes differ (our bug).
    """
    if A.shape != B.shape:
        raise ValueError(f"matched indicators of shapes {A.shape} and {B.shape}")
    P = (A - A.mean(axis=0)) * (B - B.mean(axis=0))
    return np.asarray(P - P.mean(axis=0))
