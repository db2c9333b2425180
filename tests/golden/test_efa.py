"""Exploratory factor analysis equals psych, GPArotation, factanal and lavaan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.golden.golden_cases import cases, expected, holzinger

from cosyn.engine import efa
from cosyn.engine.efa import explore
from cosyn.engine.map_test import map_test
from cosyn.engine.rotation import Method, RotationOptions

TRUTHS = {case.name: expected(case) for case in cases("efa_")}
NAMES = sorted(TRUTHS)
METHODS: tuple[efa.Method, ...] = ("minres", "ml")

#: Closed formulas: rounding only.
EXACT = 1e-9
#: Both sides at one minimum: GPArotation is run to a gradient of 1e-7, ours ends below that; what
#: is left of it is 3e-7 in loadings at the flattest minimum here.
MINIMUM = 1e-6
#: lavaan's own maximum of the likelihood and minimum of the criterion, both run to the end.
LAVAAN = 2e-6
#: psych::fa as its users call it: extraction and rotations stop about 1e-5 early, varimax where
#: the criterion changes by less than 1e-5 of itself, 7e-4 away in loadings.
AS_CALLED = {"varimax": 1e-3, "promax": 1e-4, "oblimin": 1e-4, "geominQ": 1e-4}

#: R's name of a rotation, and ours of it.
ROTATIONS: dict[str, tuple[Method, RotationOptions]] = {
    "varimax": ("varimax", RotationOptions()),
    "varimax_raw": ("varimax", RotationOptions(kaiser=False)),
    "promax": ("promax", RotationOptions()),
    "quartimax": ("quartimax", RotationOptions()),
    "bifactor": ("bifactor", RotationOptions()),
    "oblimin": ("oblimin", RotationOptions()),
    "oblimin_kaiser": ("oblimin", RotationOptions(kaiser=True)),
    "oblimin_negative": ("oblimin", RotationOptions(gamma=-0.5)),
    "geomin": ("geomin", RotationOptions()),
    "geomin_001": ("geomin", RotationOptions(epsilon=0.001)),
    "geomin_orthogonal": ("geomin", RotationOptions(oblique=False)),
    "target": ("target", RotationOptions()),
    "target_orthogonal": ("target", RotationOptions(oblique=False)),
    "target_partial": ("target", RotationOptions()),
}


def solve(truth: dict[str, Any], method: efa.Method, name: str) -> efa.Efa:
    rotation, options = ROTATIONS[name]
    if rotation == "target":
        wanted = np.array(truth["target"])
        if name == "target_partial":
            wanted[wanted > 0] = np.nan
        options = RotationOptions(oblique=options.oblique, target=wanted)
    R = np.array(truth["R"])
    return explore(R, truth["n"], truth["k"], method, rotation, options=options)


def assert_same(found: efa.Efa, truth: dict[str, Any], tolerance: float) -> None:
    np.testing.assert_allclose(found.loadings, truth["loadings"], atol=tolerance, rtol=0)
    np.testing.assert_allclose(found.Phi, truth["Phi"], atol=tolerance, rtol=0)


def test_matrix_is_that_of_the_data() -> None:
    R = np.corrcoef(holzinger().values, rowvar=False)
    np.testing.assert_allclose(TRUTHS["efa_holzinger"]["R"], R, atol=1e-14)


@pytest.mark.parametrize("name", ROTATIONS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", NAMES)
def test_rotations_reach_the_minimum_of_gparotation(
    case: str, method: efa.Method, name: str
) -> None:
    truth = TRUTHS[case]["rotations"][method][name]
    found = solve(TRUTHS[case], method, name)
    assert found.converged
    assert not found.reasons
    assert_same(found, truth, MINIMUM)
    if "value" in truth:
        assert found.rotation.criterion == pytest.approx(truth["value"], abs=1e-8)


@pytest.mark.parametrize("rotation", AS_CALLED)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", NAMES)
def test_factors_of_psych(case: str, method: efa.Method, rotation: str) -> None:
    truth = TRUTHS[case]["psych"][f"{method} {rotation}"]
    found = solve(TRUTHS[case], method, rotation.removesuffix("Q"))
    assert_same(found, truth, AS_CALLED[rotation])
    np.testing.assert_allclose(found.communalities, truth["communalities"], atol=2e-5)
    assert found.rmsr == pytest.approx(truth["rms"], rel=1e-4)


@pytest.mark.parametrize("rotation", ["geomin", "oblimin"])
@pytest.mark.parametrize("case", NAMES)
def test_factors_of_lavaan(case: str, rotation: str) -> None:
    name = "geomin_001" if rotation == "geomin" else rotation
    assert_same(solve(TRUTHS[case], "ml", name), TRUTHS[case]["lavaan"][rotation], LAVAAN)


@pytest.mark.parametrize("case", NAMES)
def test_fit_of_maximum_likelihood(case: str) -> None:
    """psych's RMSEA divides the statistic by n and takes 1 / (n - 1) off; its interval is ours."""
    truth, n = TRUTHS[case], TRUTHS[case]["n"]
    found = solve(truth, "ml", "oblimin")
    assert found.test is not None
    model, wanted = found.test.model, truth["factanal"]
    assert model.value == pytest.approx(wanted["chisq"], rel=1e-8)
    assert model.df == wanted["df"]
    assert model.pvalue == pytest.approx(wanted["pvalue"], rel=1e-6)
    np.testing.assert_allclose(found.uniquenesses, wanted["uniquenesses"], atol=MINIMUM)
    psych = truth["psych"]["fit"]
    assert found.test.tli == pytest.approx(psych["tli"], rel=1e-6)
    point, lower, upper = psych["rmsea"]
    ours = found.test.rmsea
    assert point**2 == pytest.approx(max(model.value / (model.df * n) - 1 / (n - 1), 0), rel=1e-4)
    assert ours.value**2 == pytest.approx(max(model.value / model.df - 1, 0) / (n - 1))
    assert (ours.lower, ours.upper) == pytest.approx((lower, upper), abs=1e-5)


@pytest.mark.parametrize("case", NAMES)
def test_average_partials(case: str) -> None:
    """psych begins after one component."""
    truth = TRUTHS[case]
    found = map_test(np.array(truth["R"]))
    np.testing.assert_allclose(found.squared[1:6], truth["map"], rtol=EXACT)
    if "map_fourth" in truth:
        np.testing.assert_allclose(found.fourth[:6], truth["map_fourth"], rtol=EXACT)
