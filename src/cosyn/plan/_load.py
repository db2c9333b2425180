"""Read the plan, its models and the population; every fault with its file and line."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cosyn.errors import PlanError, SurveyError, raise_all
from cosyn.plan._department_table import DEPARTMENTS, department_table
from cosyn.plan._hypotheses import NEEDED
from cosyn.plan._models import ModelEntry
from cosyn.plan._plan import Plan
from cosyn.plan._population import Population
from cosyn.thresholds import Screening
from cosyn.yamlfile import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cosyn.plan._models import StructureEntry
    from cosyn.yamlfile import Source

SCREENING = "screening.yaml"
POPULATIONS = "populations"


@dataclass(frozen=True, slots=True)
class LoadedPlan:
    """A plan with the text of its models.

    Attributes
    ----------
    models : Mapping[str, str]
        ``ModelEntry.file`` -> what the file says. Models without a file follow from the instrument,
        as do the indicators that a file does not name: see `cosyn.derivation`.
    digest : str
        SHA-256 over the plan file, every model it names, the rules of screening and what is known
        of departments.
    screening : Screening or None
        ``screening.yaml``, None if the study has none.
    departments : Mapping[str, Mapping[str, str]]
        Columns of ``departments.csv``: name -> department -> value.
    """

    plan: Plan
    models: Mapping[str, str]
    digest: str
    source: Source
    screening: Screening | None = None
    departments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def load_plan(folder: Path) -> LoadedPlan:
    """Read ``plan.yaml``, its models, and ``screening.yaml`` and ``departments.csv`` if they exist.

    Raises
    ------
    PlanError, Faults
        Every fault, with its file and line.
    ResponseError
        If the table of departments is no table.
    """
    faults: list[SurveyError] = []
    reader = Reader(PlanError, "plan", faults, folder.parent)
    loaded = reader.read(folder / "plan.yaml", f"{folder.name}/plan.yaml", Plan)
    screening = _screening(folder, reader)
    departments = department_table(folder, reader)
    raise_all(faults)
    assert loaded is not None, "no content although no fault was found"
    plan, source = loaded.content, loaded.source
    models = {}
    for path, name, model, derived in _files(plan):
        file = folder / "models" / f"{model}.lav"
        if derived and not (file.exists() or file.is_symlink()):
            continue
        if not file.is_file():
            reader.fault(
                "missing-model",
                source.at(*path),
                f"model {name}: {folder.name}/models/{model}.lav does not exist",
                "Write it, correct `file`, or say by `derive` how the instrument makes it",
            )
            continue
        syntax = reader.text(file, f"{folder.name}/models/{model}.lav")
        if syntax is not None:
            models[model] = syntax
    _check_references(plan, source, reader)
    raise_all(faults)
    digest = _digest(plan, models, screening, departments)
    return LoadedPlan(plan, models, digest, source, screening, departments)


def load_population(folder: Path, name: str = "") -> Population:
    """Read ``population.yaml``, or another population.

    Parameters
    ----------
    name : str
        Of one in ``populations/``.

    Raises
    ------
    PlanError, Faults
        Every fault, with its file and line; ``plan.unknown-population`` if there is none of the
        name.
    """
    file = population_file(folder, name)
    faults: list[SurveyError] = []
    shown = f"{folder.name}/{file.relative_to(folder).as_posix()}"
    loaded = Reader(PlanError, "plan", faults, folder.parent).read(file, shown, Population)
    raise_all(faults)
    assert loaded is not None, "no content although no fault was found"
    return loaded.content


def population_file(folder: Path, name: str = "") -> Path:
    """Where a population stands; see `load_population`."""
    if not name:
        return folder / "population.yaml"
    known = population_names(folder)
    if name not in known:
        where = f"{folder.name}/{POPULATIONS}"
        what = f"there is no population {name!r}"
        fix = f"Use one of: {', '.join(known)}" if known else f"Write {where}/{name}.yaml"
        raise PlanError("plan.unknown-population", where, what, fix)
    return folder / POPULATIONS / f"{name}.yaml"


def population_names(folder: Path) -> tuple[str, ...]:
    """Populations beside ``population.yaml``, in alphabetical order."""
    return tuple(sorted(file.stem for file in (folder / POPULATIONS).glob("*.yaml")))


def _screening(folder: Path, reader: Reader) -> Screening | None:
    """The rules of screening; a study without them is not screened."""
    path = folder / SCREENING
    if not (path.exists() or path.is_symlink()):
        return None
    found = reader.read(path, f"{folder.name}/{SCREENING}", Screening)
    return found.content if found else None


def _files(plan: Plan) -> list[tuple[tuple[str | int, ...], str, str, bool]]:
    """Where a model's file is named, for what, the file, and whether the model needs none."""
    found = [
        (path, entry.id, entry.file, isinstance(entry, ModelEntry) and entry.derive is not None)
        for path, entry in _entries(plan)
    ]
    if plan.invariance:
        rule = plan.invariance
        found.append((("invariance", "file"), "invariance", rule.file, rule.derive is not None))
        if rule.categories:
            path, file = ("invariance", "categories", "file"), rule.categories.file
            derived = any(other == file and follows for _, _, other, follows in found)
            found.append((path, "invariance", file, derived))
    return found


