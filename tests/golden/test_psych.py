"""Psychometrics equal psych, semTools and multilevel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from factor_analyzer import Rotator
from tests.golden.golden_cases import FOLDER, csv, expected, holzinger

from cosyn.engine import efa, reliability
from cosyn.engine.clustering import icc1
from cosyn.engine.descriptives import Descriptives, describe
from cosyn.engine.estimation import fit_sem
from cosyn.engine.omega import omega
from cosyn.engine.parallel import parallel_analysis
from cosyn.engine.partable import parameter_table
from cosyn.engine.schmid_leiman import schmid_leiman
from cosyn.engine.syntax import parse

TRUTH = expected(FOLDER / "cases" / "psych_holzinger")
DATA = holzinger()
S = DATA.moments().cov
R = S / np.outer(np.sqrt(np.diag(S)), np.sqrt(np.diag(S)))
METHODS: tuple[efa.Method, ...] = ("minres", "ml")

#: Closed formulas: rounding only.
EXACT = 1e-10
#: psych stops its search earlier than ours; its rotation stops at 1e-5.
FACTORS = 2e-5
#: Means of 200 and 400 draws of eigenvalues whose standard deviation is about 0.05.
SIMULATED = 0.02


def assert_described(found: Descriptives, truth: list[dict[str, float]]) -> None:
    names = {"n": "n", "mean": "mean", "sd": "sd", "se": "se", "skewness": "skew"}
    for ours, theirs in (*names.items(), ("kurtosis", "kurtosis")):
        wanted = [row[theirs] for row in truth]
        np.testing.assert_allclose(getattr(found, ours), wanted, rtol=EXACT, err_msg=ours)


def test_descriptives() -> None:
    found = describe(DATA.values)
    assert_described(found, TRUTH["describe"])
    assert found.reasons == ("",) * 9


def test_descriptives_leave_gaps_out_column_by_column() -> None:
    X = DATA.values.copy()
    X[:40, 4] = np.nan
    X[[2, 299], 8] = np.nan
    assert_described(describe(X), TRUTH["describe_gaps"])


def test_alpha_and_its_relatives() -> None:
    found = reliability.alpha(S)
    assert found == pytest.approx(TRUTH["alpha"], rel=EXACT)
    assert reliability.standardized_alpha(S) == pytest.approx(TRUTH["std_alpha"], rel=EXACT)
    assert reliability.alpha_if_deleted(S) == pytest.approx(TRUTH["alpha_if_deleted"], rel=EXACT)
    assert reliability.item_rest_correlations(S) == pytest.approx(TRUTH["item_rest"], rel=EXACT)
    assert found is not None
    assert reliability.alpha_interval(found, 301, 9) == pytest.approx(
        list(TRUTH["feldt"]), rel=1e-9
    )


def test_omega() -> None:
    text = "f =~ " + " + ".join(DATA.names)
    table = parameter_table(parse(text), DATA.names)
    found = omega(fit_sem(table, (DATA.moments(),)))
    assert found.implied == pytest.approx(TRUTH["omega_implied"], rel=1e-8)
    assert found.standard_error == pytest.approx(TRUTH["omega_se"], rel=1e-6)
    assert found.observed == pytest.approx(TRUTH["omega_observed"], rel=1e-8)


@pytest.mark.parametrize("rotation", ["varimax", "promax", "oblimin"])
@pytest.mark.parametrize("method", METHODS)
def test_rotated_factors(method: efa.Method, rotation: str) -> None:
    """Extraction, rotation and order together give psych's loadings and correlations."""
    extraction = efa.extract(R, 3, method)
    rotator = Rotator(method=rotation)
    rotated = rotator.fit_transform(extraction.loadings)
    L, Phi = efa.order_and_reflect(rotated, rotator.phi_ if rotation != "varimax" else None)
    truth = TRUTH["factors"][f"{method} {rotation}"]
    wanted = truth["Phi"] or np.eye(3)
    np.testing.assert_allclose(L, truth["loadings"], atol=FACTORS)
    np.testing.assert_allclose(Phi, wanted, atol=FACTORS)
    np.testing.assert_allclose(efa.communalities(L, Phi), truth["communalities"], atol=FACTORS)


@pytest.mark.parametrize("method", METHODS)
def test_unrotated_factors(method: efa.Method) -> None:
    found = efa.extract(R, 3, method)
    truth = TRUTH["factors"][f"{method} none"]
    assert found.converged
    assert not found.reason
    np.testing.assert_allclose(found.loadings, truth["loadings"], atol=FACTORS)
    np.testing.assert_allclose(found.uniquenesses, truth["uniquenesses"], atol=FACTORS)


def test_parallel_analysis() -> None:
    found = parallel_analysis(R, 301, draws=200, quantile=0.95, seed=3)
    truth: dict[str, Any] = TRUTH["parallel"]
    np.testing.assert_allclose(efa.smc(R), TRUTH["smc"], rtol=EXACT)
    np.testing.assert_allclose(found.observed_pc, truth["pc"], rtol=1e-9)
    np.testing.assert_allclose(found.observed_fa, truth["fa"], atol=1e-9)
    np.testing.assert_allclose(found.random_pc_mean, truth["random_pc"], atol=SIMULATED)
    np.testing.assert_allclose(found.random_fa_mean, truth["random_fa"], atol=SIMULATED)
    assert (found.n_components, found.n_factors) == (truth["components"], truth["factors"])


def test_intraclass_correlations() -> None:
    """multilevel takes the clusters' mean size where ours takes n0; equal sizes make them one."""
    truth = expected(FOLDER / "cases" / "multilevel_clusters")
    cluster, value = csv("clusters").values.T
    found = icc1(value, cluster)
    assert found.between == pytest.approx(truth["all"]["between"], rel=EXACT)
    assert found.within == pytest.approx(truth["all"]["within"], rel=EXACT)
    assert found.icc2 == pytest.approx(truth["all"]["icc2"], rel=EXACT)
    assert found.between is not None
    assert found.within is not None
    size = found.n / found.clusters
    with_mean_size = (found.between - found.within) / (found.between + (size - 1) * found.within)
    assert with_mean_size == pytest.approx(truth["all"]["icc1"], rel=EXACT)
    first_two = np.concatenate([np.flatnonzero(cluster == c)[:2] for c in np.unique(cluster)])
    balanced = icc1(value[first_two], cluster[first_two])
    assert balanced.icc1 == pytest.approx(truth["balanced"]["icc1"], rel=EXACT)
    assert balanced.icc2 == pytest.approx(truth["balanced"]["icc2"], rel=EXACT)


def test_omega_hierarchical_of_exploratory_factors() -> None:
    truth = expected(FOLDER / "cases" / "psych_omega")
    found = schmid_leiman(R, 3)
    assert found.omega_hierarchical == pytest.approx(truth["omega_h"], rel=FACTORS)
    assert found.omega_total == pytest.approx(truth["omega_total"], rel=FACTORS)
    np.testing.assert_allclose(found.general, truth["general"], atol=FACTORS)
    np.testing.assert_allclose(found.group, truth["group"], atol=FACTORS)
