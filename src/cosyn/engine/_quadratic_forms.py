"""Quadratic forms of many rows as a matrix product: features of rows, coefficients of forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix


def features(F: Matrix) -> Matrix:
    """1, f and the products of its elements, shape (n, 1 + m + m (m + 1) / 2)."""
    rows, columns = np.tril_indices(F.shape[1])
    return np.hstack([np.ones((len(F), 1)), F, F[:, rows] * F[:, columns]])


def packed(M: Matrix) -> Matrix:
    """Coefficients of these products in f'Mf, for symmetric M (..., m, m)."""
    rows, columns = np.tril_indices(M.shape[-1])
    return np.asarray(M[..., rows, columns] * np.where(rows == columns, 1.0, 2.0))


def unpacked(s: Matrix, m: int) -> Matrix:
    """Symmetric matrices (..., m, m) of sums of these products."""
    rows, columns = np.tril_indices(m)
    M = np.zeros((*s.shape[:-1], m, m))
    M[..., rows, columns] = s
    M[..., columns, rows] = s
    return M
