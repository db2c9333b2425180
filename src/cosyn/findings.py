"""What an analysis found: rows of statistics without layout, and the file they are kept in."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from cosyn.atomic import guarded
from cosyn.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SCHEMA = "cosyn.findings/2"


class Statistic(StrEnum):
    """The closed vocabulary of statistics; each has a label in every language of the report."""

    # who answered
    COUNT = "count"
    SHARE = "share"
    MEDIAN = "median"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    MISSING_SHARE = "missing_share"
    # screening
    FLAGGED = "flagged"
    FLAGGED_SHARE = "flagged_share"
    FLAGGED_BOTH = "flagged_both"
    THRESHOLD = "threshold"
    PHI = "phi"
    KAPPA = "kappa"
    # items
    N = "n"
    MEAN = "mean"
    SD = "sd"
    SKEWNESS = "skewness"
    KURTOSIS = "kurtosis"
    FLOOR = "floor"
    CEILING = "ceiling"
    CATEGORY_SHARE = "category_share"
    # reliability
    ALPHA = "alpha"
    ALPHA_IF_DELETED = "alpha_if_deleted"
    OMEGA = "omega"
    OMEGA_OBSERVED = "omega_observed"
    SPEARMAN_BROWN = "spearman_brown"
    ITEM_REST = "item_rest"
    # departments
    ICC1 = "icc1"
    ICC2 = "icc2"
    F_BETWEEN = "f_between"
    DESIGN_EFFECT = "design_effect"
    INFORMANTS_NEEDED = "informants_needed"
    RWG_MEAN = "rwg_mean"
    RWG_MEDIAN = "rwg_median"
    RWG_SHARE = "rwg_share"
    AD_MEAN = "ad_mean"
    AD_SHARE = "ad_share"
    # dimensionality
    KMO = "kmo"
    KMO_ITEM = "kmo_item"
    BARTLETT = "bartlett"
    EIGENVALUE_COMPONENT = "eigenvalue_component"
    EIGENVALUE_COMPONENT_RANDOM_MEAN = "eigenvalue_component_random_mean"
    EIGENVALUE_COMPONENT_RANDOM_QUANTILE = "eigenvalue_component_random_quantile"
    EIGENVALUE_FACTOR = "eigenvalue_factor"
    EIGENVALUE_FACTOR_RANDOM_MEAN = "eigenvalue_factor_random_mean"
    EIGENVALUE_FACTOR_RANDOM_QUANTILE = "eigenvalue_factor_random_quantile"
    SUGGESTED_COMPONENTS = "suggested_components"
    SUGGESTED_FACTORS = "suggested_factors"
    EFA_LOADING = "efa_loading"
    FACTOR_CORRELATION = "factor_correlation"
    COMMUNALITY = "communality"
    VARIANCE_EXPLAINED = "variance_explained"
    # models
    STATUS = "status"
    N_PARAMETERS = "n_parameters"
    CHI_SQUARE = "chi_square"
    CHI_SQUARE_SCALED = "chi_square_scaled"
    SCALING_FACTOR = "scaling_factor"
    BASELINE_CHI_SQUARE = "baseline_chi_square"
    CFI = "cfi"
    TLI = "tli"
    RMSEA = "rmsea"
    CFI_ROBUST = "cfi_robust"
    TLI_ROBUST = "tli_robust"
    RMSEA_ROBUST = "rmsea_robust"
    SRMR = "srmr"
    LOG_LIKELIHOOD = "log_likelihood"
    AIC = "aic"
    BIC = "bic"
    CHI_SQUARE_DIFFERENCE = "chi_square_difference"
    BIC_DIFFERENCE = "bic_difference"
    CROSS_CHECK = "cross_check"
    LOADING = "loading"
    LOADING_STD = "loading_std"
    PATH = "path"
    PATH_STD = "path_std"
    COVARIANCE = "covariance"
    COVARIANCE_STD = "covariance_std"
    DEFINED = "defined"
    DEFINED_STD = "defined_std"
    VARIANCE = "variance"
    R_SQUARED = "r_squared"
    R_SQUARED_GAIN = "r_squared_gain"
    # interactions and indirect effects
    SIMPLE_SLOPE = "simple_slope"
    JOHNSON_NEYMAN = "johnson_neyman"
    PRODUCT_EFFECT = "product_effect"
    # validity, invariance, method
    AVE = "ave"
    COMPOSITE_RELIABILITY = "composite_reliability"
    MAXIMAL_RELIABILITY = "maximal_reliability"
    HTMT = "htmt"
    INVARIANCE = "invariance"
    DELTA_CFI = "delta_cfi"
    DELTA_RMSEA = "delta_rmsea"
    DELTA_SRMR = "delta_srmr"
    HARMAN = "harman"
    MARKER_CORRELATION = "marker_correlation"
    # necessary conditions
    NECESSITY_EFFECT = "necessity_effect"
    CEILING_ACCURACY = "ceiling_accuracy"
    BOTTLENECK = "bottleneck"
    NECESSITY_VERDICT = "necessity_verdict"
    # configurations
    SET_NECESSITY = "set_necessity"
    NECESSITY_COVERAGE = "necessity_coverage"
    RELEVANCE = "relevance"
    FREQUENCY_CUT = "frequency_cut"
    CASES_KEPT = "cases_kept"
    CONFIGURATION_CASES = "configuration_cases"
    SET_CONSISTENCY = "set_consistency"
    PRI = "pri"
    RAW_COVERAGE = "raw_coverage"
    UNIQUE_COVERAGE = "unique_coverage"
    SOLUTION_MODELS = "solution_models"
    PATH_CONDITION = "path_condition"
    CALIBRATION_OVERLAP = "calibration_overlap"
    CALIBRATION_STABLE = "calibration_stable"
    MIRRORED = "mirrored"
    CONTRADICTORY_ASSUMPTIONS = "contradictory_assumptions"
    # hypotheses
    EFFECT = "effect"
    DECISION = "decision"
    SPECIFICATION = "specification"


ROBUST = {
    Statistic.CHI_SQUARE: Statistic.CHI_SQUARE_SCALED,
    Statistic.CFI: Statistic.CFI_ROBUST,
    Statistic.TLI: Statistic.TLI_ROBUST,
    Statistic.RMSEA: Statistic.RMSEA_ROBUST,
}
"""Measures of fit, and what stands for them where the estimator is robust."""


class Decision(StrEnum):
    """What the data say about a hypothesis, by the rule that the plan states."""

    SUPPORTED = "supported"
    FALSIFIED = "falsified"
    UNDECIDED = "undecided"
    NOT_TESTED = "not_tested"


@dataclass(frozen=True, slots=True)
class Finding:
    """One statistic of one subject.

    Attributes
    ----------
    analysis : str
        Name of the analysis that found it.
    statistic : Statistic
    subject : tuple of str
        Ids it is about, e.g. ``("IP", "IPG1")`` for a loading: factor first, then indicator;
        for a path: outcome first, then predictor.
    value : float or None
        None if it could not be computed; `reason` then says why.
    label : str
        A categorical outcome, e.g. a `Decision` or a status, "" if none.
    reason : str
        Stable words such as ``not converged``; "" if there is a value.
    se, low, high, level : float or None
        Standard error and confidence interval with its level.
    p, df, n : float or None
        p-value, degrees of freedom, respondents used.
    method : str
        Estimator or formula in a few words.
    model : str
        Id of the model it belongs to, "" if none.
    """

    analysis: str
    statistic: Statistic
    subject: tuple[str, ...] = ()
    value: float | None = None
    label: str = ""
    reason: str = ""
    se: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    p: float | None = None
    df: float | None = None
    n: int | None = None
    method: str = ""
    model: str = ""

    def __post_init__(self) -> None:
        """Refuse a number that is none: whoever makes a finding must give the reason instead."""
        for name in ("value", "se", "low", "high", "p", "df"):
            number = getattr(self, name)
            if number is not None and not math.isfinite(number):
                raise ValueError(
                    f"{self.analysis} {self.statistic} {self.subject}: {name} is {number}"
                )
        if self.value is None and not (self.reason or self.label):
            raise ValueError(
                f"{self.analysis} {self.statistic} {self.subject}: neither value nor reason"
            )


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers side by side, for a figure: what stands in one row belongs together.

    Attributes
    ----------
    kind : str
        What a figure knows it by, e.g. ``slope_band``.
    subject : tuple of str
        Ids it is about.
    columns : Mapping[str, tuple of float]
        Columns of one length; None where there is no value.
    """

    analysis: str
    kind: str
    subject: tuple[str, ...]
    columns: Mapping[str, tuple[float | None, ...]]
    model: str = ""

    def __post_init__(self) -> None:
        """Refuse columns of different lengths, and numbers that are none."""
        about = f"{self.analysis} {self.kind} {self.subject}"
        if len({len(column) for column in self.columns.values()}) > 1:
            raise ValueError(f"{about}: columns of different lengths")
        for name, column in self.columns.items():
            if any(number is not None and not math.isfinite(number) for number in column):
                raise ValueError(f"{about}: {name} holds a number that is none")


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a result rests on, so that it can be reproduced.

    Attributes
    ----------
    digests : Mapping[str, str]
        SHA-256 of ``data``, ``instrument`` and ``plan``.
    registered : str
        ``yes`` or ``no``: whether the plan is the one that was registered; "" if nobody asked.
    quick : bool
        Whether it was run with few draws and without repetitions, for a first look.
    versions : Mapping[str, str]
        Of cosyn, Python and each library that computed something.
    """

    instrument: str
    instrument_version: str
    form: str
    simulated: bool
    seed: int
    digests: Mapping[str, str]
    versions: Mapping[str, str]
    registered: str = ""
    quick: bool = False


@dataclass(frozen=True, slots=True)
class Warned:
    """Something an analyst must judge.

    Attributes
    ----------
    code : str
        Key of the sentence in the report's catalogues (``warning.<code>``).
    values : Mapping[str, str]
        What fills its gaps.
    """

    analysis: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings of one run, with what they rest on."""

    provenance: Provenance
    rows: tuple[Finding, ...]
    warnings: tuple[Warned, ...] = ()
    series: tuple[Series, ...] = ()

    def select(
        self, *, analysis: str = "", statistic: Statistic | None = None, model: str | None = None
    ) -> Iterator[Finding]:
        """Rows that match every criterion given."""
        for row in self.rows:
            if (
                (not analysis or row.analysis == analysis)
                and (statistic is None or row.statistic == statistic)
                and (model is None or row.model == model)
            ):
                yield row

    def find(
        self,
        statistic: Statistic,
        subject: tuple[str, ...] = (),
        *,
        analysis: str = "",
        model: str | None = None,
    ) -> Finding | None:
        """The first row of a statistic about a subject, None if there is none."""
        rows = self.select(analysis=analysis, statistic=statistic, model=model)
        return next((row for row in rows if row.subject == subject), None)

    def measure(self, statistic: Statistic, model: str) -> Finding | None:
        """A measure of a model's fit: the robust one where its estimator has it."""
        robust = self.find(ROBUST[statistic], model=model) if statistic in ROBUST else None
        if robust and robust.value is not None:
            return robust
        return self.find(statistic, model=model)

    def drawn(self, kind: str, *, analysis: str = "", model: str | None = None) -> Iterator[Series]:
        """Series of a kind, for a figure."""
        for found in self.series:
            if (
                found.kind == kind
                and (not analysis or found.analysis == analysis)
                and (model is None or found.model == model)
            ):
                yield found


