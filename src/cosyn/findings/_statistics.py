"""The closed vocabulary of what is found."""

from __future__ import annotations

from enum import StrEnum


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
    CRITICAL_RATIO = "critical_ratio"
    UPPER_LOWER = "upper_lower"
    TOWARDS = "towards"
    AGAINST = "against"
    TOWARDS_DIRECTED = "towards_directed"
    DIRECTION = "direction"
    BLOCK_MISSING = "block_missing"
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
