"""Interactions by product indicators, SAM and LMS: the same task, results that agree."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.golden.golden_cases import csv

from cosyn.engine.estimation import fit_sem
from cosyn.engine.inference import delta_method
from cosyn.engine.lms import fit_lms
from cosyn.engine.moments import sample_moments
from cosyn.engine.partable import TableOptions, parameter_table
from cosyn.engine.product_terms import ProductTerm
from cosyn.engine.sam import fit_sam
from cosyn.engine.syntax import parse
from cosyn.errors import IdentificationError, PlanError
from cosyn.synergy import (
    SYNERGIES,
    InteractionResult,
    Matching,
    Scores,
    SynergyResult,
    Task,
    matchings,
    spread,
)

MEASURED = "\n".join(
    f"{f} =~ {' + '.join(f'{f.lower()}{k}' for k in range(1, 5))}" for f in "ABCDY"
)
ADDITIVE = MEASURED + "\nY ~ A + B + C + D"
AC = {"AxC": ("A", "C")}
TASKS = {
    "quadratic": Task(ADDITIVE, "additive.lav", "Y", products=AC, quadratic=True),
}
ONE = Task(ADDITIVE, "additive.lav", "Y", products=AC)
METHODS = ("interaction", "interaction_sam", "interaction_lms")


def scores() -> Scores:
    data = csv("facets")
    return Scores(data.names, data.values)


@cache
def ran(method: str, name: str = "one", *, robust: bool = False) -> SynergyResult:
    task = replace(TASKS.get(name, ONE), robust=robust)
    return SYNERGIES[method].run(scores(), task)


def interaction(method: str, name: str = "one", *, robust: bool = False) -> InteractionResult:
    found = ran(method, name, robust=robust).interaction
    assert found is not None
    assert found.problem == ""
    return found


def test_a_product_on_another_outcome_has_no_test_here() -> None:
    """Wald's test is of effects on the task's outcome; nothing is made up where there is none."""
    syntax = MEASURED + "\nY ~ A + B + C\nD ~ A + C + AxC"
    result = SYNERGIES["interaction"].run(scores(), replace(ONE, syntax=syntax, robust=True))
    assert result.interaction is not None
    assert result.interaction.effects == ()
    assert result.interaction.comparison.chisq is None
    assert result.interaction.comparison.reason == "no product's effect is free"


def test_structure_after_measurement() -> None:
    """What the two-step fit says, with the outcome's own standard deviation under it."""
    found = interaction("interaction_sam")
    table = parameter_table(parse(ADDITIVE), scores().names, TableOptions(means=True))
    term = ProductTerm("Y", "A", "C")
    fit = fit_sam(table, sample_moments(scores().values, scores().names), (term,))
    assert fit.path is not None
    part = fit.path.structures[0]
    a, c, y = (part.latent.index(name) for name in ("A", "C", "Y"))
    row = fit.path.table.rows[fit.path.table.index("Y", "~", "A:C")].free - 1

    def scaled(x: Any) -> Any:
        V = part.implied(x).V
        return np.atleast_1d(x[row] * np.sqrt(V[a, a] * V[c, c] / V[y, y]))

    (effect,) = found.effects
    assert effect.product == "AxC"
    assert effect.value == pytest.approx(scaled(fit.path.x)[0])
    assert fit.vcov is not None
    error = delta_method(scaled, fit.path.x, fit.vcov)[0]
    assert effect.standard_error == pytest.approx(error)
    own = fit.row("Y", "~", "A:C")
    assert own.value is not None
    assert own.standard_error is not None
    wald = (own.value / own.standard_error) ** 2
    assert found.comparison.chisq == pytest.approx(wald)
    assert (found.comparison.df, found.comparison.method) == (1, "Wald")


