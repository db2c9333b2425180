"""What may be wrong with a fit, as stable codes and as words that name the variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.advice import ADVICE
from cosyn.engine.constraints import constraints_of, tangent
from cosyn.engine.estimates import row_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.lisrel import Structure
    from cosyn.engine.optimize import Optimum
    from cosyn.engine.table import ParameterTable

NOT_CONVERGED = "not converged"
NOT_IDENTIFIED = "not identified"
HARDLY_IDENTIFIED = "hardly identified"
NEGATIVE_DF = "negative degrees of freedom"
HEYWOOD = "Heywood case"
LATENT_NOT_DEFINITE = "latent covariance not positive definite"
RESIDUAL_NOT_DEFINITE = "residual covariance not positive definite"
#: Of two levels: what the likelihood ratio compares with was not found; the estimates stand.
SATURATED_NOT_CONVERGED = "saturated model not converged"

#: Smallest eigenvalue of the information, scaled to unit diagonal, of an identified model.
_SINGULAR = 1e-11
#: The same below which an identified model is told to be empirically underidentified.
_NEARLY_SINGULAR = 1e-6
#: Rounding error below zero that lavaan forgives an eigenvalue.
FORGIVEN = float(np.finfo(float).eps) ** 0.75
_NAMED = 0.1
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, or to be careful with: its kind, and where it is."""

    reason: str
    message: str


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
    warnings : tuple of Fault
        What the fit should be read with care for, though nothing is wrong with it.
    n_used, n_dropped : int
        Respondents, and those left out before the fit.
    bases : tuple of (str, str)
        The measures of fit, and what each rests on.
    """

    converged: bool
    admissible: bool
    identified: bool
    reasons: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    warnings: tuple[Fault, ...] = ()
    n_used: int = 0
    n_dropped: int = 0
    bases: tuple[tuple[str, str], ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.converged and self.admissible and self.identified

    @property
    def advice(self) -> tuple[str, ...]:
        """What to do about it, a sentence for each kind of fault and warning."""
        kinds = dict.fromkeys((*self.reasons, *(each.reason for each in self.warnings)))
        return tuple(ADVICE[kind] for kind in kinds if kind in ADVICE)


def status(
    *,
    converged: bool,
    identified: bool,
    faults: tuple[Fault, ...],
    warnings: tuple[Fault, ...] = (),
) -> FitStatus:
    """Gather faults; those of admissibility make the fit inadmissible."""
    improper = {HEYWOOD, LATENT_NOT_DEFINITE, RESIDUAL_NOT_DEFINITE}
    return FitStatus(
        converged,
        converged and not any(fault.reason in improper for fault in faults),
        identified,
        tuple(dict.fromkeys(fault.reason for fault in faults)),
        tuple(fault.message for fault in faults),
        warnings,
    )


def status_at(table: ParameterTable, parts: Sequence[Structure], optimum: Optimum) -> FitStatus:
    """Status of a fit whose search ended there.

    Parameters
    ----------
    parts : sequence of Structure
        Of the table, one a group.
    """
    here = optimum.evaluation
    rules = constraints_of(table)
    fault = None
    if table.df < 0:
        message = f"{table.n_free} free parameters, but only {table.n_moments} moments"
        fault = Fault(NEGATIVE_DF, message)
    elif rules is not None and not rules.met(here.x):
        fault = Fault(NOT_CONVERGED, "no point was found that meets all the constraints")
    elif not optimum.converged:
        fault = Fault(NOT_CONVERGED, "no starting point led to a minimum")
    if fault is not None:
        return status(converged=False, identified=False, faults=(fault,))
    information, K = here.information(), tangent(rules, here.x)
    flat = unidentified(table, information, K)
    return status(
        converged=True,
        identified=not flat,
        faults=(*flat, *improper(table, parts, here.x)),
        warnings=() if flat else hardly_identified(table, information, K),
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
    names = _flat(table, information, K, _SINGULAR)
    return (Fault(NOT_IDENTIFIED, f"the data do not determine {names}"),) if names else ()


def hardly_identified(
    table: ParameterTable, information: Matrix, K: Matrix | None = None
) -> tuple[Fault, ...]:
    """The same for what the data determine by so little that it may be chance."""
    names = _flat(table, information, K, _NEARLY_SINGULAR)
    return (Fault(HARDLY_IDENTIFIED, f"the data hardly determine {names}"),) if names else ()


def _flat(table: ParameterTable, information: Matrix, K: Matrix | None, least: float) -> str:
    """Names of the parameters along which scaled information is below `least`, "" if none."""
    sd = np.sqrt(np.maximum(np.diag(information), np.finfo(float).tiny))
    scaled = information / np.outer(sd, sd)
    # Directions are orthonormal in the scaled parameters, so that eigenvalues compare.
    moves = np.eye(len(sd)) if K is None else np.linalg.qr(sd[:, None] * K)[0]
    values, vectors = np.linalg.eigh(moves.T @ scaled @ moves)
    null = moves @ vectors[:, values < least]
    if not null.size:
        return ""
    involved = np.flatnonzero(np.abs(null).max(axis=1) > _NAMED) + 1
    return ", ".join(f"`{table.name_of_free(int(number))}`" for number in involved)


def improper(table: ParameterTable, parts: Sequence[Structure], x: Vector) -> tuple[Fault, ...]:
    """Impossible variances and covariance matrices at free parameters x (q,).

    As lavaan's check after fitting: negative variances, and eigenvalues below zero of the
    covariance matrices of the latents and of the residuals.
    """
    found = [*_negative_variances(table, row_values(table, x, parts))]
    for group, structure in enumerate(parts, start=1):
        latent, where = table.latent_of(group), table.where(group)
        k = [structure.latent.index(name) for name in latent]
        V = structure.implied(x).V[np.ix_(k, k)]
        Theta = structure.matrices(x).Theta
        found += _indefinite(V, LATENT_NOT_DEFINITE, latent, where)
        found += _indefinite(Theta, RESIDUAL_NOT_DEFINITE, structure.observed, where)
    return tuple(found)


def _negative_variances(table: ParameterTable, values: Vector) -> Iterator[Fault]:
    for row, value in zip(table.rows, values, strict=True):
        if row.is_variance and (row.free or row.derived) and value < 0:
            kind = "variance" if row.lhs in table.latent else "residual variance"
            where = table.where(row.group)
            yield Fault(HEYWOOD, f"the {kind} of `{row.lhs}` is negative ({value:.3g}){where}")


def _indefinite(matrix: Matrix, reason: str, names: tuple[str, ...], where: str) -> Iterator[Fault]:
    if not len(matrix):
        return
    values, vectors = np.linalg.eigh(matrix)
    if values[0] < -FORGIVEN:
        involved = np.argsort(-np.abs(vectors[:, 0]))[:_SHOWN]
        listed = ", ".join(f"`{names[k]}`" for k in involved)
        yield Fault(reason, f"{reason}{where}: look first at {listed}")
