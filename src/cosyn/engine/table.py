"""The parameter table: one row a parameter, free, fixed or defined."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cosyn.engine._statements import Constraint
    from cosyn.engine._typing import Flags, Indices, Vector
    from cosyn.engine.expression import Expression
    from cosyn.engine.moments import SampleMoments


@dataclass(frozen=True, slots=True)
class Parameter:
    """A row of the table.

    Attributes
    ----------
    lhs, op, rhs : str
    free : int
        From 1 in the vector of free parameters; 0 if fixed or defined. Rows that share a label
        share this number.
    value : float or None
        The value of a fixed row.
    start : float or None
        A starting value the syntax gives.
    label : str
        "" if none.
    user : bool
        Whether the syntax names the row (else a default added it).
    expression : Expression or None
        Of a row that ``:=`` defines.
    group : int
        From 1; 0 of a row that ``:=`` defines.
    exogenous : bool
        Whether the row is a moment of covariates that the model takes as given: it is fixed at
        what the sample says (lavaan's ``fixed.x``).
    derived : bool
        Whether the value follows from the others: the residual variance of an ordinal item, or
        with ``theta`` its scaling factor.
    lower, upper : float
        Bounds within which a free row is estimated.
    """

    lhs: str
    op: str
    rhs: str
    free: int = 0
    value: float | None = None
    start: float | None = None
    label: str = ""
    user: bool = False
    expression: Expression | None = None
    group: int = 1
    exogenous: bool = False
    derived: bool = False
    lower: float = -np.inf
    upper: float = np.inf

    @property
    def name(self) -> str:
        """The row as the syntax writes it, e.g. ``"f =~ x1"``."""
        return f"{self.lhs} {self.op} {self.rhs}".rstrip()

    @property
    def is_variance(self) -> bool:
        """Whether the row is a (residual) variance."""
        return self.op == "~~" and self.lhs == self.rhs


@dataclass(frozen=True, slots=True)
class Level:
    """The variables of one level of a two-level model, in the order of its covariances."""

    observed: tuple[str, ...]
    latent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParameterTable:
    """The rows of a model and the variables they speak of.

    Attributes
    ----------
    rows : tuple of Parameter
        In the order of lavaan's: the syntax's, the defaults', the defined.
    observed, latent : tuple of str
        The model's variables; `observed` is the order of its covariance matrix.
    groups : tuple of str
        Names of the groups; one empty name where there is a single group.
    means : bool
        Whether the model has a mean structure.
    constraints : tuple of Constraint
        What the free parameters must satisfy beyond their labels.
    ordered : tuple of (str, int)
        The ordinal items among the observed variables, with the numbers of their thresholds.
    theta : bool
        Whether residual variances of ordinal items are parameters, rather than scaling factors.
    modelled_covariates : tuple of str
        Observed variables that only predict, and whose moments are parameters nevertheless.
    levels : tuple of Level
        Within clusters, then between them, if the model has two levels: these are then what it has
        in the place of groups, and `observed` and `latent` hold the variables of both.
    """

    rows: tuple[Parameter, ...]
    observed: tuple[str, ...]
    latent: tuple[str, ...]
    groups: tuple[str, ...] = ("",)
    means: bool = False
    constraints: tuple[Constraint, ...] = ()
    ordered: tuple[tuple[str, int], ...] = ()
    theta: bool = False
    modelled_covariates: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()

    @property
    def lhs(self) -> tuple[str, ...]:
        """Left sides."""
        return tuple(row.lhs for row in self.rows)

    @property
    def op(self) -> tuple[str, ...]:
        """Operators."""
        return tuple(row.op for row in self.rows)

    @property
    def rhs(self) -> tuple[str, ...]:
        """Right sides."""
        return tuple(row.rhs for row in self.rows)

    @property
    def label(self) -> tuple[str, ...]:
        """Labels, "" where none."""
        return tuple(row.label for row in self.rows)

    @property
    def free(self) -> Indices:
        """Numbers of the free parameters, 0 where fixed or defined."""
        return np.array([row.free for row in self.rows], dtype=np.intp)

    @property
    def user(self) -> Flags:
        """Which rows the syntax names."""
        return np.array([row.user for row in self.rows], dtype=np.bool_)

    @property
    def bounds(self) -> tuple[Vector, Vector]:
        """Lower and upper bounds of the free parameters, shape (q,), all their rows' together."""
        lower, upper = np.full(self.n_free, -np.inf), np.full(self.n_free, np.inf)
        for row in self.rows:
            if row.free:
                lower[row.free - 1] = max(lower[row.free - 1], row.lower)
                upper[row.free - 1] = min(upper[row.free - 1], row.upper)
        return lower, upper

    @property
    def n_free(self) -> int:
        """Number q of free parameters, those of one label counted once."""
        return max((row.free for row in self.rows), default=0)

    @property
    def covariates(self) -> tuple[str, ...]:
        """Observed variables whose moments are taken as given."""
        found = {row.lhs for row in self.rows if row.exogenous}
        return tuple(name for name in self.observed if name in found)

    @property
    def responses(self) -> tuple[str, ...]:
        """The other observed variables."""
        given = set(self.covariates)
        return tuple(name for name in self.observed if name not in given)

    @property
    def n_moments(self) -> int:
        """Number of sample moments that the model is to explain, over all groups."""

        def moments(p: int) -> int:
            return p * (p + 1) // 2 + (p if self.means else 0)

        if self.ordered:  # an item has thresholds in place of a mean and a variance
            k = len(self.covariates)
            p = len(self.observed) - k
            gained = sum(count - 2 for _, count in self.ordered) + p * k
            return len(self.groups) * (p * (p + 1) // 2 + p + gained)
        if self.levels:
            return self._moments_of_levels()
        return len(self.groups) * (moments(len(self.observed)) - moments(len(self.covariates)))

    @property
    def df(self) -> int:
        """Degrees of freedom: sample moments minus free parameters."""
        return self.n_moments - self.n_free

    def _moments_of_levels(self) -> int:
        """Covariances of each level, and the mean of each variable once; not of covariates."""
        found = len(self.observed) - len(self.covariates)
        for group, level in enumerate(self.levels, start=1):
            given = {row.lhs for row in self.of_group(group) if row.exogenous}
            p, k = len(level.observed), len(given)
            found += p * (p + 1) // 2 - k * (k + 1) // 2
        return found

    def observed_of(self, group: int) -> tuple[str, ...]:
        """Observed variables of a group, or of a level, counted from 1."""
        return self.levels[group - 1].observed if self.levels else self.observed

    def latent_of(self, group: int) -> tuple[str, ...]:
        """Latents of a group, or of a level, counted from 1."""
        return self.levels[group - 1].latent if self.levels else self.latent

    def where(self, group: int) -> str:
        """Words, with a blank before them, that say which group a row belongs to; "" if one."""
        name = self.groups[group - 1]
        if self.levels:
            return f" {name} clusters"
        return f" in group {name}" if name else ""

    def of_group(self, group: int) -> tuple[Parameter, ...]:
        """The rows of one group, counted from 1."""
        return tuple(row for row in self.rows if row.group == group)

    def index(self, lhs: str, op: str, rhs: str = "", group: int = 1) -> int:
        """Number of a row from 0; the sides of ``~~`` may be swapped.

        Raises
        ------
        KeyError
            If there is no such row.
        """
        sides = {(lhs, rhs), (rhs, lhs)} if op == "~~" else {(lhs, rhs)}
        for number, row in enumerate(self.rows):
            there = (row.lhs, row.rhs) in sides and row.group == group
            if row.op == op and (row.lhs == lhs if op == ":=" else there):
                return number
        raise KeyError(f"{lhs} {op} {rhs}".rstrip())

    def name_of_free(self, number: int) -> str:
        """Name of the first row that holds free parameter `number`, counted from 1."""
        row = next(row for row in self.rows if row.free == number)
        return row.label if row.label and not row.label.startswith(".") else row.name


def numbered(rows: Iterable[Parameter]) -> tuple[Parameter, ...]:
    """Number what is not fixed or defined in the order of the rows, one number a label.

    Where one row of a label is fixed, all rows of the label take its value.
    """
    rows = tuple(rows)
    fixed = {row.label: row.value for row in rows if row.label and row.value is not None}
    given: dict[str | int, int] = {}
    result = []
    for position, row in enumerate(rows):
        value = fixed.get(row.label, row.value)
        if row.op == ":=" or row.exogenous or row.derived or value is not None:
            result.append(replace(row, free=0, value=value))
        else:
            free = given.setdefault(row.label or position, len(given) + 1)
            result.append(replace(row, free=free))
    return tuple(result)


def with_sample_values(table: ParameterTable, groups: Sequence[SampleMoments]) -> ParameterTable:
    """The table with the moments of covariates fixed at what the samples say.

    Parameters
    ----------
    groups : sequence of SampleMoments
        Of the table's observed variables.
    """
    return replace(
        table,
        rows=tuple(
            replace(row, value=_sample_value(row, groups[row.group - 1])) if row.exogenous else row
            for row in table.rows
        ),
    )


def _sample_value(row: Parameter, sample: SampleMoments) -> float:
    k = sample.names.index(row.lhs)
    if row.op == "~1":
        return float(sample.mean[k])
    return float(sample.cov[k, sample.names.index(row.rhs)])


def fix_parameter(table: ParameterTable, label: str, value: float) -> ParameterTable:
    """The same model with the parameter of this label fixed.

    Raises
    ------
    PlanError
        If no parameter bears the label.
    """
    labelled = {row.label for row in table.rows if row.label}
    if label not in labelled:
        known = ", ".join(sorted(labelled)) or "none"
        raise PlanError(
            "model.unknown-label",
            "the model",
            f"no parameter is labelled `{label}`",
            f"Use one of its labels: {known}",
        )
    rows = (replace(row, value=value) if row.label == label else row for row in table.rows)
    return replace(table, rows=numbered(rows))
