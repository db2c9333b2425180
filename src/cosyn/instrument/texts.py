"""Every text of an instrument, with an address of its own and its place in a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from cosyn.instrument.schema import Texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from cosyn.yamlfile import Loaded, Source, Step

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_Found = tuple[tuple["Step", ...], tuple[str, ...], dict[str, str]]


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text in its languages, as it stands in a file.

    Attributes
    ----------
    address : str
        The keys that lead to it, with ids in place of positions, e.g. ``items.IPG1.text``:
        it outlives reordering, and no other text of the instrument has it.
    source : Source
        The file.
    path : tuple of str or int
        Where in that file the mapping of languages stands.
    texts : dict
        Language -> wording, as far as the file has it.
    """

    address: str
    source: Source
    path: tuple[Step, ...]
    texts: dict[str, str]

    @property
    def where(self) -> str:
        """``file:line``."""
        return self.source.at(*self.path)

    @property
    def name(self) -> str:
        """What it is, in words: ``item IPG1``, ``page shared, title``."""
        keys = self.address.split(".")
        owners = [
            f"{key.removesuffix('s')} {owner}".replace("_", " ")
            for key, owner in zip(keys[::2], keys[1::2], strict=False)
        ]
        field = keys[-1] if len(keys) % 2 else ""
        shown = [] if field in {"label", "text", ""} else [field.replace("_", " ")]
        return ", ".join([*owners, *shown]) if owners else f"the {shown[0]}"


def placed_texts(files: Iterable[Loaded[Any]]) -> Iterator[PlacedText]:
    """Every text of some files of an instrument, in their order.

    A text is what the schema declares as `Texts`: a new key of that kind needs no mention here.
    What an item said in earlier versions has no id and so no address: it is not translated.
    """
    for file in files:
        for path, keys, texts in _find(file.content, type(file.content)):
            yield PlacedText(".".join(keys), file.source, path, texts)


def _find(value: object, kind: Any) -> Iterator[_Found]:
    """Search a value of a declared type; the path and keys found are relative to it."""
    if kind == Texts:
        if isinstance(value, dict) and value:
            yield (), (), value
        return
    for step, key, inner, inner_kind in children(value, kind):
        for path, keys, texts in _find(inner, inner_kind):
            yield (step, *path), (key, *keys), texts


def children(value: object, kind: Any) -> Iterator[tuple[Step, str, object, Any]]:
    """What stands directly in a part of a file: its step, key in an address, itself, and type."""
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield name, name, getattr(value, name), field.annotation
    elif isinstance(value, tuple):
        for position, entry in enumerate(value):
            named = [name for name in ("id", "code") if name in _fields(entry)]
            if named:
                yield position, str(getattr(entry, named[0])), entry, type(entry)
    elif isinstance(value, dict):
        for name, entry in value.items():
            yield name, name, entry, get_args(kind)[1]


def _fields(entry: object) -> Collection[str]:
    return type(entry).model_fields if isinstance(entry, BaseModel) else ()
