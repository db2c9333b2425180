"""The plan and the population are read strictly, every fault with its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cosyn.errors import PlanError, SurveyError
from cosyn.plan import load_plan, load_population
from cosyn.study import bundled


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundled() / "analysis", tmp_path / "analysis"))


def spoil(file: Path, old: str, new: str) -> int:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def faults_of(folder: Path) -> list[SurveyError]:
    with pytest.raises(SurveyError) as caught:
        load_plan(folder)
    return list(getattr(caught.value, "faults", (caught.value,)))


def test_the_default_plan_is_sound(folder: Path) -> None:
    loaded = load_plan(folder)
    assert loaded.plan.structure
    assert loaded.plan.measurement
    measured = {entry.file for entry in loaded.plan.measurement.models if not entry.derive}
    assert set(loaded.models) == {entry.file for entry in loaded.plan.structure.models} | measured


def test_a_model_that_is_not_derived_needs_its_file(folder: Path) -> None:
    rule = "derive: {select: {role: [dynamic, outcome]}, of: facets}"
    line = spoil(folder / "plan.yaml", f"  {rule}\n", "") - 1
    [fault] = faults_of(folder)
    assert (fault.code, fault.where) == ("plan.missing-model", f"analysis/plan.yaml:{line}")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("seed: 20251123", "sed: 20251123", "unknown-key"),
        ("confidence: 0.95", "confidence: 95", "wrong-value"),
        ("file: structure/additive", "file: structure/addditive", "missing-model"),
        ("null: a", "null: z", "unknown-model"),
        ("restricted: b", "restricted: z", "unknown-model"),
        ("expected: M6", "expected: M66", "unknown-model"),
        ("effect: locusbal", "predicted: positive", "missing-key"),
        ("      pair: [IP, EP]\n      surface", "      surface", "missing-key"),
        ("  null: a\n  synergy", "  null: z\n  synergy", "unknown-model"),
        ("synergy: [H5,", "synergy: [H55,", "unknown-hypothesis"),
        ("{id: M2,", "{id: M1,", "duplicate-id"),
        ("{fit7: [2, 4, 6]", "{fit7: [4, 2, 6]", "wrong-value"),
        ("expectations: {IP:", "expectations: {XX:", "wrong-value"),
        ("IN: low", "IN: middling", "wrong-value"),
        ("replicates: 5000", "replicates: 5", "wrong-value"),
    ],
)
def test_a_fault_is_named_with_its_line(folder: Path, old: str, new: str, code: str) -> None:
    spoil(folder / "plan.yaml", old, new)
    faults = faults_of(folder)
    assert f"plan.{code}" in {fault.code for fault in faults}
    assert all(fault.where.startswith("analysis/plan.yaml:") for fault in faults)


def test_the_digest_follows_the_models_but_not_the_layout(folder: Path) -> None:
    before = load_plan(folder).digest
    spoil(folder / "plan.yaml", "version: 1\n", "version: 1   # a remark\n\n")
    assert load_plan(folder).digest == before
    spoil(folder / "models" / "structure" / "additive.lav", "b1*IP", "IP")
    assert load_plan(folder).digest != before


def test_the_population_is_strict(folder: Path) -> None:
    spoil(folder / "population.yaml", "icc: 0.15", "icc: 1.5")
    with pytest.raises(PlanError, match=r"population\.yaml:\d+: icc is 1\.5"):
        load_population(folder)


@pytest.mark.parametrize(
    ("old", "new", "code", "what"),
    [
        ("flags: 2", "flags: 0", "wrong-value", "flags is 0"),
        ("alpha: 0.001", "alpha: 1.5", "wrong-value", "rules.mahalanobis.alpha is 1.5"),
        ("less_than: 2.0,", "less_then: 2.0,", "unknown-key", "Did you mean 'less_than'"),
        ('source: "Meade & Craig 2012"}', 'source: ""}', "wrong-value", "rules.instructed.source"),
        ("instructed:", "instructd:", "unknown-key", "Did you mean 'instructed'"),
    ],
)
def test_rules_of_screening_are_strict(
    folder: Path, old: str, new: str, code: str, what: str
) -> None:
    line = spoil(folder / "screening.yaml", old, new)
    faults = [f for f in faults_of(folder) if what in f"{f.what} {f.fix}"]
    assert [(f.code, f.where) for f in faults] == [
        (f"plan.{code}", f"analysis/screening.yaml:{line}")
    ]


def test_the_digest_follows_the_rules_of_screening(folder: Path) -> None:
    before = load_plan(folder)
    spoil(folder / "screening.yaml", "less_than: 2.0", "less_than: 1.0")
    assert load_plan(folder).digest != before.digest
    (folder / "screening.yaml").unlink()
    without = load_plan(folder)
    assert without.screening is None
    assert without.digest not in {before.digest, ""}


def test_what_is_known_of_departments_is_read(folder: Path) -> None:
    before = load_plan(folder)
    assert before.departments == {}
    (folder / "departments.csv").write_text(
        "department,level,region\nD1,county,east\nD2,city,\n", encoding="utf-8"
    )
    loaded = load_plan(folder)
    assert loaded.departments == {
        "level": {"D1": "county", "D2": "city"},
        "region": {"D1": "east", "D2": ""},
    }
    assert loaded.digest != before.digest


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("code,level\nD1,county\n", "departments-key"),
        ("department,level\nD1,county\nD1,city\n", "departments-row"),
        ("department,level\n,county\nD2,city\n", "departments-row"),
    ],
)
def test_faults_of_the_table_of_departments_are_named(folder: Path, text: str, code: str) -> None:
    (folder / "departments.csv").write_text(text, encoding="utf-8")
    faults = faults_of(folder)
    assert {fault.code for fault in faults} == {f"plan.{code}"}
    assert all(fault.where.startswith("analysis/departments.csv") for fault in faults)