def findings_json(findings: Findings) -> bytes:
    """Spell the findings out as the content of ``findings.json``, leaving out what is empty."""
    document = {
        "schema": SCHEMA,
        "provenance": asdict(findings.provenance),
        "warnings": [asdict(w) for w in findings.warnings],
        "findings": [_compact(row) for row in findings.rows],
        "series": [asdict(found) for found in findings.series],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def read_findings(path: Path) -> Findings:
    """Read ``findings.json``.

    Raises
    ------
    PlanError
        If there is no such file, or it is not one of ours.
    """
    if not path.is_file():
        raise PlanError(
            "findings.none", str(path), "there are no findings yet", "Run `survey analyze` first"
        )
    with guarded(path, "read"):
        text = path.read_text(encoding="utf-8")
    try:
        document = json.loads(text)
        if document["schema"] != SCHEMA:
            raise PlanError(
                "findings.other-schema",
                str(path),
                f"the findings have the schema {document['schema']!r}",
                "Run `survey analyze` again with this version",
            )
        rows = tuple(_row(entry) for entry in document["findings"])
        warnings = tuple(Warned(**w) for w in document["warnings"])
        series = tuple(_series(entry) for entry in document["series"])
        return Findings(Provenance(**document["provenance"]), rows, warnings, series)
    except (ValueError, KeyError, TypeError) as error:
        raise PlanError(
            "findings.damaged", str(path), "the file is damaged", "Run `survey analyze` again"
        ) from error


def _compact(row: Finding) -> dict[str, Any]:
    return {f.name: v for f in fields(row) if (v := getattr(row, f.name)) not in (None, "", ())}


def _row(entry: dict[str, Any]) -> Finding:
    entry["statistic"] = Statistic(entry["statistic"])
    entry["subject"] = tuple(entry.get("subject", ()))
    return Finding(**entry)


def _series(entry: dict[str, Any]) -> Series:
    entry["subject"] = tuple(entry["subject"])
    entry["columns"] = {name: tuple(column) for name, column in entry["columns"].items()}
    return Series(**entry)
