"""A whole simulated wave, from its file to the steps that need more than first answers."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.planned import planned

from cosyn import run, store, workflow
from cosyn.analysis import ANALYSES, Context
from cosyn.analysis._groupings import grouping_of
from cosyn.errors import PlanError, ResponseError
from cosyn.fieldwork import field_csv
from cosyn.findings import Decision, Finding, Statistic
from cosyn.instrument.load import load_instrument
from cosyn.plan import load_population
from cosyn.responses import first_items
from cosyn.simulation import answered, draw
from cosyn.stored import StoredResponses, responses_of
from cosyn.study import bundled, create, locate
from cosyn.terminal import silent
from cosyn.workflow.importing import import_

S = Statistic
DEPARTMENTS = 24


@pytest.fixture(scope="module")
def wave(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Counter[str]]:
    """A study with a whole wave, and its rows by form."""
    root = create(tmp_path_factory.mktemp("wave") / "study").root
    drawn = workflow.simulate(root, departments=DEPARTMENTS, field=True)
    rows = csv.DictReader(io.StringIO(drawn.file.read_text(encoding="utf-8-sig")))
    import_(root, drawn.file)
    return root, Counter(row["form"] for row in rows)


@pytest.fixture(scope="module")
def responses(wave: tuple[Path, Counter[str]]) -> StoredResponses:
    instrument = load_instrument(bundled() / "instrument")
    return responses_of(locate(wave[0]).store, instrument, planned())


@pytest.fixture(scope="module")
def context(responses: StoredResponses) -> Context:
    return run.context_of(load_instrument(bundled() / "instrument"), planned(), responses, silent)


def found(context: Context, step: str, statistic: Statistic) -> list[Finding]:
    rows = ANALYSES[step].run(context).findings
    return [row for row in rows if row.statistic is statistic and row.value is not None]


def test_each_respondent_is_once_in_the_main_table(
    wave: tuple[Path, Counter[str]], responses: StoredResponses, context: Context
) -> None:
    """Retest and coordinators lie beside it, and no step of the main table counts them."""
    forms = wave[1]
    assert set(forms) == {"core-40", "retest", "coordinator"}
    assert responses.table.n == forms["core-40"] == len(set(responses.table.respondents))
    assert responses.later is not None
    assert responses.later.n == forms["retest"] > 0
    assert responses.told is not None
    assert responses.told.n == forms["coordinator"] == DEPARTMENTS
    assert responses.asked is not None
    assert not {"RCSTATE", "ST1"} & set(responses.asked.items)
    counted = {row.subject: row.value for row in found(context, "sample", S.COUNT)}
    assert counted["respondents",] == forms["core-40"]
    beside = run.findings_of_steps(context.instrument, context.plan, responses, ())
    assert {row.subject: row.value for row in beside.rows} == {
        ("later_answers",): forms["retest"],
        ("criterion_forms",): DEPARTMENTS,
    }


def test_the_steps_that_need_a_whole_wave_find_what_was_put_in(
    wave: tuple[Path, Counter[str]], context: Context
) -> None:
    retest = found(context, "retest", S.RETEST_ICC)
    assert {row.model for row in retest} == {"respondents"}
    assert all((row.value or 0) > 0.6 for row in retest)
    criterion = {row.subject: row.value or 0 for row in found(context, "criterion", S.CRITERION)}
    assert criterion["CS", "RCSTATE"] < -0.3 < 0.2 < criterion["CS", "RCMONTHS"]
    [pairs] = found(context, "dyads", S.COUNT)
    # A side of fewer than five people with a score is not told.
    assert (pairs.value, pairs.subject) == (10, ("pairs",))
    assert len(found(context, "dyads", S.SIDES_CORRELATION)) == 5


def test_metadata_that_the_instrument_names_is_kept(
    wave: tuple[Path, Counter[str]], context: Context
) -> None:
    stored = store.read(locate(wave[0]).store).submissions
    assert list(stored.metadata) == ["mode", "matter", "side"]
    assert stored[0].metadata["side"] in {"lead", "cooperating"}
    modes = grouping_of(context, "mode")
    assert modes is not None
    sizes = modes.sizes(np.ones(context.table.n, bool))
    assert set(sizes) == {"web", "paper"}
    assert sizes["web"] > sizes["paper"]


def test_without_first_answers_the_others_are_named(
    wave: tuple[Path, Counter[str]], tmp_path: Path
) -> None:
    """A store of coordinators and second answers alone cannot be analysed, and says what it has."""
    source = (wave[0] / "data" / "simulated.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(source)))
    file = tmp_path / "others.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(row for row in rows if row["form"] != "core-40")
    root = create(tmp_path / "study").root
    import_(root, file)
    with pytest.raises(ResponseError) as caught:
        responses_of(locate(root).store, load_instrument(bundled() / "instrument"), planned())
    assert caught.value.code == "response.none-of-form"
    assert f"{DEPARTMENTS} to the form of the criteria" in caught.value.what
    assert f"{wave[1]['retest']} later answers of the same people" in caught.value.what


def test_departments_that_differ_widely_let_configurations_be_judged() -> None:
    """Of the study's own population every configuration is sufficient, for its ceiling."""
    instrument, plan = load_instrument(bundled() / "instrument"), planned()
    spread = load_population(bundled() / "analysis", "spread")
    table = answered(draw(instrument, spread, "core-40", 20251123), instrument, "core-40")
    scales = first_items(table, len(instrument.scale_items_of("core-40")))
    here = run.context_of(instrument, plan, StoredResponses(scales, "", 0), silent)
    rows = ANALYSES["configurations"].run(here).findings
    decided = ANALYSES["hypotheses"].run(replace(here, earlier=rows)).findings
    [row] = [r for r in decided if (r.statistic, r.subject) == (S.DECISION, ("H14",))]
    assert row.label in {Decision.SUPPORTED, Decision.FALSIFIED}


def test_a_population_without_a_field_wave_says_so() -> None:
    instrument = load_instrument(bundled() / "instrument")
    population = load_population(bundled() / "analysis").model_copy(update={"departments": 2})
    drawn = draw(instrument, population, "core-40", 1)
    bare = population.model_copy(update={"field": None})
    with pytest.raises(PlanError) as caught:
        field_csv(drawn, instrument, bare, "core-40", 1, "analysis/population.yaml")
    assert caught.value.code == "population.no-field"
    assert population.field is not None
    again = population.field.retest.model_copy(update={"form": "nosuch"})
    other = population.field.model_copy(update={"retest": again})
    wrong = population.model_copy(update={"field": other})
    with pytest.raises(PlanError) as caught:
        field_csv(drawn, instrument, wrong, "core-40", 1, "analysis/population.yaml")
    assert caught.value.code == "population.unknown-form"
