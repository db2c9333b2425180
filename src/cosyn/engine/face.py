"""Fit a model to a table of answers, as one would in lavaan."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from cosyn.engine.data import collect, group_names, numeric_columns, opened
from cosyn.engine.difference import ChiSquareDifference, chi_square_difference
from cosyn.engine.estimation import FitOptions, SemFit, fit_sem
from cosyn.engine.factor_scores import factor_scores
from cosyn.engine.inference import wald
from cosyn.engine.modification import modification_indices
from cosyn.engine.ordinal_fit import fit_ordinal
from cosyn.engine.partable import TableOptions, parameter_table
from cosyn.engine.residuals import residuals
from cosyn.engine.standardize import standardized, standardized_latents
from cosyn.engine.summary import summary_of
from cosyn.engine.syntax import parse_model

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from cosyn.engine._groups import Equal
    from cosyn.engine.data import Frame, Missing
    from cosyn.engine.difference import Method
    from cosyn.engine.estimators import Information
    from cosyn.engine.factor_scores import Method as ScoreMethod
    from cosyn.engine.status import FitStatus
    from cosyn.engine.streaming import Source

__all__ = ["Fitted", "cfa", "compare", "sem"]


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
        return self.result.status

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

    def modification_indices(self, minimum: float = 0.0) -> pd.DataFrame:
        """What freeing each fixed parameter would do, largest first."""
        import pandas as pd  # noqa: PLC0415

        found = [m for m in modification_indices(self.result) if m.index >= minimum]
        names = ["lhs", "op", "rhs", "group", "index", "change", "change_lv", "change_all"]
        return pd.DataFrame([asdict(m) for m in found], columns=names)

    def residuals(self, kind: str = "z", group: int = 1) -> pd.DataFrame:
        """Residuals as ``"raw"`` covariances, ``"correlations"`` or ``"z"``."""
        import pandas as pd  # noqa: PLC0415

        found = residuals(self.result, group)
        return pd.DataFrame(getattr(found, kind), index=found.names, columns=found.names)

    def factor_scores(self, method: ScoreMethod = "regression", group: int = 1) -> pd.DataFrame:
        """Scores of the latents of the respondents of one group."""
        import pandas as pd  # noqa: PLC0415

        found = factor_scores(self.result, method, group)
        return pd.DataFrame(found.values, columns=found.names)


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
        ML, MLR, MLM, MLMV, MLMVS or MLF; of ordinal items WLSMV, WLSM, WLSMVS, DWLS or ULSMV. By
        default ML, MLR where there are clusters, WLSMV where items are ordinal.
    ordered : iterable of str, or True
        The ordinal items; all of them if True.
    missing : {"listwise", "fiml", "pairwise"}
        Leave out respondents with a gap, or use every answer: by likelihood, or where items are
        ordinal pair by pair.
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
    parameterization : {"delta", "theta"}
        Of ordinal items: whether their scaling factors or residual variances are parameters.

    Raises
    ------
    ModelSyntaxError
        If the model cannot be read.
    IdentificationError
        If the data do not allow estimation; what they do to the model is told by the status.
    """
    described = parse_model(model)
    ordered = ordered if isinstance(ordered, bool) else tuple(ordered)
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
        means=meanstructure or bool(group or cluster) or missing == "fiml",
        groups=group_names(answers, group),
        equal=frozenset(group_equal),
        partial=frozenset(map(_row, group_partial)),
    )
    names = numeric_columns(answers)
    plain = parameter_table(described.statements, names, options, described.constraints)
    chosen = plain.observed if ordered is True else tuple(ordered or ())
    found = collect(
        answers, plain.observed, ordered=chosen, group=group, cluster=cluster, missing=missing
    )
    wishart = likelihood == "wishart"
    if not found.ordinal:
        fit = FitOptions(estimator or ("MLR" if cluster else "ML"), information, wishart=wishart)
        return Fitted(fit_sem(plain, found.samples, fit), found.n_dropped)
    options = replace(
        options, ordered=found.thresholds, theta=parameterization == "theta", means=True
    )
    table = parameter_table(described.statements, names, options, described.constraints)
    fit = FitOptions(estimator or "WLSMV", information)
    return Fitted(fit_ordinal(table, found.ordinal, fit), found.n_dropped)


def _row(text: str) -> tuple[str, str, str]:
    [statement] = parse_model(text).statements
    return statement.lhs, statement.op, statement.rhs


#: A confirmatory factor analysis has the defaults of any other model.
cfa = sem


def compare(restricted: Fitted, full: Fitted, method: Method | None = None) -> ChiSquareDifference:
    """Test a restricted within a full model; see `cosyn.engine.difference`."""
    return chi_square_difference(restricted.result, full.result, method)
