"""How likely somebody is found again: measures of a file, and an attack on it.

The attack is the strongest that the quasi-identifiers allow: the attacker holds everybody's,
knows who took part, and is even told how the people of one combination are spread over the
classes of the file. Whoever knows less succeeds less often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.release.classes import classes, matched_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Codes = NDArray[np.int64]
    Flags = NDArray[np.bool_]

DRAWS = 100


@dataclass(frozen=True, slots=True)
class Risk:
    """Measures of a file's risk.

    Attributes
    ----------
    records : int
    combinations : int
        Different combinations of quasi-identifiers.
    unique : int
        Records that are alone with theirs.
    below_k : int
        Records that share theirs with fewer than k, themselves counted; a gap is a value.
    below_k_matching : int
        The same by sdcMicro's count, where a gap may stand for any value.
    expected : float
        Records an attacker who knows the combinations would find by guessing within each: the
        sum of 1 / f over the records.
    smallest : int
        Least number of records that share a combination; 0 if there is none.
    """

    records: int
    combinations: int
    unique: int
    below_k: int
    below_k_matching: int
    expected: float
    smallest: int


@dataclass(frozen=True, slots=True)
class Attack:
    """An attack on a file.

    Attributes
    ----------
    success : float
        Share of all respondents that the attacker's best guess finds, by expectation.
    worst : float
        The same for the respondent who is easiest to find.
    simulated : float
        Share found in simulated guesses.
    error : float
        Standard error of `simulated`.
    draws : int
        Guesses at each respondent.
    """

    success: float
    worst: float
    simulated: float
    error: float
    draws: int


def risk_of(codes: Codes, k: int) -> Risk:
    """Measure a file's risk.

    Parameters
    ----------
    codes : ndarray of int, shape (n, q)
        Quasi-identifiers; -1 in suppressed cells.
    """
    inverse, sizes = classes(codes)
    shared = sizes[inverse]
    return Risk(
        records=len(codes),
        combinations=len(sizes),
        unique=int((sizes == 1).sum()),
        below_k=int((shared < k).sum()),
        below_k_matching=int((matched_by(codes) < k).sum()),
        expected=float(len(sizes)),
        smallest=int(sizes.min(initial=np.iinfo(np.int64).max)) if len(sizes) else 0,
    )


def attack(
    known: Codes, published: Codes, kept: Flags, rng: np.random.Generator, draws: int = DRAWS
) -> Attack:
    """Guess the record of everybody whose quasi-identifiers are known.

    Parameters
    ----------
    known : ndarray of int, shape (n, q)
        What the attacker knows of each respondent, before any protection.
    published : ndarray of int, shape (number kept, q)
        The file.
    kept : ndarray of bool, shape (n,)
        Which respondents are in the file, in its order.
    rng : Generator
        For the simulated guesses.
    """
    n = len(known)
    people, population = classes(known)
    records, sizes = classes(published)
    if not len(sizes):
        return Attack(0.0, 0.0, 0.0, 0.0, draws)
    pairs = people[kept] * len(sizes) + records
    met, both = np.unique(pairs, return_counts=True)
    person, record = met // len(sizes), met % len(sizes)
    chance = both / population[person] / sizes[record]
    order = np.lexsort((record, -chance, person))
    first = order[np.unique(person[order], return_index=True)[1]]
    best = np.full(len(population), -1)
    best[person[first]] = record[first]
    reached = np.zeros(len(population))
    reached[person[first]] = chance[first]
    simulated = _guesses(best[people], records, sizes, kept, rng, draws)
    error = float(np.sqrt(max(simulated * (1 - simulated), 1 / (n * draws)) / (n * draws)))
    success = float((reached * population).sum() / n)
    return Attack(success, float(reached.max()), simulated, error, draws)


def _guesses(
    target: Codes,
    records: Codes,
    sizes: Codes,
    kept: Flags,
    rng: np.random.Generator,
    draws: int,
) -> float:
    """Share of right guesses, one record of the target class each."""
    own = np.full(len(kept), -1)
    own[kept] = np.arange(len(records))
    order = np.argsort(records, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    reachable = np.flatnonzero(target >= 0)
    begin, many = starts[target[reachable]], sizes[target[reachable]]
    found = 0
    for _ in range(draws):
        guess = order[begin + rng.integers(0, many)]
        found += int((guess == own[reachable]).sum())
    return found / (len(kept) * draws)
