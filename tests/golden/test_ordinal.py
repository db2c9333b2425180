"""Sample statistics of ordinal and mixed data, and their asymptotic covariance, equal lavaan's."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from semopy.examples import holzinger39
from tests.golden.golden_cases import FOLDER, cases, expected

from cosyn.engine.ordinal import Missing, OrdinalMoments, ordinal_moments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

#: Closed formulas; lavaan sums squares in another order.
EXACT = 1e-12
#: lavaan stops its search for a correlation where the likelihood no longer changes: 3e-8 away from
#: the maximum in these cases.
SEARCHED = 2e-7
#: The asymptotic covariance is evaluated at those correlations: up to 1.2e-7 away, measured by the
#: standard errors of the two statistics.
COVARIANCE = 1e-6
#: With covariates lavaan searches for thresholds too (up to 7e-8 away in these cases), and for
#: correlations of residuals with a slope of the likelihood by differences: up to 9e-7 away.
SEARCHED_GIVEN, COVARIANCE_GIVEN = 1e-6, 2e-6

THREE, FOUR = (0.3, 0.7), (0.2, 0.5, 0.8)


@dataclass(frozen=True, slots=True)
class Design:
    """What the fit.R of a case does to the tests: quantiles at which they are cut, and gaps."""

    numbers: Sequence[int]
    cuts: Mapping[int, tuple[float, ...]]
    missing: Missing = "listwise"
    gaps: bool = False
    covariates: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        return [*(f"x{number}" for number in self.numbers), *self.covariates]

    @property
    def ordered(self) -> list[str]:
        return [f"x{number}" for number in self.cuts]

    def values(self) -> NDArray[np.float64]:
        X = np.array(holzinger39.get_data()[self.names], dtype=float)
        for number, shares in self.cuts.items():
            x = X[:, self.numbers.index(number)]
            x[:] = np.searchsorted(np.quantile(x, shares), x)
        if self.gaps:
            row, column = np.indices(X.shape) + 1
            X[(7 * row + 11 * column) % 13 == 0] = np.nan
        return X


DESIGNS = {
    "ordinal_four": Design(range(1, 10), dict.fromkeys(range(1, 10), FOUR)),
    "ordinal_two_three": Design(
        range(1, 8), dict.fromkeys(range(1, 5), THREE) | dict.fromkeys(range(5, 8), (0.4,))
    ),
    "ordinal_filled": Design(range(4, 8), {4: (0.95,), 5: (0.05,), 6: (0.9,), 7: (0.5,)}),
    "ordinal_mixed": Design(range(1, 8), {2: FOUR, 3: FOUR, 5: FOUR, 6: (0.6,)}),
    "ordinal_listwise": Design(range(1, 6), dict.fromkeys(range(1, 6), FOUR), gaps=True),
    "ordinal_pairwise": Design(
        range(1, 8), dict.fromkeys(range(1, 8), FOUR), "pairwise", gaps=True
    ),
    "ordinal_mixed_pairwise": Design(
        range(1, 7), dict.fromkeys((2, 3, 5), THREE), "pairwise", gaps=True
    ),
    "ordinal_covariates": Design(
        range(1, 8),
        dict.fromkeys((1, 2, 3), FOUR)
        | dict.fromkeys((4, 5), THREE)
        | dict.fromkeys((6, 7), (0.4,)),
        covariates=("ageyr", "sex"),
    ),
    "ordinal_covariates_mixed": Design(
        (1, 2, 3, 4, 5, 7),
        dict.fromkeys((2, 3, 4, 5), FOUR),
        covariates=("ageyr", "sex", "agemo"),
    ),
    "ordinal_covariates_pairwise": Design(
        range(1, 6),
        dict.fromkeys((1, 2, 3, 4), THREE),
        "pairwise",
        gaps=True,
        covariates=("ageyr", "sex"),
    ),
}


@functools.cache
def found(name: str) -> OrdinalMoments:
    design = DESIGNS[name]
    return ordinal_moments(
        design.values(),
        design.names,
        design.ordered,
        missing=design.missing,
        covariates=design.covariates,
    )


def test_every_folder_is_compared() -> None:
    assert sorted(DESIGNS) == [case.name for case in cases("ordinal_")]


@pytest.mark.parametrize("name", DESIGNS)
def test_order_of_the_statistics(name: str) -> None:
    truth = expected(FOLDER / "cases" / name)
    assert ["".join(label) for label in found(name).labels] == truth["labels"]
    assert found(name).n == truth["n"]


@pytest.mark.parametrize("name", DESIGNS)
def test_statistics(name: str) -> None:
    truth = np.array(expected(FOLDER / "cases" / name)["statistics"])
    ours = found(name).statistics
    pairs = len(found(name).names) * (len(found(name).names) - 1) // 2
    given = bool(DESIGNS[name].covariates)
    first, second = (SEARCHED, SEARCHED_GIVEN) if given else (EXACT, SEARCHED)
    np.testing.assert_allclose(ours[:-pairs], truth[:-pairs], rtol=first, atol=first)
    np.testing.assert_allclose(ours[-pairs:], truth[-pairs:], rtol=second, atol=second)


@pytest.mark.parametrize("name", DESIGNS)
def test_asymptotic_covariance(name: str) -> None:
    ours = found(name).Gamma
    assert ours is not None
    lower = np.tril_indices(len(ours))
    truth = np.zeros_like(ours)
    truth.T[np.triu_indices(len(ours))] = expected(FOLDER / "cases" / name)["Gamma_lower"]
    se = np.sqrt(np.diag(truth))
    near = COVARIANCE_GIVEN if DESIGNS[name].covariates else COVARIANCE
    np.testing.assert_allclose(
        (ours / np.outer(se, se))[lower], (truth / np.outer(se, se))[lower], atol=near
    )
    np.testing.assert_allclose(found(name).weights, 1 / np.diag(truth), rtol=near)


def test_empty_cells_of_fourfold_tables_are_named() -> None:
    assert {fault.kind for fault in found("ordinal_filled").faults} == {"filled cell"}
    assert found("ordinal_four").faults == ()
