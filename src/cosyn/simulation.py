"""Draw respondents in departments from a population that the study states."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.errors import PlanError
from cosyn.instrument.types import Missing
from cosyn.responses import MISSING_ORDER, ResponseTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cosyn.instrument.types import Instrument, Item
    from cosyn.plan import Population

_WHERE = "analysis/population.yaml"
_SINGULAR = 1e-10
"""Smallest eigenvalue that counts as none: latents that are the same have correlations of 1."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Simulated respondents.

    Attributes
    ----------
    departments : ndarray of int, shape (n,)
        Running number of each respondent's department, from 1.
    languages : tuple of str, length n
    codes : ndarray of int, shape (n, p)
        Codes as a respondent would give them, missing codes included; -1 if left blank.
    items : tuple of str, length p
    """

    departments: NDArray[np.int64]
    languages: tuple[str, ...]
    codes: NDArray[np.int64]
    items: tuple[str, ...]


def draw(
    instrument: Instrument, population: Population, form: str, seed: int, where: str = _WHERE
) -> Drawn:
    """Draw one sample.

    Latents are standard normal with the stated correlations, split into a department and a
    personal part by the ICC; the outcome is their weighted sum with products and a residual,
    standardised by its population variance; facets load on constructs and latent responses on
    facets; thresholds cut these into codes.

    Parameters
    ----------
    where : str
        File that the population stands in, for errors.

    Raises
    ------
    PlanError
        If the population does not fit the instrument, or its correlations are impossible.
    """
    instrument = instrument.in_form(form)
    items = instrument.scale_items_of(form)
    _check(instrument, population, items, where)
    latent_rng, item_rng, gap_rng, who_rng, other_rng = (
        np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(5)
    )
    departments = _departments(population, who_rng)
    latents = _latents(population, departments, latent_rng)
    responses = _latent_responses(instrument, population, items, latents, item_rng)
    codes = _cut(instrument, population, items, responses)
    careless = _answer_carelessly(codes, instrument, population, items, gap_rng)
    _leave_gaps(codes, instrument, population, items, gap_rng)
    names = tuple(population.languages)
    shares = np.array(list(population.languages.values()))
    spoken = who_rng.choice(len(names), size=len(departments), p=shares / shares.sum())
    languages = tuple(names[i] for i in spoken)
    others = [item for item in instrument.items_of(form) if item not in items]
    columns = [_other(item, instrument, careless, other_rng) for item in others]
    return Drawn(
        departments,
        languages,
        np.column_stack([codes, *columns]),
        tuple(item.id for item in (*items, *others)),
    )


def _other(
    item: Item, instrument: Instrument, careless: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw answers to a question beside the scales: any answer that does not end the survey.

    The careful follow an instruction; the careless answer anything.
    """
    response_format = instrument.response_format(item)
    if response_format.kind == "numeric":
        low, high = int(response_format.minimum), int(response_format.maximum)
        return rng.integers(low, high, size=len(careless), endpoint=True)
    open_codes = [c for c in _option_codes(instrument, item) if c not in item.screen_out]
    anything = rng.choice(open_codes, size=len(careless))
    if item.expected is None:
        return anything
    return np.where(careless, anything, item.expected)


def to_csv(
    drawn: Drawn, instrument: Instrument, form: str, wave: str, seed: int, population: str = ""
) -> bytes:
    """Write what was drawn as the spreadsheet a field team would hand in, marked as simulated.

    Parameters
    ----------
    population : str
        Name of the population if it is not the study's own; part of the mark.
    """
    mark = f"seed {seed}, {population}" if population else f"seed {seed}"
    stamp = (instrument.id, instrument.version, instrument.digest, form, mark)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    meta = ("department", "wave", "language", "instrument", "version", "digest", "form")
    writer.writerow((*meta, "simulated", *drawn.items))
    for department, language, row in zip(
        names_of(drawn), drawn.languages, drawn.codes, strict=True
    ):
        answers = ("" if code < 0 else str(code) for code in row)
        writer.writerow((department, wave, language, *stamp, *answers))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def answered(drawn: Drawn, instrument: Instrument, form: str, wave: str = "") -> ResponseTable:
    """Lay out what was drawn as the table that importing its spreadsheet would give.

    Parameters
    ----------
    instrument : Instrument
        The one it was drawn for.
    """
    instrument = instrument.in_form(form)
    n = len(drawn.codes)
    missing = np.zeros(drawn.codes.shape, np.int8)
    for j, name in enumerate(drawn.items):
        gaps = instrument.response_format(instrument.item(name)).missing
        reasons = {option.code: option.reason for option in gaps} | {-1: Missing.NOT_ANSWERED}
        for code, reason in reasons.items():
            missing[drawn.codes[:, j] == code, j] = MISSING_ORDER.index(reason)
    return ResponseTable(
        items=drawn.items,
        matrix=np.where(missing > 0, np.nan, drawn.codes),
        missing=missing,
        submissions=tuple(str(i) for i in range(1, n + 1)),
        departments=tuple(names_of(drawn)),
        waves=(wave,) * n,
        languages=drawn.languages,
        respondents=("",) * n,
        forms=(form,) * n,
        orders=("",) * n,
        seconds=np.full(n, np.nan),
        simulated=True,
    )


