"""Validity from the fit and from correlations equals semTools'.

Ratios of correlations are closed formulas; the extracted variance moves with lavaan's estimates,
which stop up to 1e-6 before the minimum.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, expected, holzinger

from cosyn.engine.estimation import fit_sem
from cosyn.engine.partable import parameter_table
from cosyn.engine.syntax import parse_model
from cosyn.engine.validity import average_variance_extracted, heterotrait_monotrait

TRUTH = expected(FOLDER / "cases" / "semtools_validity")
FACTORS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
SCALES = {"visual": [0, 1, 2], "textual": [3, 4, 5], "speed": [6, 7, 8]}
DATA = holzinger()


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
