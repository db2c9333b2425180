"""Boolean minimisation: prime implicants, the models they make, and counterfactuals in between."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from cosyn.errors import extra
from cosyn.synergy.truth_table import covers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cosyn.synergy.truth_table import Term

    Pattern = tuple[int, ...]


def prime_implicants(
    positive: Sequence[Pattern], free: Sequence[Pattern], k: int
) -> tuple[Term, ...]:
    """Prime implicants of k conditions that cover a positive pattern and no negative one.

    Parameters
    ----------
    positive, free : sequence of tuple of int
        Patterns to cover, and those that may be covered; all others may not.

    Raises
    ------
    ExtraError
        ``extra.not-installed`` if pyqca is not installed.
    """
    with extra("qca"):
        from qca.minimizers import quine_mccluskey  # noqa: PLC0415 - an optional part
    patterns = list(product((0, 1), repeat=k))
    number = {pattern: j for j, pattern in enumerate(patterns)}
    found = quine_mccluskey(
        [number[pattern] for pattern in positive],
        patterns,
        [False] * k,
        [number[pattern] for pattern in free],
    )
    terms = [tuple(v if v in {0, 1} else None for v in each.pattern) for each in found]
    return tuple(sorted(terms, key=_order))


def models(primes: Sequence[Term], positive: Sequence[Pattern]) -> tuple[tuple[Term, ...], ...]:
    """Every choice of as few prime implicants as possible that covers all positive patterns.

    Data that admit several models do not tell which is right (Baumgartner & Thiem 2017).
    """
    wanted = [[j for j, term in enumerate(primes) if covers(term, p)] for p in positive]
    for size in range(1, len(primes) + 1):
        found = _covers_of(wanted, frozenset(), size)
        if found:
            return in_order(tuple(primes[j] for j in sorted(cover)) for cover in found)
    return ()


def in_order(chosen: Iterable[tuple[Term, ...]]) -> tuple[tuple[Term, ...], ...]:
    """Models in an order that does not depend on how they were found."""
    return tuple(sorted(chosen, key=lambda terms: [_order(term) for term in terms]))


def easy_counterfactuals(
    conservative: Sequence[Term],
    parsimonious: Sequence[Term],
    expectations: Mapping[int, int],
    remainders: Sequence[Pattern],
) -> tuple[Pattern, ...]:
    """Remainders that a directional expectation makes plausible (Ragin & Sonnett 2005).

    From each conservative term that lies in a parsimonious one, conditions are dropped that the
    parsimonious one lacks and that are contrary to expectation: if ~A goes with the outcome and A
    is expected to help, A in its place would do as well.

    Parameters
    ----------
    expectations : mapping of int to int
        Number of a condition -> 1 if its presence, 0 if its absence is expected to help; a
        condition without expectation is never dropped.
    """
    found = set()
    for term in conservative:
        for wider in parsimonious:
            if covers(wider, term):
                kept = tuple(_kept(term, wider, expectations))
                found |= {pattern for pattern in remainders if covers(kept, pattern)}
    return tuple(sorted(found))


def _kept(term: Term, wider: Term, expectations: Mapping[int, int]) -> list[int | None]:
    return [
        None if side is not None and outer is None and expectations.get(k, side) != side else side
        for k, (side, outer) in enumerate(zip(term, wider, strict=True))
    ]


def _covers_of(
    wanted: Sequence[Sequence[int]], chosen: frozenset[int], size: int
) -> set[frozenset[int]]:
    """Covers of at most this size: one of those that cover the pattern with the fewest choices."""
    open_ones = [options for options in wanted if not chosen.intersection(options)]
    if not open_ones:
        return {chosen}
    if len(chosen) == size:
        return set()
    found: set[frozenset[int]] = set()
    for option in min(open_ones, key=len):
        found |= _covers_of(wanted, chosen | {option}, size)
    return found


def _order(term: Term) -> tuple[int, tuple[int, ...]]:
    """Short terms first, then presence before absence before indifference."""
    length = sum(side is not None for side in term)
    return length, tuple({1: 0, 0: 1, None: 2}[side] for side in term)
