"""Score and nesting tests do what they are for, whatever the data."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from cosyn.engine._groups import Equal
from cosyn.engine.difference import chi_square_difference
from cosyn.engine.estimation import FitOptions, SemFit, fit_sem
from cosyn.engine.modification import modification_indices
from cosyn.engine.moments import SampleMoments, incomplete_moments, sample_moments
from cosyn.engine.nesting import same_in_full
from cosyn.engine.ordinal import ordinal_moments
from cosyn.engine.ordinal_fit import fit_ordinal
from cosyn.engine.partable import TableOptions, parameter_table
from cosyn.engine.score_tests import score_tests
from cosyn.engine.syntax import parse_model

NAMES = tuple(f"x{k}" for k in range(1, 6))
MODEL = "f =~ " + " + ".join(NAMES)
LOADINGS = np.array([0.8, 0.7, 0.6, 0.7, 0.8])
ALPHA, REPLICATES = 0.05, 150


def draw(rng: np.random.Generator, n: int, *, heavy: bool = False) -> np.ndarray:
    """Answers to one factor's items; with heavy tails a common scale makes them not normal."""
    factor = rng.standard_normal((n, 1))
    X = factor * LOADINGS + rng.standard_normal((n, 5)) * np.sqrt(1 - LOADINGS**2)
    return np.asarray(X * np.sqrt(5 / rng.chisquare(7, (n, 1)))) if heavy else np.asarray(X)


def of_groups(parts: list[np.ndarray], estimator: str) -> SemFit:
    options = TableOptions(
        std_lv=True, means=True, groups=("a", "b"), equal=frozenset({"loadings"})
    )
    table = parameter_table(parse_model(MODEL).statements, NAMES, options)
    samples = tuple(sample_moments(part, NAMES) for part in parts)
    return fit_sem(table, samples, FitOptions(estimator, compute_baseline=False))


def of_ordinal_groups(parts: list[np.ndarray]) -> SemFit:
    options = TableOptions(
        std_lv=True,
        groups=("a", "b"),
        equal=frozenset({"loadings"}),
        ordered=tuple((name, 2) for name in NAMES),
    )
    table = parameter_table(parse_model(MODEL).statements, NAMES, options)
    cut = (np.digitize(part, [-0.4, 0.9]).astype(float) for part in parts)
    samples = tuple(ordinal_moments(part, NAMES, NAMES) for part in cut)
    return fit_ordinal(table, samples, FitOptions("WLSMV"))


def rejections(kind: str) -> tuple[int, int]:
    """How often the plain and the robust test of the first loading reject what is true."""
    plain = robust = 0
    for seed in range(REPLICATES):
        rng = np.random.default_rng([20, seed])
        parts = [draw(rng, 250, heavy=kind == "heavy") for _ in range(2)]
        fit = of_ordinal_groups(parts) if kind == "ordinal" else of_groups(parts, "MLR")
        released = next(each for each in score_tests(fit, robust=True)[1] if each.first.rhs == "x1")
        assert released.robust is not None
        assert released.robust.pvalue is not None
        assert released.test.pvalue is not None
        plain += released.test.pvalue < ALPHA
        robust += released.robust.pvalue < ALPHA
    return plain, robust


@pytest.mark.parametrize("kind", ["heavy", "ordinal"])
def test_robust_score_tests_keep_their_level(kind: str) -> None:
    """With heavy tails the plain test does not."""
    plain, robust = rejections(kind)
    lowest, highest = binom.interval(0.99, REPLICATES, ALPHA)
    assert lowest <= robust <= highest
    assert plain > highest or kind == "ordinal"


def test_robust_and_plain_agree_of_normal_answers() -> None:
    parts = [draw(np.random.default_rng(k), 20000) for k in (1, 2)]
    fit = of_groups(parts, "MLR")
    for released in score_tests(fit, robust=True)[1]:
        assert released.robust is not None
        assert released.robust.value == pytest.approx(released.test.value, rel=0.05)
    for m in modification_indices(fit, robust=True):
        assert m.robust == pytest.approx(m.index, rel=0.05, abs=0.02)


def test_expected_change_is_what_a_refit_finds() -> None:
    """To first order: the loading of one group is moved a little off the other's."""
    rng = np.random.default_rng(3)
    parts = [draw(rng, 20000), draw(rng, 20000)]
    parts[1][:, 0] += 0.05 * rng.standard_normal(1) + 0.1 * (parts[1] @ LOADINGS) / 5
    fit = of_groups(parts, "ML")
    released = next(each for each in score_tests(fit)[1] if each.first.rhs == "x1")
    options = TableOptions(
        std_lv=True, means=True, groups=("a", "b"), equal=frozenset({"loadings"}),
        partial=frozenset({("f", "=~", "x1")}),
    )  # fmt: skip
    table = parameter_table(parse_model(MODEL).statements, NAMES, options)
    free = fit_sem(table, fit.groups, FitOptions("ML"))
    assert fit.measures is not None
    assert free.measures is not None
    moved = free.estimates[free.table.index("f", "=~", "x1", 2)] - free.estimates[0]
    assert released.change == pytest.approx(moved, rel=0.1)
    assert released.test.value == pytest.approx(fit.measures.chisq - free.measures.chisq, rel=0.1)


def single(model: str, X: np.ndarray, *, std_lv: bool = False) -> SemFit:
    table = parameter_table(parse_model(model).statements, NAMES, TableOptions(std_lv=std_lv))
    return fit_sem(table, (sample_moments(X, NAMES),))


