"""Latent moderated structural equations against brute force, the linear model, and modsem.

Modsem integrates over 24 nodes, which is not exact for factors this reliable; its LMS and its QML
(another likelihood) differ from each other by a fiftieth of a standard error. What is compared
is therefore within a thirtieth, and standard errors within two hundredths.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from tests.golden.golden_cases import FOLDER, Data, csv, expected

from cosyn.engine._lms_likelihood import LmsDiscrepancy
from cosyn.engine._lms_nodes import cover, enough, grid
from cosyn.engine._lms_structure import nonlinear
from cosyn.engine.estimation import fit_sem
from cosyn.engine.inference import jacobian
from cosyn.engine.lisrel import LAMBDA, PSI, THETA, structure
from cosyn.engine.lms import fit_lms
from cosyn.engine.lms_result import LmsFit, latent_moments
from cosyn.engine.moments import sample_moments
from cosyn.engine.partable import ParameterTable, TableOptions, parameter_table
from cosyn.engine.product_terms import ProductTerm
from cosyn.engine.syntax import parse
from cosyn.errors import IdentificationError

OF_MODSEM, OF_ITS_ERRORS = 1 / 30, 0.02
#: The log-likelihood of 2000 respondents that modsem's nodes miss.
OF_ITS_LIKELIHOOD = 0.1
#: Of the log-likelihood, by brute force or the linear model.
LIKELIHOOD = 1e-6

MODEL = "X =~ x1 + x2 + x3\nZ =~ z1 + z2 + z3\nY =~ y1 + y2 + y3\nY ~ X + Z"
XZ = ProductTerm("Y", "X", "Z")
WIDE = "A =~ a1 + a2\nB =~ b1 + b2\nC =~ c1 + c2\nY =~ y1 + y2\nY ~ A + B + C"
TERMS = (ProductTerm("Y", "A", "B"), ProductTerm("Y", "A", "A"), ProductTerm("Y", "C", "B"))


def table_of(model: str, data: Data) -> ParameterTable:
    return parameter_table(parse(model), data.names, TableOptions(means=True))


def lms(model: str, data: Data, terms: Any, **options: Any) -> LmsFit:
    moments = sample_moments(data.values, data.names)
    return fit_lms(table_of(model, data), moments, terms, **options)


@cache
def one() -> LmsFit:
    return lms(MODEL, csv("one_interaction"), (XZ,))


def discrepancy(model: str, data: Data, terms: Any, nodes: int) -> LmsDiscrepancy:
    table = table_of(model, data)
    part = structure(table)
    caused = {row.lhs for row in table.rows if row.op == "~"}
    nodal = cover(terms, [name for name in table.latent if name not in caused])
    where = nonlinear(part.latent, nodal, terms)
    return LmsDiscrepancy(part, where, grid(len(nodal), nodes), data.of(list(table.observed)))


def point_of(there: LmsDiscrepancy, random: np.random.Generator, effects: list[float]) -> Any:
    """A point with weak and strong relations, and these effects of products."""
    cells = there.structure
    x = 0.1 * random.standard_normal(int(cells.parameter.max()) + 1)
    variances = np.isin(cells.matrix, (PSI, THETA)) & (cells.row == cells.column)
    x[cells.parameter[variances]] = 0.6 + 0.4 * random.random(variances.sum())
    x[cells.parameter[cells.matrix == LAMBDA]] = 0.8
    return np.append(x, effects)


def small() -> tuple[LmsDiscrepancy, Any]:
    """A model of three products, and a point."""
    random = np.random.default_rng(7)
    names = ("a1", "a2", "b1", "b2", "c1", "c2", "y1", "y2")
    there = discrepancy(WIDE, Data(names, random.standard_normal((6, 8))), TERMS, 60)
    return there, point_of(there, random, [0.4, -0.3, 0.2])


def by_brute_force(there: LmsDiscrepancy, x: Any) -> float:
    """Integrate over A, B and C on a dense grid; Y's indicators are normal given these."""
    found = there.structure.matrices(x[:-3])
    (ab, aa, cb), latent = x[-3:], there.structure.latent
    a, b, c, y = (latent.index(name) for name in ("A", "B", "C", "Y"))
    points = np.linspace(-7, 7, 101)
    G = np.stack(np.meshgrid(points, points, points, indexing="ij"), axis=-1).reshape(-1, 3)
    cells = multivariate_normal(np.zeros(3), found.Psi[np.ix_([a, b, c], [a, b, c])]).logpdf(G)
    effects = found.Beta[y, [a, b, c]]
    outcome = G @ effects + ab * G[:, 0] * G[:, 1] + aa * G[:, 0] ** 2 + cb * G[:, 2] * G[:, 1]
    mean = np.column_stack([G, outcome]) @ found.Lambda[:, [a, b, c, y]].T + found.nu[:, 0]
    loads = found.Lambda[:, y]
    spread = multivariate_normal(
        np.zeros(8), found.Theta + found.Psi[y, y] * np.outer(loads, loads)
    )
    step = (points[1] - points[0]) ** 3
    total = 0.0
    for row in there.Y:
        total += np.log(step * np.exp(spread.logpdf(row - mean) + cells).sum())
    return float(total)


