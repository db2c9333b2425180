"""Empirical Bayes modal scores: the mode of the latents given ordinal and continuous answers.

The answers to different items are taken as independent given the latents (Muthén 2004, *Mplus
technical appendices*, appendix 11; Skrondal & Rabe-Hesketh 2004, section 7.3.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import log_ndtr

from cosyn.engine._score_model import answers_of

if TYPE_CHECKING:
    from cosyn.engine._score_model import Answers
    from cosyn.engine._typing import Flags, Indices, Matrix
    from cosyn.engine.estimation import SemFit

RESIDUALS = "residual covariances are left out of the likelihood of the answers"
#: Gain of the log-posterior that the next step promises, at which it is the last.
_TOLERANCE = 1e-14
_STEPS = 200
#: Answers handled at a time: their arrays stay in the cache.
_BLOCK = 2**16
#: Answers in one integer: a category of up to thirty, or none, takes five bits.
_PACKED = 12
_LOG_ROOT = 0.5 * np.log(2 * np.pi)


def posterior_modes(fit: SemFit, group: int) -> tuple[Matrix, Matrix, tuple[str, ...]]:
    """Modes of the latents of each respondent, and their variances by the curvature there.

    Parameters
    ----------
    group : int
        From 1.

    Returns
    -------
    tuple
        Modes (n, c) and variances (n, c) of the table's latents, and notes.

    Raises
    ------
    IdentificationError
        If the answers are not at hand, or a residual variance or the latents' covariance matrix
        is not positive.
    """
    n, c = fit.ordinal[group - 1].n, len(fit.table.latent)
    values, variances = np.empty((2, n, c))
    for each in answers_of(fit, group):
        values[each.rows], variances[each.rows] = _scored(each)
    Theta = fit.structures[group - 1].matrices(fit.x).Theta
    apart = bool((Theta[~np.eye(len(Theta), dtype=np.bool_)] != 0).any())
    return values, variances, (RESIDUALS,) if apart else ()


def _scored(answers: Answers) -> tuple[Matrix, Matrix]:
    """Modes and variances, of respondents who answered alike once."""
    first, inverse = _alike(answers)
    modes, variances = np.empty((2, len(first), len(answers.precision)))
    step = max(1, _BLOCK // len(answers.sd))
    for start in range(0, len(first), step):
        block = slice(start, start + step)
        modes[block], variances[block] = _newton(answers, first[block])
    return modes[inverse], variances[inverse]


def _alike(answers: Answers) -> tuple[Indices, Indices]:
    """First respondent of each pattern of answers, and the pattern of each respondent."""
    n, p = answers.lower.shape
    if not answers.ordered.all() or (answers.mean != answers.mean[:1]).any():
        return np.arange(n), np.arange(n)
    words = -(-p // _PACKED)
    packed = np.zeros((n, words), dtype=np.int64)
    for j, codes in enumerate(answers.codes.T):
        packed[:, j // _PACKED] += (codes.astype(np.int64) + 1) << (j % _PACKED * 5)
    _, first, inverse = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    return first, inverse.ravel()


def _newton(answers: Answers, rows: Indices) -> tuple[Matrix, Matrix]:
    """Newton's method with halving; the log-posterior is strictly concave."""
    modes = answers.mean[rows].copy()
    base, step = modes.copy(), np.zeros_like(modes)
    best = np.full(len(rows), -np.inf)
    variances = np.empty_like(modes)
    active = np.arange(len(rows))
    for _ in range(_STEPS):
        value, gradient, curvature = _posterior(answers, rows[active], modes[active])
        better = value >= best[active] - 1e-12 * np.abs(value)
        good = active[better]
        base[good], best[good] = modes[good], value[better]
        inverse = np.linalg.inv(curvature[better])
        step[good] = np.einsum("nij,nj->ni", inverse, gradient[better])
        variances[good] = np.einsum("nii->ni", inverse)
        step[active[~better]] /= 2
        modes[active] = base[active] + step[active]
        promised = np.einsum("ni,ni->n", gradient[better], step[good])
        active = np.concatenate([active[~better], good[promised > _TOLERANCE]])
        if not len(active):
            break
    return modes, variances


def _posterior(answers: Answers, rows: Indices, eta: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Log-posterior (n,), its gradient (n, c) and minus its second derivatives (n, c, c)."""
    L, sd = answers.loadings, answers.sd
    expected = eta @ L.T
    low, high = answers.lower[rows] - expected, answers.upper[rows] - expected
    value, slope, bend = _likelihood(low / sd, high / sd, answers.ordered)
    missing = np.isnan(low)
    if missing.any():
        value, slope, bend = (np.where(missing, 0.0, each) for each in (value, slope, bend))
    apart = eta - answers.mean[rows]
    pull = apart @ answers.precision
    squares = (L[:, :, None] * L[:, None, :]).reshape(len(L), -1)
    curvature = answers.precision + ((bend / sd**2) @ squares).reshape(
        len(eta), *pull.shape[1:] * 2
    )
    return (
        value.sum(axis=1) - 0.5 * np.einsum("ni,ni->n", apart, pull),
        (slope / sd) @ L - pull,
        curvature,
    )


def _likelihood(low: Matrix, high: Matrix, ordered: Flags) -> tuple[Matrix, Matrix, Matrix]:
    """Log-likelihood of answers, its slope by the expected value and minus its bend, in sd."""
    value, slope, bend = -0.5 * low**2, low.copy(), np.ones_like(low)
    value[:, ordered], slope[:, ordered], bend[:, ordered] = _interval(
        low[:, ordered], high[:, ordered]
    )
    return value, slope, bend


def _interval(low: Matrix, high: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Logarithm of the probability of an interval, and how it moves as the interval moves down.

    In the upper tail, which either tail becomes by reflection, so that nothing cancels.
    """
    turned = low + high < 0
    a, b = np.where(turned, -high, low), np.where(turned, -low, high)
    above = log_ndtr(-a)
    probability = above + np.log1p(-np.exp(log_ndtr(-b) - above))
    at_a = np.exp(-0.5 * a * a - _LOG_ROOT - probability)
    at_b = np.exp(-0.5 * b * b - _LOG_ROOT - probability)
    slope = at_a - at_b
    bend = slope**2 + b * at_b - a * at_a
    return probability, np.where(turned, -slope, slope), bend
