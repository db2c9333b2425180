"""How often the study finds a synergy that is there, and one that is not: a simulation study.

Samples are drawn from the population of `analysis/population.yaml`, changed as each condition says,
scored as `survey analyze` scores them and tested by the plan's model of the interaction. The rows
of every sample are added to `benchmarks/results/simulation_study.csv` as they come: a run that is
interrupted goes on where it stopped, and more replications add to those that are there. Run as

    python benchmarks/simulation_study.py [--replications 500] [--processes 2] [--only NAME]
    python benchmarks/simulation_study.py --write    # the tables of docs/simulation-study.md
    python benchmarks/simulation_study.py --check    # exits with 1 if the page has other tables

Each sample has a seed of its own, made of the study's seed, the condition's name and its number, so
that neither the order nor the number of processes changes any.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before numpy is loaded

import argparse
import csv
import math
import sys
import time
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from cosyn.derivation import with_models
from cosyn.instrument.load import load_instrument
from cosyn.plan import load_plan, load_population
from cosyn.responses import select
from cosyn.scoring import facet_scores, keyed
from cosyn.screening import screen
from cosyn.simulation import answered, draw, outcome_variance
from cosyn.study import bundled
from cosyn.synergy import SYNERGIES, Scores, Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cosyn.instrument.types import Instrument
    from cosyn.plan import LoadedPlan, Population
    from cosyn.responses import ResponseTable
    from cosyn.thresholds import Screening

SEED = 20251123
HERE = Path(__file__).resolve()
RESULTS = HERE.parent / "results" / "simulation_study.csv"
PAGE = HERE.parents[1] / "docs" / "simulation-study.md"
MODEL, PAIR = "c", "IP*EP"  # the plan's model of the interaction, and the population's product
COLUMNS = (
    "condition",
    "replicate",
    "method",
    "effect",
    "n",
    "estimate",
    "se",
    "z",
    "why",
    "seconds",
)
SYMMETRIC = {"default": (-2.0, -1.2, -0.4, 0.4, 1.2, 2.0)}
LOADING_075 = 0.862  # of facets on constructs, with which scores of two items load .75
Z = 1.959964
#: Slow methods have no more samples than these.
MOST = {"squares": 80, "LMS": 50}


@dataclass(frozen=True, slots=True)
class Condition:
    """A population and how it is sampled.

    Attributes
    ----------
    effect : float or None
        Standardised effect of the product; None for the population's own.
    ceiling : bool
        Answers cut as the population says (most of them high), or in seven symmetric categories.
    careless : float or None
        Share, half of it the same answer throughout and half any answer; None for the population's.
    loading : float or None
        Of facets on constructs; None for the population's.
    said : dict
        What the design of the study said of the share that reject, by method and effect.
    """

    part: str
    name: str
    departments: int
    size: int
    icc: float
    effect: float | None
    ceiling: bool = False
    careless: float | None = 0.0
    loading: float | None = None
    gaps: bool = False
    methods: tuple[str, ...] = ("products",)
    said: Mapping[str, str] = field(default_factory=dict)


def conditions() -> tuple[Condition, ...]:
    """Everything that is tried, the main conditions first."""
    field = [
        Condition("fielding", f"{d} × 6; ICC {icc:g}; β {effect:g}", d, 6, icc, effect)
        for d, icc in ((200, 0.15), (100, 0.15), (200, 0.30))
        for effect in (0.0, 0.15)
    ]
    main, rest = field[:2], field[2:]
    both, squares = ("products", "unclustered"), ("squares",)
    found = [
        replace(c, methods=(*both, "SAM", "LMS", *(() if c.effect else squares))) for c in main
    ]
    found += [replace(c, methods=both) for c in rest]
    found += [
        replace(c, part="ceiling", name=f"ceiling; β {c.effect:g}", ceiling=True,
                methods=("products", "SAM", "LMS", *(() if c.effect else squares)))
        for c in main
    ]  # fmt: skip
    found += [
        replace(c, part="careless", name=f"{100 * share:g} % careless; β {c.effect:g}",
                careless=share, methods=("products", "screened"))
        for share in (0.10, 0.20)
        for c in main
    ]  # fmt: skip
    figures = {  # with squares these were of composites, not of latents
        (300, 0.0, False): {"products": ".048"},
        (300, 0.10, False): {"products": ".31"},
        (800, 0.0, False): {},
        (800, 0.10, False): {"products": ".86", "squares": ".44"},
        (800, 0.0, True): {"squares: IPxIP": ".13 to .18"},
        (800, 0.10, True): {"squares": ".25"},
    }
    found += [
        Condition(
            "design", f"N {n}; {'ceiling' if top else 'symmetric'}; β {effect:g}", n, 1, 0.0,
            effect, ceiling=top, loading=LOADING_075, said=said,
            methods=("products", *(squares if n == 800 else ())),
        )
        for (n, effect, top), said in figures.items()
    ]  # fmt: skip
    own = Condition("study", "as in population.yaml", 150, 10, 0.15, None, ceiling=True,
                    careless=None, gaps=True)  # fmt: skip
    nothing = replace(own, name="the same without the interaction", effect=0.0)
    return (*found, own, nothing)


@dataclass(frozen=True, slots=True)
class Study:
    """What is read once a process."""

    instrument: Instrument
    plan: LoadedPlan
    population: Population
    form: str
    rules: Screening
    task: Task


@cache
def study() -> Study:
    """The study of the repository."""
    root = bundled()
    instrument = load_instrument(root / "instrument")
    plan = with_models(load_plan(root / "analysis"), instrument)
    structure = plan.plan.structure
    assert structure
    assert plan.screening
    entry = next(entry for entry in structure.models if entry.id == MODEL)
    task = Task(
        plan.models[entry.file], entry.file, structure.outcome, products=entry.products, robust=True
    )
    rules = plan.screening
    # Rules that do not count flag nobody for exclusion.
    idle = {name: None for name, rule in rules.applied().items() if not rule.counts}
    rules = rules.model_copy(update={"rules": rules.rules.model_copy(update=idle)})
    form = plan.plan.form or instrument.default_form
    return Study(instrument, plan, load_population(root / "analysis"), form, rules, task)


def population_of(condition: Condition) -> Population:
    """The population of a condition."""
    base = study().population
    changed: dict[str, object] = {
        "departments": condition.departments,
        "respondents_per_department": condition.size,
        "icc": condition.icc,
    }
    if condition.effect is not None:
        products = {PAIR: unstandardised(base, condition.effect)} if condition.effect else {}
        changed["outcome"] = base.outcome.model_copy(update={"interactions": products})
    if not condition.ceiling:
        changed["thresholds"] = SYMMETRIC
    if condition.careless is not None:
        half = condition.careless / 2
        changed["careless"] = base.careless.model_copy(update={"straight": half, "random": half})
    if not condition.gaps:
        changed["missing"] = {}
    if condition.loading is not None:
        changed["facet_loading"] = condition.loading
    return base.model_copy(update=changed)


def unstandardised(base: Population, effect: float) -> float:
    """The product's effect before the outcome is standardised: what grows also the variance.

    With v and v1 the variance of the outcome without the product and with an effect of 1, effect
    squared is g**2 / (v + g**2 (v1 - v)).
    """

    def variance(g: float) -> float:
        products = {PAIR: g} if g else {}
        outcome = base.outcome.model_copy(update={"interactions": products})
        return outcome_variance(base.model_copy(update={"outcome": outcome}))

    v = variance(0.0)
    return effect * math.sqrt(v / (1 - effect**2 * (variance(1.0) - v)))


def truth(condition: Condition) -> float:
    """The product's standardised effect in the population."""
    population = population_of(condition)
    effect = population.outcome.interactions.get(PAIR, 0.0)
    return effect / math.sqrt(outcome_variance(population))