def test_maximum_likelihood() -> None:
    found = interaction("interaction_lms")
    table = parameter_table(parse(ADDITIVE), scores().names, TableOptions(means=True))
    moments = sample_moments(scores().values, scores().names)
    fit = fit_lms(table, moments, (ProductTerm("Y", "A", "C"),))
    own = fit.row("Y", "~", "A:C")
    row = next(row for row in found.estimates if row.rhs == "AxC")
    assert (row.value, row.standard_error) == (own.value, own.standard_error)
    assert found.comparison[:3] == (fit.test.chisq, fit.test.df, fit.test.pvalue)
    assert ran("interaction_lms").fit.measures == fit_sem(table, (moments,)).measures


def test_robust_maximum_likelihood_is_tested_by_wald() -> None:
    found = interaction("interaction_lms", robust=True)
    row = next(row for row in found.estimates if row.rhs == "AxC")
    assert row.value is not None
    assert row.standard_error is not None
    assert found.comparison.chisq == pytest.approx((row.value / row.standard_error) ** 2)
    assert (found.comparison.df, found.comparison.method) == (1, "Wald")


@pytest.mark.parametrize("method", METHODS)
def test_methods_agree(method: str) -> None:
    """Within a standard error: facets.csv was drawn with 0.15 of an outcome of variance 0.93."""
    (effect,) = interaction(method).effects
    wanted = interaction("interaction_lms").effects[0]
    assert abs(effect.value - wanted.value) < wanted.standard_error
    assert effect.lower < effect.value < effect.upper
    assert interaction(method).gain == pytest.approx(0.06, abs=0.02)


@pytest.mark.parametrize("method", METHODS)
def test_probes_of_a_product(method: str) -> None:
    """Both factors in turn; the slope turns by the product's effect a standard deviation."""
    found = interaction(method)
    first, second = found.probes
    assert (first.predictor, first.moderator) == ("A", "C")
    assert (second.predictor, second.moderator) == ("C", "A")
    (effect,) = found.effects
    for probe in found.probes:
        low, middle, high = probe.slopes
        assert (low.at, middle.at, high.at) == (-1.0, 0.0, 1.0)
        assert high.value - middle.value == pytest.approx(effect.value)
        assert middle.value - low.value == pytest.approx(effect.value)
        for line, slope in zip(probe.lines, probe.slopes, strict=True):
            rise = (line.value[-1] - line.value[0]) / (line.at[-1] - line.at[0])
            assert rise == pytest.approx(slope.value)
        ends = np.interp(probe.region.bounds, probe.band.at, probe.band.lower)
        inside = [abs(bound) < 3 for bound in probe.region.bounds]
        upper = np.interp(probe.region.bounds, probe.band.at, probe.band.upper)
        nearest = np.minimum(np.abs(ends), np.abs(upper))[inside]
        assert (nearest < 2e-3).all()


