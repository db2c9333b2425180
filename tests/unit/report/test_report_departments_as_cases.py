"""What the report says of necessary conditions and configurations, in both languages."""

from __future__ import annotations

import dataclasses
import re
import sys
from itertools import product

import pytest
from tests.unit.analysis.department_tables import (
    INSTRUMENT,
    PLAN,
    changed,
    departments,
    run,
    table,
)
from tests.unit.analysis.test_configurations_step import everything, observed

from cosyn.analysis import Outcome
from cosyn.findings import Findings, Provenance
from cosyn.plan import LoadedPlan
from cosyn.report import RENDERERS, build
from cosyn.report._types import Document, Table
from cosyn.report._types import Figure as Drawing
from cosyn.responses import ResponseTable

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-Hans"])
QUICK = changed("necessity", replicates=200)


def outcome_of(answers: ResponseTable, plan: LoadedPlan = QUICK) -> Outcome:
    both = [run(step, answers, plan) for step in ("necessity", "configurations")]
    return Outcome(
        tuple(row for one in both for row in one.findings),
        tuple(warned for one in both for warned in one.warnings),
        tuple(series for one in both for series in one.series),
    )


def document(outcome: Outcome, language: str, plan: LoadedPlan = QUICK) -> Document:
    origin = Provenance("x", "1", "core-40", False, 1, {}, {"cosyn": "0"})
    rows = Findings(origin, outcome.findings, outcome.warnings, outcome.series)
    return build(rows, INSTRUMENT, plan, language)


def page(outcome: Outcome, language: str) -> str:
    text = RENDERERS["html"].render(document(outcome, language)).decode()
    parts = re.findall(r'<section id="(?:necessity|configurations)"[\s\S]*?</section>', text)
    assert len(parts) == 2
    return "".join(parts)


def tables(outcome: Outcome, language: str, anchor: str) -> list[Table]:
    parts = [part for part in document(outcome, language).parts if part.anchor == anchor]
    return [block for part in parts for block in part.blocks if isinstance(block, Table)]


def path_tables(outcome: Outcome, language: str) -> list[Table]:
    first = {"en": "Path 1", "zh-Hans": "路径1"}[language]
    return [t for t in tables(outcome, language, "configurations") if first in t.header]


@LANGUAGES
def test_no_phrase_is_missing_and_no_gap_is_open(language: str) -> None:
    text = page(outcome_of(everything()), language)
    shown = re.sub(r"<[^>]*>", " ", text)
    assert not re.search(r"\{\w*\}|\b(None|nan|inf)\b", shown)
    assert not re.search(r"\b(?:necessity|configurations|reason|warning)\.\w+", shown)
    if language == "zh-Hans":
        assert "conditions" not in shown


@LANGUAGES
def test_core_conditions_are_large_and_every_sign_is_spoken(language: str) -> None:
    seen = {(1, 0, 1, 1): 1, (0, 0, 1, 1): 0, (1, 1, 1, 1): 0}
    outcome = outcome_of(observed(seen))
    paths = path_tables(outcome, language)[0]
    signs = [row[1] for row in paths.rows[:4]]
    assert [(sign.text, sign.large) for sign in signs] == [
        ("●", True),
        ("⊗", True),
        ("●", False),
        ("●", False),
    ]
    assert len({sign.spoken for sign in signs}) == 3
    text = page(outcome, language)
    spans = re.findall(r'<span class="sign[^>]*>', text)
    assert len(spans) > 20
    assert all(re.search(r'role="img" aria-label="[^"]+"', span) for span in spans)
    assert not re.search(r"<td[^>]*>\s*[●⊗]", text)


@LANGUAGES
def test_a_condition_that_does_not_matter_is_blank_but_spoken(language: str) -> None:
    paths = path_tables(outcome_of(everything()), language)[0]
    blank = paths.rows[2][[cell.text for cell in paths.rows[2]].index("\u00a0")]
    assert blank.spoken


@LANGUAGES
def test_the_bottleneck_table_has_a_row_a_tenth(language: str) -> None:
    outcome = outcome_of(departments([{"IP": x, "CS": y} for x, y in ((1, 1), (2, 3), (5, 5))]))
    needs = tables(outcome, language, "necessity")[-1]
    assert [row[0].text for row in needs.rows] == [str(level) for level in range(0, 101, 10)]
    column = needs.header.index("IP ≥")
    assert needs.rows[0][column].text == "NN"
    assert needs.rows[-1][column].text == "5.00"
    assert any(
        isinstance(block, Drawing)
        for part in document(outcome, language).parts
        for block in part.blocks
    )


@LANGUAGES
def test_tied_models_are_all_shown(language: str) -> None:
    """What is neither all nor nothing of three conditions has two shortest descriptions."""
    corners = {c: int(len(set(c[:3])) > 1) for c in product((0, 1), repeat=4)}
    outcome = outcome_of(observed(corners))
    shown = path_tables(outcome, language)
    assert len([t for t in shown if len(t.header) == 4]) == 2
    text = page(outcome, language)
    assert {"en": "do not decide between 2 models", "zh-Hans": "2个模型之间"}[language] in text


@LANGUAGES
def test_what_was_not_computed_says_why(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = everything()
    nobody = table(answers.values, answers.items, [""] * len(answers.values))
    text = page(outcome_of(nobody), language)
    assert text.count({"en": "no department recorded", "zh-Hans": "未记录部门"}[language]) == 2
    for module in ("qca", "qca.minimizers"):
        monkeypatch.setitem(sys.modules, module, None)
    text = page(outcome_of(answers), language)
    assert "cosyn[qca]" in text.replace("&#39;", "'")


def test_sections_are_left_out_where_the_plan_has_no_such_section() -> None:
    whole = PLAN.plan.model_copy(update={"necessity": None, "configurations": None})
    bare = dataclasses.replace(PLAN, plan=whole)
    assert run("necessity", everything(), bare).findings == ()
    assert run("configurations", everything(), bare).findings == ()
    anchors = {part.anchor for part in document(Outcome(()), "en", bare).parts}
    assert not anchors & {"necessity", "configurations"}
