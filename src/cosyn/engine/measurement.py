"""Which items measure which latent, directly or through latents of a lower order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cosyn.engine._typing import Analytic, Flags, Indices
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.table import ParameterTable


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """How the latents of one group are measured.

    Attributes
    ----------
    latent : tuple of str
        The columns of the group's structure: latents, then observed variables of regressions.
    direct : ndarray of bool, shape (p, m)
        Which items load on which column.
    between : ndarray of bool, shape (m, m)
        Row c, column f: whether the latent c is an indicator of f.
    """

    latent: tuple[str, ...]
    direct: Flags
    between: Flags

    def items(self, latent: str) -> Indices:
        """Places of the items of a latent, through lower latents too."""
        return np.flatnonzero(self.reached[:, self.latent.index(latent)])

    def parts(self, latent: str) -> tuple[str, ...]:
        """The latents that are indicators of a latent."""
        column = self.between[:, self.latent.index(latent)]
        return tuple(name for name, part in zip(self.latent, column, strict=True) if part)

    def shared(self, latent: str) -> Indices:
        """Places of the items of a latent that directly measure another one too."""
        k = self.latent.index(latent)
        return np.flatnonzero(self.direct[:, k] & (self.direct.sum(axis=1) > 1))

    @property
    def reached(self) -> Flags:
        """Which items measure which column, through lower latents too, shape (p, m)."""
        found = self.direct.copy()
        for _ in self.latent:
            found |= (found[:, :, None] & self.between[None]).any(axis=1)
        return found


def measurement(table: ParameterTable, latent: tuple[str, ...], group: int = 1) -> Measurement:
    """Read the measurement of one group, counted from 1, off the table.

    Parameters
    ----------
    latent : tuple of str
        ``latent`` of the group's structure.
    """
    direct = np.zeros((len(table.observed), len(latent)), dtype=np.bool_)
    between = np.zeros((len(latent), len(latent)), dtype=np.bool_)
    for row in table.of_group(group):
        if row.op == "=~" and (row.free or row.value):
            column = latent.index(row.lhs)
            if row.rhs in latent:
                between[latent.index(row.rhs), column] = True
            else:
                direct[table.observed.index(row.rhs), column] = True
    return Measurement(latent, direct, between)


def of_fit(fit: SemFit, group: int = 1) -> Measurement:
    """The measurement of one group of a fit."""
    return measurement(fit.table, fit.structures[group - 1].latent, group)


def total_loadings(fit: SemFit, group: int, found: Measurement, x: Analytic) -> Analytic:
    """Loadings of the items on each latent, through lower latents too, shape (p, m).

    What regressions among the latents carry is left out.

    Parameters
    ----------
    x : ndarray, shape (q,)
        Free parameters, real or complex.
    """
    matrices = fit.structures[group - 1].matrices(x)
    through = np.linalg.inv(np.eye(len(found.latent)) - matrices.Beta * found.between)
    return np.asarray((matrices.Lambda * found.direct) @ through)
