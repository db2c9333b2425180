"""A fit tells what to read it with care for, what its measures rest on and why some do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from semopy.examples import holzinger39

from cosyn.engine import Fitted, bounds, cfa, sem
from cosyn.engine import diagnostics as kinds
from cosyn.engine import status as faults
from cosyn.engine._ordinal_data import FaultKind
from cosyn.engine.advice import ADVICE

if TYPE_CHECKING:
    from collections.abc import Callable

FACTORS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
NAMES = [f"x{k}" for k in range(1, 10)]


def abilities() -> pd.DataFrame:
    return pd.DataFrame(holzinger39.get_data())


def drawn(loadings: np.ndarray, n: int = 400, seed: int = 3) -> pd.DataFrame:
    """Items of uncorrelated unit factors, columns of loadings; residual variances are .5."""
    rng = np.random.default_rng(seed)
    p, k = loadings.shape
    X = rng.standard_normal((n, k)) @ loadings.T + np.sqrt(0.5) * rng.standard_normal((n, p))
    return pd.DataFrame(X, columns=[f"x{j}" for j in range(1, p + 1)])


def pairs(*columns: tuple[float, ...]) -> np.ndarray:
    return np.array(columns).T


def sparse() -> Fitted:
    frame = abilities()
    for name in NAMES:
        cuts = np.quantile(frame[name], [0.01, 0.5, 0.99])
        frame[name] = 1.0 + np.searchsorted(cuts, frame[name].to_numpy())
    return cfa(FACTORS, frame, ordered=True)


def hardly_covered() -> Fitted:
    frame = abilities()
    frame.loc[frame.index % 2 == 0, "x1"] = np.nan
    frame.loc[(frame.index % 2 == 1) & (frame.index > 20), "x2"] = np.nan
    return cfa(FACTORS, frame, missing="fiml")


def negative_item() -> Fitted:
    frame = abilities()
    return cfa(FACTORS, frame.assign(x2=-frame["x2"]))


def alike() -> Fitted:
    frame = drawn(pairs((0.8, 0.8, 0.8, 0.8, 0.8, 0.8), (0.15, 0.15, 0.15, 0, 0, 0)), n=4000)
    return cfa("f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6", frame)


def doublet() -> Fitted:
    frame = drawn(pairs((0.8, 0.7, 0.6, 0.0, 0.0), (0.03, 0, 0, 0.8, 0.8)), seed=8)
    return cfa("f =~ x1 + x2 + x3\ng =~ x4 + x5", frame)


def nothing_specific() -> Fitted:
    frame = drawn(pairs((0.8,) * 6, (0.08, 0.08, 0.08, 0, 0, 0)), n=40_000)
    return cfa("g =~ x1 + x2 + x3 + x4 + x5 + x6\ns =~ 1*x1 + 1*x2 + 1*x3\ng ~~ 0*s", frame)


def crowded() -> Fitted:
    frame = abilities().head(20)
    return cfa(FACTORS, frame)


def suppressed() -> Fitted:
    """One item loads 1.5 on a factor and -.7 on another that correlates .8 with it."""
    frame = drawn(
        pairs((0.9, 0.9, 0.9, 1.5 - 0.56, 0.72, 0.72, 0.72), (0, 0, 0, -0.42, 0.54, 0.54, 0.54)),
        n=4000,
    )
    return cfa("f =~ x1 + x2 + x3 + x4\ng =~ x5 + x6 + x7 + x4", frame)


TRIPPED: dict[str, Callable[[], Fitted]] = {
    kinds.FEW_CLUSTERS: lambda: cfa(FACTORS, abilities(), cluster="ageyr"),
    kinds.SATURATED_HIGHER_ORDER: lambda: cfa(
        FACTORS + "\ng =~ visual + textual + speed", abilities()
    ),
    kinds.LITTLE_COVERAGE: hardly_covered,
    kinds.MIXED_SIGNS: negative_item,
    kinds.INDISTINCT: alike,
    kinds.TWO_INDICATORS: doublet,
    kinds.VANISHING: nothing_specific,
    kinds.FEW_RESPONDENTS: crowded,
    kinds.LOADING_ABOVE_ONE: suppressed,
    kinds.RARE_CATEGORY: sparse,
    "sparse table": lambda: cfa("f =~ x1 + x2 + x3 + x4", cut().head(60), ordered=True),
}


@pytest.mark.parametrize("kind", TRIPPED)
def test_every_trap_is_found_named_and_mended(kind: str) -> None:
    found = TRIPPED[kind]()
    assert kind in {warning.reason for warning in found.status.warnings}
    [message, *_] = [w.message for w in found.status.warnings if w.reason == kind]
    assert "`" in message or any(character.isdigit() for character in message)
    assert ADVICE[kind] in found.status.advice
    assert f"? {message}" in found.summary()


def test_a_clean_fit_warns_of_nothing() -> None:
    found = cfa(FACTORS, abilities())
    assert found.status.warnings == ()
    assert found.status.advice == ()


def test_every_kind_has_advice() -> None:
    named = {
        value
        for module in (kinds, faults, bounds)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    }
    assert named | set(FaultKind.__args__) == set(ADVICE)  # type: ignore[attr-defined]


def test_an_outcome_identifies_what_a_second_order_factor_adds() -> None:
    found = sem(FACTORS + "\ng =~ visual + textual + speed\nageyr ~ visual", abilities())
    assert kinds.SATURATED_HIGHER_ORDER not in {each.reason for each in found.status.warnings}


def test_who_was_counted() -> None:
    frame = abilities()
    frame.loc[frame.index[:10], "x1"] = np.nan
    status = cfa(FACTORS, frame).status
    assert (status.n_used, status.n_dropped) == (291, 10)


ORDINAL = {"ordered": True}


def cut() -> pd.DataFrame:
    frame = abilities()
    for name in NAMES:
        cuts = np.quantile(frame[name], [0.2, 0.5, 0.8])
        frame[name] = 1.0 + np.searchsorted(cuts, frame[name].to_numpy())
    return frame


@pytest.mark.parametrize(
    ("ordinal", "arguments", "name", "reason"),
    [
        (True, ORDINAL, "aic", "no likelihood"),
        (True, ORDINAL, "pvalue", "no chi-square distribution"),
        (True, ORDINAL | {"estimator": "WLSMVS"}, "cfi_robust", "degrees of freedom of its own"),
        (True, {"ordered": NAMES[1:]}, "cfi_robust", "all items are ordinal"),
        (True, ORDINAL | {"estimator": "DWLS"}, "chisq_scaled", "no corrected statistic"),
        (False, {}, "chisq_scaled", "no corrected statistic"),
        (False, {}, "rmsea_robust", "nothing is corrected"),
        (False, {"estimator": "MLR"}, "chisq_shift", "divided, not shifted"),
    ],
)
def test_what_does_not_exist_says_why(
    *, ordinal: bool, arguments: dict[str, Any], name: str, reason: str
) -> None:
    found = cfa(FACTORS, cut() if ordinal else abilities(), **arguments)
    assert name not in found.fit_measures
    assert reason in found.absent_measures[name]
    assert not set(found.absent_measures) & set(found.fit_measures)


def test_a_fit_that_failed_says_so_of_every_measure() -> None:
    found = cfa("f =~ x1 + x2", abilities())
    assert found.absent_measures["cfi"] == "negative degrees of freedom"


@pytest.mark.parametrize(
    ("arguments", "name", "basis"),
    [
        ({"estimator": "MLR"}, "cfi_scaled", "chisq_scaled"),
        ({"estimator": "MLR"}, "chisq_scaled", "Yuan & Bentler"),
        ({"estimator": "MLMV"}, "chisq_scaled", "scaled and shifted"),
        ({"missing": "fiml"}, "cfi_robust", "Zhang & Savalei"),
        (ORDINAL, "rmsea_robust", "Savalei 2021"),
        ({}, "rmsea", "chisq"),
    ],
)
def test_measures_name_the_statistic_they_rest_on(
    arguments: dict[str, Any], name: str, basis: str
) -> None:
    frame = cut() if arguments == ORDINAL else abilities()
    if "missing" in arguments:
        frame.loc[:9, "x1"] = np.nan
    found = cfa(FACTORS, frame, **arguments)
    assert basis in dict(found.status.bases)[name]
    assert set(dict(found.status.bases)) <= set(found.fit_measures)
