"""What other programs need to fit the plan's models to the same answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.engine.partable import parameter_table
from cosyn.engine.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from cosyn.engine.table import ParameterTable

CLUSTER = "department"
"""The column of clusters in data that are written."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model is fitted, in lavaan's words.

    Attributes
    ----------
    estimator : str
    missing : str
        ``listwise`` or ``fiml``.
    clustered : bool
        Whether answers depend on one another within departments.
    ordered : tuple of str
        Ordinal variables.
    """

    estimator: str = "ML"
    missing: str = "listwise"
    clustered: bool = False
    ordered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """The respondents that models are fitted to.

    Attributes
    ----------
    names : tuple of str
        Variables, length p.
    values : ndarray of float, shape (n, p)
        Keyed; NaN where an answer is missing.
    clusters : tuple of str
        Departments, length n.
    """

    name: str
    names: tuple[str, ...]
    values: NDArray[np.float64]
    clusters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A model of the plan.

    Attributes
    ----------
    sample : str
        Name of the sample it is fitted to.
    syntax, where : str
        In lavaan's language, and the file that it stands in.
    """

    id: str
    sample: str
    syntax: str
    where: str
    settings: Settings = Settings()

    def table(self, names: tuple[str, ...]) -> ParameterTable:
        """Every parameter of the model, the defaults' too, over these variables."""
        return parameter_table(parse(self.syntax, self.where), names)


@dataclass(frozen=True, slots=True)
class Emission:
    """Samples, models, and models that have no data with the reason.

    Attributes
    ----------
    identity : Mapping[str, str]
        What the numbers rest on.
    """

    samples: Mapping[str, Sample]
    models: tuple[Model, ...]
    left_out: tuple[tuple[str, str], ...]
    identity: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Emitter:
    """An entry of the registry: a program that fits models.

    Attributes
    ----------
    write : callable
        `Emission` -> file name -> content.
    """

    name: str
    title: str
    write: Callable[[Emission], Mapping[str, bytes]]
