"""The response surface of latent variables: what errors of measurement do to the observed one.

Products of scores are less reliable than the scores, which flattens observed surfaces. Here the
quadratic terms are latent, by products of indicators (see `cosyn.synergy.interaction`) or by
maximum likelihood (`cosyn.synergy.interaction_lms`), in the metric of effects coding (Little,
Slegers & Card 2006, *Structural Equation Modeling* 13, 59-72), in which latents are on the
indicators' own scale and may be compared, and centred at its midpoint, as observed scores are. The
quantities are those of `cosyn.engine.polynomial.surface`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cosyn.engine.estimates import row_values
from cosyn.engine.inference import jacobian
from cosyn.engine.polynomial import NAMES, Surface, surface
from cosyn.engine.regression import NO_COVARIANCE, Quantity, quantity
from cosyn.synergy._types import Scores, Task
from cosyn.synergy.congruence import Congruence, congruence
from cosyn.synergy.interaction import run
from cosyn.synergy.interaction_lms import fitted, unsound

if TYPE_CHECKING:
    from cosyn.engine._typing import Analytic, Indices, Matrix, Vector
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.table import ParameterTable
    from cosyn.synergy._interactions import Comparison, Method


@dataclass(frozen=True, slots=True)
class Measured:
    """A latent and the indicators that reflect it, on one scale."""

    name: str
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LatentBalance:
    """A latent response surface.

    Attributes
    ----------
    method : {"product indicators", "LMS"}
    fit : SemFit
        The quadratic model; with LMS, which has no measures of fit, the linear one beside it.
    coefficients : tuple of Quantity
        b1 ... b5; empty where `reason` says why.
    surface : Surface or None
    curvature : Comparison
        The three quadratic effects against none.
    gain : float or None
        Variance of the outcome that they explain.
    reason : str
        Why there is no surface, "" if there is.
    """

    method: Method
    fit: SemFit
    coefficients: tuple[Quantity, ...]
    surface: Surface | None
    curvature: Comparison
    gain: float | None
    congruence: Congruence
    reason: str = ""


def latent_balance(
    scores: Scores,
    latents: tuple[Measured, Measured, Measured],
    midpoint: float,
    *,
    method: Method = "product indicators",
    robust: bool = True,
    level: float = 0.95,
) -> LatentBalance:
    """Fit the latent quadratic model of an outcome on two others and read its surface.

    Parameters
    ----------
    latents : tuple of Measured
        Outcome, first and second predictor; the predictors with equally many indicators.
    midpoint : float
        Of the predictors' scale: the surface is centred there.
    method : {"product indicators", "LMS"}
        The second needs normal factors; the first does not, but squares of factors that nearly
        repeat one another may leave it without a sound solution.
    robust : bool
        With standard errors for variables that are not normal, and for clusters. Products are not
        normal even where their factors are.

    Raises
    ------
    IdentificationError
        If the data do not allow it, or the level is not between 0 and 1.
    PlanError
        If the predictors have different numbers of indicators.
    """
    _, x, y = latents
    task = _task(latents, robust=robust, level=level)
    made = _by_indicators(scores, task) if method == "product indicators" else _by_lms(scores, task)
    if made.reason:
        nothing = congruence(None, level, made.reason)
        return LatentBalance(method, made.fit, (), None, made.curvature, None, nothing, made.reason)
    own = np.column_stack([_mean(scores, each) for each in (x, y)])
    shift = own.mean(axis=0) - midpoint
    b, vcov = _coefficients(made, latents, shift, _covariance_of_means(own, scores.cluster))
    read = surface(b, vcov, np.inf, level)
    rows = zip(NAMES[1:], b[1:], np.sqrt(np.diag(vcov))[1:], strict=True)
    estimates = tuple(quantity(name, float(v), float(se), np.inf, level) for name, v, se in rows)
    judged = congruence(read, level)
    return LatentBalance(method, made.fit, estimates, read, made.curvature, made.gain, judged)


class _Made(NamedTuple):
    """A fitted quadratic model, whichever way; without `vcov` where `reason` says why."""

    fit: SemFit
    table: ParameterTable
    x: Vector
    vcov: Matrix | None
    curvature: Comparison
    gain: float | None
    joint: str
    reason: str


def _by_indicators(scores: Scores, task: Task) -> _Made:
    result = run(scores, task)
    fit, found = result.fit, result.interaction
    assert found is not None, "a model of products has them"
    sound = fit.vcov is not None and fit.status.ok
    reason = "" if sound else "; ".join(fit.status.reasons) or NO_COVARIANCE
    return _Made(fit, fit.table, fit.x, fit.vcov, found.comparison, found.gain, "x", reason)


def _by_lms(scores: Scores, task: Task) -> _Made:
    full, found = fitted(scores, task)
    lacking = "" if full.vcov is not None else NO_COVARIANCE
    reason = full.problem or lacking or unsound(full)
    return _Made(
        full.linear, full.table, full.x, full.vcov, found.comparison, found.gain, ":", reason
    )


def _terms(x: str, y: str, joint: str) -> tuple[str, ...]:
    """Names of the five effects in the order of b1 ... b5."""
    return (x, y, f"{x}{joint}{x}", f"{x}{joint}{y}", f"{y}{joint}{y}")


def _task(latents: tuple[Measured, Measured, Measured], *, robust: bool, level: float) -> Task:
    outcome, x, y = latents
    lines = [f"{each.name} =~ {' + '.join(each.indicators)}" for each in latents]
    lines.append(f"{outcome.name} ~ {x.name} + {y.name}")
    products = {f"{x.name}x{y.name}": (x.name, y.name)}
    return Task(
        "\n".join(lines),
        "latent surface",
        outcome.name,
        products=products,
        quadratic=True,
        robust=robust,
        level=level,
    )


def _coefficients(
    made: _Made,
    latents: tuple[Measured, Measured, Measured],
    shift: Vector,
    of_means: Matrix,
) -> tuple[Vector, Matrix]:
    """b0 ... b5 about the midpoint, with their covariance; b0 is 0, since there are no means.

    The latents' means and what is estimated from covariances are independent in large samples of
    normal variables, so that the covariance is the sum of the two parts.
    """
    table, V = made.table, made.vcov
    assert V is not None, "asked for where there is one alone"

    def about_midpoint(x: Analytic, s: Analytic) -> Analytic:
        values = row_values(table, x)
        b = _effects_coded(table, values, latents, made.joint)
        moved = [
            b[0] - 2 * b[2] * s[0] - b[3] * s[1],
            b[1] - 2 * b[4] * s[1] - b[3] * s[0],
        ]
        return np.array([0.0 * b[0], *moved, *b[2:]])

    b = np.real(about_midpoint(made.x, shift))
    J = jacobian(lambda x: about_midpoint(x, shift), made.x)
    K = jacobian(lambda s: about_midpoint(made.x, s), shift)
    return b, np.asarray(J @ V @ J.T + K @ of_means @ K.T)


def _effects_coded(
    table: ParameterTable,
    values: Analytic,
    latents: tuple[Measured, Measured, Measured],
    joint: str,
) -> list[Analytic]:
    """The five effects where the mean loading of each latent is 1, not its first."""
    outcome, x, y = latents
    place = {(row.lhs, row.op, row.rhs): k for k, row in enumerate(table.rows)}
    mean = {
        each.name: sum(values[place[each.name, "=~", name]] for name in each.indicators)
        / len(each.indicators)
        for each in latents
    }
    m, u, v = mean[outcome.name], mean[x.name], mean[y.name]
    metric = (u, v, u * u, u * v, v * v)
    return [
        values[place[outcome.name, "~", term]] * m / scale
        for term, scale in zip(_terms(x.name, y.name, joint), metric, strict=True)
    ]


def _mean(scores: Scores, latent: Measured) -> Vector:
    columns = [scores.names.index(name) for name in latent.indicators]
    return np.asarray(scores.values[:, columns].mean(axis=1))


def _covariance_of_means(own: Matrix, cluster: Indices | None) -> Matrix:
    """Of the means of two scores, shape (2, 2); members of one cluster may be alike."""
    n = len(own)
    apart = own - own.mean(axis=0)
    groups = np.arange(n) if cluster is None else np.unique(cluster, return_inverse=True)[1]
    sums = np.zeros((groups.max() + 1, own.shape[1]))
    np.add.at(sums, groups, apart)
    J = len(sums)
    return np.asarray(sums.T @ sums) * (J / (J - 1) / n**2)
