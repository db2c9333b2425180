"""From stored responses to what may be published of them, in the order of the work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cosyn.errors import PlanError, ResponseError
from cosyn.instrument.types import Missing
from cosyn.release._departments import count_tables, mean_scores
from cosyn.release._types import PublishedKey, Released, SensitiveCost, Summary
from cosyn.release.classes import HIDDEN, classes, shared_by
from cosyn.release.coarsen import coarsen, costs_of
from cosyn.release.costs import key_costs, losses
from cosyn.release.diversity import diversity
from cosyn.release.keys import keys_of
from cosyn.release.loss import entropy
from cosyn.release.risk import attack, risk_of
from cosyn.release.suppress import Suppressed, hidden_codes, suppress
from cosyn.responses import MISSING_ORDER, ResponseTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cosyn.instrument.types import Instrument
    from cosyn.release.coarsen import Coarsened
    from cosyn.release.keys import Key
    from cosyn.release.settings import Settings

    Codes = NDArray[np.int64]
    Flags = NDArray[np.bool_]

WHERE = "analysis/release.yaml"
_SUPPRESSED = MISSING_ORDER.index(Missing.SUPPRESSED)
_NOT_SHOWN = MISSING_ORDER.index(Missing.NOT_SHOWN)


def protect(
    table: ResponseTable,
    instrument: Instrument,
    settings: Settings,
    *,
    secret: np.random.Generator,
    seed: int,
    minimum_answered: int,
) -> Released:
    """Choose, shuffle, coarsen and suppress; measure what that did.

    Parameters
    ----------
    table : ResponseTable
        Every stored response.
    secret : Generator
        From a fresh secret that nobody keeps: it draws the order of the file.
    seed : int
        For the simulated attack alone.
    minimum_answered : int
        Items that must be answered for a facet score.

    Raises
    ------
    ResponseError
        ``release.too-few`` if fewer people answered than must look alike.
    PlanError
        If the protection asked for cannot be had within the limits; what would help is said.
    """
    asked = _eligible(table, instrument)
    if len(asked) < settings.k:
        what = f"{len(asked)} responses may be published, and {settings.k} people must look alike"
        raise ResponseError("release.too-few", "the store", what, "Wait for more responses")
    rows = asked[secret.permutation(len(asked))]
    chosen = _rows(table, rows)
    _one_scale(chosen, instrument, settings)
    keys = keys_of(chosen, instrument, settings)
    known = np.column_stack([key.codes for key in keys])
    items = _items(chosen, settings)
    person = _persons(chosen)
    coarsened, hidden = _shared(known, keys, _told(chosen, items), settings, person)
    kept = ~hidden.records
    published = hidden_codes(coarsened.codes, hidden)
    assert not len(published) or shared_by(published).min() >= settings.k, "k-anonymity"
    left = _rows(chosen, np.flatnonzero(kept))
    rng = np.random.default_rng(seed)
    summary = Summary(
        stored=table.n,
        screened_out=table.n - len(asked),
        suppressed=int(hidden.records.sum()),
        published=left.n,
        before=risk_of(known, settings.k),
        after=risk_of(published, settings.k),
        attack_before=attack(known, known, np.ones(len(known), bool), rng),
        attack_after=attack(known, published, kept, rng),
        keys=key_costs(keys, coarsened, published),
        sensitive=(),
        **losses(keys, known, coarsened, hidden),
        repeated=int((np.bincount(person[kept])[person[kept]] > 1).sum()),
        dropped_items=tuple(sorted({*table.items} - {*items} - {key.name for key in keys})),
    )
    _bearable(summary, keys, known, settings)
    shown = tuple(
        _published(k, b, c) for k, b, c in zip(keys, coarsened.bands, published.T, strict=True)
    )
    left, summary = _diverse(left, published, settings, summary)
    columns = [left.items.index(item) for item in items]
    departments, scores = mean_scores(left, shown, instrument, settings, minimum_answered)
    return Released(
        keys=shown,
        items=items,
        values=left.matrix[:, columns],
        missing=left.missing[:, columns],
        counts=count_tables(left, shown, settings),
        departments=departments,
        scores=scores,
        summary=summary,
        simulated=table.simulated,
    )


def _eligible(table: ResponseTable, instrument: Instrument) -> Codes:
    """Rows of those whom no answer screened out: they agreed, and were asked on."""
    asked = np.ones(table.n, bool)
    for column, name in enumerate(table.items):
        if ends := instrument.item(name).screen_out:
            asked &= ~np.isin(table.matrix[:, column], ends)
    found: Codes = np.flatnonzero(asked)
    return found


def _rows(table: ResponseTable, rows: Codes) -> ResponseTable:
    """Some rows of a table, in the order given."""
    texts = ("submissions", "departments", "waves", "languages", "respondents", "forms", "orders")
    picked: dict[str, Any] = {
        name: tuple(np.array(getattr(table, name), object)[rows]) for name in texts
    }
    return replace(
        table,
        matrix=table.matrix[rows],
        missing=table.missing[rows],
        seconds=table.seconds[rows],
        **picked,
    )


def _one_scale(table: ResponseTable, instrument: Instrument, settings: Settings) -> None:
    """Refuse codes that mean two things and a file that does not say which."""
    formats = {form.id: dict(form.response_formats) for form in instrument.forms}
    used = {tuple(sorted(formats.get(form, {}).items())) for form in table.forms}
    if len(used) > 1 and "form" not in settings.names():
        what = "the forms have different response formats, and no record tells its form"
        fix = "Add {variable: form} to quasi_identifiers"
        raise PlanError("release.form-needed", WHERE, what, fix)


def _items(table: ResponseTable, settings: Settings) -> tuple[str, ...]:
    """Items that are published beside the quasi-identifiers: those that somebody was shown."""
    apart = {*settings.names(), *settings.left_out}
    asked = (table.missing != _NOT_SHOWN).any(axis=0)
    return tuple(
        item for item, shown in zip(table.items, asked, strict=True) if shown and item not in apart
    )


def _told(table: ResponseTable, items: tuple[str, ...]) -> float:
    """Bits that a record tells beside its quasi-identifiers."""
    total = 0.0
    for item in items:
        column = table.items.index(item)
        filled = np.where(table.missing[:, column] == 0, table.matrix[:, column], -np.inf)
        total += entropy(np.unique(filled, return_inverse=True)[1].astype(np.int64))
    return total


def _persons(table: ResponseTable) -> Codes:
    """A number for each respondent; who has no code is a person of their own."""
    names = np.array([name or f"\0{at}" for at, name in enumerate(table.respondents)], object)
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def _shared(
    known: Codes, keys: tuple[Key, ...], told: float, settings: Settings, person: Codes
) -> tuple[Coarsened, Suppressed]:
    """Make every combination stand for k people, of whom some may have several records.

    As many records as k people can have at most are of k people; they are asked for only if k
    records turn out to be of fewer.
    """
    coarsened, hidden = _anonymous(known, keys, told, settings)
    kept = ~hidden.records
    inverse, sizes = classes(hidden_codes(coarsened.codes, hidden))
    pairs = np.unique(np.column_stack([inverse, person[kept]]), axis=0)[:, 0]
    if (np.bincount(pairs, minlength=len(sizes)) >= settings.k).all():
        return coarsened, hidden
    most = int(np.bincount(person).max())
    return _anonymous(known, keys, told, settings.model_copy(update={"k": settings.k * most}))


def _anonymous(
    known: Codes, keys: tuple[Key, ...], told: float, settings: Settings
) -> tuple[Coarsened, Suppressed]:
    """Merge bands, then hide cells and records."""
    weights = [key.weight for key in keys]
    record = told + float(costs_of(known, weights).sum())

    def bearable(codes: Codes, costs: NDArray[np.float64]) -> bool:
        hidden = suppress(codes, costs, record, settings.k)
        return _within(hidden, settings)

    coarsened = coarsen(
        known,
        [len(key.values) for key in keys],
        [key.merges for key in keys],
        weights,
        record,
        settings.k,
        bearable,
    )
    return coarsened, suppress(coarsened.codes, coarsened.costs, record, settings.k)


def _within(hidden: Suppressed, settings: Settings) -> bool:
    kept = ~hidden.records
    cells = float(hidden.cells[kept].mean()) if kept.any() else 0.0
    return (
        cells <= settings.limits.cells and float(hidden.records.mean()) <= settings.limits.records
    )


def _bearable(summary: Summary, keys: tuple[Key, ...], known: Codes, settings: Settings) -> None:
    """Refuse a file that would hold too little, and say what would help.

    Raises
    ------
    PlanError
        ``release.too-costly``.
    """
    limits = settings.limits
    if summary.cells <= limits.cells and summary.records <= limits.records:
        return
    most = max(summary.keys, key=lambda key: key.suppressed)
    what = (
        f"k = {settings.k} costs {summary.cells:.1%} of the quasi-identifiers' cells and "
        f"{summary.records:.1%} of the records (limits: {limits.cells:.1%} and "
        f"{limits.records:.1%}), most of them in {most.name} ({most.suppressed:,} of "
        f"{summary.published:,})"
    )
    ways = [
        f"leaving out {name} would cost {share:.1%}"
        for name, share in _without(keys, known, settings)
    ]
    fix = "Allow more bands under `merge`, or publish fewer quasi-identifiers"
    raise PlanError("release.too-costly", WHERE, what, "; ".join([fix, *ways[:3]]))


def _without(keys: tuple[Key, ...], known: Codes, settings: Settings) -> list[tuple[str, float]]:
    """Share of cells that would be suppressed without each quasi-identifier, the least first."""
    found = []
    for place, key in enumerate(keys if len(keys) > 1 else ()):
        others = [other for at, other in enumerate(keys) if at != place]
        _, hidden = _anonymous(np.delete(known, place, axis=1), tuple(others), 0.0, settings)
        found.append((key.name, float(hidden.cells[~hidden.records].mean())))
    return sorted(found, key=lambda pair: pair[1])


def _published(key: Key, band: Codes, codes: Codes) -> PublishedKey:
    """A quasi-identifier with its bands; the first of the values in a band stands for it."""
    heads = np.unique(band)
    members = [tuple(key.values[at] for at in np.flatnonzero(band == head)) for head in heads]
    place = np.searchsorted(heads, np.where(codes == HIDDEN, heads[0], codes))
    bounds = tuple(
        (key.bounds[head][0], key.bounds[int(np.flatnonzero(band == head)[-1])][1])
        for head in heads
        if head < len(key.bounds)
    )
    return PublishedKey(
        name=key.name,
        codes=np.where(codes == HIDDEN, HIDDEN, place).astype(np.int64),
        values=tuple(key.values[head] for head in heads),
        given=int((heads < key.given).sum()),
        merged=tuple(members),
        bounds=bounds,
    )


def _diverse(
    table: ResponseTable, published: Codes, settings: Settings, summary: Summary
) -> tuple[ResponseTable, Summary]:
    """Suppress sensitive answers that their combination would make certain."""
    values, missing = table.values.copy(), table.missing.copy()
    costs = []
    for name in settings.sensitive:
        column = table.items.index(name)
        found = diversity(published, values[:, column], settings.l)
        values[found.cells, column] = np.nan
        missing[found.cells, column] = _SUPPRESSED
        costs.append(SensitiveCost(name, found.least, found.classes, int(found.cells.sum())))
    return (
        replace(table, matrix=values, missing=missing),
        replace(summary, sensitive=tuple(costs)),
    )
