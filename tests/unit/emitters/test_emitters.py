"""What is written for other programs keeps their rules and our numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from tests.planned import planned as planned_study

from cosyn.emitters import EMITTERS, Emission, Model, Sample, Settings, emission
from cosyn.emitters._mplus_names import short_names
from cosyn.errors import PlanError
from cosyn.instrument.load import load_instrument
from cosyn.plan import load_population
from cosyn.responses import ResponseTable
from cosyn.simulation import draw
from cosyn.study import bundled

SECTIONS = ("TITLE", "DATA", "VARIABLE", "ANALYSIS", "MODEL", "MODEL CONSTRAINT", "OUTPUT")
PLAIN = Settings()
SYNTAX = "a_long_factor =~ x1 + 0.5*x2 + x3\nanother_long_factor =~ x4 + x5 + lb*x6\nanother_long_factor ~ first_effect*a_long_factor\nhalf := first_effect/2 + lb^2"


def small(settings: Settings = PLAIN) -> Emission:
    names = tuple(f"x{k}" for k in range(1, 7))
    values = np.arange(60, dtype=float).reshape(10, 6)
    values[0, 0] = np.nan
    sample = Sample("measurement", names, values, tuple("abcde" * 2))
    model = Model("M", "measurement", SYNTAX, "models/M.lav", settings)
    return Emission({"measurement": sample}, (model,), (("N", "no data for y"),), {"seed": "1"})


@pytest.fixture(scope="module")
def planned() -> Emission:
    instrument = load_instrument(bundled() / "instrument")
    plan = planned_study()
    form = plan.plan.form or instrument.default_form
    drawn = draw(
        instrument,
        load_population(bundled() / "analysis").model_copy(update={"departments": 12}),
        form,
        1,
    )
    items = [item.id for item in instrument.scale_items_of(form)]
    n, p = len(drawn.codes), len(items)
    rng = np.random.default_rng(5)
    values = rng.integers(1, 8, (n, p)).astype(float)
    values[::9, 3] = np.nan
    none = ("",) * n
    table = ResponseTable(
        tuple(items),
        values,
        np.isnan(values).astype(np.int8),
        none,
        tuple(f"D{i % 7}" for i in range(n)),
        none,
        none,
        none,
        none,
        none,
        np.full(n, np.nan),
        simulated=True,
    )
    return emission(instrument.in_form(form), plan, table, {})


def inputs(made: Emission) -> Mapping[str, str]:
    files = EMITTERS["mplus"].write(made)
    return {name: text.decode("ascii") for name, text in files.items() if name.endswith(".inp")}


def test_every_model_of_the_plan_is_emitted(planned: Emission) -> None:
    plan = planned_study().plan
    assert plan.measurement
    assert plan.structure
    of_one_level = [m.id for m in plan.structure.models if m.kind != "two_level"]
    wanted = [m.id for m in plan.measurement.models] + of_one_level
    assert [model.id for model in planned.models] == wanted
    assert planned.left_out[0] == ("g", "a model of two levels")
    of_items = [f"{m.id}-WLSMV" for m in plan.measurement.models if m.data == "items"]
    assert [model for model, _ in planned.left_out[1:]] == of_items
    for sample in planned.samples.values():
        assert not np.isnan(sample.values).any()
        assert len(sample.clusters) == len(sample.values)


def check_input(text: str, data: str) -> None:
    """The rules of the language that can be checked without the program."""
    lines = text.splitlines()
    assert max(map(len, lines)) <= 90
    heads = [line.split(":")[0] for line in lines if re.match(r"[A-Z ]+:", line)]
    assert heads == [section for section in SECTIONS if section in heads]
    assert {"TITLE", "DATA", "VARIABLE", "ANALYSIS", "MODEL", "OUTPUT"} <= set(heads)
    sections: dict[str, list[str]] = {}
    for line in lines:
        if re.match(r"[A-Z ]+:", line):
            current = sections.setdefault(line.split(":")[0], [])
        else:
            assert line.startswith("  ")
            current.append(line.strip())
    for name, body in sections.items():
        if name != "TITLE":
            assert body[-1].endswith(";"), name
    names = re.search(r"NAMES =\s+([^;]+);", text)
    used = re.search(r"USEVARIABLES =\s+([^;]+);", text)
    assert names
    assert used
    listed = names[1].split()
    assert len({name.lower() for name in listed}) == len(listed)
    assert set(used[1].split()) <= set(listed)
    words = set(re.findall(r"[A-Za-z_]\w*", " ".join(sections["MODEL"])))
    assert all(len(word) <= 8 for word in {*words, *listed})
    latents = {line.split()[0] for line in sections["MODEL"] if line.endswith(" BY")}
    assert not latents & set(listed)
    labels = set(re.findall(r"\((\w+)\)", " ".join(sections["MODEL"])))
    assert words - {"BY", "ON", "WITH"} <= {*listed, *latents, *labels}
    rows = [line.split() for line in data.splitlines()]
    assert {len(row) for row in rows} == {len(listed)}
    assert text.count("(") == text.count(")")


def test_mplus_inputs_keep_the_rules_of_the_language(planned: Emission) -> None:
    files = EMITTERS["mplus"].write(planned)
    assert len(inputs(planned)) == len(planned.models)
    for model in planned.models:
        check_input(inputs(planned)[f"{model.id}.inp"], files[f"{model.sample}.dat"].decode())
    told = list(csv.reader(io.StringIO(files["names.csv"].decode())))
    assert ["*", "variable", "department", "depart_1"] in told


def test_mplus_says_every_parameter(planned: Emission) -> None:
    """As many stars as free parameters: shared ones are said as often as they stand."""
    for model in planned.models:
        table = model.table(planned.samples[model.sample].names)
        text = inputs(planned)[f"{model.id}.inp"].split("MODEL CONSTRAINT")[0]
        body = text.split("MODEL:")[1]
        assert body.count("*") == sum(row.free > 0 for row in table.rows), model.id


def test_mplus_shortens_names_and_writes_constraints() -> None:
    made = small(Settings("MLR", "fiml", clustered=True))
    text = inputs(made)["M.inp"]
    check_input(text, EMITTERS["mplus"].write(made)["measurement.dat"].decode())
    assert "TYPE = COMPLEX;" in text
    assert "CLUSTER = depart_1;" in text
    assert "ESTIMATOR = MLR;" in text
    assert "LISTWISE" not in text
    assert "x2@0.5" in text
    assert re.search(r"half = \(\(first_\w+ / 2\) \+ \(lb \*\* 2\)\);", text)
    assert "-9999" in EMITTERS["mplus"].write(made)["measurement.dat"].decode()


def test_mplus_names_ordinal_variables() -> None:
    text = inputs(small(Settings("WLSMV", "listwise", ordered=("x1", "x2"))))["M.inp"]
    assert re.search(r"CATEGORICAL =\s+x1 x2;", text)
    assert "NOMEANSTRUCTURE" not in text


def test_short_names_are_unique_whatever_their_case() -> None:
    found = short_names(["abcdefghij", "abcdefghik", "ABC", "abc", "with", "9x", "é"], ["taken"])
    assert len({name.lower() for name in found.values()}) == len(found)
    assert all(re.fullmatch(r"[A-Za-z]\w{0,7}", name) for name in found.values())
    assert found["with"] != "with"


def test_lavaan_is_told_the_settings() -> None:
    files = EMITTERS["lavaan"].write(
        small(Settings("MLR", "fiml", clustered=True, ordered=("x1",)))
    )
    script = files["lavaan.R"].decode()
    assert (
        'estimator = "MLR", missing = "fiml", cluster = "department", ordered = c("x1")' in script
    )
    assert "# MODELS" not in script
    assert files["models/M.lav"].decode() == SYNTAX
    assert b"NA" in files["measurement.csv"]
    assert b"model N is left out: no data for y" in files["README.txt"]


def test_jasp_is_told_the_steps() -> None:
    files = EMITTERS["jasp"].write(small())
    assert b"does not document" in files["STEPS.md"]
    assert b"| M | measurement.csv | models/M.txt | ML | listwise |" in files["STEPS.md"]
    assert not any(name.endswith(".jasp") for name in files)


def test_an_unknown_program_is_refused() -> None:
    with pytest.raises(PlanError) as caught:
        EMITTERS["amos"]
    assert caught.value.code == "emitters.unknown-name"
    assert Path(bundled()).is_dir()
