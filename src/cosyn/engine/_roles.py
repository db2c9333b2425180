"""What each variable of a model is: latent, indicator, outcome, predictor."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from cosyn.engine.syntax import Statement


@dataclass(frozen=True, slots=True)
class Roles:
    """The variables of a model by what they do; each tuple in the order of appearance.

    Attributes
    ----------
    observed, latent : tuple of str
        Observed variables in lavaan's order: indicators, outcomes, the rest.
    factors : tuple of (str, tuple of str)
        Latents with their indicators.
    outcomes, predictors : tuple of str
        Left and right sides of ``~``.
    covariates : tuple of str
        Observed variables that only predict, and whose moments the syntax does not name: they
        are taken as given.
    """

    observed: tuple[str, ...]
    latent: tuple[str, ...]
    factors: tuple[tuple[str, tuple[str, ...]], ...]
    outcomes: tuple[str, ...]
    predictors: tuple[str, ...]
    covariates: tuple[str, ...] = ()

    @property
    def indicators(self) -> frozenset[str]:
        """Everything that a latent is measured by."""
        return frozenset(name for _, names in self.factors for name in names)

    @property
    def exogenous_latents(self) -> tuple[str, ...]:
        """Latents that nothing explains: they covary freely."""
        explained = self.indicators | set(self.outcomes)
        return tuple(name for name in self.latent if name not in explained)

    @property
    def terminal(self) -> tuple[str, ...]:
        """Outcomes that explain nothing and measure nothing: their residuals covary freely."""
        used = self.indicators | set(self.predictors)
        ends = [name for name in self.outcomes if name not in used]
        latents = [name for name in self.latent if name in ends]
        return (*latents, *(name for name in ends if name not in self.latent))

    @staticmethod
    def suggest(name: str, known: Collection[str]) -> str:
        """A question with the closest known name, "" if none is close."""
        folded = {other.casefold(): other for other in known}
        close = difflib.get_close_matches(name.casefold(), list(folded), n=1)
        return f"Did you mean `{folded[close[0]]}`" if close else ""


def roles_of(relations: Sequence[Statement], available: Sequence[str]) -> Roles:
    """Sort the variables of a model.

    Parameters
    ----------
    relations : sequence of Statement
        All but ``:=``.
    available : sequence of str
        Names of the variables there are data for.

    Raises
    ------
    ModelSyntaxError
        If a name is unknown or is both latent and observed, or a relation makes no sense.
    """
    latent = _unique(s.lhs for s in relations if s.op == "=~")
    for statement in relations:
        _check_names(statement, latent, available)
    measured = _unique(s.rhs for s in relations if s.op == "=~")
    outcomes = _unique(s.lhs for s in relations if s.op == "~")
    predictors = _unique(s.rhs for s in relations if s.op == "~")
    related = _unique(n for s in relations if s.op == "~~" for n in (s.lhs, s.rhs))
    located = _unique(s.lhs for s in relations if s.op in {"~1", "|"})
    named = _unique([*measured, *outcomes, *predictors, *related, *located])
    observed = tuple(name for name in named if name not in latent)
    covariates = tuple(
        name
        for name in observed
        if name in predictors and name not in {*measured, *outcomes, *related, *located}
    )
    factors = tuple(
        (name, _unique(s.rhs for s in relations if s.op == "=~" and s.lhs == name))
        for name in latent
    )
    return Roles(observed, latent, factors, outcomes, predictors, covariates)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _check_names(statement: Statement, latent: Collection[str], available: Collection[str]) -> None:
    place = statement.place
    sides = (statement.lhs,) if statement.op == "|" else (statement.lhs, statement.rhs)
    for name in filter(None, sides):
        if name in latent and name in available:
            raise place.error(
                "model.name-collision",
                f"`{name}` is the name of a latent and of an observed variable",
                "Give the latent another name",
            )
        if name not in latent and name not in available:
            hint = Roles.suggest(name, [*latent, *available])
            raise place.error(
                "model.unknown-variable",
                f"`{name}` is neither observed nor a latent",
                hint or f"Measure it by `{name} =~ ...`, or use a variable of the data",
            )
    if statement.op not in {"~~", "~*~"} and statement.lhs == statement.rhs:
        raise place.error(
            "model.self-reference",
            f"`{statement.lhs}` cannot explain itself",
            f"Write `{statement.lhs} ~~ {statement.lhs}` for its variance",
        )
