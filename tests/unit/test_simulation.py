"""What is drawn has the moments that the population states."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from cosyn.errors import PlanError
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Instrument
from cosyn.plan import Population, load_population, population_names
from cosyn.simulation import Drawn, _latents, answered, draw, outcome_variance, to_csv
from cosyn.stored import all_responses
from cosyn.study import bundled, create
from cosyn.workflow.importing import import_


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(bundled() / "instrument")


@pytest.fixture(scope="module")
def population() -> Population:
    return load_population(bundled() / "analysis")


@pytest.fixture(scope="module")
def large(instrument: Instrument, population: Population) -> Drawn:
    wide = population.model_copy(update={"departments": 2000})
    return draw(instrument, wide, "core-40", 7)


def test_the_same_seed_draws_the_same(instrument: Instrument, population: Population) -> None:
    first, second = (draw(instrument, population, "core-40", 3) for _ in range(2))
    other = draw(instrument, population, "core-40", 4)
    assert np.array_equal(first.codes, second.codes)
    assert first.codes.shape != other.codes.shape or not np.array_equal(first.codes, other.codes)


def test_the_latents_have_the_stated_moments(population: Population) -> None:
    """Tolerance .02: five standard errors of a correlation at n = 60,000 are .02."""
    departments = np.repeat(np.arange(1, 20_001), 3)
    latents = _latents(population, departments, np.random.default_rng(1))
    assert abs(np.corrcoef(latents["IP"], latents["EP"])[0, 1] - 0.45) < 0.02
    assert abs(latents["CS"].var() - 1) < 0.03
    means = latents["IP"].reshape(-1, 3).mean(axis=1)
    expected = population.icc + (1 - population.icc) / 3
    assert abs(means.var() - expected) < 0.02


def test_the_outcome_variance_is_that_of_a_large_sample(population: Population) -> None:
    many = population.model_copy(
        update={
            "outcome": population.outcome.model_copy(
                update={"interactions": {"IP*EP": 0.4, "EP*EN": -0.3, "IP*IP": 0.2}}
            )
        }
    )
    departments = np.arange(1, 200_001)
    latents = _latents(many, departments, np.random.default_rng(2))
    assert outcome_variance(many) > outcome_variance(population)
    assert abs(latents["CS"].var() - 1) < 0.03


def test_category_shares_follow_the_thresholds(large: Drawn) -> None:
    """Shares of Phi(threshold) for attentive respondents, 3 % answer carelessly."""
    column = large.codes[:, large.items.index("IPG1")]
    shares = [(column == code).mean() for code in range(1, 8)]
    assert np.allclose(shares, [0.05, 0.05, 0.06, 0.09, 0.15, 0.28, 0.33], atol=0.015)


def test_gaps_occur_only_where_they_are_offered(large: Drawn) -> None:
    offered = large.codes[:, large.items.index("IPT1")]
    plain = large.codes[:, large.items.index("IPG1")]
    assert abs((offered == 98).mean() - 0.010) < 0.004
    assert abs((offered == 99).mean() - 0.004) < 0.003
    assert not np.isin(plain, [97, 98, 99]).any()
    assert abs((plain == -1).mean() - 0.002) < 0.002


def test_some_respondents_are_careless(instrument: Instrument, large: Drawn) -> None:
    scales = large.codes[:, : len(instrument.scale_items_of("core-40"))]
    answered = np.where(np.isin(scales, [-1, 97, 98, 99]), 0, scales)
    straight = np.array([len(set(row) - {0}) == 1 for row in answered])
    assert abs(straight.mean() - 0.01) < 0.005


def test_the_careful_follow_an_instruction_and_nobody_is_screened_out(
    instrument: Instrument, large: Drawn
) -> None:
    """Two per cent answer anything: six in seven of them miss one of seven options."""
    followed = large.codes[:, large.items.index("AT1")] == instrument.item("AT1").expected
    assert 0.96 < followed.mean() < 0.995
    for item in instrument.items_of("core-40"):
        assert not np.isin(large.codes[:, large.items.index(item.id)], item.screen_out).any()


def test_the_file_is_marked_as_simulated(instrument: Instrument, large: Drawn) -> None:
    rows = list(
        csv.DictReader(
            io.StringIO(to_csv(large, instrument, "core-40", "2026", 7).decode("utf-8-sig"))
        )
    )
    assert {row["simulated"] for row in rows} == {"seed 7"}
    assert {row["digest"] for row in rows} == {instrument.digest}
    assert len(rows) == len(large.codes)


@pytest.mark.parametrize(
    ("update", "code"),
    [
        ({"correlations": {"IP": {"XX": 0.1}}}, "population.unknown-construct"),
        ({"correlations": {"IP": {"IN": 0.9, "EP": 0.9}, "IN": {"EP": -0.9}, "MK": {}}}, "population.correlations"),
        ({"thresholds": {"default": (0.0, 1.0)}}, "population.thresholds"),
        ({"thresholds": {"default": (0.0, 1.0, 0.5, 2.0, 3.0, 4.0)}}, "population.thresholds"),
    ],
)  # fmt: skip
def test_an_impossible_population_is_refused(
    instrument: Instrument, population: Population, update: dict[str, object], code: str
) -> None:
    with pytest.raises(PlanError) as caught:
        draw(instrument, population.model_copy(update=update), "core-40", 1)
    assert caught.value.code == code


def test_an_error_names_the_file_of_the_population(
    instrument: Instrument, population: Population
) -> None:
    wrong = population.model_copy(update={"thresholds": {"default": (0.0,)}})
    with pytest.raises(PlanError) as caught:
        draw(instrument, wrong, "core-40", 1, "analysis/populations/mine.yaml")
    assert caught.value.where == "analysis/populations/mine.yaml"


@pytest.mark.parametrize("name", population_names(bundled() / "analysis"))
def test_every_population_of_the_study_can_be_drawn_from(instrument: Instrument, name: str) -> None:
    drawn_from = load_population(bundled() / "analysis", name)
    drawn = draw(instrument, drawn_from, "core-40", 1)
    assert drawn.departments.max() == drawn_from.departments


def test_latents_may_be_the_same(instrument: Instrument) -> None:
    """All correlations 1: answers to any two items go together as those to two of one facet do."""
    one = load_population(bundled() / "analysis", "one_factor")
    latents = _latents(one, np.arange(1, 5001), np.random.default_rng(1))
    assert np.abs(np.corrcoef(list(latents.values())) - 1).max() < 1e-6


def test_what_was_drawn_is_what_importing_its_file_gives(
    instrument: Instrument, population: Population, tmp_path: Path
) -> None:
    """Gaps with their reasons and departments too: the table needs no detour over a file."""
    drawn = draw(instrument, population.model_copy(update={"departments": 9}), "core-40", 5)
    table = answered(drawn, instrument, "core-40", "2026")
    study = create(tmp_path / "study")
    file = tmp_path / "drawn.csv"
    file.write_bytes(to_csv(drawn, instrument, "core-40", "2026", 5, "other"))
    import_(study.root, file)
    stored = all_responses(study.store, instrument, {}, ())
    places = [stored.items.index(item) for item in table.items]
    assert np.array_equal(table.values, stored.values[:, places], equal_nan=True)
    assert np.array_equal(table.missing, stored.missing[:, places])
    for name in ("departments", "languages", "waves", "forms", "simulated"):
        assert getattr(table, name) == getattr(stored, name), name
