"""What the steps of an invariance ladder found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cosyn.engine.collapse import Merge
    from cosyn.engine.conventions import Change, Convention
    from cosyn.engine.difference import ChiSquareDifference
    from cosyn.engine.effect_sizes import ItemDifference, LatentMean
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.fit_indices import Rmsea
    from cosyn.engine.ladder import Key
    from cosyn.engine.partial_invariance import Search


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One model of the ladder, and how it compares with the one before.

    Attributes
    ----------
    name : str
    identification : str
        What is equal, fixed and free, in words.
    fit : SemFit
    difference : ChiSquareDifference or None
        Test within the step before, None of the first.
    rmsea_d : Rmsea or None
        RMSEA of the difference with 90 % interval (Savalei, Brace & Fouladi 2023):
        sqrt(max((T - df) / (df n), 0)) sqrt(G).
    change : Change or None
        Of CFI, RMSEA and SRMR.
    conventions : tuple of Convention
        What published cutoffs make of the change: habits of the field, no tests.
    free : tuple of (lhs, op, rhs)
        Rows of the kinds that are equal which are free all the same.
    search : Search or None
        How these were found, if the step is one of partial invariance.
    exploratory : bool
        Whether the data chose what is free: the tests are no confirmation.
    """

    name: str
    identification: str
    fit: SemFit
    difference: ChiSquareDifference | None = None
    rmsea_d: Rmsea | None = None
    change: Change | None = None
    conventions: tuple[Convention, ...] = ()
    free: tuple[Key, ...] = ()
    search: Search | None = None
    exploratory: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class LadderResult:
    """A ladder of invariance.

    Attributes
    ----------
    steps : tuple of Step
        In order; a failed one is followed by that of partial invariance, if one was looked for.
    group : str
        Name of the column.
    sizes : tuple of (str, int)
        The groups with their respondents.
    n_dropped : int
    alpha : float
    merges : tuple of Merge
        Categories that were merged.
    notes : tuple of str
        What could not be tested, and other things to know.
    stopped : str
        Why the ladder ended before its last step, "" if it did not.
    means_of : str
        The step from which means and effect sizes are taken: the highest that no test speaks
        against, or else the first, of those with equal intercepts and free latent means. "" if
        there is none.
    means : tuple of LatentMean
    items : tuple of ItemDifference
        Effect sizes of the continuous items that are not invariant.
    """

    steps: tuple[Step, ...]
    group: str
    sizes: tuple[tuple[str, int], ...]
    n_dropped: int
    alpha: float
    merges: tuple[Merge, ...] = ()
    notes: tuple[str, ...] = ()
    stopped: str = ""
    means_of: str = ""
    means: tuple[LatentMean, ...] = ()
    items: tuple[ItemDifference, ...] = ()

    @property
    def exploratory(self) -> bool:
        """Whether partial invariance was looked for in the data."""
        return any(step.exploratory for step in self.steps)

    @property
    def reached(self) -> str:
        """The highest step that no test speaks against, "" if the first model was not fitted."""
        found = ""
        for k, step in enumerate(self.steps):
            if not step.fit.status.ok:
                break
            pvalue = step.difference.pvalue if step.difference else None
            if k and (pvalue is None or pvalue < self.alpha):
                if k + 1 < len(self.steps) and self.steps[k + 1].search and not step.search:
                    continue
                break
            found = step.name
        return found
