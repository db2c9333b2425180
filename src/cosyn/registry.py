"""Look up a package's modules by name: one file in the folder is one entry."""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Generic, TypeVar

from cosyn.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Registry(Generic[T]):
    """Names are module names; a module is imported when it is first asked for.

    Attributes
    ----------
    package : str
        Dotted name of the folder, e.g. ``"cosyn.exporters"``.
    entry : type[T]
        What each module offers under the type's name in capitals, e.g.
        ``EXPORTER = Exporter(...)``.
    beside : frozenset of str
        Public modules of the folder that are no entries.
    """

    package: str
    entry: type[T]
    beside: frozenset[str] = frozenset()

    def names(self) -> tuple[str, ...]:
        """Every public module of the folder but those beside it, sorted; imports none of them."""
        found = pkgutil.iter_modules(import_module(self.package).__path__)
        public = {module.name for module in found if not module.name.startswith("_")}
        return tuple(sorted(public - self.beside))

    def __iter__(self) -> Iterator[T]:
        """Every entry, in the order of the names."""
        return (self[name] for name in self.names())

    def __getitem__(self, name: str) -> T:
        """Import one entry.

        Raises
        ------
        PlanError
            If no file of the folder has this name.
        TypeError
            If the file offers no entry of the right type (our bug).
        """
        if name not in self.names():
            kind = self.package.rpartition(".")[2]
            known = ", ".join(self.names())
            raise PlanError(
                f"{kind}.unknown-name", kind, f"{name!r} is not known", f"Use one of: {known}"
            )
        attribute = self.entry.__name__.upper()
        found = getattr(import_module(f"{self.package}.{name}"), attribute)
        if not isinstance(found, self.entry):
            raise TypeError(f"{self.package}.{name}.{attribute} is no {self.entry.__name__}")
        return found
