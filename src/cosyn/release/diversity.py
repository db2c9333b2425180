"""l-diversity: whether an answer is certain although nobody is found.

If all who share a combination gave one answer, whoever knows the combination knows the answer, k
or not (Machanavajjhala et al. 2007). A class has distinct l-diversity in an item if its records
hold at least l different answers to it; where it has fewer, the answers of that class are
suppressed. A gap is no answer, and a class without any answer has nothing to hide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.release.classes import classes

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Diversity:
    """Distinct l-diversity of one item.

    Attributes
    ----------
    least : int
        Fewest different answers in a class that has any.
    classes : int
        Classes with fewer than l.
    cells : ndarray of bool, shape (n,)
        Answers in such classes.
    """

    least: int
    classes: int
    cells: NDArray[np.bool_]


def diversity(codes: NDArray[np.int64], answers: NDArray[np.float64], l: int) -> Diversity:  # noqa: E741
    """Count the different answers to an item within each class.

    Parameters
    ----------
    codes : ndarray of int, shape (n, q)
        Quasi-identifiers as published.
    answers : ndarray of float, shape (n,)
        NaN where there is none.
    l : int
        How many there must be.
    """
    inverse, sizes = classes(codes)
    told = ~np.isnan(answers)
    pairs = np.unique(np.column_stack([inverse[told], answers[told]]), axis=0)
    different = np.bincount(pairs[:, 0].astype(np.int64), minlength=len(sizes))
    poor = (different > 0) & (different < l)
    some = different[different > 0]
    return Diversity(
        int(some.min(initial=0 if not len(some) else some.max())),
        int(poor.sum()),
        poor[inverse] & told,
    )
