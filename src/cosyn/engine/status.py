"""What may be wrong with a fit, as stable codes and as words that name the variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.estimates import row_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.lisrel import Structure
    from cosyn.engine.table import ParameterTable

NOT_CONVERGED = "not converged"
NOT_IDENTIFIED = "not identified"
NEGATIVE_DF = "negative degrees of freedom"
HEYWOOD = "Heywood case"
LATENT_NOT_DEFINITE = "latent covariance not positive definite"
RESIDUAL_NOT_DEFINITE = "residual covariance not positive definite"

#: Smallest eigenvalue of the information, scaled to unit diagonal, of an identified model.
_SINGULAR = 1e-11
#: Rounding error below zero that lavaan forgives an eigenvalue.
_FORGIVEN = float(np.finfo(float).eps) ** 0.75
_NAMED = 0.1
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class FitStatus:
    """Whether a fit may be interpreted.

    Attributes
    ----------
    converged : bool
        The search ended at a stationary point.
    admissible : bool
        It converged to possible variances and covariance matrices.
    identified : bool
        The data determine every parameter.
    reasons : tuple of str
        Codes of what is wrong: the constants of this file.
    messages : tuple of str
        The same in words, with the names of variables and parameters.
    """

    converged: bool
    admissible: bool
    identified: bool
    reasons: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.converged and self.admissible and self.identified


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong."""

    reason: str
    message: str


def status(*, converged: bool, identified: bool, faults: tuple[Fault, ...]) -> FitStatus:
    """Gather faults; those of admissibility make the fit inadmissible."""
    improper = {HEYWOOD, LATENT_NOT_DEFINITE, RESIDUAL_NOT_DEFINITE}
    return FitStatus(
        converged,
        converged and not any(fault.reason in improper for fault in faults),
        identified,
        tuple(dict.fromkeys(fault.reason for fault in faults)),
        tuple(fault.message for fault in faults),
    )


def unidentified(
    table: ParameterTable, information: Matrix, K: Matrix | None = None
) -> tuple[Fault, ...]:
    """A fault that names the parameters along which the information is singular.

    Parameters
    ----------
    K : ndarray, shape (q, f), optional
        Directions in which constraints let the parameters move.
    """
    sd = np.sqrt(np.maximum(np.diag(information), np.finfo(float).tiny))
    scaled = information / np.outer(sd, sd)
    # Directions are orthonormal in the scaled parameters, so that eigenvalues compare.
    moves = np.eye(len(sd)) if K is None else np.linalg.qr(sd[:, None] * K)[0]
    values, vectors = np.linalg.eigh(moves.T @ scaled @ moves)
    null = moves @ vectors[:, values < _SINGULAR]
    if not null.size:
        return ()
    involved = np.flatnonzero(np.abs(null).max(axis=1) > _NAMED) + 1
    names = ", ".join(f"`{table.name_of_free(int(number))}`" for number in involved)
    return (Fault(NOT_IDENTIFIED, f"the data do not determine {names}"),)


def improper(table: ParameterTable, parts: Sequence[Structure], x: Vector) -> tuple[Fault, ...]:
    """Impossible variances and covariance matrices at free parameters x (q,).

    As lavaan's check after fitting: negative variances, and eigenvalues below zero of the
    covariance matrices of the latents and of the residuals.
    """
    found = [*_negative_variances(table, row_values(table, x, parts))]
    for structure, group in zip(parts, table.groups, strict=True):
        k = [structure.latent.index(name) for name in table.latent]
        V = structure.implied(x).V[np.ix_(k, k)]
        Theta = structure.matrices(x).Theta
        found += _indefinite(V, LATENT_NOT_DEFINITE, table.latent, group)
        found += _indefinite(Theta, RESIDUAL_NOT_DEFINITE, structure.observed, group)
    return tuple(found)


def _negative_variances(table: ParameterTable, values: Vector) -> Iterator[Fault]:
    for row, value in zip(table.rows, values, strict=True):
        if row.is_variance and (row.free or row.derived) and value < 0:
            kind = "variance" if row.lhs in table.latent else "residual variance"
            where = _in_group(table.groups[row.group - 1])
            yield Fault(HEYWOOD, f"the {kind} of `{row.lhs}` is negative ({value:.3g}){where}")


def _in_group(name: str) -> str:
    return f" in group {name}" if name else ""


def _indefinite(matrix: Matrix, reason: str, names: tuple[str, ...], group: str) -> Iterator[Fault]:
    if not len(matrix):
        return
    values, vectors = np.linalg.eigh(matrix)
    if values[0] < -_FORGIVEN:
        involved = np.argsort(-np.abs(vectors[:, 0]))[:_SHOWN]
        listed = ", ".join(f"`{names[k]}`" for k in involved)
        yield Fault(reason, f"{reason}{_in_group(group)}: look first at {listed}")