Row = tuple[str, int, str, str, int, str, str, str, str, str]


def sample(job: tuple[Condition, int, tuple[str, ...]]) -> list[Row]:
    """Draw a sample and test it by some methods."""
    condition, replicate, methods = job
    seed = np.random.SeedSequence((SEED, crc32(condition.name.encode()), replicate))
    here = study()
    drawn = draw(
        here.instrument, population_of(condition), here.form, int(seed.generate_state(1)[0])
    )
    table = answered(drawn, here.instrument, here.form)
    rows: list[Row] = []
    for method in methods:
        begun = time.process_time()
        found, n = tested(table, method, clustered=condition.size > 1)
        seconds = f"{time.process_time() - begun:.3f}"
        rows += [
            (condition.name, replicate, method, effect, n, *rest, seconds)
            for effect, *rest in found
        ]
    return rows


def tested(
    table: ResponseTable, method: str, *, clustered: bool
) -> tuple[list[tuple[str, str, str, str, str]], int]:
    """Effects as (product, estimate, se, z, why there are none), and how many were used."""
    here, task = study(), study().task
    if method == "screened":
        table = select(table, ~screen(table, here.instrument, here.rules).excluded)
    scores = scores_of(table, clustered=clustered and method != "unclustered")
    kind = {"SAM": "interaction_sam", "LMS": "interaction_lms"}.get(method, "interaction")
    task = replace(task, quadratic=method == "squares")
    result = SYNERGIES[kind].run(scores, task)
    found, n = result.interaction, len(scores.values)
    assert found
    unsound = kind == "interaction" and not result.fit.status.ok
    why = found.problem or ("not sound" if unsound else "")
    raw = {row.rhs: row for row in found.estimates}
    # The plan decides nothing by a model that is not sound; variants of it stand beside even so.
    if found.problem or (unsound and method != "squares"):
        return [(product, "", "", "", why.split(";")[0][:40]) for product in task.products], n
    return [
        (e.product, f"{e.value:.5f}", f"{e.standard_error:.5f}", _z(raw[e.product]), why)
        for e in found.effects
    ], n


