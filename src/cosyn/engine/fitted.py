"""A fitted model as data frames and text, by the names that lavaan's users know."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from cosyn.engine.bases import absent
from cosyn.engine.bootstrap import bootstrap
from cosyn.engine.factor_scores import factor_scores
from cosyn.engine.fit_reliability import LatentReliability, reliabilities
from cosyn.engine.inference import check_level, wald
from cosyn.engine.modification import modification_indices
from cosyn.engine.monte_carlo import monte_carlo
from cosyn.engine.requests import check_choice
from cosyn.engine.residual_summary import ResidualSummary, residual_summary
from cosyn.engine.residuals import residuals
from cosyn.engine.standardize import standardized, standardized_latents
from cosyn.engine.summary import summary_of
from cosyn.engine.twolevel_measures import intraclass_correlations

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from cosyn.engine.bootstrap_intervals import IntervalMethod
    from cosyn.engine.factor_scores import Method as ScoreMethod
    from cosyn.engine.fit import SemFit
    from cosyn.engine.residual_summary import Kind as SummaryKind
    from cosyn.engine.residual_summary import Part as SummaryPart
    from cosyn.engine.status import FitStatus


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

        Of two levels, the column ``level`` takes the place of ``group``.

        Parameters
        ----------
        standardized : bool
            Add ``std_lv`` and ``std_all``.
        level : float
            Of the intervals.

        Raises
        ------
        IdentificationError
            If the level is not between 0 and 1.
        """
        check_level(level)
        frame = frame_of(list(self._rows(level)))
        if standardized:
            for name, values in self._standardized():
                frame[name] = values
        return frame

    def _rows(self, level: float) -> Iterable[dict[str, Any]]:
        groups = self.result.table.groups
        kind = "level" if self.result.table.levels else "group"
        for row, found in zip(self.result.table.rows, self.result.rows(), strict=True):
            test = wald(found.value, found.standard_error, level) if found.value else None
            yield {
                "lhs": row.lhs,
                "op": row.op,
                "rhs": row.rhs,
                kind: groups[row.group - 1] if row.group else "",
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

    def icc(self) -> dict[str, float | None]:
        """Share of the variance between clusters, of each variable of both levels.

        See `cosyn.engine.twolevel_measures.intraclass_correlations`.
        """
        return intraclass_correlations(self.result)

    def modification_indices(self, minimum: float = 0.0, *, robust: bool = False) -> pd.DataFrame:
        """What freeing each fixed parameter would do, largest first; see `Modification`.

        A change has no standardised value (NaN) where no positive variance is to divide by.
        """
        found = [m for m in modification_indices(self.result, robust=robust) if m.index >= minimum]
        names = ["lhs", "op", "rhs", "group", "index", "change", "change_lv", "change_all"]
        names += ["robust"] if robust else []
        return frame_of([*map(attrgetter(*names), found)], columns=names)

    def residuals(self, kind: str = "z", group: int = 1) -> pd.DataFrame:
        """Residuals as ``"raw"`` covariances, ``"correlations"`` or ``"z"``."""
        found = residuals(self.result, group)
        check_choice("kind", kind, ("raw", "correlations", "z"))
        return frame_of(getattr(found, kind), index=found.names, columns=found.names)

    def residual_summary(
        self, kind: SummaryKind = "srmr", *, part: SummaryPart = "all", group: int = 1
    ) -> ResidualSummary:
        """Root mean square residual with its standard error, tests and interval."""
        return residual_summary(self.result, kind, part=part, group=group)

    def factor_scores(self, method: ScoreMethod | None = None, group: int = 1) -> pd.DataFrame:
        """Scores of the latents of the respondents of one group, in the order of the data.

        By default ``"regression"``, of ordinal items ``"ebm"``; ``"bartlett"`` of continuous ones.
        """
        found = factor_scores(self.result, method, group)
        return frame_of(found.values, columns=found.names)

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
        found = bootstrap(self.result, replicates, seed, keep_improper=keep_improper)
        rows = found.rows(level, method, standardized=standardized)
        groups = self.result.table.groups
        frame = frame_of([asdict(row) for row in rows])
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
        found = monte_carlo(self.result, draws=draws, seed=seed)
        lower, upper = found.intervals(level)
        columns = {"est": found.estimates, "se": found.standard_errors()}
        return frame_of({"lhs": found.names, **columns, "ci_lower": lower, "ci_upper": upper})

    def reliability(self) -> pd.DataFrame:
        """One row a latent and group: omega by its denominator, alpha, CR, AVE, H and more.

        See `cosyn.engine.fit_reliability.LatentReliability` for the columns.
        """
        names = [each.name for each in fields(LatentReliability)]
        return frame_of([asdict(each) for each in reliabilities(self.result)], columns=names)


def frame_of(data: Any, **named: Any) -> pd.DataFrame:
    """A data frame; only this border of the engine knows of any, and loads pandas when asked."""
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame(data, **named)
