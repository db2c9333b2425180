"""Measurement invariance across groups, from the configural model up, in one call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cosyn.engine._ladder_fits import Ladder, ladder_of
from cosyn.engine.conventions import change, conventions
from cosyn.engine.difference import chi_square_difference
from cosyn.engine.effect_sizes import dmacs, latent_means
from cosyn.engine.fit_indices import rmsea
from cosyn.engine.invariance_text import step_rows, summary_of
from cosyn.engine.ladder import items_of, rungs
from cosyn.engine.ladder_result import LadderResult, Step
from cosyn.engine.partial_invariance import Problem, search

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from cosyn.engine.data import Frame, Missing
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.ladder import Key, Rung
    from cosyn.engine.partial_invariance import Correction


@dataclass(frozen=True, slots=True, eq=False)
class Invariance(LadderResult):
    """A ladder of invariance; its attributes are those of `LadderResult`."""

    def rows(self) -> list[dict[str, Any]]:
        """One record a step, for a table."""
        return step_rows(self)

    def to_pandas(self) -> pd.DataFrame:
        """One row a step: its fit, and how it differs from the one before."""
        from cosyn.engine.fitted import frame_of  # noqa: PLC0415 - it alone knows pandas

        return frame_of(self.rows())

    def summary(self) -> str:
        """The ladder as text."""
        return summary_of(self)


def invariance(
    model: str,
    data: Frame,
    group: str,
    *,
    ordered: Iterable[str] | bool = (),
    estimator: str | None = None,
    missing: Missing = "listwise",
    cluster: str | None = None,
    steps: Sequence[str] | None = None,
    partial: bool = False,
    alpha: float = 0.05,
    correction: Correction = "holm",
    collapse: bool = False,
    orthogonal: bool = False,
) -> Invariance:
    """Test measurement invariance across groups.

    Continuous items: configural, metric, scalar and strict invariance. Ordinal items: thresholds,
    loadings, intercepts and residual variances (Wu & Estabrook 2016), less what their numbers of
    categories leave untestable. Each step is tested within the one before: by the likelihood
    ratio (ML), as scaled by Satorra & Bentler (2001, 2010; MLR, MLM), or by Satorra's (2000)
    scaled and shifted statistic (ordinal items). A step that cannot be fitted ends the ladder.

    Parameters
    ----------
    model : str
        Syntax of one model for all groups.
    data : DataFrame
    group : str
        Column of the groups, which stand in the order of their first appearance.
    ordered, estimator, missing, cluster, orthogonal
        As `cosyn.engine.sem` has them.
    steps : sequence of str, optional
        Some of configural, metric, scalar, strict and means, or of configural, thresholds,
        loadings, intercepts, residuals and means. All but means by default.
    partial : bool
        Whether to look for the parameters that differ where a step fails, and to go on without
        their equality. What is found then is exploratory.
    alpha : float
        Level of the tests.
    correction : {"holm", "bh"}
        For the number of parameters among which one is chosen.
    collapse : bool
        Whether to merge categories that some group lacks with their neighbours, in all groups.

    Raises
    ------
    ModelSyntaxError
        If the model cannot be read.
    IdentificationError
        If the data do not allow estimation, there is one group only, or a step is unknown.
    """
    ladder = ladder_of(
        model,
        data,
        group,
        ordered=ordered,
        estimator=estimator,
        missing=missing,
        cluster=cluster,
        collapse=collapse,
        orthogonal=orthogonal,
    )
    found, notes = rungs(items_of(ladder.table(None, frozenset())), steps)
    run = _Run(ladder, partial, alpha, correction, [], [])
    stopped = run.climb(found)
    plain = Invariance(
        tuple(run.steps),
        group,
        tuple((name, s.n) for name, s in zip(ladder.options.groups, ladder.samples, strict=True)),
        ladder.data.n_dropped,
        alpha,
        ladder.data.merges,
        (*notes, *ladder.notes(), *run.notes),
        stopped,
    )
    return _with_effects(plain)


def _with_effects(found: Invariance) -> Invariance:
    """Add latent means and the effect sizes of items."""
    located = [s for s in found.steps if s.fit.status.ok and latent_means(s.fit)]
    if not located:
        return found
    names = [step.name for step in found.steps]
    top = names.index(found.reached) if found.reached else -1
    supported = [step for step in located if names.index(step.name) <= top]
    step = supported[-1] if supported else located[0]
    fit, named = step.fit, {name for key in step.free for name in (key[0], key[2])}
    items = (
        dmacs(fit, item, number)
        for item in fit.table.observed
        if item in named
        for number in range(2, len(fit.groups) + 1)
    )
    return replace(
        found,
        means_of=step.name,
        means=latent_means(fit),
        items=tuple(each for each in items if each is not None),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """A climb: the steps taken so far."""

    ladder: Ladder
    partial: bool
    alpha: float
    correction: Correction
    steps: list[Step]
    notes: list[str]

    def climb(self, wanted: Sequence[Rung]) -> str:
        """Take the steps; returns why not all of them were taken."""
        free: frozenset[Key] = frozenset()
        for rung in wanted:
            free |= _follow(rung, free)
            near = self.steps[-1].fit if self.steps else None
            fit = self.ladder.fit(self.ladder.table(rung, free), near)
            step = self._step(rung, fit, free)
            self.steps.append(step)
            if not step.fit.status.ok:
                return f"{rung.name}: {'; '.join(step.fit.status.messages)}"
            if self._failed(step) and self.partial and set(rung.new) != {"means"}:
                free |= self._search(rung, free, step)
        return ""

    def _failed(self, step: Step) -> bool:
        pvalue = step.difference.pvalue if step.difference else None
        return pvalue is not None and pvalue < self.alpha

    def _search(self, rung: Rung, free: frozenset[Key], failed: Step) -> frozenset[Key]:
        """Add the step of partial invariance; returns what it freed."""
        ladder = self.ladder
        problem = Problem(ladder.table, ladder.fit, self.alpha, self.correction)
        found = search(problem, rung, free, self.steps[-2].fit, failed.fit)
        if not found.path:
            self.notes.append(f"{rung.name}: no partial invariance was found: {found.reason}")
            return frozenset()
        freed = frozenset(each.key for each in found.path)
        step = self._step(rung, found.fit, free | freed, before=self.steps[-2])
        self.steps.append(replace(step, name=f"{rung.name}, partial", search=found))
        return freed

    def _step(
        self, rung: Rung, fit: SemFit, free: frozenset[Key], before: Step | None = None
    ) -> Step:
        shown = tuple(sorted(free))
        before = before or (self.steps[-1] if self.steps else None)
        if before is None or fit.measures is None or before.fit.measures is None:
            return Step(rung.name, rung.identification, fit, free=shown, exploratory=bool(free))
        difference = chi_square_difference(fit, before.fit)
        approximation = None
        if difference.test is not None:
            approximation = rmsea(difference.test, fit.n, len(fit.groups))
        changed = change(before.fit.measures, fit.measures)
        sizes = [group.n for group in fit.groups]
        return Step(
            rung.name,
            rung.identification,
            fit,
            difference,
            approximation,
            changed,
            conventions(changed, rung.new, sizes),
            shown,
            exploratory=bool(free),
        )


def _follow(rung: Rung, free: frozenset[Key]) -> frozenset[Key]:
    """An intercept cannot be compared where a loading of its item differs."""
    if "intercepts" not in rung.equal:
        return frozenset()
    return frozenset((item, "~1", "") for _, op, item in free if op == "=~")
