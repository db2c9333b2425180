"""Configurations equal published solutions and a brute-force search in base R.

Sums of memberships: 1e-9 is their rounding. Published values are printed to three decimals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, csv, expected

from cosyn.synergy.calibration import Anchors, calibrate
from cosyn.synergy.configurations import Configurations, Solution, configurations
from cosyn.synergy.set_relations import necessities
from cosyn.synergy.truth_table import Cuts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

pytest.importorskip("qca", reason="the optional part `qca` is not installed")

TRUTH = expected(FOLDER / "cases" / "configurations")
SOLUTIONS = ("conservative", "intermediate", "parsimonious")
NAMES = ("DEV", "URB", "LIT", "IND", "STB")
LIPSET, FACETS = csv("lipset"), csv("facets")
#: Rihoux & De Meur (2009): configurations of crisp sets, their outcome and their cases.
CRISP = {
    (1, 1, 1, 1, 1): (1, 4),
    (1, 0, 1, 0, 1): (1, 2),
    (1, 0, 1, 1, 1): (1, 2),
    (0, 0, 0, 0, 0): (0, 3),
    (0, 0, 0, 0, 1): (0, 2),
    (0, 0, 1, 0, 0): (0, 2),
    (0, 0, 1, 0, 1): (0, 1),
    (1, 0, 1, 1, 0): (0, 1),
    (1, 1, 1, 1, 0): (0, 1),
}


def lipset(**options: Any) -> Configurations:
    X, y = LIPSET.of(list(NAMES)), LIPSET.of(["SURV"])[:, 0]
    return configurations(X, y, NAMES, **options)


def crisp(**options: Any) -> Configurations:
    rows = [(*row, out) for row, (out, n) in CRISP.items() for _ in range(n)]
    D = np.array(rows, dtype=float)
    return configurations(D[:, :5], D[:, 5], NAMES, **options)


def facets(expectations: Mapping[str, int], cuts: Cuts) -> Configurations:
    scores = [FACETS.of([f"{each}{k}" for k in range(1, 5)]).mean(axis=1) for each in "abcdy"]
    M = [calibrate(x, nudge=0.001 if k < 4 else 0) for k, x in enumerate(scores)]
    return configurations(
        np.column_stack(M[:4]), M[4], "abcd", expectations=expectations, cuts=cuts
    )


ANALYSES = {
    "lipset": lipset(cuts=Cuts(1, pri=0), expectations=dict.fromkeys(NAMES, 1)),
    "negated": lipset(cuts=Cuts(1, pri=0.5), expectations=dict.fromkeys(NAMES, 1), negated=True),
    "facets": facets({"a": 1, "b": 1, "c": 1}, Cuts(10, consistency=0.945, pri=0.75)),
    "mixed": facets({"a": 1, "b": 1, "d": 0}, Cuts(25, consistency=0.85, pri=0.7)),
}


def labels(solution: Solution) -> list[str]:
    return [model.label for model in solution.models]


@pytest.mark.parametrize("case", ANALYSES)
def test_truth_tables(case: str) -> None:
    truth, table = TRUTH[case], ANALYSES[case].table
    assert table is not None
    assert [len(row.cases) for row in table.rows] == truth["n"]
    for key in ("consistency", "pri"):
        found = np.array([getattr(row, key) for row in table.rows], dtype=float)
        np.testing.assert_allclose(found, truth[key], rtol=1e-9, atol=1e-12)
    assert list(table.numbers("positive")) == np.atleast_1d(truth["positive"]).tolist()
    assert list(table.numbers("remainder")) == truth["remainder"]


@pytest.mark.parametrize("case", ANALYSES)
@pytest.mark.parametrize("kind", SOLUTIONS)
def test_solutions(case: str, kind: str) -> None:
    """Terms, and for each consistency, PRI, raw and unique coverage."""
    solution: Solution = getattr(ANALYSES[case], kind)
    wanted = {tuple(model["terms"]): model for model in TRUTH[case][kind]}
    found = {tuple(sorted(path.label for path in model.paths)): model for model in solution.models}
    assert {tuple(sorted(terms)) for terms in wanted} == set(found)
    for terms, truth in wanted.items():
        model = found[tuple(sorted(terms))]
        paths = {path.label: path for path in model.paths}
        whole = (model.fit.consistency, model.fit.pri, model.fit.coverage)
        assert whole == pytest.approx(tuple(truth["whole"]), rel=1e-9)
        for term, fit, unique in zip(terms, truth["fit"], truth["unique"], strict=True):
            path = paths[term]
            numbers = (path.fit.consistency, path.fit.pri, path.fit.coverage)
            assert numbers == pytest.approx(tuple(fit), rel=1e-9)
            assert path.unique_coverage == pytest.approx(unique, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("case", ANALYSES)
def test_necessity(case: str) -> None:
    """Consistency, coverage and relevance of every condition and its absence."""
    rows = ANALYSES[case].necessity
    found = [[row.consistency, row.coverage, row.relevance] for row in rows]
    np.testing.assert_allclose(np.array(found, dtype=float), TRUTH[case]["necessity"], rtol=1e-9)


def test_calibration() -> None:
    x, anchors = np.array([1, 2, 2.5, 4, 4.75, 6, 7]), Anchors(2, 4, 6)
    np.testing.assert_allclose(calibrate(x, anchors), TRUTH["calibrated"], rtol=1e-12)
    falling = calibrate(-x, Anchors(-6, -4, -2))
    np.testing.assert_allclose(falling, TRUTH["falling"], rtol=1e-12)


def paths_of(solution: Solution) -> list[tuple[str, list[float | None]]]:
    (model,) = solution.models
    return [
        (
            path.label,
            [path.fit.consistency, path.fit.pri, path.fit.coverage, path.unique_coverage],
        )
        for path in model.paths
    ]


def published(rows: Sequence[tuple[str, list[float]]]) -> list[tuple[str, Any]]:
    return [(label, pytest.approx(numbers, abs=5.01e-4)) for label, numbers in rows]


def test_published_fuzzy_solutions() -> None:
    """Ragin (2009, p. 112): the survival of democracies between the wars.

    Parameters of fit as the documentation of the R package QCA prints them (`minimize`, LF).
    """
    found = ANALYSES["lipset"]
    assert paths_of(found.conservative) == published([
        ("DEV*URB*LIT*IND*STB", [0.904, 0.886, 0.454, 0.393]),
        ("DEV*~URB*LIT*~IND*STB", [0.804, 0.719, 0.265, 0.204]),
    ])  # fmt: skip
    assert paths_of(found.parsimonious) == published([
        ("DEV*~IND", [0.815, 0.721, 0.284, 0.194]),
        ("URB*STB", [0.874, 0.845, 0.520, 0.430]),
    ])  # fmt: skip
    assert paths_of(found.intermediate) == published([
        ("DEV*URB*LIT*STB", [0.901, 0.879, 0.468, 0.378]),
        ("DEV*LIT*~IND*STB", [0.814, 0.721, 0.282, 0.191]),
    ])  # fmt: skip
    for kind, printed in (
        ("conservative", [0.870, 0.843, 0.658]),
        ("parsimonious", [0.850, 0.819, 0.714]),
        ("intermediate", [0.866, 0.839, 0.660]),
    ):
        fit = getattr(found, kind).models[0].fit
        assert [fit.consistency, fit.pri, fit.coverage] == pytest.approx(printed, abs=5.01e-4)
    assert found.intermediate.counterfactuals == ((1, 1, 1, 0, 1),)


def test_published_necessity() -> None:
    """Schneider & Wagemann (2012, p. 212): literacy and stability alone are necessary at 0.9."""
    X, y = LIPSET.of(list(NAMES)), LIPSET.of(["SURV"])[:, 0]
    rows = necessities(X, y, NAMES)
    assert [row.name for row in rows if (row.consistency or 0) >= 0.9] == ["LIT", "STB"]


def test_published_crisp_solutions() -> None:
    """Rihoux & De Meur (2009, p. 57), with the negated outcome: documentation of QCA (LC)."""
    found = crisp(cuts=Cuts(1))
    assert labels(found.conservative) == ["DEV*~URB*LIT*STB + DEV*LIT*IND*STB"]
    assert labels(found.parsimonious) == ["DEV*STB"]
    assert [path[1] for path in paths_of(found.conservative)] == [
        pytest.approx([1, 1, 0.5, 0.25]),
        pytest.approx([1, 1, 0.75, 0.5]),
    ]
    assert found.parsimonious.counterfactuals == (
        (1, 0, 0, 0, 1),
        (1, 0, 0, 1, 1),
        (1, 1, 0, 0, 1),
        (1, 1, 0, 1, 1),
        (1, 1, 1, 0, 1),
    )
    absent = crisp(cuts=Cuts(1), negated=True)
    assert labels(absent.conservative) == ["~DEV*~URB*~IND + DEV*LIT*IND*~STB"]
    assert labels(absent.parsimonious) == ["~DEV + ~STB"]
    assert [path[1] for path in paths_of(absent.parsimonious)] == [
        pytest.approx([1, 1, 0.8, 0.3]),
        pytest.approx([1, 1, 0.7, 0.2]),
    ]


def test_published_calibration() -> None:
    """Ragin (2008, Table 5.2): membership in the set of developed countries from income.

    Printed to two decimals, with log odds of 3 at the anchors.
    """
    income = np.array([40110, 25200, 20060, 17090, 15320, 13680, 9800, 7470, 4670, 1000])
    printed = [1.00, 0.98, 0.95, 0.92, 0.89, 0.85, 0.72, 0.62, 0.40, 0.01]
    full = 1 / (1 + np.exp(-3))
    found = calibrate(income, Anchors(2500, 5000, 20000), full=full)
    np.testing.assert_allclose(found, printed, atol=5.01e-3)
