"""The analysis plan as data: what is asked of the responses, in what order, by what rule."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from cosyn.errors import PlanError, SurveyError, raise_all
from cosyn.thresholds import Screening
from cosyn.yamlfile import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cosyn.yamlfile import Source

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,39}$")]
Share = Annotated[float, Field(gt=0, lt=1)]
Texts = dict[str, str]
SCREENING = "screening.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class ScoreRule(_Strict):
    """How a facet score is made of its items: their mean, if enough were answered."""

    minimum_answered: Annotated[int, Field(ge=1)]


class ParallelRule(_Strict):
    """Settings of parallel analysis."""

    draws: Annotated[int, Field(ge=20, le=10_000)]
    quantile: Share


class Dimensionality(_Strict):
    """Exploratory factor analysis of the items that `select` picks by their attributes.

    Attributes
    ----------
    factors : "parallel" or int
        As many as parallel analysis suggests, or a number.
    bootstrap : int
        Resamples for standard errors; 0 for none.
    """

    select: dict[str, str] = {}
    extraction: Literal["minres", "ml"]
    rotation: Literal["oblimin", "promax", "quartimin", "varimax"]
    factors: Literal["parallel"] | Annotated[int, Field(ge=1)]
    parallel: ParallelRule
    salient_loading: Share
    bootstrap: Annotated[int, Field(ge=0, le=10_000)] = 0


class ModelEntry(_Strict):
    """A model in ``models/<file>.lav``."""

    id: Name
    file: str
    label: Texts


class Measurement(_Strict):
    """Competing measurement models of the items.

    Attributes
    ----------
    expected : str or None
        Id of the model that the theory names.
    nested : tuple of (restricted, full)
        Pairs to compare by a chi-square difference.
    """

    models: tuple[ModelEntry, ...]
    expected: Name | None = None
    nested: tuple[tuple[Name, Name], ...] = ()


class StructureEntry(_Strict):
    """A structural model of the facet scores (or items).

    Attributes
    ----------
    kind : str
        Which file of ``cosyn/synergy`` runs it.
    null : str or None
        Id of the model it must beat.
    products : dict
        Name of a product factor -> the two latents it is made of.
    """

    id: Name
    file: str
    label: Texts
    kind: Name
    null: Name | None = None
    products: dict[Name, tuple[Name, Name]] = {}


class Structure(_Strict):
    """Structural models of the outcome."""

    data: Literal["facets", "items"]
    outcome: Name
    models: tuple[StructureEntry, ...]


class Hypothesis(_Strict):
    """A claim and how it can fail.

    Attributes
    ----------
    test : "effect", "equivalence" or "restriction"
        An effect of a predicted sign; an effect within the smallest effect of interest; or a
        restricted model that fits no worse than the full one.
    effect : str
        For the first two: a row of the model in its syntax, e.g. ``Y ~ X``, or the name of a
        defined parameter.
    restricted : str
        For the last: the model that is claimed to suffice (`model` is the full one).
    """

    id: Name
    claim: Texts
    family: Name
    model: Name
    test: Literal["effect", "equivalence", "restriction"]
    effect: str = ""
    predicted: Literal["positive", "negative"] = "positive"
    restricted: Name | None = None
    alpha: Share | None = None


class Hypotheses(_Strict):
    """The rule for all hypotheses, and the hypotheses."""

    alpha: Share
    smallest_effect: Share
    tests: tuple[Hypothesis, ...]


class Convention(_Strict):
    """A customary cutoff with its source; printed beside a result, never a verdict."""

    statistic: Name
    at_least: float | None = None
    at_most: float | None = None
    source: str


class Cutoff(_Strict):
    """A least value, and who says so."""

    at_least: Annotated[float, Field(ge=-1, le=1)]
    source: str


class PanelRule(_Strict):
    """When the judgement of an expert panel speaks for an item, a facet or a construct.

    Attributes
    ----------
    relevant : int
        Ratings of relevance, 1 to 4, from which on an item counts as relevant.
    item_cvi, scale_cvi, joint_sort : Cutoff
        Least I-CVI of an item, S-CVI/Ave of a facet or construct, and share of blind placements
        that are right in every attribute.
    cvr_alpha : float
        One-sided level at which a content validity ratio is more than chance.
    """

    relevant: Annotated[int, Field(ge=2, le=4)]
    item_cvi: Cutoff
    scale_cvi: Cutoff
    joint_sort: Cutoff
    cvr_alpha: Share


class Plan(_Strict):
    """``analysis/plan.yaml``."""

    version: Annotated[int, Field(ge=1)]
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    confidence: Share
    form: Name | None = None
    minimum_cell: Annotated[int, Field(ge=1)]
    steps: Annotated[tuple[Name, ...], Field(min_length=1)]
    facet_scores: ScoreRule
    dimensionality: Dimensionality | None = None
    measurement: Measurement | None = None
    structure: Structure | None = None
    hypotheses: Hypotheses | None = None
    panel: PanelRule | None = None
    conventions: tuple[Convention, ...] = ()


class OutcomeRule(_Strict):
    """How the population's outcome comes about; all latents standardised."""

    construct_id: Annotated[str, Field(alias="construct")]
    effects: dict[Name, float]
    interactions: dict[str, float] = {}
    residual_sd: Annotated[float, Field(gt=0)]


