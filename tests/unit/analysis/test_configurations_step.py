"""The step `configurations`: structures put into departments by hand come out again."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from tests.unit.analysis.department_tables import DYNAMICS, changed, departments, found, run, table

from cosyn.analysis import Outcome
from cosyn.findings import Statistic
from cosyn.responses import ResponseTable

S = Statistic
HIGH, LOW = 6.0, 2.0


def observed(corners: Mapping[Any, int], each: int = 2) -> ResponseTable:
    """Departments in corners of four conditions, each corner with its outcome."""
    rows = [
        dict(zip((*DYNAMICS, "CS"), [HIGH if side else LOW for side in (*corner, y)], strict=True))
        for corner, y in corners.items()
        for _ in range(each)
    ]
    return departments(rows)


def everything() -> ResponseTable:
    """All sixteen corners; the outcome is IP*~IN + EP*EN."""
    return observed(
        {c: int((c[0] and not c[1]) or (c[2] and c[3])) for c in product((0, 1), repeat=4)}
    )


def terms(outcome: Outcome, side: str, kind: str) -> set[str]:
    return {
        row.subject[3]
        for row in outcome.findings
        if row.statistic == S.UNIQUE_COVERAGE and row.subject[:2] == (side, kind)
    }


@pytest.mark.parametrize("kind", ["conservative", "intermediate", "parsimonious"])
def test_a_known_structure_is_found_and_its_negation_mirrors_it(kind: str) -> None:
    outcome = run("configurations", everything())
    assert found(outcome, S.COUNT, "cases").value == 32
    assert terms(outcome, "CS", kind) == {"IP*~IN", "EP*EN"}
    turned = {"~IP*~EP", "~IP*~EN", "IN*~EP", "IN*~EN"}
    assert terms(outcome, "~CS", kind) == turned
    assert found(outcome, S.MIRRORED, "CS").label == "mirrored"
    assert found(outcome, S.CONTRADICTORY_ASSUMPTIONS, "CS").value == 0
    assert found(outcome, S.CALIBRATION_STABLE, "CS").value == 1


def test_consistency_and_coverage_by_hand() -> None:
    """Memberships are .05 and .95 at the anchors 2 and 6.

    Of 16 corners 7 lie in the outcome, 4 of them in IP*~IN; all members of the path, .95 each,
    are members of the outcome, and of the others .05 is shared.
    """
    outcome = run("configurations", everything())
    path = ("CS", "intermediate", "1", "IP*~IN")
    inside, total = 4 * 0.95 + 12 * 0.05, 7 * 0.95 + 9 * 0.05
    assert found(outcome, S.SET_CONSISTENCY, *path).value == pytest.approx(1)
    assert found(outcome, S.RAW_COVERAGE, *path).value == pytest.approx(inside / total)
    alone = 3 * 0.9
    assert found(outcome, S.UNIQUE_COVERAGE, *path).value == pytest.approx(alone / total)
    assert found(outcome, S.CONFIGURATION_CASES, *path).value == 8
    ip = found(outcome, S.SET_NECESSITY, "CS", "IP")
    # Of the outcome's corners 5 lie in IP and 2 do not; outside .05 is shared throughout.
    assert ip.value == pytest.approx((5 * 0.95 + 2 * 0.05 + 9 * 0.05) / total)


def test_core_conditions_are_those_of_the_parsimonious_path() -> None:
    """Only IP*~IN keeps the positive corner from both negative ones; EP and EN are peripheral."""
    seen = {(1, 0, 1, 1): 1, (0, 0, 1, 1): 0, (1, 1, 1, 1): 0}
    outcome = run("configurations", observed(seen))
    assert terms(outcome, "CS", "parsimonious") == {"IP*~IN"}
    assert terms(outcome, "CS", "intermediate") == {"IP*~IN*EP*EN"}
    path = ("CS", "intermediate", "1", "IP*~IN*EP*EN")
    labels = {name: found(outcome, S.PATH_CONDITION, *path, name).label for name in DYNAMICS}
    assert labels == {
        "IP": "present_core",
        "IN": "absent_core",
        "EP": "present_peripheral",
        "EN": "present_peripheral",
    }
    row = found(outcome, S.CONFIGURATION_CASES, "CS", "1011")
    assert (row.value, row.label) == (2, "positive")
    assert found(outcome, S.CONFIGURATION_CASES, "CS", "0000").label == "remainder"
    assert "few_cases_for_rows" in {w.code for w in outcome.warnings}


def test_moved_anchors_are_compared_set_by_set() -> None:
    outcome = run("configurations", everything(), changed("configurations", shifts=(2.5, -0.5)))
    crossed = found(outcome, S.CALIBRATION_OVERLAP, "CS", "IP", "crossover", "+2.5")
    assert (crossed.value, crossed.reason) == (None, "the anchors would cross")
    same = found(outcome, S.CALIBRATION_OVERLAP, "CS", "IP", "crossover", "-0.5")
    assert same.label == "same"
    assert same.value is not None
    assert 0.9 < same.value <= 1


def test_anchors_of_a_set_come_before_those_of_its_format() -> None:
    own = changed("configurations", anchors={"fit7": (2.0, 4.0, 6.0), "CS": (5.0, 6.5, 7.0)})
    outcome = run("configurations", everything(), own)
    reason = found(outcome, S.SOLUTION_MODELS, "CS", "intermediate").reason
    assert reason == "no configuration is sufficient"
    none = run("configurations", everything(), changed("configurations", anchors={"x": (1, 2, 3)}))
    assert "no anchors" in none.findings[0].reason
    assert len(none.findings) == 1


def test_only_the_outcome_if_the_plan_says_so() -> None:
    outcome = run("configurations", everything(), changed("configurations", negated=False))
    assert all(not row.subject[0].startswith("~CS") for row in outcome.findings if row.subject)
    assert not any(row.statistic == S.MIRRORED for row in outcome.findings)


def test_without_the_optional_part_there_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("qca", "qca.minimizers"):
        monkeypatch.setitem(sys.modules, module, None)
    outcome = run("configurations", everything())
    row = found(outcome, S.SOLUTION_MODELS, "CS")
    assert (row.value, row.reason) == (None, "the optional part qca is not installed")
    assert outcome.warnings == ()


@pytest.mark.parametrize(
    ("scores", "size", "reason"),
    [
        ([{"CS": 6.0}] * 2, 4, "no department reaches the minimum cell"),
        ([{"CS": 6.0, "IP": 6.0}], 5, "every configuration that counts is sufficient"),
        ([{"CS": 2.0}] * 4, 5, "no configuration is sufficient"),
    ],
    ids=["small departments", "one department", "no variance"],
)
def test_poor_data_give_reasons(scores: list[dict[str, float]], size: int, reason: str) -> None:
    outcome = run("configurations", departments(scores, size))
    assert reason in {row.reason for row in outcome.findings}


def test_without_departments_or_outcome_nothing_is_said() -> None:
    answers = everything()
    nobody = table(answers.values, answers.items, [""] * len(answers.values))
    (row,) = run("configurations", nobody).findings
    assert row.reason == "no department recorded"
    kept = [j for j, item in enumerate(answers.items) if not item.startswith("CS")]
    items = tuple(answers.items[j] for j in kept)
    (row,) = run("configurations", table(answers.values[:, kept], items, answers.departments)).findings  # fmt: skip
    assert row.reason == "no complete case"
