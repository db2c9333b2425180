"""Whose answers are which: first ones to the plan's form, later ones, and what others tell.

A respondent who answers again is still one respondent: pooled, the second answers would count the
same person twice, in every sample size and standard error.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cosyn.instrument.types import Instrument
    from cosyn.plan import Plan
    from cosyn.responses import Submissions


@dataclass(frozen=True, slots=True, eq=False)
class Parted:
    """Submissions by what they are to an analysis.

    Attributes
    ----------
    first : Submissions
        Each respondent's first answers to the plan's form, or to a longer one that asks all of it.
    later : Submissions
        The same people again: the form of the retest, and later waves.
    told : Submissions
        To the form of the criteria.
    other_formats : int
        In the response formats of another form.
    aside : Mapping[str, int]
        Form that does not ask all that the plan's form asks -> how many answered it.
    """

    first: Submissions
    later: Submissions
    told: Submissions
    other_formats: int
    aside: Mapping[str, int]


def parted(submissions: Submissions, instrument: Instrument, plan: Plan) -> Parted:
    """Tell the submissions apart by their forms and waves."""
    form = plan.form or instrument.default_form
    formats = {f.id: f.response_formats for f in instrument.forms}
    telling = plan.criterion.form if plan.criterion else None
    again = plan.retest.form if plan.retest else None
    wanted = {item.id for item in instrument.scale_items_of(form)}
    answered = submissions.particulars["form"]

    def whole(name: str) -> bool:
        known = name in formats and name != form
        return not known or wanted <= {item.id for item in instrument.scale_items_of(name)}

    def those(chosen: list[bool]) -> NDArray[np.bool_]:
        return np.array(chosen, bool)[answered.codes]

    names = answered.texts
    told = those([name == telling and name != form for name in names])
    fitting = ~told & those([formats.get(name, {}) == formats[form] for name in names])
    retest = fitting & those([name == again and name != form for name in names])
    asked = fitting & ~retest & those([whole(name) for name in names])
    later = asked & _later(submissions, asked)
    left = np.flatnonzero(fitting & ~retest & ~asked)
    first = asked & ~later
    return Parted(
        # A million respondents are not copied to leave out nobody.
        first=submissions if first.all() else submissions.taken(first),
        later=submissions.taken(later | retest),
        told=submissions.taken(told),
        other_formats=int((~fitting & ~told).sum()),
        aside=Counter(names[code] for code in answered.codes[left].tolist()),
    )


def _later(submissions: Submissions, asked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Who has answered in an earlier wave: by code in the department, or else by department.

    In an anonymous study nobody is known again, and whoever answers in a department that has
    answered before may be one of those. What names no wave counts as a first answer.
    """
    found = np.zeros(len(submissions), bool)
    wave = submissions.particulars["wave"]
    if len({wave.texts[code] for code in np.unique(wave.codes[asked]).tolist()} - {""}) < 2:
        return found
    texts = ("wave", "department", "respondent")
    waves, departments, codes = (list(submissions.particulars[name]) for name in texts)
    rows = [i for i in np.flatnonzero(asked).tolist() if waves[i]]
    first: dict[tuple[str, str], str] = {}
    for i in rows:
        for who in {(departments[i], codes[i]), (departments[i], "")}:
            first[who] = min(first.get(who, waves[i]), waves[i])
    found[[i for i in rows if first[departments[i], codes[i]] < waves[i]]] = True
    return found
