"""What the experts have in common, and what they left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.panel.agreement import agreement
from cosyn.panel.material import SCALES

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from cosyn.panel.agreement import Agreement
    from cosyn.panel.answers import Answers
    from cosyn.panel.material import JudgedItem, Material, Placement


def placements(item: JudgedItem, material: Material, answers: Iterable[Answers]) -> list[Placement]:
    """Where the experts who chose a value of every attribute put an item."""
    chosen = (each.places.get(item.id, {}) for each in answers)
    names = [attribute.id for attribute in material.attributes]
    return [tuple(c[name] for name in names) for c in chosen if all(name in c for name in names)]


def agreements(
    material: Material, answers: Sequence[Answers], relevant: int
) -> dict[str, Agreement]:
    """Agreement on each attribute, on all jointly, on relevance and on necessity.

    Parameters
    ----------
    relevant : int
        The rating from which on an item counts as relevant: agreement is on that alone.
    """
    found: dict[str, Agreement] = {}
    for attribute in material.attributes if material.to_sort else ():
        rows = [
            [
                c[attribute.id]
                for each in answers
                if attribute.id in (c := each.places.get(i.id, {}))
            ]
            for i in material.to_sort
        ]
        found[attribute.id] = _agree(rows, [*attribute.values, None])
    if material.to_sort:
        places = [placements(item, material, answers) for item in material.to_sort]
        # Not every combination of values makes sense: those that were meant or chosen count.
        meant = {item.place for item in material.to_sort}
        found["joint"] = _agree(places, [*meant.union(*places)])
    if material.to_rate:
        given = [
            [each.ratings[item.id] for each in answers if item.id in each.ratings]
            for item in material.to_rate
        ]
        called = [
            [r.relevance >= relevant for r in row if r.relevance is not None] for row in given
        ]
        necessity = [[r.necessity for r in row if r.necessity is not None] for row in given]
        found["relevance"] = _agree(called, [True, False])
        found["necessity"] = _agree(necessity, SCALES["necessity"])
    return found


def _agree(rows: Sequence[Sequence[Hashable]], categories: Sequence[Hashable]) -> Agreement:
    return agreement([[list(row).count(category) for category in categories] for row in rows])


def missing(material: Material, answers: Sequence[Answers]) -> dict[str, int]:
    """How many answers were left out, of each kind."""
    wanted_sorts = len(material.to_sort) * len(material.attributes) * len(answers)
    chosen = sum(len(chosen) for each in answers for chosen in each.places.values())
    left = {"sort": wanted_sorts - chosen} if material.to_sort else {}
    ratings = [rating for each in answers for rating in each.ratings.values()]
    wanted = len(material.to_rate) * len(answers)
    for name in SCALES if material.to_rate else ():
        left[name] = wanted - sum(getattr(rating, name) is not None for rating in ratings)
    return left
