"""The measurement part of a model, taken apart into blocks that are fitted one by one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.estimation import FitOptions, fit_sem
from cosyn.engine.lisrel import THETA
from cosyn.engine.table import Parameter, ParameterTable, numbered
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cosyn.engine._typing import Analytic, Matrix
    from cosyn.engine.fit import SemFit
    from cosyn.engine.moments import SampleMoments

_WHERE = "the measurement part"


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Latents that share nothing with others, or one observed variable.

    Attributes
    ----------
    latent : tuple of str
    Y : ndarray, shape (n, p)
        Their indicators.
    fit : SemFit or None
        None for an observed variable, which is its own score, about its mean.
    """

    latent: tuple[str, ...]
    Y: Matrix
    fit: SemFit | None

    @property
    def size(self) -> int:
        """Free parameters."""
        return 0 if self.fit is None else len(self.fit.x)

    def matrices(self, x: Analytic) -> tuple[Analytic, Analytic, Analytic]:
        """Loadings (p, m), residual covariances (p, p) and intercepts (p,)."""
        if self.fit is None:
            return np.eye(1), np.zeros((1, 1)), self.Y.mean(axis=0)
        found = self.fit.structures[0].matrices(x)
        return found.Lambda, found.Theta, found.nu[:, 0]

    def problem(self) -> str:
        """Why there are no scores, "" if there are."""
        if self.fit is None:
            return ""
        names = ", ".join(self.latent)
        status = self.fit.status
        if not status.ok:
            return f"{names}: {'; '.join(status.messages) or ', '.join(status.reasons)}"
        Theta = self.fit.structures[0].matrices(self.fit.x)[THETA]
        definite = np.linalg.eigvalsh(Theta)[0] > 0
        return "" if definite else f"{names}: residual covariance not positive definite"


def blocks_of(
    table: ParameterTable, sample: SampleMoments, together: Sequence[Sequence[str]] = ()
) -> tuple[Block, ...]:
    """Fit every block of a table by maximum likelihood.

    Parameters
    ----------
    together : sequence of sequence of str
        Latents that are measured in one block although they share nothing.

    Raises
    ------
    IdentificationError
        If a latent is measured by latents, an outcome has no marker, or a label ties blocks
        together.
    """
    found = []
    for latents in _groups(table, together):
        part = _part(table, latents)
        moments = replace(sample.subset(part.observed), cluster=None)
        fit = fit_sem(part, (moments,), FitOptions(compute_baseline=False))
        found.append(Block(part.latent, moments.rows(), fit))
    _check_labels([block.fit.table for block in found if block.fit is not None])
    regressed = {n for row in table.rows if row.op == "~" for n in (row.lhs, row.rhs)}
    alone = [name for name in table.observed if name in regressed]
    return (*found, *(Block((name,), sample.subset((name,)).rows(), None) for name in alone))


def _groups(table: ParameterTable, together: Sequence[Sequence[str]]) -> list[list[str]]:
    """Latents by what they share."""
    tied = _indicators(table)
    for number, names in enumerate(together):
        for name in names:
            tied[name] |= {f"together {number}"}
    groups: list[list[str]] = []
    for name in table.latent:
        near = [g for g in groups if any(tied[name] & tied[k] for k in g)]
        merged = [*(k for g in near for k in g), name]
        groups = [g for g in groups if g not in near] + [merged]
    return sorted(groups, key=lambda g: table.latent.index(g[0]))


def _indicators(table: ParameterTable) -> dict[str, set[str]]:
    """Indicators of each latent, and those whose residuals covary with theirs."""
    found = {name: set[str]() for name in table.latent}
    for row in table.rows:
        if row.op == "=~":
            if row.rhs in table.latent:
                raise IdentificationError(
                    "sam.higher-order",
                    _WHERE,
                    f"`{row.lhs}` is measured by the latent `{row.rhs}`",
                    "Regress the latent on it, or fit the model at once",
                )
            found[row.lhs].add(row.rhs)
    pairs = [{r.lhs, r.rhs} & set(table.observed) for r in table.rows if r.op == "~~"]
    for pair in pairs:
        for name, items in found.items():
            if pair & items:
                found[name] = items | pair
    return found


def _part(table: ParameterTable, latents: Sequence[str]) -> ParameterTable:
    """The confirmatory model of some latents, with free covariances between them."""
    rows = [row for row in table.rows if row.op == "=~" and row.lhs in latents]
    observed = tuple(n for n in table.observed if n in {row.rhs for row in rows})
    inside = set(observed)
    rows += [row for row in table.rows if row.op == "~~" and {row.lhs, row.rhs} <= inside]
    rows += [row for row in table.rows if row.op == "~1" and row.lhs in inside]
    rows += _variances(table, latents, rows)
    return replace(
        table, rows=numbered(rows), observed=observed, latent=tuple(latents), modelled_covariates=()
    )


def _variances(
    table: ParameterTable, latents: Sequence[str], loadings: Iterable[Parameter]
) -> list[Parameter]:
    marked = {row.lhs for row in loadings if row.op == "=~" and row.value is not None}
    caused = {row.lhs for row in table.rows if row.op == "~"}
    for name in latents:
        if name in caused and name not in marked:
            raise IdentificationError(
                "sam.unit-residual",
                _WHERE,
                f"`{name}` has its metric by what others leave unexplained of it",
                "Fix one of its loadings at 1 instead",
            )
    found = []
    for a, b in combinations_with_replacement(latents, 2):
        unit = a == b and a not in marked
        row = table.rows[table.index(a, "~~", a)]
        found.append(Parameter(a, "~~", b, value=row.value if unit else None))
    return found


def _check_labels(tables: Iterable[ParameterTable]) -> None:
    seen: set[str] = set()
    for table in tables:
        here = {row.label for row in table.rows if row.label}
        if seen & here:
            raise IdentificationError(
                "sam.shared-label",
                _WHERE,
                f"the label `{min(seen & here)}` ties latents that are fitted apart",
                "Drop it, or fit the model at once",
            )
        seen |= here