def names_of(drawn: Drawn) -> list[str]:
    """Name of each respondent's department."""
    width = len(str(int(drawn.departments.max())))
    return [f"D{department:0{width}d}" for department in drawn.departments]


def _check(
    instrument: Instrument, population: Population, items: Sequence[Item], where: str
) -> None:
    constructs = {c.id for c in instrument.constructs}
    outcome = population.outcome
    named = {*_predictors(population), *outcome.effects, outcome.construct_id}
    named |= {name for pair in outcome.interactions for name in pair.split("*")}
    named |= {name for name in population.thresholds if name != "default"}
    for name in sorted(named - constructs):
        what = f"the instrument has no construct {name!r}"
        _refuse(where, "unknown-construct", what, "Correct the id")
    if np.linalg.eigvalsh(_correlations(population)).min() < -_SINGULAR:
        _refuse(
            where,
            "correlations",
            "no variables can have these correlations (not positive semidefinite)",
            "Make the large ones smaller",
        )
    simulated = {*_predictors(population), outcome.construct_id}
    for item in items:
        response_format = instrument.response_format(item)
        if response_format.kind != "options":
            _refuse(
                where,
                "numeric-item",
                f"item {item.id} is answered with a number",
                "Simulation needs options: take the item out of the form",
            )
        if item.construct not in simulated:
            _refuse(
                where,
                "undrawn-construct",
                f"item {item.id} measures {item.construct}, which is not drawn",
                "Give the construct correlations, or make it the outcome",
            )
        cuts = _cuts(population, item.construct)
        if len(cuts) != len(response_format.options) - 1 or list(cuts) != sorted(set(cuts)):
            _refuse(
                where,
                "thresholds",
                f"construct {item.construct}: {len(cuts)} thresholds for "
                f"{len(response_format.options)} options",
                "Give one fewer than options, in increasing order",
            )


def _refuse(where: str, code: str, what: str, fix: str) -> None:
    raise PlanError(f"population.{code}", where, what, fix)


def _predictors(population: Population) -> tuple[str, ...]:
    """Constructs with stated correlations, in the order of the file."""
    names: dict[str, None] = {}
    for first, row in population.correlations.items():
        names[first] = None
        names.update(dict.fromkeys(row))
    names.update(dict.fromkeys(population.outcome.effects))
    return tuple(names)


def _correlations(population: Population) -> NDArray[np.float64]:
    names = _predictors(population)
    matrix = np.eye(len(names))
    for first, row in population.correlations.items():
        for second, value in row.items():
            i, j = names.index(first), names.index(second)
            matrix[i, j] = matrix[j, i] = value
    return matrix


