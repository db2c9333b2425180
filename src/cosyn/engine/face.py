"""Fit a model to a table of answers, as one would in lavaan."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from cosyn.engine.bases import absent
from cosyn.engine.bootstrap import bootstrap
from cosyn.engine.data import collect, group_names, numeric_columns, opened
from cosyn.engine.difference import ChiSquareDifference, chi_square_difference
from cosyn.engine.estimation import FitOptions, SemFit, fit_sem
from cosyn.engine.factor_scores import factor_scores
from cosyn.engine.fit_reliability import LatentReliability, reliabilities
from cosyn.engine.inference import wald
from cosyn.engine.modification import modification_indices
from cosyn.engine.monte_carlo import monte_carlo
from cosyn.engine.ordinal_fit import fit_ordinal
from cosyn.engine.partable import TableOptions, parameter_table
from cosyn.engine.requests import check_request, check_size, listed, ordinal_names
from cosyn.engine.residual_summary import ResidualSummary, residual_summary
from cosyn.engine.residuals import residuals
from cosyn.engine.standardize import standardized, standardized_latents
from cosyn.engine.summary import summary_of
from cosyn.engine.syntax import parse_model

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from cosyn.engine._effect_coding import Coded
    from cosyn.engine._groups import Equal
    from cosyn.engine.bootstrap_intervals import IntervalMethod
    from cosyn.engine.bounds import Bounds
    from cosyn.engine.data import Frame, Missing
    from cosyn.engine.difference import Method
    from cosyn.engine.estimators import Information
    from cosyn.engine.factor_scores import Method as ScoreMethod
    from cosyn.engine.residual_summary import Kind as SummaryKind
    from cosyn.engine.residual_summary import Part as SummaryPart
    from cosyn.engine.status import FitStatus
    from cosyn.engine.streaming import Source

__all__ = ["Fitted", "cfa", "compare", "growth", "sem"]


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A model fitted to a table of answers.

    Attributes
    ----------
    result : SemFit
        All of it, as arrays.
    n_dropped : int
        Respondents that were left out.
    """

    result: SemFit
    n_dropped: int

    @property
    def status(self) -> FitStatus:
        """Whether the fit may be interpreted: ask it first."""
        return replace(self.result.status, n_dropped=self.n_dropped)

    @property
    def absent_measures(self) -> dict[str, str]:
        """Why a measure of fit does not exist, by the name of each that does not."""
        return absent(self.result)

    @property
    def n(self) -> int:
        """Respondents used."""
        return self.result.n

    @property
    def fit_measures(self) -> dict[str, Any]:
        """Measures of fit by lavaan's names, with ``_`` for ``.``; those that exist.

        Empty unless the model converged and is identified.
        """
        if self.result.measures is None:
            return {}
        return {key: x for key, x in asdict(self.result.measures).items() if x is not None}

    def to_pandas(self, *, standardized: bool = False, level: float = 0.95) -> pd.DataFrame:
        """One row a parameter: lhs, op, rhs, group, label, est, se, z, pvalue, ci_lower, ci_upper.

        Parameters
        ----------
        standardized : bool
            Add ``std_lv`` and ``std_all``.
        """
        import pandas as pd  # noqa: PLC0415 - only this border of the engine knows it

        frame = pd.DataFrame(list(self._rows(level)))
        if standardized:
            for name, values in self._standardized():
                frame[name] = values
        return frame

    def _rows(self, level: float) -> Iterable[dict[str, Any]]:
        groups = self.result.table.groups
        for row, found in zip(self.result.table.rows, self.result.rows(), strict=True):
            test = wald(found.value, found.standard_error, level) if found.value else None
            yield {
                "lhs": row.lhs,
                "op": row.op,
                "rhs": row.rhs,
                "group": groups[row.group - 1] if row.group else "",
                "label": row.label,
                "est": found.value,
                "se": found.standard_error,
                "z": test.z if test else None,
                "pvalue": test.pvalue if test else None,
                "ci_lower": test.lower if test else None,
                "ci_upper": test.upper if test else None,
            }

    def _standardized(self) -> Iterable[tuple[str, Any]]:
        yield "std_lv", standardized_latents(self.result).estimates
        yield "std_all", standardized(self.result).estimates

    def summary(self) -> str:
        """What happened, how well it fits and what was estimated, as text."""
        return summary_of(self.result, self.n_dropped)

    def modification_indices(self, minimum: float = 0.0, *, robust: bool = False) -> pd.DataFrame:
        """What freeing each fixed parameter would do, largest first; see `Modification`."""
        import pandas as pd  # noqa: PLC0415

        found = [m for m in modification_indices(self.result, robust=robust) if m.index >= minimum]
        names = ["lhs", "op", "rhs", "group", "index", "change", "change_lv", "change_all"]
        names += ["robust"] if robust else []
        return pd.DataFrame([asdict(m) for m in found], columns=names)

    def residuals(self, kind: str = "z", group: int = 1) -> pd.DataFrame:
        """Residuals as ``"raw"`` covariances, ``"correlations"`` or ``"z"``."""
        import pandas as pd  # noqa: PLC0415

        found = residuals(self.result, group)
        return pd.DataFrame(getattr(found, kind), index=found.names, columns=found.names)

    def residual_summary(
        self, kind: SummaryKind = "srmr", *, part: SummaryPart = "all", group: int = 1
    ) -> ResidualSummary:
        """Root mean square residual with its standard error, tests and interval."""
        return residual_summary(self.result, kind, part=part, group=group)

    def factor_scores(self, method: ScoreMethod | None = None, group: int = 1) -> pd.DataFrame:
        """Scores of the latents of the respondents of one group, in the order of the data.

        By default ``"regression"``, of ordinal items ``"ebm"``; ``"bartlett"`` of continuous ones.
        """
        import pandas as pd  # noqa: PLC0415

        found = factor_scores(self.result, method, group)
        return pd.DataFrame(found.values, columns=found.names)

    def bootstrap(
        self,
        replicates: int = 1000,
        seed: int = 1,
        *,
        level: float = 0.95,
        method: IntervalMethod = "percentile",
        standardized: bool = False,
        keep_improper: bool = True,
    ) -> pd.DataFrame:
        """One row a parameter with bootstrap ``se``, ``ci_lower`` and ``ci_upper``.

        Respondents are drawn within groups, clusters as wholes; see `cosyn.engine.bootstrap`.
        ``reason`` says why a row has none. The frame's ``attrs`` hold how many replicates failed,
        by reason, and how many were improper.

        Parameters
        ----------
        method : {"percentile", "basic", "normal", "bc", "bca"}
        standardized : bool
            Of the solution with all variables scaled to unit variance.
        keep_improper : bool
            Keep replicates with impossible variances, as lavaan does; else they have failed.
        """
        import pandas as pd  # noqa: PLC0415

        found = bootstrap(self.result, replicates, seed, keep_improper=keep_improper)
        rows = found.rows(level, method, standardized=standardized)
        groups = self.result.table.groups
        frame = pd.DataFrame([asdict(row) for row in rows])
        frame["group"] = [groups[number - 1] if number else "" for number in frame["group"]]
        frame.attrs |= {"failures": found.failures, "improper": found.improper}
        return frame

    def bollen_stine(self, replicates: int = 1000, seed: int = 1) -> float | None:
        """P-value of the chi-square by Bollen and Stine's bootstrap; None if too many failed."""
        return bootstrap(self.result, replicates, seed, "bollen_stine").pvalue

    def monte_carlo(
        self, draws: int = 20_000, seed: int = 1, *, level: float = 0.95
    ) -> pd.DataFrame:
        """One row for each parameter that ``:=`` defines, with Monte-Carlo interval."""
        import pandas as pd  # noqa: PLC0415

        found = monte_carlo(self.result, draws=draws, seed=seed)
        lower, upper = found.intervals(level)
        columns = {"est": found.estimates, "se": found.standard_errors()}
        return pd.DataFrame({"lhs": found.names, **columns, "ci_lower": lower, "ci_upper": upper})

    def reliability(self) -> pd.DataFrame:
        """One row a latent and group: omega by its denominator, alpha, CR, AVE, H and more.

        See `cosyn.engine.fit_reliability.LatentReliability` for the columns.
        """
        import pandas as pd  # noqa: PLC0415

        names = [each.name for each in fields(LatentReliability)]
        return pd.DataFrame([asdict(each) for each in reliabilities(self.result)], columns=names)


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
        Syntax in the language of lavaan.
    data : DataFrame, or a function that returns an iterator of them
        A column a variable; NaN where an answer is missing. Blocks of rows, such as
        ``lambda: pandas.read_csv(path, chunksize=65536)`` gives, are never held together: see
        `cosyn.engine.streaming`.
    estimator : str, optional
        ML, MLR, MLM, MLMV, MLMVS or MLF, GLS, WLS, ULS, ULSM or ULSMV; of ordinal items WLSMV,
        WLSM, WLSMVS, DWLS, WLS, ULSM or ULSMV. By default ML, MLR where there are clusters, WLSMV
        where items are ordinal.
    ordered : iterable of str, or True
        The ordinal items; if True all variables but those that the model takes as given: what
        only explains others is a number, or a 0/1 variable a category.
    missing : {"listwise", "fiml", "fiml.x", "pairwise"}
        Leave out respondents with a gap, or use every answer: by likelihood, or where items are
        ordinal pair by pair. A gap in a covariate leaves its respondent out even so, unless it is
        ``"fiml.x"``, which takes the covariates' moments from all answers.
    group, cluster : str, optional
        Columns of the groups, and of the clusters within which answers depend.
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
        What standard errors follow from; by default the estimator's.
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
    check_request(
        model,
        data,
        missing=missing,
        group_equal=group_equal,
        likelihood=likelihood,
        information=information,
        parameterization=parameterization,
    )
    coded: tuple[Coded, ...]
    coded = ("loadings", "intercepts") if effect_coding is True else tuple(effect_coding or ())
    described = parse_model(model)
    check_size(described.statements)
    ordered = ordered if isinstance(ordered, bool) else listed("ordered", ordered)
    answers = opened(
        data,
        described.statements,
        ordered=ordered,
        group=group,
        cluster=cluster,
        missing=missing,
    )
    options = TableOptions(
        std_lv=std_lv,
        orthogonal=orthogonal,
        means=meanstructure or bool(group or cluster) or missing.startswith("fiml"),
        groups=group_names(answers, group),
        equal=frozenset(group_equal),
        partial=frozenset(map(_row, group_partial)),
        fixed_x=fixed_x,
        growth=growth,
        effect_coding=frozenset(coded),
    )
    names = numeric_columns(answers)
    plain = parameter_table(described.statements, names, options, described.constraints)
    chosen = ordinal_names(plain, names, ordered or ())
    found = collect(
        answers,
        plain.observed,
        ordered=chosen,
        covariates=plain.covariates,
        group=group,
        cluster=cluster,
        missing=missing,
    )
    wishart = likelihood == "wishart"
    if not found.ordinal:
        fit = FitOptions(
            estimator or ("MLR" if cluster else "ML"), information, wishart=wishart, bounds=bounds
        )
        return Fitted(fit_sem(plain, found.samples, fit), found.n_dropped)
    options = replace(
        options, ordered=found.thresholds, theta=parameterization == "theta", means=True
    )
    table = parameter_table(described.statements, names, options, described.constraints)
    fit = FitOptions(estimator or "WLSMV", information, wishart=wishart, bounds=bounds)
    return Fitted(fit_ordinal(table, found.ordinal, fit), found.n_dropped)


def _row(text: str) -> tuple[str, str, str]:
    [statement] = parse_model(text).statements
    return statement.lhs, statement.op, statement.rhs


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


def frame_of(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """A data frame of records."""
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame(rows)


#: A confirmatory factor analysis has the defaults of any other model.
cfa = sem


def compare(restricted: Fitted, full: Fitted, method: Method | None = None) -> ChiSquareDifference:
    """Test a restricted within a full model; see `cosyn.engine.difference`."""
    return chi_square_difference(restricted.result, full.result, method)
