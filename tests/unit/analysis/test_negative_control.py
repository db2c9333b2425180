"""Data in which there is nothing to find are reported as such, in words.

Samples are drawn from the populations in ``analysis/populations`` and go through the steps that
decide: exploration, premises, the additive model, hypotheses. Seeds are fixed, so that the outcome
is too.
"""

from __future__ import annotations

import dataclasses
import html
import re

import pytest
from tests.planned import planned

from cosyn.analysis import ANALYSES, Context
from cosyn.findings import Decision, Finding, Findings, Provenance, Statistic, Warned
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Instrument
from cosyn.plan import LoadedPlan, load_population, population_names
from cosyn.report import RENDERERS, build
from cosyn.responses import first_items
from cosyn.scoring import facet_scores, keyed
from cosyn.simulation import answered, draw
from cosyn.study import bundled

FORM = "core-40"
STEPS = ("dimensionality", "premises", "structure", "hypotheses")
NOTHING = {
    "en": ("hypotheses that predict an effect is supported",),
    "zh-Hans": ("在预测了效应的", "项假设中，按分析计划的规则没有一项得到支持"),
}
SAYS = {
    "independent": {"en": "The answers hold no structure", "zh-Hans": "作答中未发现任何结构"},
    "one_factor": {"en": "suggests a single factor", "zh-Hans": "平行分析仅建议一个因子"},
}


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(bundled() / "instrument")


@pytest.fixture(scope="module")
def plan() -> LoadedPlan:
    """The study's plan with the additive model alone, so that a sample takes a second."""
    return plan_with("a")


def plan_with(*models: str) -> LoadedPlan:
    loaded = planned()
    whole = loaded.plan
    assert whole.dimensionality
    assert whole.structure
    rule = whole.dimensionality.parallel.model_copy(update={"draws": 50})
    explored = whole.dimensionality.model_copy(update={"bootstrap": 0, "parallel": rule})
    kept = [m for m in whole.structure.models if m.id in models]
    bare = tuple(m.model_copy(update={"variants": ()}) for m in kept)
    fitted = whole.structure.model_copy(update={"models": bare})
    fewer = whole.model_copy(
        update={"dimensionality": explored, "structure": fitted, "steps": STEPS}
    )
    return dataclasses.replace(loaded, plan=fewer)


def analysed(
    instrument: Instrument, plan: LoadedPlan, population: str, seed: int, *steps: str
) -> tuple[tuple[Finding, ...], tuple[Warned, ...]]:
    stated = load_population(bundled() / "analysis", population)
    drawn = draw(instrument, stated.model_copy(update={"departments": 60}), FORM, seed)
    scales = len(instrument.scale_items_of(FORM))
    table = first_items(answered(drawn, instrument, FORM), scales)
    items = keyed(table, instrument)
    facets = facet_scores(items, instrument, plan.plan.facet_scores.minimum_answered)
    rows: tuple[Finding, ...] = ()
    warnings: tuple[Warned, ...] = ()
    for step in steps or STEPS:
        outcome = ANALYSES[step].run(Context(instrument, plan, table, items, facets, rows))
        rows, warnings = (*rows, *outcome.findings), (*warnings, *outcome.warnings)
    return rows, warnings


def summary_of(
    instrument: Instrument,
    plan: LoadedPlan,
    found: tuple[tuple[Finding, ...], tuple[Warned, ...]],
    language: str,
) -> str:
    """Return the words of the report's first section."""
    digests = {"data": "d", "instrument": instrument.digest, "plan": plan.digest}
    origin = Provenance(instrument.id, instrument.version, FORM, True, 1, digests, {"cosyn": "0"})
    document = build(Findings(origin, *found), instrument, plan, language)
    page = RENDERERS["html"].render(document).decode()
    section = page[page.index('<section id="summary"') :]
    return html.unescape(re.sub(r"<[^>]+>", " ", section[: section.index("</section>")]))


def decisions(rows: tuple[Finding, ...]) -> dict[str, str]:
    return {r.subject[0]: r.label for r in rows if r.statistic == Statistic.DECISION}


def test_each_population_has_a_test() -> None:
    assert set(population_names(bundled() / "analysis")) == {*SAYS, "unrelated_outcome", "spread"}


