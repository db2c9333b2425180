"""Claims that are no single effect are decided by the rules that the plan states."""

from __future__ import annotations

import dataclasses

import pytest
from tests.unit.analysis.test_hypotheses import context_with, path

from cosyn.analysis import ANALYSES
from cosyn.analysis._claims import (
    Rules,
    decide_change_of_sign,
    decide_congruence,
    decide_equifinality,
    decide_necessity,
)
from cosyn.findings import Decision, Finding, Statistic

RULES = Rules(0.05, 0.10)
S, D = Statistic, Decision
ABOUT = ("CS", "IP", "EP")


@pytest.mark.parametrize(
    ("a4", "p", "position", "decision"),
    [
        ((-0.30, 0.10), 0.003, 0.40, D.SUPPORTED),
        ((-0.30, 0.10), 0.003, 0.04, D.FALSIFIED),  # a ridge, but not over balance
        ((0.30, 0.10), 0.003, 0.40, D.FALSIFIED),
        ((0.05, 0.10), 0.600, 0.40, D.UNDECIDED),
        ((-0.30, 0.10), 0.060, 0.40, D.UNDECIDED),
    ],
)
def test_congruence(a4: tuple[float, float], p: float, position: float, decision: Decision) -> None:
    assert decide_congruence(a4, p, position, RULES) is decision


@pytest.mark.parametrize(
    ("curved", "low", "high", "decision"),
    [
        (D.SUPPORTED, (0.3, 0.1), (-0.4, 0.1), D.SUPPORTED),
        (D.SUPPORTED, (0.3, 0.1), (-0.1, 0.1), D.UNDECIDED),
        (D.SUPPORTED, (0.3, 0.1), (0.3, 0.1), D.FALSIFIED),  # it only flattens
        (D.SUPPORTED, (-0.3, 0.1), (-0.4, 0.1), D.FALSIFIED),
        (D.UNDECIDED, (0.3, 0.1), (-0.4, 0.1), D.UNDECIDED),
        (D.FALSIFIED, (0.3, 0.1), (-0.4, 0.1), D.FALSIFIED),
    ],
)
def test_a_change_of_sign(
    curved: Decision, low: tuple[float, float], high: tuple[float, float], decision: Decision
) -> None:
    assert decide_change_of_sign(curved, (low, high), 1, RULES) is decision
    turned = [(-value, se) for value, se in (low, high)]
    assert decide_change_of_sign(curved, turned, -1, RULES) is decision


@pytest.mark.parametrize(
    ("effects", "p", "decision"),
    [
        ((0.2, 0.3), 0.01, D.SUPPORTED),
        ((0.2, 0.09), 0.01, D.FALSIFIED),
        ((0.2, 0.3), 0.06, D.FALSIFIED),
    ],
)
def test_necessity(effects: tuple[float, ...], p: float, decision: Decision) -> None:
    assert decide_necessity(effects, p, 0.1, 0.05) is decision


@pytest.mark.parametrize(
    ("paths", "mirrored", "decision"),
    [
        ((2, 3), False, D.SUPPORTED),
        ((1, 2), False, D.UNDECIDED),
        ((1,), False, D.FALSIFIED),
        ((3,), True, D.FALSIFIED),
        ((2,), None, D.UNDECIDED),
    ],
)
def test_equifinality(paths: tuple[int, ...], mirrored: bool | None, decision: Decision) -> None:
    assert decide_equifinality(paths, mirrored=mirrored) is decision


def decided(*rows: Finding) -> dict[str, Finding]:
    found = ANALYSES["hypotheses"].run(context_with(rows)).findings
    return {f.subject[0]: f for f in found if f.statistic is S.DECISION}


def surface(a4: float, position: float, model: str) -> tuple[Finding, Finding]:
    return (
        Finding("balance", S.SURFACE_QUANTITY, (*ABOUT, "a4"), a4, se=0.05, p=0.001, model=model),
        Finding("balance", S.JOINT_TEST, (*ABOUT, "ridge_on_congruence"), 1.0, p=position, model=model),
    )  # fmt: skip


def test_level_balance_is_judged_by_the_latent_surface() -> None:
    both = (*surface(0.5, 0.001, ""), *surface(-0.5, 0.5, "latent"))
    assert decided(*both)["H9"].label == D.SUPPORTED
    assert decided(*surface(-0.5, 0.5, ""))["H9"].label == D.NOT_TESTED