def _root(R: NDArray[np.float64]) -> NDArray[np.float64]:
    """A matrix L with L L' = R, triangular unless some latents are the same."""
    values, vectors = np.linalg.eigh(R)
    if values.min() > _SINGULAR:
        return np.asarray(np.linalg.cholesky(R))
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def _departments(population: Population, rng: np.random.Generator) -> NDArray[np.int64]:
    mean = population.respondents_per_department
    low, high = max(1, mean - mean // 2), mean + mean // 2
    sizes = rng.integers(low, high, size=population.departments, endpoint=True)
    return np.repeat(np.arange(1, population.departments + 1), sizes)


def _clustered(
    icc: float, departments: NDArray[np.int64], k: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Standard normals, shape (n, k), whose departments share the part `icc` of the variance."""
    shared = rng.standard_normal((int(departments.max()), k))[departments - 1]
    own = rng.standard_normal((len(departments), k))
    mixed: NDArray[np.float64] = np.sqrt(icc) * shared + np.sqrt(1 - icc) * own
    return mixed


def _latents(
    population: Population, departments: NDArray[np.int64], rng: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    names, R = _predictors(population), _correlations(population)
    X = _clustered(population.icc, departments, len(names), rng) @ _root(R).T
    latents = {name: X[:, i] for i, name in enumerate(names)}
    rule = population.outcome
    residual = _clustered(population.icc, departments, 1, rng)[:, 0]
    outcome = rule.residual_sd * residual
    for name, effect in rule.effects.items():
        outcome += effect * latents[name]
    for pair, effect in rule.interactions.items():
        i, j = (names.index(name) for name in pair.split("*"))
        outcome += effect * (X[:, i] * X[:, j] - R[i, j])
    latents[rule.construct_id] = outcome / np.sqrt(outcome_variance(population))
    return latents


def outcome_variance(population: Population) -> float:
    """Population variance of the outcome before it is standardised.

    Products of normals covary as ``cov(ab, cd) = cor(a,c) cor(b,d) + cor(a,d) cor(b,c)``
    (Isserlis 1918) and not at all with single normals.
    """
    names, R = _predictors(population), _correlations(population)
    rule = population.outcome
    b = np.array([rule.effects.get(name, 0.0) for name in names])
    variance = float(b @ R @ b) + rule.residual_sd**2
    products = list(rule.interactions.items())
    places = [tuple(names.index(name) for name in pair.split("*")) for pair, _ in products]
    for (_, g), (i, j) in zip(products, places, strict=True):
        for (_, h), (k, m) in zip(products, places, strict=True):
            variance += g * h * float(R[i, k] * R[j, m] + R[i, m] * R[j, k])
    return variance


def _latent_responses(
    instrument: Instrument,
    population: Population,
    items: Sequence[Item],
    latents: dict[str, NDArray[np.float64]],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    n = len(next(iter(latents.values())))
    on_construct, on_facet = population.facet_loading, population.item_loading
    owners = {f.id: c.id for c in instrument.constructs for f in c.facets}
    facets = {
        facet: on_construct * latents[owners[facet]]
        + np.sqrt(1 - on_construct**2) * rng.standard_normal(n)
        for facet in dict.fromkeys(item.facet for item in items)
    }
    columns = [
        (-1 if item.reverse else 1) * on_facet * facets[item.facet]
        + np.sqrt(1 - on_facet**2) * rng.standard_normal(n)
        for item in items
    ]
    return np.column_stack(columns)


def _cuts(population: Population, construct: str) -> tuple[float, ...]:
    return population.thresholds.get(construct, population.thresholds.get("default", ()))


def _cut(
    instrument: Instrument,
    population: Population,
    items: Sequence[Item],
    responses: NDArray[np.float64],
) -> NDArray[np.int64]:
    codes = np.empty(responses.shape, dtype=np.int64)
    for j, item in enumerate(items):
        options = _option_codes(instrument, item)
        cuts = np.array(_cuts(population, item.construct))
        codes[:, j] = options[np.searchsorted(cuts, responses[:, j])]
    return codes


def _option_codes(instrument: Instrument, item: Item) -> NDArray[np.int64]:
    return np.array([option.code for option in instrument.response_format(item).options])


def _answer_carelessly(
    codes: NDArray[np.int64],
    instrument: Instrument,
    population: Population,
    items: Sequence[Item],
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """Overwrite the rows of those who give one answer throughout, or any answer; say whose.

    The one answer is as likely as it is among the others, so that it is mostly a high one.
    """
    n, rule = len(codes), population.careless
    kind = rng.choice(3, size=n, p=[1 - rule.straight - rule.random, rule.straight, rule.random])
    favourite = rng.standard_normal(n)
    for j, item in enumerate(items):
        options = _option_codes(instrument, item)
        straight = options[np.searchsorted(_cuts(population, items[0].construct), favourite)]
        anything = rng.choice(options, size=n)
        codes[:, j] = np.select([kind == 1, kind == 2], [straight, anything], codes[:, j])
    return kind > 0


def _leave_gaps(
    codes: NDArray[np.int64],
    instrument: Instrument,
    population: Population,
    items: Sequence[Item],
    rng: np.random.Generator,
) -> None:
    for j, item in enumerate(items):
        offered = {
            option.reason.value: option.code
            for option in instrument.response_format(item).missing
            if option.offered and item.dont_know
        }
        gaps = {**offered, Missing.NOT_ANSWERED.value: -1}
        chance = rng.random(len(codes))
        for reason, share in population.missing.items():
            if reason in gaps:
                codes[(chance >= 0) & (chance < share), j] = gaps[reason]
                chance = chance - share