def _z(row: object) -> str:
    """Wald's test of the unstandardised effect, by which the plan decides."""
    value, se = getattr(row, "value", None), getattr(row, "standard_error", None)
    return "" if value is None or not se else f"{value / se:.4f}"


def scores_of(table: ResponseTable, *, clustered: bool) -> Scores:
    """Facet scores of those who have all of them."""
    here = study()
    scales = {item.id for item in here.instrument.scale_items_of(here.form)}
    kept = [k for k, item in enumerate(table.items) if item in scales]
    chosen = replace(
        table,
        items=tuple(table.items[k] for k in kept),
        matrix=table.values[:, kept],
        missing=table.missing[:, kept],
    )
    minimum = here.plan.plan.facet_scores.minimum_answered
    facets = facet_scores(keyed(chosen, here.instrument), here.instrument, minimum)
    whole = ~np.isnan(facets.values).any(axis=1)
    cluster = np.unique(table.departments, return_inverse=True)[1][whole]
    return Scores(facets.names, facets.values[whole], cluster if clustered else None)


def read(path: Path) -> list[dict[str, str]]:
    """Rows so far; a last line that was cut off is none."""
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole, encoding="utf-8")
    return list(csv.DictReader(whole.splitlines()))


def run(path: Path, chosen: Sequence[Condition], replications: int, processes: int) -> None:
    """Draw and test what the file does not hold yet."""
    done = {(row["condition"], int(row["replicate"]), row["method"]) for row in read(path)}
    jobs = []
    for condition in chosen:
        for r in range(replications):
            open_ = tuple(
                m
                for m in condition.methods
                if r < MOST.get(m, replications) and (condition.name, r, m) not in done
            )
            if open_:
                jobs.append((condition, r, open_))
    path.parent.mkdir(exist_ok=True)
    begun = time.monotonic()
    with path.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        if not stream.tell():
            writer.writerow(COLUMNS)
        with get_context("spawn").Pool(processes) as pool:
            for k, rows in enumerate(pool.imap(sample, jobs, chunksize=4), start=1):
                writer.writerows(rows)
                stream.flush()
                if not k % 100:
                    print(f"{k} of {len(jobs)}, {time.monotonic() - begun:.0f} s", flush=True)


@dataclass(frozen=True, slots=True)
class Cell:
    """What the samples of a condition say of one effect by one method.

    Attributes
    ----------
    unsound : int
        Samples whose model is not sound; they count with the others only where squares are added.
    n, mean, sd, ratio : float
        Mean sample size, mean and standard deviation of estimates, mean standard error over that.
    covered, rejected : float
        Shares of those with estimates.
    """

    used: int
    unsound: int
    n: float
    mean: float
    sd: float
    ratio: float
    covered: float
    rejected: float


