"""The rungs of measurement invariance: what each equates, fixes and frees.

Continuous items: Jöreskog (1971), Meredith (1993). Ordinal items: Wu & Estabrook (2016),
*Identification of confirmatory factor analysis models of different levels of invariance for
ordered categorical outcomes*, Psychometrika 81: without equal thresholds nothing else can be
tested; equal thresholds are a restriction only of items with four or more categories; of binary
items thresholds, loadings and intercepts can only be tested together. Latents have variance 1 in
the first group: no marker item has to be invariant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cosyn.engine._groups import Equal
    from cosyn.engine.table import ParameterTable

    Key = tuple[str, str, str]

CONTINUOUS: tuple[tuple[str, Equal | None], ...] = (
    ("configural", None),
    ("metric", "loadings"),
    ("scalar", "intercepts"),
    ("strict", "residuals"),
    ("means", "means"),
)
ORDINAL: tuple[tuple[str, Equal | None], ...] = (
    ("configural", None),
    ("thresholds", "thresholds"),
    ("loadings", "loadings"),
    ("intercepts", "intercepts"),
    ("residuals", "residuals"),
    ("means", "means"),
)
#: lavaan users' words for the rungs of continuous items, and the other way round.
_SYNONYMS = {
    "loadings": "metric", "intercepts": "scalar", "residuals": "strict",
    "metric": "loadings", "scalar": "intercepts", "strict": "residuals",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rung:
    """One model of the ladder.

    Attributes
    ----------
    name : str
    new : tuple of str
        Kinds of parameters that this rung is the first to equate.
    equal : frozenset of str
        All kinds that are equal.
    partial : frozenset of (lhs, op, rhs)
        Rows that are not, because they could not be tested yet.
    theta : bool
        Whether residual variances of ordinal items are parameters.
    identification : str
        What is equal, fixed and free, in words.
    """

    name: str
    new: tuple[Equal, ...]
    equal: frozenset[Equal]
    partial: frozenset[Key]
    theta: bool
    identification: str


@dataclass(frozen=True, slots=True)
class Items:
    """What a ladder has to know of the items.

    Attributes
    ----------
    thresholds : tuple of (str, int)
        Ordinal items with the numbers of their thresholds.
    binary : tuple of str
    loadings : tuple of (lhs, op, rhs)
        Of all items and lower-order latents.
    """

    thresholds: tuple[tuple[str, int], ...]
    binary: tuple[str, ...]
    loadings: tuple[Key, ...]

    @property
    def together(self) -> frozenset[Key]:
        """Rows of binary items, which wait for the intercepts."""
        rows = {key for key in self.loadings if key[2] in self.binary}
        return frozenset(rows | {(name, "|", "t1") for name in self.binary})

    @property
    def free_thresholds(self) -> int:
        """Restrictions of equal thresholds, per group after the first."""
        return sum(count - 2 for _, count in self.thresholds if count > 2)


def items_of(table: ParameterTable) -> Items:
    """Sort the items of a table."""
    rows = [row for row in table.of_group(1) if row.op == "=~"]
    return Items(
        table.ordered,
        tuple(name for name, count in table.ordered if count == 1),
        tuple((row.lhs, row.op, row.rhs) for row in rows),
    )


def rungs(items: Items, wanted: Sequence[str] | None) -> tuple[tuple[Rung, ...], tuple[str, ...]]:
    """The rungs for these items, and what has to be said of them.

    Parameters
    ----------
    wanted : sequence of str, optional
        Names of the rungs; by default all but equal means.

    Raises
    ------
    IdentificationError
        If there is no rung of a name.
    """
    sequence = ORDINAL if items.thresholds else CONTINUOUS
    chosen = _chosen([name for name, _ in sequence], wanted)
    untestable, notes = _untestable(items)
    found: list[Rung] = []
    waiting: tuple[Equal, ...] = ()
    equal: frozenset[Equal] = frozenset()
    for name, kind in sequence:
        if kind is not None:
            equal |= {kind}
            waiting += (kind,)
        if name in chosen and name not in untestable:
            found.append(_rung(name, waiting, equal, items))
            waiting = ()
    return tuple(found), notes


def _chosen(names: Sequence[str], wanted: Sequence[str] | None) -> set[str]:
    if wanted is None:
        return set(names) - {"means"}
    chosen = {name if name in names else _SYNONYMS.get(name, name) for name in wanted}
    unknown = sorted(chosen - set(names))
    if unknown:
        raise IdentificationError(
            "invariance.step",
            "the steps",
            f"there is no step {', '.join(f'`{name}`' for name in unknown)}",
            f"Use some of: {', '.join(names)}",
        )
    return chosen | {"configural"}


def _untestable(items: Items) -> tuple[set[str], tuple[str, ...]]:
    """Rungs that would restrict nothing, and why."""
    if not items.thresholds:
        return set(), ()
    out: set[str] = set()
    notes = []
    if not items.free_thresholds:
        out.add("thresholds")
        notes.append(
            "no item has four categories or more: equal thresholds restrict nothing by themselves, "
            "and are tested with what comes next"
        )
    binary = ", ".join(items.binary)
    if items.binary and not set(items.loadings) - items.together:
        out.add("loadings")
        notes.append(
            f"two categories ({binary}): thresholds, loadings and intercepts are only testable "
            "together"
        )
    elif items.binary:
        notes.append(
            f"two categories ({binary}): thresholds and loadings of these items are equated with "
            "the intercepts, for only together are they testable"
        )
    three = [name for name, count in items.thresholds if count == 2]
    if three and items.free_thresholds:
        notes.append(f"three categories ({', '.join(three)}): equal thresholds restrict nothing")
    return out, tuple(notes)


def _rung(name: str, new: tuple[Equal, ...], equal: frozenset[Equal], items: Items) -> Rung:
    partial = frozenset() if "intercepts" in equal else items.together
    theta = bool(items.thresholds) and "residuals" in equal
    shown = " and ".join((", ".join(new[:-1]), new[-1])) if len(new) > 1 else name
    words = _ordinal_words(equal, items) if items.thresholds else _words(equal)
    return Rung(shown, new, equal, partial if equal else frozenset(), theta, words)


def _words(equal: Iterable[Equal]) -> str:
    equal = set(equal)
    fixed, free = _of_latents(equal)
    return _sentence(sorted(equal - {"means"}, key=_ORDER.index), fixed, free)


def _of_latents(equal: set[Equal]) -> tuple[list[str], list[str]]:
    fixed = ["latent variances 1" + (" in the first group" if "loadings" in equal else "")]
    located = "intercepts" in equal and "means" not in equal
    fixed.append("latent means 0" + (" in the first group" if located else ""))
    free = ["latent variances"] if "loadings" in equal else []
    return fixed, [*free, *(["latent means"] if located else [])]


def _ordinal_words(equal: frozenset[Equal], items: Items) -> str:
    fixed, free = _of_latents(set(equal))
    several = len(items.binary) < len(items.thresholds)
    if "thresholds" not in equal:
        fixed += ["item intercepts 0", "scaling factors 1"]
        return _sentence([], fixed, free)
    located = "intercepts" in equal
    first = "" if located else " in the first group"
    fixed.append(f"item intercepts 0{first}")
    if "residuals" in equal:
        fixed.append("residual variances 1")
    else:
        fixed.append("scaling factors 1 in the first group")
        free += ["scaling factors"] if several or located else []
    free += [] if located else ["item intercepts"]
    shown = sorted(equal - {"means", "intercepts", "residuals"}, key=_ORDER.index)
    waits = " (where there are two categories, nothing yet)" if items.binary and not located else ""
    return _sentence(shown, fixed, free) + waits


_ORDER = ["thresholds", "loadings", "intercepts", "residuals"]


def _sentence(equal: Sequence[str], fixed: Sequence[str], free: Sequence[str]) -> str:
    parts = [f"equal: {', '.join(equal)}"] if equal else []
    parts.append(f"fixed: {', '.join(fixed)}")
    if free:
        parts.append(f"free from the second group on: {', '.join(free)}")
    return "; ".join(parts)
