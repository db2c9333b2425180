"""The files of an instrument, and where in them something stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from cosyn.instrument import schema
from cosyn.instrument.texts import children

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cosyn.yamlfile import Loaded, Source, Step

Address = tuple[str, ...]
"""Keys that lead to something, with ids in place of positions: ``("items", "IPG1", "text")``."""


@dataclass(frozen=True, slots=True)
class Files:
    """The files of an instrument, each well-formed by itself."""

    main: Loaded[schema.InstrumentFile]
    constructs: Loaded[schema.ConstructsFile]
    formats: Loaded[schema.FormatsFile]
    items: tuple[Loaded[schema.ItemsFile], ...]

    def __iter__(self) -> Iterator[Loaded[Any]]:
        """Every file, in the order in which faults are told."""
        return iter((self.main, self.constructs, self.formats, *self.items))

    def places(self) -> Places:
        """Where everything with an id or a code stands."""
        found: dict[Address, Place] = {}
        for file in self:
            for address, path, entry in _entries(file.content, type(file.content)):
                accept = entry.accept if isinstance(entry, schema.Accepting) else ()
                found[address] = Place(file.source, path, accept)
        return Places(self.main.source, found)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands, and the remarks on it that its author accepts."""

    source: Source
    path: tuple[Step, ...]
    accept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """The entries of an instrument's files.

    Attributes
    ----------
    main : Source
        The file in which everything without an id stands.
    entries : Mapping[Address, Place]
        Constructs, facets, items, response formats with their options, pages and forms.
    """

    main: Source
    entries: Mapping[Address, Place]

    def where(self, address: Address) -> str:
        """``file:line`` of what an address leads to, or of the nearest thing above it."""
        for length in range(len(address), 0, -1):
            place = self.entries.get(address[:length])
            if place is not None:
                return place.source.at(*place.path, *address[length:])
        return self.main.at(*address)

    def accepted(self) -> frozenset[tuple[Address, str]]:
        """Every remark that is accepted: the address of its owner, and its code."""
        return frozenset(
            (address, code) for address, place in self.entries.items() for code in place.accept
        )


def _entries(
    value: object, kind: Any, address: Address = (), path: tuple[Step, ...] = ()
) -> Iterator[tuple[Address, tuple[Step, ...], BaseModel]]:
    for step, key, inner, inner_kind in children(value, kind):
        if isinstance(inner, BaseModel):
            yield (*address, key), (*path, step), inner
        if isinstance(inner, BaseModel | tuple):
            yield from _entries(inner, inner_kind, (*address, key), (*path, step))
