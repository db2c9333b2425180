"""Validity from the fit and from correlations equals semTools'.

Ratios of correlations are closed formulas; the extracted variance moves with lavaan's estimates,
which stop up to 1e-6 before the minimum.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, expected, holzinger

from cosyn.engine.estimation import fit_sem
from cosyn.engine.htmt import htmt
from cosyn.engine.partable import parameter_table
from cosyn.engine.syntax import parse_model
from cosyn.engine.validity import average_variance_extracted, heterotrait_monotrait

TRUTH = expected(FOLDER / "cases" / "semtools_validity")
FACTORS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
SCALES = {"visual": [0, 1, 2], "textual": [3, 4, 5], "speed": [6, 7, 8]}
DATA = holzinger()


def categories() -> Any:
    """Four categories of each item, cut at quantiles."""
    columns = [np.searchsorted(np.quantile(x, [0.2, 0.5, 0.8]), x) for x in DATA.values.T]
    return np.array(columns, dtype=float).T


def test_average_variance_extracted() -> None:
    table = parameter_table(parse_model(FACTORS).statements, DATA.names)
    found = average_variance_extracted(fit_sem(table, (DATA.moments(),)))
    assert found == {name: pytest.approx(value, abs=2e-6) for name, value in TRUTH["ave"].items()}


def test_an_indicator_of_two_latents_has_no_average() -> None:
    table = parameter_table(parse_model(FACTORS + "\nvisual =~ x9").statements, DATA.names)
    found = average_variance_extracted(fit_sem(table, (DATA.moments(),)))
    assert found["textual"] is not None
    assert (found["visual"], found["speed"]) == (None, None)


@pytest.mark.parametrize(("mean", "name"), [("geometric", "htmt2"), ("arithmetic", "htmt")])
def test_heterotrait_monotrait(mean: Literal["geometric", "arithmetic"], name: str) -> None:
    R = np.asarray(np.corrcoef(DATA.values, rowvar=False))
    np.testing.assert_allclose(heterotrait_monotrait(R, SCALES, mean), TRUTH[name], rtol=1e-9)


@pytest.mark.parametrize("ordered", [(), DATA.names])
@pytest.mark.parametrize("mean", ["geometric", "arithmetic"])
def test_ratios_of_a_table(mean: Literal["geometric", "arithmetic"], ordered: tuple[str, ...]) -> None:  # fmt: skip
    """Of the scales that a table's latents are, on Pearson or polychoric correlations."""
    table = parameter_table(parse_model(FACTORS).statements, DATA.names)
    X = categories() if ordered else DATA.values
    found = htmt(X, DATA.names, table, ordered=ordered, mean=mean)
    key = ("htmt2" if mean == "geometric" else "htmt") + ("_ordinal" if ordered else "")
    np.testing.assert_allclose(found.ratios, TRUTH[key], rtol=1e-5 if ordered else 1e-9)
    assert found.names == tuple(SCALES)
    assert found.lower is found.upper is None


def test_published_ratios() -> None:
    truth = expected(FOLDER / "cases" / "lavaan_07")["extra"]["semtools_0509"]
    names = {scale: [DATA.names[k] for k in items] for scale, items in SCALES.items()}
    cases: list[tuple[Any, tuple[str, ...], Literal["geometric", "arithmetic"], str]] = [
        (DATA.values, (), "geometric", "htmt2"),
        (DATA.values, (), "arithmetic", "htmt"),
        (categories(), DATA.names, "geometric", "htmt2_ord"),
    ]
    for X, ordered, mean, key in cases:
        found = htmt(X, DATA.names, names, ordered=ordered, mean=mean)
        np.testing.assert_allclose(found.ratios, truth[key], rtol=1e-5)


def test_bootstrap_interval_is_that_of_resampled_rows() -> None:
    """By an independent route: rows drawn, correlated by numpy and cut at quantiles."""
    names = {scale: [DATA.names[k] for k in items] for scale, items in SCALES.items()}
    found = htmt(DATA.values, DATA.names, names, replicates=200, seed=5)
    drawn = []
    for each in np.random.SeedSequence(5).spawn(200):
        rows = np.random.default_rng(each).integers(301, size=301)
        R = np.asarray(np.corrcoef(DATA.values[rows], rowvar=False))
        drawn.append(heterotrait_monotrait(R, SCALES))
    wanted = np.quantile(drawn, [0.025, 0.975], axis=0)
    assert found.lower is not None
    assert found.upper is not None
    np.testing.assert_allclose([found.lower, found.upper], wanted, rtol=1e-9)
    assert (found.replicates, found.failed) == (200, 0)