def test_probes_of_squares() -> None:
    """A curve for each square; it bends the lines of the product, too."""
    found = interaction("interaction", "quadratic")
    assert [(p.predictor, p.moderator) for p in found.probes] == [
        ("A", "C"),
        ("C", "A"),
        ("A", "A"),
        ("C", "C"),
    ]
    effects = {effect.product: effect.value for effect in found.effects}
    square = found.probes[2]
    assert len(square.lines) == 1
    _, middle, high = square.slopes
    assert high.value - middle.value == pytest.approx(2 * effects["AxA"])
    line = square.lines[0]
    ends = line.value[[0, -1]] - line.value[len(line.value) // 2]
    assert ends.sum() == pytest.approx(2 * effects["AxA"] * line.at[-1] ** 2)
    product = found.probes[0].lines[2]
    bend = product.value[[0, -1]].sum() - 2 * product.value[len(product.value) // 2]
    assert bend == pytest.approx(2 * effects["AxA"] * product.at[-1] ** 2)


def test_matchings() -> None:
    found = matchings(scores(), ONE)
    assert [each.matching for each in found] == ["order", "reversed", "rotated"]
    by_hand = [each.interaction.effects[0].value for each in found]
    assert by_hand[0] == pytest.approx(interaction("interaction").effects[0].value)
    assert len(set(by_hand)) == 3
    least = min(each.interaction.effects[0].standard_error for each in found)
    assert spread(found, "AxC") == pytest.approx((max(by_hand) - min(by_hand)) / least)
    assert spread(found[:1], "AxC") is None


@pytest.mark.parametrize("method", METHODS)
def test_the_same_syntax_serves_every_method(method: str) -> None:
    """What a model of product indicators says of these is left out where there are none."""
    syntax = ADDITIVE + " + g*AxC\nAxC =~ AxC1 + AxC2 + AxC3 + AxC4\nAxC1 ~~ 0*AxC2\ntwice := 2*g"
    found = SYNERGIES[method].run(scores(), replace(ONE, syntax=syntax)).interaction
    assert found is not None
    wanted = interaction(method).effects[0]
    assert found.effects[0].value == pytest.approx(wanted.value, rel=1e-8)
    assert found.effects[0].standard_error == pytest.approx(wanted.standard_error, rel=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_clusters_make_errors_larger_where_answers_are_copied(method: str) -> None:
    one = scores()
    double = Scores(one.names, np.repeat(one.values, 2, axis=0), np.repeat(np.arange(300), 2))
    task = replace(ONE, robust=True)
    alone = interaction(method, robust=True).effects[0]
    result = SYNERGIES[method].run(double, task).interaction
    assert result is not None
    assert result.effects[0].value == pytest.approx(alone.value, rel=1e-4)
    ratio = result.effects[0].standard_error / alone.standard_error
    assert ratio == pytest.approx(np.sqrt(300 / 299), rel=1e-3)


@pytest.mark.parametrize(
    ("products", "matching", "code"),
    [
        ({"AxZ": ("A", "Z")}, "order", "plan.unmatched-product"),
        ({"AxE": ("A", "E")}, "order", "plan.unmatched-product"),
        ({"ExE": ("E", "E")}, "rotated", "plan.repeated-product"),
    ],
)
def test_what_cannot_be_matched(
    products: dict[str, tuple[str, str]], matching: Matching, code: str
) -> None:
    task = Task(ADDITIVE + "\nE =~ a1 + a2", "x.lav", "Y", products=products, matching=matching)
    with pytest.raises(PlanError) as caught:
        SYNERGIES["interaction"].run(scores(), task)
    assert caught.value.code == code


def without_a_number(method: str, values: Any) -> str:
    """Why there is none, of a smaller model."""
    measured = "\n".join(MEASURED.splitlines()[k] for k in (0, 2, 4))
    task = replace(ONE, syntax=measured + "\nY ~ A + C")
    found = SYNERGIES[method].run(Scores(scores().names, values), task).interaction
    assert found is not None
    assert (found.effects, found.probes, found.gain) == ((), (), None)
    assert found.comparison.reason
    return found.problem


def test_indicators_of_noise() -> None:
    noise = np.random.default_rng(11).standard_normal((40, 20))
    assert without_a_number("interaction", noise)


@pytest.mark.parametrize("method", ["interaction_sam", "interaction_lms"])
def test_a_factor_with_a_negative_residual_variance(method: str) -> None:
    values = scores().values.copy()
    noise = 0.3 * np.random.default_rng(1).standard_normal(300)
    values[:, 0] = 1.4 * values[:, 1] + 0.7 * values[:, 2] + noise
    assert "a1" in without_a_number(method, values)


def test_a_product_that_never_varies_is_refused_by_name() -> None:
    values = scores().values.copy()
    values[:, 0] = values[:, 0].mean()
    with pytest.raises(IdentificationError) as caught:
        SYNERGIES["interaction"].run(Scores(scores().names, values), ONE)
    assert caught.value.code == "data.constant-variable"
