"""Omega hierarchical of exploratory factors, after Schmid and Leiman."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.efa import explore
from cosyn.engine.extraction import extract

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.extraction import Method
    from cosyn.engine.rotation import Method as RotationMethod


@dataclass(frozen=True, slots=True, eq=False)
class SchmidLeiman:
    """A general factor, and what the exploratory factors hold beyond it, of standardized items.

    Attributes
    ----------
    general : ndarray, shape (p,)
        Loadings on the general factor.
    group : ndarray, shape (p, k)
        Loadings on the factors that it leaves.
    omega_hierarchical, omega_total : float or None
        Shares of the general and of all factors in the variance of the sum of the items.
    reason : str
        Why there are none, "" if there are.
    """

    general: Vector
    group: Matrix
    omega_hierarchical: float | None
    omega_total: float | None
    reason: str = ""


def schmid_leiman(
    R: Matrix, k: int = 3, method: Method = "minres", rotation: RotationMethod = "oblimin"
) -> SchmidLeiman:
    """Transform k oblique factors (Schmid & Leiman 1957), as ``psych::omega`` does.

    Of items that are keyed alike; the sum of standardized items is meant. The general factor is
    the one factor of the correlations of the oblique factors, which takes three of these.

    Parameters
    ----------
    R : ndarray, shape (p, p)
        Correlations of the items.
    """
    nothing = np.zeros(len(R)), np.zeros((len(R), k))
    if k < 3:
        return SchmidLeiman(*nothing, None, None, "a general factor takes three factors or more")
    found = explore(R, None, k, method, rotation)
    if not found.converged or found.reasons:
        return SchmidLeiman(*nothing, None, None, "; ".join(found.reasons) or "not converged")
    higher = extract(found.Phi, 1, method)
    if not higher.converged or higher.reason:
        return SchmidLeiman(*nothing, None, None, f"of the factors: {higher.reason}")
    on_factor = higher.loadings[:, 0]
    general = found.loadings @ on_factor
    group = found.loadings * np.sqrt(1 - on_factor**2)
    total = float(R.sum())
    return SchmidLeiman(
        general,
        group,
        float(general.sum() ** 2) / total,
        1 - float(found.uniquenesses.sum()) / total,
    )
