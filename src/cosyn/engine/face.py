"""Fit a model to a table of answers, as one would in lavaan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cosyn.engine.difference import ChiSquareDifference, chi_square_difference
from cosyn.engine.fitted import Fitted
from cosyn.engine.fitting import fit_table
from cosyn.engine.requests import Request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cosyn.engine._effect_coding import Coded
    from cosyn.engine._groups import Equal
    from cosyn.engine.bounds import Bounds
    from cosyn.engine.data import Frame, Missing
    from cosyn.engine.difference import Method
    from cosyn.engine.estimators import Information
    from cosyn.engine.streaming import Source

__all__ = ["Fitted", "cfa", "compare", "growth", "sem"]


def sem(
    model: str,
    data: Frame | Source,
    *,
    estimator: str | None = None,
    ordered: Iterable[str] | bool = (),
    missing: Missing = "listwise",
    group: str | None = None,
    group_equal: Iterable[Equal] = (),
    group_partial: Iterable[str] = (),
    cluster: str | None = None,
    std_lv: bool = False,
    orthogonal: bool = False,
    meanstructure: bool = False,
    likelihood: str = "normal",
    information: Information | None = None,
    parameterization: str = "delta",
    fixed_x: bool = True,
    effect_coding: bool | Iterable[Coded] = False,
    bounds: Bounds | None = None,
    growth: bool = False,
) -> Fitted:
    """Fit a structural equation model.

    Parameters
    ----------
    model : str
        Syntax in the language of lavaan. Blocks ``level: 1`` and ``level: 2`` describe what lies
        within and between clusters: a model of two levels with random intercepts, by maximum
        likelihood (ML or MLR).
    data : DataFrame, or a function that returns an iterator of them
        A column a variable; NaN where an answer is missing. Blocks of rows, such as
        ``lambda: pandas.read_csv(path, chunksize=65536)`` gives, are never held together: see
        `cosyn.engine.streaming`.
    estimator : str, optional
        ML, MLR, MLM, MLMV, MLMVS or MLF, GLS, WLS, ULS, ULSM or ULSMV; of ordinal items WLSMV,
        WLSM, WLSMVS, DWLS, WLS, ULSM or ULSMV. By default ML, MLR where there are clusters but no
        levels, WLSMV where items are ordinal.
    ordered : iterable of str, or True
        The ordinal items; if True all variables but those that the model takes as given: what
        only explains others is a number, or a 0/1 variable a category.
    missing : {"listwise", "fiml", "fiml.x", "pairwise"}
        Leave out respondents with a gap, or use every answer: by likelihood, or where items are
        ordinal pair by pair. A gap in a covariate leaves its respondent out even so, unless it is
        ``"fiml.x"``, which takes the covariates' moments from all answers.
    group, cluster : str, optional
        Columns of the groups, and of the clusters within which answers depend, or which are the
        second level.
    group_equal : iterable of str
        What is equal across groups: loadings, intercepts, means, residuals, residual_covariances,
        lv_variances, lv_covariances, regressions, thresholds.
    group_partial : iterable of str
        Rows that are not, such as ``"x3 ~ 1"``.
    meanstructure : bool
        Model the means; several groups, clusters and ``missing="fiml"`` do so anyway.
    likelihood : {"normal", "wishart"}
        Of maximum likelihood.
    information : {"expected", "observed", "first_order"}, optional
        What standard errors follow from; by default the estimator's, the observed one of two
        levels.
    parameterization : {"delta", "theta"}
        Of ordinal items: whether their scaling factors or residual variances are parameters.
    fixed_x : bool
        Take the moments of variables that only predict as given; else they are parameters (which
        lavaan chooses for GLS, WLS and ULS).
    effect_coding : bool, or iterable of {"loadings", "intercepts"}
        Give each latent the average metric of its indicators, rather than that of the first.
    bounds : {"pos_var", "pos_ov_var", "pos_lv_var", "standard", "wide", "wide_zerovar"}, optional
        Within what parameters are sought: see `cosyn.engine.bounds`. Which are reached is told by
        the status.
    growth : bool
        Intercepts are 0 for observed variables and free for latents: see `growth`.

    Raises
    ------
    ModelSyntaxError
        If the model cannot be read.
    IdentificationError
        If the data do not allow estimation; what they do to the model is told by the status.
    """
    request = Request(
        estimator,
        ordered,
        missing,
        group,
        group_equal,
        group_partial,
        cluster,
        std_lv,
        orthogonal,
        meanstructure,
        likelihood,
        information,
        parameterization,
        fixed_x,
        effect_coding,
        bounds,
        growth,
    )
    return Fitted(*fit_table(model, data, request))


def growth(model: str, data: Frame, **options: Any) -> Fitted:
    """Fit a growth curve: `sem` with the means of the latents in the place of intercepts.

    The intercepts of observed variables are 0 and those of latents free; the syntax gives the
    times, as in ``i =~ 1*t1 + 1*t2 + 1*t3`` and ``s =~ 0*t1 + 1*t2 + 2*t3``.

    Parameters
    ----------
    options
        As of `sem`. With ``fixed_x=False`` the means of covariates are 0 too, as in lavaan, unless
        the syntax frees them by ``x ~ 1``.

    Raises
    ------
    ModelSyntaxError
        If the model cannot be read.
    IdentificationError
        If the data do not allow estimation.
    """
    return sem(model, data, growth=True, **options)


#: A confirmatory factor analysis has the defaults of any other model.
cfa = sem


def compare(restricted: Fitted, full: Fitted, method: Method | None = None) -> ChiSquareDifference:
    """Test a restricted within a full model; see `cosyn.engine.difference`."""
    return chi_square_difference(restricted.result, full.result, method)