def test_no_latent_surface_is_the_reason() -> None:
    why = "the two constructs have different numbers of facets"
    row = Finding("balance", S.CONGRUENCE, ABOUT, reason=why, model="latent")
    assert (decided(row)["H9"].reason, decided(row)["H9"].label) == (why, D.NOT_TESTED)
    unsound = dataclasses.replace(row, reason="Heywood case", n=900)
    assert decided(unsound)["H9"].label == D.UNDECIDED


def necessity(condition: str, effect: float, p: float) -> Finding:
    return Finding("necessity", S.NECESSITY_EFFECT, (condition, "ce_fdh"), effect, p=p)


def test_all_conditions_must_be_necessary() -> None:
    good = necessity("IPT", 0.3, 0.001)
    assert decided(good, necessity("IPG", 0.2, 0.01))["H13"].label == D.SUPPORTED
    assert decided(good, necessity("IPG", 0.05, 0.01))["H13"].label == D.FALSIFIED
    assert decided(good, necessity("IPG", 0.2, 0.2))["H13"].label == D.FALSIFIED
    assert decided(good)["H13"].label == D.NOT_TESTED


def solution(paths: int, label: str) -> list[Finding]:
    about = ("CS", "intermediate")
    rows = [Finding("configurations", S.SOLUTION_MODELS, about, 1)]
    rows += [
        Finding("configurations", S.UNIQUE_COVERAGE, (*about, "1", f"P{k}"), 0.1)
        for k in range(paths)
    ]
    return [*rows, Finding("configurations", S.MIRRORED, ("CS",), label=label)]


def test_several_paths() -> None:
    assert decided(*solution(2, "not_mirrored"))["H14"].label == D.SUPPORTED
    assert decided(*solution(1, "not_mirrored"))["H14"].label == D.FALSIFIED
    assert decided(*solution(2, "mirrored"))["H14"].label == D.FALSIFIED
    none = Finding("configurations", S.SOLUTION_MODELS, ("CS", "intermediate"), reason="no row")
    assert (decided(none)["H14"].label, decided(none)["H14"].reason) == (D.NOT_TESTED, "no row")


def levels(between: float, *, se: float = 0.1, label: str = "") -> list[Finding]:
    within, _ = path("IP", 0.4, 0.05, model="g")
    there, _ = path("IP", between, se, model="g")
    return [
        Finding("structure", S.STATUS, label="ok", model="g"),
        Finding("structure", S.COUNT, ("clusters",), 250, label=label, model="g"),
        Finding("structure", S.PATH, ("CS", "IP", "within"), 0.4, se=0.05, p=within.p, model="g"),
        Finding("structure", S.PATH, ("CS", "IP", "between"), between, se=se, p=there.p, model="g"),
    ]


def test_the_same_signs_at_both_levels() -> None:
    assert decided(*levels(0.5))["H15"].label == D.SUPPORTED
    assert decided(*levels(-0.5))["H15"].label == D.FALSIFIED
    assert decided(*levels(-0.05))["H15"].label == D.UNDECIDED
    few = decided(*levels(0.5, label="exploratory"))["H15"]
    assert few.label == D.NOT_TESTED
    assert few.reason == "too few departments for a model of two levels"


def test_a_curved_effect_needs_both_lines() -> None:
    curve = [Finding("structure", S.STATUS, label="ok", model="q"), *path("EN2", -0.3, 0.05, "q")]
    assert decided(*curve)["H4"].label == D.NOT_TESTED
    for high, decision in ((-0.4, D.SUPPORTED), (0.4, D.FALSIFIED), (-0.1, D.UNDECIDED)):
        lines = [
            Finding("two_lines", S.LINE_SLOPE, ("CS", "EN", "low"), 0.3, se=0.1),
            Finding("two_lines", S.LINE_SLOPE, ("CS", "EN", "high"), high, se=0.1),
        ]
        assert decided(*curve, *lines)["H4"].label == decision


def test_claims_share_the_familys_adjustment() -> None:
    """Four claims of synergy have p-values here: the smallest is multiplied by their number."""
    rows = [f for m in ("c", "c2", "c3") for f in (Finding("structure", S.STATUS, label="ok", model=m),)]  # fmt: skip
    rows += [*path("IPxEP", 0.3, 0.1, "c"), *path("IPxEN", -0.3, 0.1, "c2"), *path("EPxEN", 0.3, 0.1, "c3")]  # fmt: skip
    found = (
        ANALYSES["hypotheses"].run(context_with((*rows, *surface(-0.5, 0.5, "latent")))).findings
    )
    holm = next(f for f in found if f.subject == ("H9", "holm"))
    assert holm.value == pytest.approx(0.004)