class Careless(_Strict):
    """Respondents who do not read: the same answer throughout, or any answer."""

    straight: Annotated[float, Field(ge=0, lt=0.5)]
    random: Annotated[float, Field(ge=0, lt=0.5)]


class Population(_Strict):
    """``analysis/population.yaml``: what `survey simulate` draws from.

    Attributes
    ----------
    thresholds : dict
        Construct -> increasing cut points of a standard normal response, one fewer than
        options; the key ``default`` serves the rest.
    """

    version: Annotated[int, Field(ge=1)]
    departments: Annotated[int, Field(ge=1, le=100_000)]
    respondents_per_department: Annotated[int, Field(ge=1, le=10_000)]
    wave: str
    languages: dict[str, Annotated[float, Field(ge=0, le=1)]]
    icc: Annotated[float, Field(ge=0, lt=1)]
    correlations: dict[Name, dict[Name, Annotated[float, Field(gt=-1, lt=1)]]]
    outcome: OutcomeRule
    facet_loading: Share
    item_loading: Share
    thresholds: dict[str, tuple[float, ...]]
    missing: dict[
        Literal["dont_know", "not_applicable", "not_answered"],
        Annotated[float, Field(ge=0, lt=0.5)],
    ]
    careless: Careless


@dataclass(frozen=True, slots=True)
class LoadedPlan:
    """A plan with the text of its models.

    Attributes
    ----------
    models : Mapping[str, str]
        ``ModelEntry.file`` -> model syntax.
    digest : str
        SHA-256 over the plan file, every model it names and the rules of screening.
    screening : Screening or None
        ``screening.yaml``, None if the study has none.
    """

    plan: Plan
    models: Mapping[str, str]
    digest: str
    source: Source
    screening: Screening | None = None


def load_plan(folder: Path) -> LoadedPlan:
    """Read ``plan.yaml``, the models it names, and ``screening.yaml`` if there is one.

    Raises
    ------
    PlanError, Faults
        Every fault, with its file and line.
    """
    faults: list[SurveyError] = []
    reader = Reader(PlanError, "plan", faults, folder.parent)
    loaded = reader.read(folder / "plan.yaml", f"{folder.name}/plan.yaml", Plan)
    screening = _screening(folder, reader)
    raise_all(faults)
    assert loaded is not None, "no content although no fault was found"
    plan, source = loaded.content, loaded.source
    models = {}
    for path, entry in _entries(plan):
        file = folder / "models" / f"{entry.file}.lav"
        if not file.is_file():
            reader.fault(
                "missing-model",
                source.at(*path),
                f"model {entry.id}: {folder.name}/models/{entry.file}.lav does not exist",
                "Write it or correct `file`",
            )
            continue
        syntax = reader.text(file, f"{folder.name}/models/{entry.file}.lav")
        if syntax is not None:
            models[entry.file] = syntax
    _check_references(plan, source, reader)
    raise_all(faults)
    return LoadedPlan(plan, models, _digest(plan, models, screening), source, screening)


def load_population(folder: Path) -> Population:
    """Read ``population.yaml``.

    Raises
    ------
    PlanError, Faults
        Every fault, with its file and line.
    """
    faults: list[SurveyError] = []
    loaded = Reader(PlanError, "plan", faults, folder.parent).read(
        folder / "population.yaml", f"{folder.name}/population.yaml", Population
    )
    raise_all(faults)
    assert loaded is not None, "no content although no fault was found"
    return loaded.content


def _screening(folder: Path, reader: Reader) -> Screening | None:
    """The rules of screening; a study without them is not screened."""
    path = folder / SCREENING
    if not (path.exists() or path.is_symlink()):
        return None
    found = reader.read(path, f"{folder.name}/{SCREENING}", Screening)
    return found.content if found else None


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
    tests = plan.hypotheses.tests if plan.hypotheses else ()
    for i, test in enumerate(tests):
        named.append((test.model, ("hypotheses", "tests", i, "model")))
        if test.restricted:
            named.append((test.restricted, ("hypotheses", "tests", i, "restricted")))
        needs = "restricted" if test.test == "restriction" else "effect"
        if not getattr(test, needs):
            reader.fault(
                "missing-key",
                source.at("hypotheses", "tests", i),
                f"hypothesis {test.id}: a test of kind {test.test} needs `{needs}`",
                "Add it",
            )
    for name, path in named:
        if name not in models:
            reader.fault(
                "unknown-model",
                source.at(*path),
                f"there is no model {name!r}",
                f"Use one of: {', '.join(models)}",
            )


def _digest(plan: Plan, models: Mapping[str, str], screening: Screening | None) -> str:
    content = plan.model_dump_json() + "".join(
        f"\0{name}\0{text}" for name, text in sorted(models.items())
    )
    if screening is not None:
        content += f"\0{SCREENING}\0{screening.model_dump_json()}"
    return hashlib.sha256(content.encode()).hexdigest()