@pytest.mark.parametrize("population", sorted(SAYS))
def test_no_structure_is_said_in_the_summary_in_both_languages(
    instrument: Instrument, plan: LoadedPlan, population: str
) -> None:
    found = analysed(instrument, plan, population, 1)
    rows, warnings = found
    label = next(r.label for r in rows if r.statistic == Statistic.STRUCTURE_FOUND)
    assert label == {"independent": "none", "one_factor": "one_factor"}[population]
    assert len([w for w in warnings if w.analysis == "premises"]) == 1
    assert "supported" not in {decisions(rows)[test] for test in ("H1", "H2", "H3")}
    for language, words in SAYS[population].items():
        text = summary_of(instrument, plan, found, language)
        assert words in text
        assert all(more in text for more in NOTHING[language])


def test_an_outcome_that_goes_with_nothing_is_said(
    instrument: Instrument, plan: LoadedPlan
) -> None:
    found = analysed(instrument, plan, "unrelated_outcome", 1)
    rows, warnings = found
    label = next(r.label for r in rows if r.statistic == Statistic.STRUCTURE_FOUND)
    assert label == "factors"
    assert "premises" not in {w.analysis for w in warnings}
    assert "supported" not in {decisions(rows)[test] for test in ("H1", "H2", "H3")}
    for language, words in NOTHING.items():
        text = summary_of(instrument, plan, found, language)
        assert all(word in text for word in words)
        assert not any(said[language] in text for said in SAYS.values())


def test_where_there_is_something_it_is_not_denied(
    instrument: Instrument, plan: LoadedPlan
) -> None:
    """The same steps on the study's own population: the tests above could fail."""
    found = analysed(instrument, plan, "", 1)
    assert decisions(found[0])["H1"] == Decision.SUPPORTED
    for language, words in NOTHING.items():
        text = summary_of(instrument, plan, found, language)
        assert not any(word in text for word in words)
        assert not any(said[language] in text for said in SAYS.values())
        assert re.search(r"(supported: |支持：)H1", text)


def test_hypotheses_are_supported_no_more_often_than_the_rule_allows(
    instrument: Instrument,
) -> None:
    """An outcome that goes with nothing: Holm keeps the share of samples in which any hypothesis of
    a family is supported at .05, and the predicted sign at about half of that. Of 60 samples more
    than 5 would have one chance in a hundred even at .025.
    """
    plan = plan_with("a", "c")
    samples = [
        decisions(
            analysed(instrument, plan, "unrelated_outcome", seed, "structure", "hypotheses")[0]
        )
        for seed in range(100, 160)
    ]
    for family, sound in ((("H1", "H2", "H3"), 50), (("H5",), 40)):
        tested = [s for s in samples if s[family[0]] != Decision.NOT_TESTED]
        assert len(tested) > sound
        assert sum(Decision.SUPPORTED in {s[test] for test in family} for s in tested) <= 5


def test_products_of_scores_at_the_ceiling_are_called_in_doubt(
    instrument: Instrument, plan: LoadedPlan
) -> None:
    """A third of the answers to positive statements is the highest, a twentieth of the others."""
    whole = planned()
    steps = ("items", "dimensionality", "premises")
    full = dataclasses.replace(
        plan, plan=plan.plan.model_copy(update={"structure": whole.plan.structure})
    )
    found = analysed(instrument, full, "", 1, *steps)
    [warned] = [w for w in found[1] if w.code == "ceiling_products"]
    assert warned.values["constructs"] == "IP, EP"
    assert 25 <= int(warned.values["share"]) <= 40
    assert "one of nine" in summary_of(instrument, full, found, "en")
    assert "九分之一" in summary_of(instrument, full, found, "zh-Hans")
    additive = analysed(instrument, plan, "", 1, *steps)  # no product, nothing in danger
    assert "ceiling_products" not in {w.code for w in additive[1]}


def test_a_claim_of_no_difference_is_worth_nothing_without_an_effect(
    instrument: Instrument, plan: LoadedPlan
) -> None:
    """Two effects of nought are as good as equal: the summary says what that is worth."""
    supported = Finding("hypotheses", Statistic.DECISION, ("H10",), label="supported", model="a")
    undecided = dataclasses.replace(supported, subject=("H1",), label="undecided")
    text = summary_of(instrument, plan, ((undecided, supported), ()), "en")
    assert "H10 claims that effects do not differ" in text
    effect = dataclasses.replace(supported, subject=("H1",))
    assert "do not differ" not in summary_of(instrument, plan, ((effect, supported), ()), "en")