def test_likelihood_by_brute_force() -> None:
    there, x = small()
    found = -len(there.Y) * there.at(x).value
    assert found == pytest.approx(by_brute_force(there, x), abs=LIKELIHOOD)


def test_products_into_two_outcomes_and_of_a_caused_factor() -> None:
    """M of X, Z and XZ; Y of M, X and XM: brute force over X, Z and M."""
    random = np.random.default_rng(5)
    names = ("x1", "x2", "z1", "z2", "m1", "m2", "y1", "y2")
    model = "X =~ x1 + x2\nZ =~ z1 + z2\nM =~ m1 + m2\nY =~ y1 + y2\nM ~ X + Z\nY ~ M + X"
    terms = (ProductTerm("M", "X", "Z"), ProductTerm("Y", "M", "X"))
    there = discrepancy(model, Data(names, random.standard_normal((5, 8))), terms, 70)
    assert there.where.nodal.tolist() == [there.structure.latent.index("X")]
    x = point_of(there, random, [0.35, -0.25])
    found = there.structure.matrices(x[:-2])
    k = [there.structure.latent.index(name) for name in ("X", "Z", "M", "Y")]
    Lambda, Psi, Beta = found.Lambda[:, k], found.Psi[np.ix_(k, k)], found.Beta[np.ix_(k, k)]
    points = np.linspace(-8, 8, 121)
    G = np.stack(np.meshgrid(points, points, points, indexing="ij"), axis=-1).reshape(-1, 3)
    X, Z, M = G.T
    cells = multivariate_normal(np.zeros(2), Psi[:2, :2]).logpdf(G[:, :2])
    middle = Beta[2, 0] * X + Beta[2, 1] * Z + 0.35 * X * Z
    cells += multivariate_normal(0, Psi[2, 2]).logpdf(M - middle)
    outcome = Beta[3, 2] * M + Beta[3, 0] * X - 0.25 * M * X
    mean = np.column_stack([G, outcome]) @ Lambda.T + found.nu[:, 0]
    spread = found.Theta + Psi[3, 3] * np.outer(Lambda[:, 3], Lambda[:, 3])
    normal, step = multivariate_normal(np.zeros(8), spread), (points[1] - points[0]) ** 3
    total = sum(np.log(step * np.exp(normal.logpdf(row - mean) + cells).sum()) for row in there.Y)
    assert -len(there.Y) * there.at(x).value == pytest.approx(float(total), abs=LIKELIHOOD)


def test_score_is_the_slope_of_the_likelihood() -> None:
    """Of few nodes too: the derivative is that of the sum over nodes, not of the integral."""
    there, x = small()
    coarse = replace(there, grid=grid(2, 6))
    step = 1e-6
    slopes = [
        (coarse.at(x - step * e).value - coarse.at(x + step * e).value) / (2 * step)
        for e in np.eye(len(x))
    ]
    here = coarse.at(x)
    np.testing.assert_allclose(here.score(), slopes, atol=1e-8)
    np.testing.assert_allclose(here.scores().mean(axis=0), here.score(), atol=1e-12)


def test_without_effect_it_is_the_linear_model() -> None:
    data = csv("one_interaction")
    linear = fit_sem(table_of(MODEL, data), (sample_moments(data.values, data.names),))
    assert linear.measures is not None
    there = discrepancy(MODEL, data, (XZ,), 190)
    found = -len(data.values) * there.at(np.append(linear.x, 0.0)).value
    assert found == pytest.approx(linear.measures.logl, abs=LIKELIHOOD)


@pytest.mark.parametrize("method", ["lms", "qml"])
def test_estimates_of_modsem(method: str) -> None:
    truth = expected(FOLDER / "cases" / "modsem")[method]
    fit = one()
    assert fit.problem == ""
    assert fit.logl == pytest.approx(truth["logl"], abs=OF_ITS_LIKELIHOOD)
    for wanted in truth["rows"]:
        row = fit.row(wanted["lhs"], wanted["op"], wanted["rhs"])
        if wanted["std.error"] is None:
            assert (row.value, row.standard_error) == (1.0, None)
            continue
        assert row.value == pytest.approx(wanted["est"], abs=OF_MODSEM * wanted["std.error"])
        assert row.standard_error == pytest.approx(wanted["std.error"], rel=OF_ITS_ERRORS)