def _entries(plan: Plan) -> list[tuple[tuple[str | int, ...], ModelEntry | StructureEntry]]:
    found: list[tuple[tuple[str | int, ...], ModelEntry | StructureEntry]] = []
    if plan.measurement:
        found += [(("measurement", "models", i), m) for i, m in enumerate(plan.measurement.models)]
    if plan.structure:
        found += [(("structure", "models", i), m) for i, m in enumerate(plan.structure.models)]
    return found


def _check_references(plan: Plan, source: Source, reader: Reader) -> None:
    """Ids named in one section must exist in another."""
    models = [entry.id for _, entry in _entries(plan)]
    for repeated in sorted({m for m in models if models.count(m) > 1}):
        reader.fault(
            "duplicate-id",
            source.at("measurement"),
            f"two models have the id {repeated!r}",
            "Give each an id of its own",
        )
    named: list[tuple[str, tuple[str | int, ...]]] = []
    if plan.measurement and plan.measurement.expected:
        named.append((plan.measurement.expected, ("measurement", "expected")))
    if plan.measurement:
        named += [
            (name, ("measurement", "nested", i, j))
            for i, pair in enumerate(plan.measurement.nested)
            for j, name in enumerate(pair)
        ]
    if plan.structure:
        named += [
            (m.null, ("structure", "models", i, "null"))
            for i, m in enumerate(plan.structure.models)
            if m.null
        ]
    named += _check_hypotheses(plan, source, reader)
    named += _compared(plan, source, reader)
    for name, path in named:
        if name not in models:
            reader.fault(
                "unknown-model",
                source.at(*path),
                f"there is no model {name!r}",
                f"Use one of: {', '.join(models)}",
            )


def _check_hypotheses(
    plan: Plan, source: Source, reader: Reader
) -> list[tuple[str, tuple[str | int, ...]]]:
    """Each says what its kind of test needs; the models that they name."""
    named: list[tuple[str, tuple[str | int, ...]]] = []
    tests = plan.hypotheses.tests if plan.hypotheses else ()
    for i, test in enumerate(tests):
        if test.model:
            named.append((test.model, ("hypotheses", "tests", i, "model")))
        if test.restricted:
            named.append((test.restricted, ("hypotheses", "tests", i, "restricted")))
        for needs in NEEDED[test.test]:
            if getattr(test, needs):
                continue
            reader.fault(
                "missing-key",
                source.at("hypotheses", "tests", i),
                f"hypothesis {test.id}: a test of kind {test.test} needs `{needs}`",
                "Add it",
            )
    return named


def _compared(
    plan: Plan, source: Source, reader: Reader
) -> list[tuple[str, tuple[str | int, ...]]]:
    """The models that the last table names; its hypotheses must exist."""
    section = plan.comparison
    if section is None:
        return []
    named: list[tuple[str, tuple[str | int, ...]]] = [(section.null, ("comparison", "null"))]
    known = {test.id for test in plan.hypotheses.tests} if plan.hypotheses else set()
    asked: list[tuple[str, tuple[str | int, ...]]]
    asked = [(name, ("comparison", "synergy")) for name in section.synergy]
    for i, entry in enumerate(section.models):
        path: tuple[str | int, ...] = ("comparison", "models", i)
        asked += [(name, path) for name in entry.hypotheses]
        if entry.source == "structure":
            named.append((entry.model, (*path, "model") if entry.model else path))
    for name, where in asked:
        if name not in known:
            reader.fault(
                "unknown-hypothesis",
                source.at(*where),
                f"there is no hypothesis {name!r}",
                f"Use one of: {', '.join(sorted(known)) or 'none is in the plan'}",
            )
    return named


def _digest(
    plan: Plan,
    models: Mapping[str, str],
    screening: Screening | None,
    departments: Mapping[str, Mapping[str, str]],
) -> str:
    content = plan.model_dump_json() + "".join(
        f"\0{name}\0{text}" for name, text in sorted(models.items())
    )
    if screening is not None:
        content += f"\0{SCREENING}\0{screening.model_dump_json()}"
    if departments:
        content += f"\0{DEPARTMENTS}\0{json.dumps(departments, sort_keys=True)}"
    return hashlib.sha256(content.encode()).hexdigest()
