"""Mplus: data in free format, one input file a model, and a table of names.

No Mplus was at hand: tests check the rules of its language (names of at most eight characters,
lines of at most ninety, balanced sections), not that it runs.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from cosyn.emitters._mplus_model import constraint_lines, labels_of, model_lines
from cosyn.emitters._mplus_names import short_names
from cosyn.emitters._tables import csv_of, notes
from cosyn.emitters._types import CLUSTER, Emitter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cosyn.emitters._types import Emission, Model, Sample, Settings
    from cosyn.engine.table import ParameterTable

LINE = 90
"""Characters of a line that Mplus reads."""
_ABOUT = (
    "Open a .inp file in Mplus and run it; names.csv says what each name stands for.",
    "Variables are keyed as in our analysis, and respondents are those it uses.",
)


def write(emission: Emission) -> dict[str, bytes]:
    """Write data, inputs and the table of names."""
    variables = [name for sample in emission.samples.values() for name in sample.names]
    names = short_names([CLUSTER, *variables])
    made: dict[str, bytes] = {"README.txt": notes(emission, *_ABOUT)}
    rows = [("file", "kind", "name", "mplus")]
    rows += [("*", "variable", ours, theirs) for ours, theirs in names.items()]
    gaps = {name: _gap(sample) for name, sample in emission.samples.items()}
    for sample in emission.samples.values():
        made[f"{sample.name}.dat"] = _data(sample, gaps[sample.name])
    for model in emission.models:
        sample = emission.samples[model.sample]
        table = model.table(sample.names)
        own = _own_names(table, [names[CLUSTER], *(names[name] for name in sample.names)])
        content = "\n".join(_input(model, sample, table, {**names, **own}, gaps[sample.name]))
        made[f"{model.id}.inp"] = f"{content}\n".encode()
        rows += [(f"{model.id}.inp", "model", ours, theirs) for ours, theirs in own.items()]
    return {**made, "names.csv": csv_of(rows)}


def _own_names(table: ParameterTable, taken: Sequence[str]) -> dict[str, str]:
    """Latents, labels and defined parameters of a model."""
    defined = [row.lhs for row in table.rows if row.op == ":="]
    return short_names([*table.latent, *labels_of(table).values(), *defined], taken)


def _gap(sample: Sample) -> int:
    """Choose a code for missing answers that is no answer."""
    gap = -9999
    while (sample.values == gap).any():
        gap = 10 * gap - 9
    return gap


def _data(sample: Sample, gap: int) -> bytes:
    """Write numbers between blanks; the department is its number in order of names."""
    _, places = np.unique(np.array(sample.clusters), return_inverse=True)
    values = np.where(np.isnan(sample.values), gap, sample.values)
    lines = (
        f"{place + 1} {' '.join(f'{value:.10g}' for value in row)}"
        for place, row in zip(places.tolist(), values.tolist(), strict=True)
    )
    return ("\n".join(lines) + "\n").encode()


def _input(
    model: Model, sample: Sample, table: ParameterTable, names: Mapping[str, str], gap: int
) -> Iterator[str]:
    settings = model.settings
    label = {number: names[text] for number, text in labels_of(table).items()}
    yield f"TITLE: {_ascii(model.id)}"
    yield "DATA:"
    yield f"  FILE = {sample.name}.dat;"
    if settings.missing == "listwise":
        yield "  LISTWISE = ON;"
    yield "VARIABLE:"
    yield from _listed("NAMES", [names[CLUSTER], *(names[name] for name in sample.names)])
    yield from _listed("USEVARIABLES", [names[name] for name in table.observed])
    if ordered := [names[name] for name in settings.ordered if name in table.observed]:
        yield from _listed("CATEGORICAL", ordered)
    yield f"  MISSING = ALL ({gap});"
    if settings.clustered:
        yield f"  CLUSTER = {names[CLUSTER]};"
    yield from _analysis(settings, table)
    yield "MODEL:"
    yield from model_lines(table, names, label)
    if constraints := list(constraint_lines(table, names, label)):
        yield "MODEL CONSTRAINT:"
        for line in constraints:
            yield from _wrapped(line)
    yield "OUTPUT:"
    yield "  SAMPSTAT STDYX CINTERVAL;"


def _analysis(settings: Settings, table: ParameterTable) -> Iterator[str]:
    yield "ANALYSIS:"
    yield f"  TYPE = {'COMPLEX' if settings.clustered else 'GENERAL'};"
    yield f"  ESTIMATOR = {settings.estimator};"
    if settings.estimator == "ML" and settings.missing == "listwise" and not table.means:
        # As in our analysis: no means, and standard errors from the expected information.
        yield "  MODEL = NOMEANSTRUCTURE;"
        yield "  INFORMATION = EXPECTED;"


def _listed(key: str, names: Sequence[str]) -> Iterator[str]:
    yield f"  {key} ="
    lines = textwrap.wrap(" ".join(names), LINE - 6, break_long_words=False)
    yield from (f"    {line}" for line in lines[:-1])
    yield f"    {lines[-1]};"


def _wrapped(line: str) -> Iterator[str]:
    yield from textwrap.wrap(
        line, LINE, initial_indent="  ", subsequent_indent="    ", break_long_words=False
    )


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()[: LINE - 8]


EMITTER = Emitter("mplus", "data and inputs for Mplus, with a table of names", write)