def test_test_against_no_interaction() -> None:
    fit = one()
    assert fit.logl is not None
    assert fit.linear.measures is not None
    assert fit.linear.measures.logl is not None
    assert fit.test.chisq == pytest.approx(2 * (fit.logl - fit.linear.measures.logl))
    assert (fit.test.df, fit.integration_error < 1e-3) == (1, True)  # type: ignore[operator]
    effect = fit.row("Y", "~", "X:Z")
    assert effect.value is not None
    assert effect.standard_error is not None
    # Wald's and the ratio's chi-square agree where the likelihood is quadratic, near the null.
    wald = (effect.value / effect.standard_error) ** 2
    assert fit.test.chisq is not None
    assert 0.95 < fit.test.chisq / wald < 1.05


def test_moments_of_the_latents_in_closed_form() -> None:
    """Of normal X and Z: E(XZ) = s_xz, var(XZ) = s_xx s_zz + s_xz^2, cov(X, XZ) = 0."""
    fit = one()
    mean, cov = latent_moments(fit, fit.x)
    x, z, product = (fit.row("Y", "~", n).value for n in ("X", "Z", "X:Z"))
    assert x is not None
    assert z is not None
    assert product is not None
    sxx, szz, sxz = cov[0, 0], cov[1, 1], cov[0, 1]
    residual = fit.row("Y", "~~", "Y").value
    assert residual is not None
    variance = x**2 * sxx + z**2 * szz + 2 * x * z * sxz + residual
    variance += product**2 * (sxx * szz + sxz**2)
    names = fit.table.latent
    assert names == ("X", "Z", "Y")
    np.testing.assert_allclose(mean, [0, 0, product * sxz], atol=1e-12)
    assert cov[2, 2] == pytest.approx(variance, rel=1e-8)
    slopes = jacobian(lambda v: latent_moments(fit, v)[1].ravel(), fit.x)
    step = 1e-6 * np.eye(len(fit.x))[4]
    moved = latent_moments(fit, fit.x + step)[1] - latent_moments(fit, fit.x - step)[1]
    np.testing.assert_allclose(slopes[:, 4], moved.ravel() / 2e-6, atol=1e-7)


def test_robust_errors_of_single_respondents_are_those_of_clusters_of_one() -> None:
    data = csv("one_interaction")
    data = Data(data.names, data.values[:400])
    n = len(data.values)
    robust = lms(MODEL, data, (XZ,), errors="robust")
    table = table_of(MODEL, data)
    alone = fit_lms(
        table, sample_moments(data.values, data.names, np.arange(n)), (XZ,), errors="robust"
    )
    assert robust.vcov is not None
    assert alone.vcov is not None
    np.testing.assert_allclose(alone.vcov, robust.vcov * n / (n - 1), rtol=1e-8)
    # Copies of every respondent tell nothing new if they are known to be copies.
    double = np.repeat(data.values, 2, axis=0)
    twice = fit_lms(
        table,
        sample_moments(double, data.names, np.repeat(np.arange(n), 2)),
        (XZ,),
        errors="robust",
    )
    assert twice.vcov is not None
    np.testing.assert_allclose(np.diag(twice.vcov), np.diag(alone.vcov), rtol=1e-4)


def test_nodes_grow_with_the_reliability() -> None:
    assert [enough(spread) for spread in (0.9, 0.3, 0.2, 0.01)] == [16, 64, 144, 200]


@pytest.mark.parametrize(
    ("model", "terms", "code"),
    [
        (MODEL, (), "lms.no-products"),
        (MODEL + " + x1", (XZ,), "lms.observed"),
        (MODEL + "\nX ~ Z", (ProductTerm("Y", "X", "X"),), "lms.endogenous"),
    ],
)
def test_what_is_refused(model: str, terms: tuple[ProductTerm, ...], code: str) -> None:
    with pytest.raises(IdentificationError) as caught:
        lms(model, csv("one_interaction"), terms)
    assert caught.value.code == code


def test_a_linear_model_that_fails_is_the_reason() -> None:
    data = csv("one_interaction")
    noise = np.random.default_rng(3).standard_normal((40, 9))
    fit = lms(MODEL, Data(data.names, noise), (XZ,))
    assert fit.problem.startswith("the linear model: ")
    assert fit.row("Y", "~", "X:Z").value is None
    assert fit.test.chisq is None
