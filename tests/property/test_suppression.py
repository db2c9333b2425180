"""Whoever keeps every number that was shown can narrow no hidden number to less than k.

The program that proves it here is written down afresh, over the departments' totals at each
snapshot rather than over what came between them, and knows nothing of runs.
"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import linprog

from cosyn.fielding.suppression import Ledger, Shown, Stretch, is_safe, refreshed

SEQUENCES = 500


@cache
def sequence(seed: int) -> tuple[Ledger, dict[str, int], dict[str, int], list[Ledger]]:
    """A wave with random departments, arrivals and views; every ledger that was ever shown."""
    draw = random.Random(seed)  # noqa: S311
    invited = {f"D{n}": draw.randint(1, 18) for n in range(draw.randint(2, 5))}
    people = [name for name, count in invited.items() for _ in range(count)]
    draw.shuffle(people)
    people = people[: round(len(people) * draw.choice((0.4, 0.7, 1.0)))]
    answered = dict.fromkeys(invited, 0)
    days: dict[str, int] = {}
    ledger, views = Ledger(draw.choice((3, 5))), []
    day = 1
    while people:
        for name in people[: (size := draw.choice((1, 2, 5, 12)))]:
            answered[name] += 1
            days[f"2026-03-{day:02}"] = days.get(f"2026-03-{day:02}", 0) + 1
            day += draw.random() < 0.1
        people = people[size:]
        ledger = refreshed(ledger, answered, days, invited)
        views.append(ledger)
    return ledger, invited, answered, views


def extremes(ledger: Ledger, invited: dict[str, int], goal: dict[tuple[str, int], int]) -> float:
    """Width of what a sum of departments' totals n[d, j] may be.

    The constraints are a network's, so that whole-numbered histories reach its ends.
    """
    names, count = list(invited), len(ledger.stretches)
    place = {cell: at for at, cell in enumerate((name, j) for name in names for j in range(count))}

    def row(terms: dict[tuple[str, int], int]) -> list[int]:
        found = [0] * len(place)
        for cell, sign in terms.items():
            found[place[cell]] = sign
        return found

    equal, equals, below, most = [], [], [], []
    so_far = 0
    for j, stretch in enumerate(ledger.stretches):
        so_far += stretch.count
        equal.append(row({(name, j): 1 for name in names}))
        equals.append(so_far)
    for name in names:
        below += [row({(name, j - 1): 1, (name, j): -1}) for j in range(1, count)]
        most += [0] * (count - 1)
    for shown in ledger.shown:
        terms = row({(shown.department, shown.at - 1): 1})
        if shown.or_more:
            below.append([-x for x in terms])
            most.append(-shown.count)
        else:
            equal.append(terms)
            equals.append(shown.count)
    bounds = [(0, invited[name]) for name, _ in place]
    aim = np.array(row(goal))
    ends = [
        linprog(sign * aim, below or None, most or None, equal, equals, bounds) for sign in (1, -1)
    ]
    assert all(end.status == 0 for end in ends)
    return float(-(ends[0].fun or 0.0) - (ends[1].fun or 0.0))


def hidden(ledger: Ledger, invited: dict[str, int]) -> list[tuple[dict[tuple[str, int], int], int]]:
    """Each hidden number with the width that it must keep."""
    found = []
    for name, people in invited.items():
        exact = {s.at - 1: s.count for s in ledger.shown if s.department == name and not s.or_more}
        start, counted = -1, 0
        for j in range(len(ledger.stretches)):
            after = [exact[at] for at in exact if at >= j]
            left = min(ledger.k, (after[0] if after else people) - counted)
            if j in exact:
                if j > start + 1:
                    found.append(({(name, j): 1, (name, j - 1): -1}, left))
                start, counted = j, exact[j]
                continue
            found.append(({(name, j): 1}, left))
            if j:
                found.append(({(name, j): 1, (name, j - 1): -1}, left))
    return found


@pytest.mark.slow
def test_no_hidden_number_can_be_narrowed_below_k() -> None:
    looked_at = 0
    for seed in range(SEQUENCES):
        ledger, invited, *_ = sequence(seed)
        cells = hidden(ledger, invited)
        draw = random.Random(seed)  # noqa: S311
        # Of long sequences some cells, of short ones all.
        for goal, width in draw.sample(cells, min(len(cells), 6)):
            assert extremes(ledger, invited, goal) > width - 1e-6, (seed, goal)
            looked_at += 1
    assert looked_at > 2000


@pytest.mark.slow
def test_shown_numbers_rise_by_k_or_stay_and_are_true() -> None:
    for seed in range(SEQUENCES):
        ledger, invited, answered, views = sequence(seed)
        k = ledger.k
        assert all(view.total == 0 or view.total >= k for view in views)
        for before, after in pairwise(views):
            assert after.shown[: len(before.shown)] == before.shown
            assert after.total == before.total or after.total - before.total >= k
            for name, shown in after.latest.items():
                former = before.latest.get(name)
                rise = shown.count - (former.count if former else 0)
                assert rise == 0 or rise >= k or shown.or_more
        assert ledger.total <= sum(answered.values())
        for shown in ledger.latest.values():
            assert k <= shown.count <= answered[shown.department] or shown.or_more
            assert shown.count <= answered[shown.department]
            assert invited[shown.department] - shown.count >= k


@pytest.mark.slow
def test_most_departments_that_may_be_shown_are_shown() -> None:
    due = shown = 0
    for seed in range(SEQUENCES):
        ledger, invited, answered, _ = sequence(seed)
        due += sum(ledger.k <= n and invited[d] >= 2 * ledger.k for d, n in answered.items())
        shown += len(ledger.latest)
    assert shown > 0.6 * due


def test_what_could_be_subtracted_is_found() -> None:
    """A ledger that gives away is told from one that does not."""
    invited = {"A": 20, "B": 20, "C": 20}
    three = (Stretch("2026-03-01", "2026-03-01", 15),)
    two_known = (Shown("A", 1, 6), Shown("B", 1, 6))
    assert not is_safe(Ledger(5, three, two_known), invited)
    assert is_safe(Ledger(5, three, two_known[:1]), invited)
    later = Ledger(5, (*three, Stretch("2026-03-02", "2026-03-02", 5)), two_known[:1])
    assert is_safe(later, invited)
    assert not is_safe(replace(later, shown=(*later.shown, Shown("A", 2, 8))), invited)
