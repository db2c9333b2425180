"""The steps of a plan on real data give the numbers that lavaan, semTools and psych publish.

Expected values: lavaan's tutorial (chi-square, CFI, RMSEA, SRMR of the three-factor model),
semTools 0.5-6 (omega) and psych 2.2.9 (alpha, KMO, Bartlett, minres with oblimin), printed to the
digits given; the tolerance is half a unit of the last digit, or psych's own stopping rule where a
rotation is involved.
"""

from __future__ import annotations

import pytest
from tests.holzinger import findings_of, value

from cosyn.findings import Finding, Statistic

S = Statistic


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> tuple[Finding, ...]:
    return findings_of(tmp_path_factory.mktemp("holzinger"))


def test_who_answered(rows: tuple[Finding, ...]) -> None:
    assert value(rows, S.COUNT, "respondents") == 301
    assert value(rows, S.COUNT, "departments") == 2
    assert value(rows, S.SHARE, "complete") == 1


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [(S.CHI_SQUARE, 85.306), (S.CFI, 0.931), (S.RMSEA, 0.092), (S.SRMR, 0.065), (S.TLI, 0.896), (S.AIC, 7517.490), (S.BIC, 7595.339)],
)  # fmt: skip
def test_the_three_factor_model_has_lavaans_published_fit(
    rows: tuple[Finding, ...], statistic: Statistic, expected: float
) -> None:
    assert value(rows, statistic, model="three") == pytest.approx(expected, abs=5.1e-4)


def test_the_one_factor_model_fits_worse(rows: tuple[Finding, ...]) -> None:
    found = next(r for r in rows if r.statistic == S.CHI_SQUARE_DIFFERENCE)
    assert found.subject == ("one", "three")
    assert found.df == 3
    assert found.value == pytest.approx(312.264 - 85.306, abs=2e-3)


def test_semopy_agrees(rows: tuple[Finding, ...]) -> None:
    """Our estimates equal lavaan's to 1e-6 (golden tests); semopy stops about 1e-3 from there."""
    assert value(rows, S.CROSS_CHECK, "semopy", model="three") < 2e-3


@pytest.mark.parametrize(
    ("construct", "alpha", "omega", "observed"),
    [("spatial", 0.62612, 0.62532, 0.61201), ("verbal", 0.88271, 0.88518, 0.88506), ("speeded", 0.68846, 0.68776, 0.68584)],
)  # fmt: skip
def test_reliability(
    rows: tuple[Finding, ...], construct: str, alpha: float, omega: float, observed: float
) -> None:
    """SemTools computes omega from the three-factor model; here each scale has a model of its own.

    A model of three indicators is just identified, so that the loadings differ a little from
    those of the larger model: hence the wider tolerance for omega.
    """
    assert value(rows, S.ALPHA, construct) == pytest.approx(alpha, abs=6e-6)
    assert value(rows, S.OMEGA, construct) == pytest.approx(omega, abs=0.02)
    assert value(rows, S.OMEGA_OBSERVED, construct) == pytest.approx(observed, abs=0.03)


def test_dimensionality(rows: tuple[Finding, ...]) -> None:
    assert value(rows, S.KMO) == pytest.approx(0.75224, abs=6e-6)
    bartlett = next(r for r in rows if r.statistic == S.BARTLETT)
    assert bartlett.value == pytest.approx(904.097, abs=6e-4)
    assert bartlett.df == 36
    assert value(rows, S.SUGGESTED_FACTORS) == 3


PSYCH_LOADINGS = {  # psych::fa(HS[, 7:15], 3, fm = "minres", rotate = "oblimin"), columns sorted
    "x1": (0.20, 0.60, 0.03),
    "x4": (0.84, 0.02, 0.01),
    "x5": (0.89, -0.06, 0.01),
    "x8": (-0.03, 0.12, 0.69),
}


def test_rotated_loadings_and_factor_correlations(rows: tuple[Finding, ...]) -> None:
    """Psych prints two decimals; the golden tests compare extraction and rotation to 1e-5."""
    loadings = {r.subject: r for r in rows if r.statistic == S.EFA_LOADING}
    for item, expected in PSYCH_LOADINGS.items():
        found = sorted(abs(loadings[f"F{f}", item].value or 0) for f in (1, 2, 3))
        assert found == pytest.approx(sorted(abs(x) for x in expected), abs=0.011)
    assert all(r.se is not None and 0 < r.se < 0.5 for r in loadings.values())
    correlations = sorted(r.value or 0 for r in rows if r.statistic == S.FACTOR_CORRELATION)
    assert correlations == pytest.approx([0.21, 0.27, 0.33], abs=0.03)
