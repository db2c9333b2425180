"""Reliability from a fit equals semTools' on lavaan's estimates.

lavaan's search stops up to 1e-6 of an estimate before the minimum, of ordinal models up to 5e-6; a
reliability moves with it. Ordinal models of two groups are its least exact.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from semopy.examples import holzinger39
from tests.golden.golden_cases import FOLDER, csv, expected

from cosyn.engine import Fitted, cfa
from cosyn.engine.fit_reliability import reliabilities
from cosyn.engine.hierarchy import Hierarchy, hierarchy
from cosyn.engine.omega import omegas

TRUTH = expected(FOLDER / "cases" / "reliability")
CONTINUOUS, ORDINAL = 5e-6, 2e-5
FACTORS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
ITEMS = [f"x{k}" for k in range(1, 10)]
BIFACTOR = f"g =~ {' + '.join(ITEMS)}\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
LOWER = {name: [f"{name.lower()}{k}" for k in range(1, 5)] for name in "ABCY"}
SECOND = "\n".join(f"{name} =~ {' + '.join(items)}" for name, items in LOWER.items())
SECOND += "\ng =~ A + B + C + Y"
UNEVEN: list[tuple[float, ...]] = [(0.3, 0.7), (0.3, 0.7), (0.6,), (0.4,), (0.2, 0.6), (0.2, 0.5, 0.8), (0.5,), (0.4,), (0.2, 0.6)]  # fmt: skip
MODELS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "plain": (FACTORS, "tests", {}),
    "residuals": (FACTORS + "\nx7 ~~ x8", "tests", {}),
    "crossed": (FACTORS + "\nvisual =~ x9", "tests", {}),
    "groups": (FACTORS, "tests", {"group": "school"}),
    "groups_equal": (
        FACTORS,
        "tests",
        {"group": "school", "group_equal": ["loadings", "intercepts"]},
    ),
    "bifactor": (BIFACTOR, "tests", {"orthogonal": True}),
    "second": (SECOND, "facets", {}),
    "ord": (FACTORS, "ordinal", {"ordered": True}),
    "ord_theta": (FACTORS, "ordinal", {"ordered": True, "parameterization": "theta"}),
    "ord_groups": (FACTORS, "ordinal", {"ordered": True, "group": "school"}),
    "uneven": (FACTORS, "uneven", {"ordered": True}),
    "ord_bifactor": (BIFACTOR, "ordinal", {"ordered": True, "orthogonal": True}),
    "second_ordinal": (SECOND, "facets_ordinal", {"ordered": True}),
}
#: semTools divides by the sample's variances, ours are the model's: they differ under constraints.
NO_AVE = {"groups_equal", "second", "second_ordinal"}


def cut(values: Any, shares: tuple[float, ...]) -> Any:
    return 1.0 + np.searchsorted(np.quantile(values, shares), values.to_numpy())


def data(kind: str) -> pd.DataFrame:
    if kind.startswith("facets"):
        stored = csv("facets")
        frame = pd.DataFrame(stored.values, columns=list(stored.names))
        frame[LOWER["B"]] = 8 - frame[LOWER["B"]]
        for name in frame.columns if kind == "facets_ordinal" else ():
            frame[name] = cut(frame[name], (0.3, 0.7))
        return frame
    frame = pd.DataFrame(holzinger39.get_data())
    every: dict[str, list[tuple[float, ...]]] = {
        "tests": [],
        "ordinal": [(0.2, 0.5, 0.8)] * 9,
        "uneven": UNEVEN,
    }
    for name, each in zip(ITEMS, every[kind], strict=False):
        frame[name] = cut(frame[name], each)
    return frame


def fitted(name: str) -> Fitted:
    model, kind, arguments = MODELS[name]
    return cfa(model, data(kind), **arguments)


def near(name: str) -> float:
    return ORDINAL if MODELS[name][2].get("ordered") else CONTINUOUS


@pytest.fixture(scope="module", params=MODELS)
def pair(request: pytest.FixtureRequest) -> tuple[str, Fitted]:
    return request.param, fitted(request.param)


def test_reliability(pair: tuple[str, Fitted]) -> None:
    name, fit = pair
    truth = TRUTH[name]
    assert fit.status.ok
    names = {"omega_observed": "omega_observed", "omega_implied": "omega_implied"}
    if name != "ord_theta":  # semTools turns even the answers into that metric
        names["alpha"] = "alpha"
    if fit.result.ordinal and name != "ord_theta":
        names |= {
            "latent_observed": "omega_latent_responses_observed",
            "latent_implied": "omega_latent_responses_implied",
            "alpha_latent": "alpha_latent_responses",
        }
    if name not in NO_AVE:
        names["ave"] = "ave"
    found = [each for each in reliabilities(fit.result) if each.latent in truth["alpha"]]
    for theirs, ours in names.items():
        wanted = dict(truth[theirs])
        for latent in {each.latent for each in found} & set(wanted):
            got = [getattr(each, ours) for each in found if each.latent == latent]
            want = wanted[latent] if isinstance(wanted[latent], list) else [wanted[latent]]
            if want == [None] or (name == "bifactor" and ours == "ave"):
                assert ours == "ave"
                assert got == [None]
                continue
            assert got == pytest.approx(want, rel=near(name)), (ours, latent)


def test_standard_errors() -> None:
    """Of lavaan's own definition, and of central differences of semTools' categorical omega."""
    [found] = [each for each in omegas(fitted("residuals").result) if each.latent == "speed"]
    assert found.standard_error == pytest.approx(TRUTH["residuals_error"], rel=2e-5)
    visual, *_ = omegas(fitted("ord").result)
    assert visual.standard_error == pytest.approx(TRUTH["ord_error"], rel=2e-5)


@pytest.fixture(scope="module")
def second() -> Hierarchy:
    return hierarchy(fitted("second").result)


def test_second_order(second: Hierarchy) -> None:
    truth = TRUTH["second"]
    assert (second.general, second.kind, second.reason) == ("g", "second-order", "")
    assert second.hierarchical is not None
    assert second.hierarchical.observed == pytest.approx(truth["higher_observed"], rel=CONTINUOUS)
    assert second.hierarchical.implied == pytest.approx(truth["higher_implied"], rel=CONTINUOUS)
    assert second.hierarchical.implied == pytest.approx(truth["L2"]["omegaL1"], rel=CONTINUOUS)
    assert second.among_factors == pytest.approx(truth["L2"]["omegaL2"], rel=CONTINUOUS)
    assert second.partial == pytest.approx(truth["L2"]["partialOmegaL1"], rel=CONTINUOUS)
    for part in second.subscales:
        assert part.total.implied == pytest.approx(
            truth["omega_implied"][part.latent], rel=CONTINUOUS
        )


def test_second_order_of_ordinal_items() -> None:
    truth = TRUTH["second_ordinal"]["general"]
    found = hierarchy(fitted("second_ordinal").result)
    assert found.hierarchical is not None
    assert found.hierarchical.observed == pytest.approx(truth["observed"], rel=ORDINAL)
    assert found.hierarchical.implied == pytest.approx(truth["implied"], rel=ORDINAL)


def test_bifactor() -> None:
    """Indices of Rodriguez, Reise & Haviland (2016) from lavaan's standardized loadings."""
    truth = TRUTH["bifactor"]["indices"]
    found = hierarchy(fitted("bifactor").result, scale="standardized")
    assert (found.general, found.kind, found.warnings) == ("g", "bifactor", ())
    assert found.total is not None
    assert found.hierarchical is not None
    got = [found.total.implied, found.hierarchical.implied, found.ecv, found.puc]
    wanted = [truth[key] for key in ("omega", "omega_h", "ecv", "puc")]
    assert got == pytest.approx(wanted, rel=CONTINUOUS)
    assert found.replicability == pytest.approx(truth["h"]["g"], rel=CONTINUOUS)
    for part in found.subscales:
        got = [part.total.implied, part.specific.implied, part.ecv, part.replicability]
        wanted = [truth[key][part.latent] for key in ("omega_s", "omega_hs", "ecv_ss", "h")]
        assert got == pytest.approx(wanted, rel=CONTINUOUS)


