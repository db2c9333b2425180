"""General factors of second-order and bifactor models, and the loadings they leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.engine.composite import share
from cosyn.engine.measurement import total_loadings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.engine._typing import Analytic, Flags, Indices, Matrix
    from cosyn.engine.composite import Scale, Share, True_
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.measurement import Measurement
    from cosyn.engine.table import ParameterTable

Kind = Literal["second-order", "bifactor"]


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A second-order model after Schmid & Leiman (1957), or a bifactor model as it is.

    Attributes
    ----------
    group : int
        From 1.
    general : str
    specifics : tuple of str, length s
        The other latents that items measure.
    items : ndarray of int, shape (k,)
        Places of the items of the general factor.
    scale : {"answers", "standardized"}
        What is summed.
    """

    fit: SemFit
    group: int
    found: Measurement
    general: str
    specifics: tuple[str, ...]
    kind: Kind
    items: Indices
    scale: Scale

    @property
    def loadings(self) -> Matrix:
        """Loadings of the standardized items, shape (k, 1 + s)."""
        sd = np.sqrt(np.diag(self.fit.implied[self.group - 1].Sigma))[self.items]
        return np.asarray(self.columns(self.fit.x) / sd[:, None])

    def columns(self, x: Analytic) -> Analytic:
        """Loadings of the items on orthogonal factors of unit variance, general one first."""
        structure = self.fit.structures[self.group - 1]
        k = [self.found.latent.index(name) for name in (self.general, *self.specifics)]
        matrices, implied = structure.matrices(x), structure.implied(x)
        on_general = total_loadings(self.fit, self.group, self.found, x)[self.items][:, k[:1]]
        on_specific = (matrices.Lambda * self.found.direct)[self.items][:, k[1:]]
        variances = np.append(np.diag(implied.V)[k[:1]], np.diag(matrices.Psi)[k[1:]])
        return np.asarray(np.hstack([on_general, on_specific]) * np.sqrt(variances))

    def share(self, items: Flags, true: True_) -> Share | None:
        """The true share of the variance of the sum of some of the items, flags of shape (k,)."""
        return share(self.fit, self.group, self.items[items], true, self.scale)


def solution_of(
    fit: SemFit, group: int, found: Measurement, general: str, kind: Kind, scale: Scale
) -> Solution:
    """The orthogonal factors of a model with a general one."""
    others = found.parts(general) if kind == "second-order" else found.latent
    specifics = tuple(n for n in others if n != general and len(found.items(n)))
    return Solution(fit, group, found, general, specifics, kind, found.items(general), scale)


def general_factors(table: ParameterTable, found: Measurement, group: int) -> Mapping[str, Kind]:
    """The general factors of one group's model, with what they make of it.

    A latent of latents that are measured by items; or, where there is none, the one latent on
    which every item loads while all latents are orthogonal.
    """
    higher: dict[str, Kind] = {
        name: "second-order"
        for name in table.latent
        if (parts := found.parts(name)) and not any(found.parts(part) for part in parts)
    }
    if higher or found.between.any():
        return higher
    measured = found.direct.any(axis=1)
    columns = dict(zip(found.latent, found.direct.T, strict=True))
    complete = [n for n in table.latent if (columns[n] == measured).all()]
    several = sum(bool(columns[name].any()) for name in table.latent) > 1
    if len(complete) != 1 or not several or _correlated(table, group):
        return {}
    return {complete[0]: "bifactor"}


def _correlated(table: ParameterTable, group: int) -> bool:
    """Whether some latents are not orthogonal."""
    return any(
        row.op in {"~", "~~"} and row.lhs != row.rhs and (row.free or row.value)
        for row in table.of_group(group)
        if row.lhs in table.latent and row.rhs in table.latent
    )
