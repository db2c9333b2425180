"""What must hold in a mapping file, each fault with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.importers._stamps import SIMULATED
from cosyn.spelling import hint, key, plain, spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cosyn.importers._mapping_schema import MappingContent
    from cosyn.instrument.types import Instrument, ResponseFormat
    from cosyn.yamlfile import Loaded, Reader, Source


def check_mapping(loaded: Loaded[MappingContent], instrument: Instrument, reader: Reader) -> None:
    """Note every fault that shows without the table."""
    _check_items(loaded, instrument, reader)
    _check_items_once(loaded, reader)
    _check_labels(loaded, instrument, reader)
    _check_same_spelling(loaded, reader)
    _check_uses(loaded, reader)
    _check_constants(loaded, reader)


def _check_items(loaded: Loaded[MappingContent], instrument: Instrument, reader: Reader) -> None:
    for path, item in _targets(loaded.content):
        if not instrument.has_item(item):
            known = [i.id for i in instrument.items]
            what = f"{path[0]}: {path[-1]!r} is mapped to {item!r}, which is no item"
            reader.fault("unknown-item", loaded.source.at(*path), what, hint(item, known))
        elif path[0] == "choices":
            _check_yes_and_no(loaded.source, path, instrument, item, reader)


def _targets(content: MappingContent) -> Iterator[tuple[tuple[str, ...], str]]:
    """Where an item is named, and which."""
    for column, item in content.columns.items():
        yield ("columns", column), item
    for column, choices in content.choices.items():
        yield from ((("choices", column, c), item) for c, item in choices.items() if item)


def _check_yes_and_no(
    source: Source, path: tuple[str, ...], instrument: Instrument, item: str, reader: Reader
) -> None:
    """Refuse an item that cannot say whether something was chosen."""
    scale = next(
        f for f in instrument.response_formats if f.id == instrument.item(item).response_format
    )
    if not (scale.accepts(0) and scale.accepts(1)):
        what = f"choices: {item} is answered with {scale.allowed()}, a choice with 1 or 0"
        fix = "Give the item a response format that has the codes 1 (chosen) and 0 (not)"
        reader.fault("unknown-code", source.at(*path), what, fix)


def _check_labels(loaded: Loaded[MappingContent], instrument: Instrument, reader: Reader) -> None:
    formats = {f.id: f for f in instrument.response_formats}
    for name, labels in loaded.content.labels.items():
        if name in formats:
            _check_codes(loaded.source, formats[name], labels, reader)
        else:
            where = loaded.source.at("labels", name)
            what = f"labels: there is no response format {name!r}"
            reader.fault("unknown-response-format", where, what, hint(name, formats))


def _check_codes(
    source: Source, response_format: ResponseFormat, labels: Mapping[str, float], reader: Reader
) -> None:
    for text, code in labels.items():
        missing = {float(option.code) for option in response_format.missing}
        if not response_format.accepts(code) and code not in missing:
            where = source.at("labels", response_format.id, text)
            what = f"labels: {spell(code)} is no code of {response_format.id}"
            fix = f"Write one of {response_format.allowed()}, or a missing code"
            reader.fault("unknown-code", where, what, fix)


def _check_same_spelling(loaded: Loaded[MappingContent], reader: Reader) -> None:
    """Refuse two keys that are the same text but mean different things."""
    content = loaded.content
    sections: list[tuple[tuple[str, ...], Mapping[str, object]]] = [(("missing",), content.missing)]
    sections += [(("labels", name), labels) for name, labels in content.labels.items()]
    for path, section in sections:
        seen: dict[str, object] = {}
        for text, meaning in section.items():
            if seen.setdefault(key(text), meaning) != meaning:
                where = loaded.source.at(*path, text)
                what = f"{path[0]}: {text!r} is the same text as another key, with another meaning"
                fix = "Keep one of them; width, case and 5 against 5.0 do not count"
                reader.fault("ambiguous", where, what, fix)


def _check_uses(loaded: Loaded[MappingContent], reader: Reader) -> None:
    """Refuse a column used for two things, and the mark of simulated answers used for any."""
    columns: dict[str, str] = {}
    for path, column, *_ in loaded.content.uses():
        where, use = loaded.source.at(*path), ".".join(map(str, path))
        first = columns.setdefault(plain(column), use)
        if first != use:
            what = f"the column {column!r} is already used by {first}"
            reader.fault("column-twice", where, what, "Use it once")
        if plain(column) == SIMULATED:
            what = "the mark of simulated answers cannot be mapped away"
            reader.fault("simulated", where, what, "Leave the column out of the mapping file")


def _check_items_once(loaded: Loaded[MappingContent], reader: Reader) -> None:
    """Refuse two columns or choices for one item."""
    items: dict[str, tuple[str, ...]] = {}
    for path, item in _targets(loaded.content):
        if items.setdefault(item, path) != path:
            what = f"{items[item][-1]!r} is already mapped to {item!r}"
            where = loaded.source.at(*path)
            reader.fault("item-twice", where, what, "Map one column or choice to each item")


def _check_constants(loaded: Loaded[MappingContent], reader: Reader) -> None:
    given = loaded.content.constants.model_dump()
    for meta in loaded.content.meta_columns():
        if given.get(meta):
            where = loaded.source.at("constants", meta)
            what = f"{meta} is given both as a column and as a constant"
            reader.fault("constant-and-column", where, what, "Keep one of the two")
