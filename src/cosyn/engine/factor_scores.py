"""Scores of the latents, and how well they are determined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from cosyn.engine._normal_scores import bartlett, regression
from cosyn.engine._ordinal_scores import posterior_modes
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.estimation import SemFit

Method = Literal["regression", "bartlett", "ebm"]


@dataclass(frozen=True, slots=True, eq=False)
class FactorScores:
    """Scores of one group.

    Attributes
    ----------
    names : tuple of str, length m
    values : ndarray, shape (n, m)
        In the order of the respondents used. NaN of a latent about which a respondent said
        nothing, where the method does not fall back on the others' mean: ``bartlett``.
    determinacy : ndarray, shape (m,)
        Correlation of each score with its latent, for respondents who answered as these did.
    method : str
    standard_errors : ndarray, shape (n, m)
        Standard deviation of the latent given the answers, at the mode where items are ordinal; of
        ``bartlett`` of the score given the latent. NaN where the score is.
    notes : tuple of str
        What the scores leave out of account.
    """

    names: tuple[str, ...]
    values: Matrix
    determinacy: Vector
    method: Method
    standard_errors: Matrix
    notes: tuple[str, ...] = ()


def factor_scores(fit: SemFit, method: Method | None = None, group: int = 1) -> FactorScores:
    """Score the latents of a fitted model.

    ``regression``: Thurstone (1935), V L' Sigma^-1 (y - mu), which has the least error.
    ``bartlett``: Bartlett (1937), (L' Sigma^-1 L)^-1 L' Sigma^-1 (y - mu), which is unbiased; of
    indicators' own latents, so that only models without latents of latents have it. Of incomplete
    rows the observed variables alone are used. ``ebm``: empirical Bayes modal scores, the mode of
    the latents given the answers, which of ordinal items has no closed form; of continuous ones it
    is the regression score.

    Parameters
    ----------
    method : {"regression", "bartlett", "ebm"}, optional
        ``ebm`` where items are ordinal and ``regression`` where none is, by default.
    group : int
        From 1.

    Raises
    ------
    IdentificationError
        If the model did not converge; only moments, not the data, are at hand; the method is not
        one for these items or this model; or a residual variance of an ordinal model is not
        positive.
    """
    fit.check_one_level()
    if not fit.status.converged:
        raise IdentificationError(
            "scores.not-converged",
            "factor scores",
            "the model did not converge",
            "Look at the status of the fit",
        )
    if method not in {None, *get_args(Method)}:
        raise _not_for(method, "there is no such method", "regression")
    k = [fit.structures[group - 1].latent.index(name) for name in fit.table.latent]
    notes: tuple[str, ...] = ()
    if fit.ordinal:
        if method not in {None, "ebm"}:
            raise _not_for(
                method, "it is for continuous items: of ordinal ones a score may be infinite", "ebm"
            )
        if fit.table.covariates:
            raise _not_for(
                method or "ebm",
                "the latents of ordinal items given covariates have no scores yet",
                "a model without the covariates",
            )
        values, variances, notes = posterior_modes(fit, group)
    elif method == "bartlett":
        _check_bartlett(fit, group)
        values, variances = bartlett(fit, group)
    else:
        values, variances = regression(fit, group)
    chosen: Method = method or ("ebm" if fit.ordinal else "regression")
    total = np.diag(fit.implied[group - 1].V)[k]
    values, variances = values[:, k], variances[:, k]
    determinacy = _determinacy(total, variances, unbiased=chosen == "bartlett")
    return FactorScores(
        fit.table.latent, values, determinacy, chosen, np.sqrt(np.maximum(variances, 0.0)), notes
    )


def _determinacy(total: Vector, variances: Matrix, *, unbiased: bool) -> Vector:
    """From the variances of latents (m,) and those of the errors of scores (n, m).

    The variance of an unbiased score is that of the latent and of its error together; that of a
    latent is that of its conditional mean and of its error together.
    """
    error = np.nanmean(variances, axis=0)
    explained = total / (total + error) if unbiased else 1 - error / total
    return np.asarray(np.sqrt(np.maximum(explained, 0.0)))


def _check_bartlett(fit: SemFit, group: int) -> None:
    Lambda = fit.structures[group - 1].matrices(fit.x).Lambda
    if not (Lambda != 0).any(axis=0).all():
        raise _not_for(
            "bartlett", "the model has latents that no item measures directly", "regression"
        )


def _not_for(method: str | None, what: str, other: str) -> IdentificationError:
    return IdentificationError("scores.method", f"method {method!r}", what, f"Use {other!r}")
