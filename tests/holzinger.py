"""The example study on the Holzinger-Swineford data, run once for all tests that need it."""

from __future__ import annotations

import functools
from pathlib import Path

from semopy.examples import holzinger39

from cosyn.analysis import ANALYSES, Context
from cosyn.findings import Finding, Statistic
from cosyn.importers import load_mapping, read_responses
from cosyn.instrument.load import load_instrument
from cosyn.plan import load_plan
from cosyn.responses import response_table
from cosyn.scoring import facet_scores, keyed

STUDY = Path(__file__).resolve().parents[1] / "examples" / "holzinger_swineford"


def write_answers(path: Path) -> Path:
    """Write the data that semopy carries as the example's spreadsheet."""
    holzinger39.get_data().to_csv(path, index=False)
    return path


@functools.cache
def findings_of(folder: Path) -> tuple[Finding, ...]:
    """Import the data through the example's mapping and run every step of its plan."""
    instrument, plan = load_instrument(STUDY / "instrument"), load_plan(STUDY / "analysis")
    file = write_answers(folder / "answers.csv")
    imported = read_responses(file, instrument, load_mapping(STUDY / "columns.yaml", instrument))
    table = response_table(imported.submissions, [i.id for i in instrument.items], simulated=False)
    items = keyed(table, instrument)
    facets = facet_scores(items, instrument, plan.plan.facet_scores.minimum_answered)
    rows: list[Finding] = []
    for step in plan.plan.steps:
        context = Context(instrument, plan, table, items, facets, tuple(rows))
        rows += ANALYSES[step].run(context).findings
    return tuple(rows)


def value(rows: tuple[Finding, ...], statistic: Statistic, *subject: str, model: str = "") -> float:
    """Return the one value of a statistic."""
    (found,) = [r for r in rows if (r.statistic, r.subject, r.model) == (statistic, subject, model)]
    assert found.value is not None, found.reason
    return found.value