def test_omega_of_a_general_factor_is_hierarchical(second: Hierarchy) -> None:
    for name in ("second", "bifactor", "ord_bifactor", "second_ordinal"):
        fit = fitted(name).result
        [of_general] = [each for each in omegas(fit) if each.latent == "g"]
        found = hierarchy(fit).hierarchical
        assert found is not None
        assert (of_general.implied, of_general.observed) == (found.implied, found.observed)
    assert second.puc == pytest.approx(0.8)


def test_published_reliability() -> None:
    """What semTools 0.5-9 on lavaan 0.7-2 prints, by the same definitions."""
    truth = expected(FOLDER / "cases" / "lavaan_07")["extra"]["semtools_0509"]
    plain, ordinal = (reliabilities(fitted(name).result) for name in ("plain", "ord"))
    for found, ours, theirs in (
        (plain, "omega_observed", "omega_hs"),
        (plain, "alpha", "alpha_hs"),
        (plain, "ave", "AVE_hs"),
        (ordinal, "omega_observed", "omega_ord_GY"),
        (ordinal, "omega_latent_responses_observed", "omega_ord_latent"),
        (ordinal, "alpha_latent_responses", "alpha_ord"),
        (ordinal, "ave", "AVE_ord"),
    ):
        values = truth[theirs]
        wanted = list(values.values()) if isinstance(values, dict) else values
        assert [getattr(each, ours) for each in found] == pytest.approx(wanted, rel=ORDINAL), theirs


def test_published_shares_of_a_second_order_factor() -> None:
    """SemTools 0.5-9 says what of the sum of a first-order factor's items is the general one's."""
    truth = expected(FOLDER / "cases" / "lavaan_07")["extra"]["semtools_0509"]["omega_second"]
    found = hierarchy(cfa(FACTORS + "\ng =~ visual + textual + speed", data("tests")).result)
    got = {part.latent: part.total.observed - part.specific.observed for part in found.subscales}
    assert got == pytest.approx(truth, rel=CONTINUOUS)
    assert "just identify" in found.warnings[0]