def summary(rows: Sequence[dict[str, str]], true: float) -> Cell | None:
    """Summarise the rows of one condition, method and effect; None if fewer than two are usable."""
    usable = [r for r in rows if r["estimate"] and r["z"]]
    if len(usable) < 2:
        return None
    estimates = [float(r["estimate"]) for r in usable]
    errors = [float(r["se"]) for r in usable]
    sd = stdev(estimates)
    near = (abs(e - true) <= Z * s for e, s in zip(estimates, errors, strict=True))
    return Cell(
        used=len(usable),
        unsound=sum(bool(r["why"]) for r in rows),
        n=fmean(float(r["n"]) for r in rows),
        mean=fmean(estimates),
        sd=sd,
        ratio=fmean(errors) / sd,
        covered=fmean(near),
        rejected=fmean(abs(float(r["z"])) > Z for r in usable),
    )


def monte_carlo_error(share: float, samples: int) -> float:
    """Standard error of a share for having drawn so many samples."""
    return math.sqrt(share * (1 - share) / samples)


def tables(rows: Sequence[dict[str, str]]) -> str:
    """The tables of the page, in Markdown."""
    key = ("condition", "method", "effect")
    ordered = sorted(rows, key=lambda r: tuple(r[k] for k in key))
    cells = {k: list(g) for k, g in groupby(ordered, key=lambda r: tuple(r[k] for k in key))}
    parts = {
        "fielding": "Departments of six, seven symmetric categories, everybody careful",
        "ceiling": "The same 200 departments (ICC .15), most answers high",
        "careless": "The same 200 departments (ICC .15), symmetric, some respondents careless",
        "study": "The population of the simulated demonstration",
        "design": "The conditions under which the design's figures were computed",
    }
    seconds = {(r["condition"], r["replicate"], r["method"]): float(r["seconds"]) for r in rows}
    minutes = sum(seconds.values()) / 60
    lines = [f"{len(seconds):,} tests of samples, {minutes:.0f} minutes of one core.", ""]
    for part, title in parts.items():
        chosen = [c for c in conditions() if c.part == part]
        body = [line for c in chosen for line in _lines(c, cells)]
        if body:
            lines += [f"**{title}**", "", *_head(part), *body, ""]
    return "\n".join(lines)


def _head(part: str) -> list[str]:
    last = " | The design said" if part == "design" else ""
    rule = "| --- | --- " + "| ---: " * (9 if last else 8) + "|"
    first = "| Condition | Method | Samples | n | True β | Mean | SE/SD | Coverage | Rejected"
    return [f"{first} | Not sound{last} |", rule]


def _lines(
    condition: Condition, cells: dict[tuple[str, ...], list[dict[str, str]]]
) -> Iterator[str]:
    product = next(iter(study().task.products))
    for method in condition.methods:
        names = [e for c, m, e in cells if (c, m) == (condition.name, method)]
        for effect in sorted(names, key=lambda e: e != product):
            true = truth(condition) if effect == product else 0.0
            cell = summary(cells[condition.name, method, effect], true)
            if cell is None:
                continue
            label = method if effect == product else f"{method}: {effect}"
            coverage = _share(cell.covered, cell.used)
            rejected = _share(cell.rejected, cell.used)
            first = f"| {condition.name} | {label} | {cell.used} | {cell.n:,.0f} | {true:.3f} | "
            last = f" | {cell.unsound} |"
            if condition.part == "design":
                last += f" {condition.said.get(label, '')} |"
            yield f"{first}{cell.mean:.3f} | {cell.ratio:.2f} | {coverage} | {rejected}{last}"


def _share(value: float, samples: int) -> str:
    return f"{value:.3f} ({monte_carlo_error(value, samples):.3f})"


MARKS = ("<!-- tables: begin -->\n", "<!-- tables: end -->\n")


def page_of(text: str, rows: Sequence[dict[str, str]]) -> str:
    """The page with the tables of these rows between its marks."""
    begin, end = (text.index(mark) for mark in MARKS)
    return text[: begin + len(MARKS[0])] + "\n" + tables(rows) + text[end:]


def main() -> int:
    """Run, or bring the page up to date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--replications", type=int, default=500)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", default="", help="part or beginning of a condition's name")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    if asked.write or asked.check:
        text = PAGE.read_text(encoding="utf-8")
        made = page_of(text, read(asked.results))
        if asked.write:
            PAGE.write_text(made, encoding="utf-8")
        return int(asked.check and made != text)
    chosen = [
        c for c in conditions() if asked.only in {"", c.part} or c.name.startswith(asked.only)
    ]
    run(asked.results, chosen, asked.replications, asked.processes)
    print(tables(read(asked.results)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
