"""What a whole field wave holds beside its first answers, simulated.

Modes of answering, matters with a lead and a cooperating department, the same people again after
some weeks, and what coordinators tell: so that the steps that need them can be seen at work.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from cosyn.errors import PlanError
from cosyn.simulation import names_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from cosyn.instrument.types import Instrument, Item
    from cosyn.plan import FieldWave, Population, Told
    from cosyn.simulation import Drawn

LEAD, COOPERATING = "lead", "cooperating"
META = ("respondent", "department", "wave", "language", "mode", "matter", "side")
STAMPS = ("instrument", "version", "digest", "form", "simulated")


def field_csv(
    drawn: Drawn, instrument: Instrument, population: Population, form: str, seed: int, where: str
) -> bytes:
    """Write first answers, second ones and those of coordinators as one table.

    Parameters
    ----------
    form : str
        That of the first answers.
    where : str
        File that the population stands in, for errors.

    Raises
    ------
    PlanError
        ``population.no-field`` if the population does not say what such a wave holds, or
        ``population.unknown-form`` or ``population.unknown-item`` if the instrument has no such.
    """
    rules = _rules(population, instrument, where)
    rng = np.random.default_rng([seed, 1])
    known = _known(drawn, population, rules, rng)
    codes = _with_roles(drawn, instrument, rules)
    told = [item.id for item in instrument.items_of(rules.told.form)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*META, *STAMPS, *drawn.items, *told))
    stamp = (instrument.id, instrument.version, instrument.digest)
    mark = f"seed {seed}, field"
    blank = [""] * len(told)
    for row, answers in zip(known, codes, strict=True):
        writer.writerow((*row, *stamp, form, mark, *map(_cell, answers), *blank))
    for i, answers in _again(drawn, codes, instrument, rules, rng):
        respondent, department, _, *rest = known[i]
        row = (respondent, department, rules.retest.wave, *rest)
        writer.writerow((*row, *stamp, rules.retest.form, mark, *answers, *blank))
    empty = [""] * len(drawn.items)
    for row, answers in _telling(drawn, instrument, population, rules.told, rng):
        writer.writerow((*row, *stamp, rules.told.form, mark, *empty, *answers))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _rules(population: Population, instrument: Instrument, where: str) -> FieldWave:
    if population.field is None:
        what = "the population does not say what a whole field wave holds (`field`)"
        raise PlanError(
            "population.no-field", where, what, "Copy the section from a fresh `survey init`"
        )
    rules = population.field
    forms = [each.id for each in instrument.forms]
    for name in (rules.retest.form, rules.told.form):
        if name not in forms:
            what, fix = f"the instrument has no form {name!r}", f"Use one of: {', '.join(forms)}"
            raise PlanError("population.unknown-form", where, what, fix)
    items = {item.id for item in instrument.items}
    for name in (rules.role.item, *rules.told.items):
        if name not in items:
            what = f"the instrument has no item {name!r}"
            raise PlanError("population.unknown-item", where, what, "Correct the id")
    return rules


def _cell(code: int) -> str:
    return "" if code < 0 else str(code)


def _matter(department: int) -> tuple[str, str]:
    """Departments are paired: the first of two leads the matter, the second takes part in it."""
    return f"M{(department + 1) // 2:03d}", LEAD if department % 2 else COOPERATING


def _known(
    drawn: Drawn, population: Population, rules: FieldWave, rng: np.random.Generator
) -> list[tuple[str, ...]]:
    names, shares = list(rules.modes), np.array(list(rules.modes.values()))
    modes = rng.choice(len(names), size=len(drawn.codes), p=shares / shares.sum())
    places = zip(drawn.departments.tolist(), names_of(drawn), drawn.languages, modes, strict=True)
    return [
        (f"R{i:05d}", name, population.wave, language, names[mode], *_matter(department))
        for i, (department, name, language, mode) in enumerate(places, start=1)
    ]


def _with_roles(drawn: Drawn, instrument: Instrument, rules: FieldWave) -> NDArray[np.int64]:
    """Whoever says which role the department has, says the one that it has."""
    codes = drawn.codes.copy()
    if rules.role.item not in drawn.items:
        return codes
    column = codes[:, drawn.items.index(rules.role.item)]
    options = _options(instrument, instrument.item(rules.role.item))
    role = np.where(drawn.departments % 2, rules.role.lead, rules.role.cooperating)
    column[:] = np.where(np.isin(column, options), role, column)
    return codes


def _options(instrument: Instrument, item: Item) -> NDArray[np.int64]:
    return np.array([each.code for each in instrument.response_format(item).options])


def _again(
    drawn: Drawn,
    codes: NDArray[np.int64],
    instrument: Instrument,
    rules: FieldWave,
    rng: np.random.Generator,
) -> Iterator[tuple[int, list[str]]]:
    """A share of the respondents once more; answers have moved by chance, within their scales."""
    asked = {item.id for item in instrument.items_of(rules.retest.form)}
    chosen = np.flatnonzero(rng.random(len(codes)) < rules.retest.share)
    steps = rules.retest.noise * rng.standard_normal((len(chosen), len(drawn.items)))
    ends = {name: _options(instrument, instrument.item(name)) for name in asked}
    for i, shift in zip(chosen.tolist(), steps, strict=True):
        answers = []
        for name, code, step in zip(drawn.items, codes[i], shift, strict=True):
            if name not in asked:
                answers.append("")
                continue
            least, most = int(ends[name].min()), int(ends[name].max())
            again = min(max(round(code + step), least), most) if code in ends[name] else int(code)
            answers.append(_cell(again))
        yield i, answers


def _telling(
    drawn: Drawn,
    instrument: Instrument,
    population: Population,
    rules: Told,
    rng: np.random.Generator,
) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """One coordinator a department, whose answers go with the means of its respondents."""
    means = {
        construct: _means(drawn, instrument, construct)
        for construct in dict.fromkeys(each.of for each in rules.items.values())
    }
    names = dict(zip(drawn.departments.tolist(), names_of(drawn), strict=True))
    language = next(iter(population.languages))
    for k, department in enumerate(np.unique(drawn.departments).tolist()):
        row = ("", names[department], population.wave, language, "")
        answers = []
        for item in instrument.items_of(rules.form):
            rule = rules.items.get(item.id)
            latent = float(rng.standard_normal())
            if rule is not None:
                latent = rule.r * means[rule.of][k] + float(np.sqrt(1 - rule.r**2)) * latent
            top = rule.to if rule is not None else None
            answers.append(str(_told(instrument, item, float(ndtr(latent)), top)))
        yield (*row, *_matter(department)), answers


def _means(drawn: Drawn, instrument: Instrument, construct: str) -> NDArray[np.float64]:
    """Standardised means of departments, in their order."""
    places = [j for j, n in enumerate(drawn.items) if instrument.item(n).construct == construct]
    columns: list[NDArray[np.float64]] = []
    for j in places:
        options = _options(instrument, instrument.item(drawn.items[j]))
        column = drawn.codes[:, j]
        columns.append(np.where(np.isin(column, options), column, np.nan))
    _, groups = np.unique(drawn.departments, return_inverse=True)
    if not columns:
        return np.zeros(int(groups.max()) + 1)
    found = np.column_stack(columns)
    scores = np.where(np.isfinite(found), found, 0).sum(axis=1) / np.maximum(
        np.isfinite(found).sum(axis=1), 1
    )
    means = np.bincount(groups, scores) / np.bincount(groups)
    spread = float(means.std())
    return np.asarray((means - means.mean()) / (spread or 1.0))


def _told(instrument: Instrument, item: Item, share: float, top: int | None) -> int:
    """The answer that lies at a share of the scale; of numbers up to `top`."""
    kind = instrument.response_format(item)
    if kind.kind == "numeric":
        low, high = int(kind.minimum), int(kind.maximum if top is None else top)
        return low + round(share * (high - low))
    options: Sequence[int] = [each.code for each in kind.options]
    return options[min(int(share * len(options)), len(options) - 1)]