def test_nesting_is_a_matter_of_moments_not_of_names() -> None:
    X = draw(np.random.default_rng(5), 300)
    marker, scaled = single(MODEL, X), single(MODEL, X, std_lv=True)
    found = chi_square_difference(marker, scaled)
    assert "equivalent" in found.reason
    assert found.pvalue is None
    equal = single("f =~ a*x1 + a*x2 + x3 + x4 + x5", X, std_lv=True)
    test = chi_square_difference(equal, marker)
    assert (test.df, test.reason) == (1, "")
    other = single("f =~ x1 + x2 + x3 + x4 + x5\nx1 ~~ x2\nx3 ~~ x4", X)
    wrong = single("f =~ x1 + x2 + x3 + x4 + x5\nx1 ~~ x3", X)
    refused = chi_square_difference(wrong, other)
    assert "not nested" in refused.reason
    assert (refused.chisq, refused.pvalue) == (None, None)


def test_fewer_factors_are_nested_though_they_bear_other_names() -> None:
    rng = np.random.default_rng(14)
    factors = rng.standard_normal((500, 2)) @ np.array([[1, 0.8], [0, 0.6]])
    X = factors[:, [0, 0, 0, 1, 1]] * LOADINGS + 0.6 * rng.standard_normal((500, 5))
    two = single("f =~ x1 + x2 + x3\ng =~ x4 + x5", X)
    one = single("general =~ x1 + x2 + x3 + x4 + x5", X)
    found = chi_square_difference(one, two)
    assert (found.df, found.reason) == (1, "")
    assert one.measures is not None
    assert two.measures is not None
    assert found.chisq == pytest.approx(one.measures.chisq - two.measures.chisq)


def test_order_of_variables_does_not_matter() -> None:
    X = draw(np.random.default_rng(6), 400, heavy=True)

    def fit(model: str, estimator: str) -> SemFit:
        table = parameter_table(parse_model(model).statements, NAMES, TableOptions())
        return fit_sem(table, (sample_moments(X, NAMES),), FitOptions(estimator))

    full = fit(MODEL, "MLM")
    texts = ("f =~ x1 + a*x2 + a*x3 + x4 + x5", "f =~ x1 + x5 + a*x3 + x4 + a*x2")
    for method in ("satorra2000", "scaled_shifted", "sb2001"):
        a, b = (chi_square_difference(fit(text, "MLM"), full, method) for text in texts)
        assert a.chisq == pytest.approx(b.chisq, rel=1e-6)


def test_order_of_ordinal_items_does_not_matter() -> None:
    X = np.digitize(draw(np.random.default_rng(10), 600), [-0.4, 0.9]).astype(float)

    def fit(model: str) -> SemFit:
        options = TableOptions(ordered=tuple((name, 2) for name in NAMES))
        table = parameter_table(parse_model(model).statements, NAMES, options)
        k = [NAMES.index(name) for name in table.observed]
        moments = ordinal_moments(X[:, k], table.observed, table.observed)
        return fit_ordinal(table, (moments,), FitOptions("WLSMV"))

    full = fit(MODEL)
    texts = ("f =~ x1 + a*x2 + a*x3 + x4 + x5", "f =~ x1 + x5 + a*x3 + x4 + a*x2")
    a, b = (chi_square_difference(fit(text), full) for text in texts)
    assert (a.df, b.df) == (1, 1)
    assert a.chisq == pytest.approx(b.chisq, rel=1e-5)


def test_indices_of_incomplete_answers_foretell_the_fit() -> None:
    """They rest on the information of what was answered, not of what might have been."""
    X = draw(np.random.default_rng(11), 3000)
    X[:, :2] += 0.35 * np.random.default_rng(13).standard_normal((3000, 1))
    X[np.random.default_rng(12).random(X.shape) < 0.25] = np.nan
    samples = (incomplete_moments(X, NAMES),)

    def fit(model: str) -> SemFit:
        table = parameter_table(parse_model(model).statements, NAMES, TableOptions(means=True))
        return fit_sem(table, samples)

    plain, freed = fit(MODEL), fit(MODEL + "\nx1 ~~ x2")
    found = next(
        m for m in modification_indices(plain, robust=True) if (m.lhs, m.rhs) == ("x1", "x2")
    )
    assert plain.measures is not None
    assert freed.measures is not None
    drop = plain.measures.chisq - freed.measures.chisq
    assert drop > 10
    assert found.index == pytest.approx(drop, rel=0.15)
    assert found.robust == pytest.approx(drop, rel=0.2)
    assert found.change == pytest.approx(freed.estimate("x1", "~~", "x2"), rel=0.15)


def test_means_count_in_nesting() -> None:
    """Equal intercepts with free latent means are within equal loadings, not the other way."""
    parts = [draw(np.random.default_rng(k), 300) + k for k in (7, 8)]

    def fit(*equal: Equal) -> SemFit:
        options = TableOptions(std_lv=True, means=True, groups=("a", "b"), equal=frozenset(equal))
        table = parameter_table(parse_model(MODEL).statements, NAMES, options)
        return fit_sem(table, tuple(sample_moments(part, NAMES) for part in parts))

    metric, scalar = fit("loadings"), fit("loadings", "intercepts")
    assert same_in_full(scalar, metric) is not None
    assert same_in_full(metric, scalar) is None


def test_moments_without_answers_have_plain_tests_only() -> None:
    X = draw(np.random.default_rng(9), 200)
    moments = SampleMoments(200, NAMES, X.mean(axis=0), np.cov(X.T, bias=True))
    fit = fit_sem(parameter_table(parse_model(MODEL).statements, NAMES), (moments,))
    assert modification_indices(fit)
    with pytest.raises(Exception, match="only means and covariances"):
        modification_indices(fit, robust=True)
