"""What must agree between the files of an instrument, each fault with its line."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.instrument import schema
from cosyn.instrument.answers import check_codes, check_labels, taken
from cosyn.instrument.texts import PLACEHOLDER, placed_texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from cosyn.instrument.files import Files
    from cosyn.instrument.texts import PlacedText
    from cosyn.yamlfile import Loaded, Reader


RESERVED = {
    *("department", "digest", "form", "instrument", "language", "order", "respondent"),
    *("simulated", "version", "wave"),
}
"""Columns that answers carry beside those of the items."""
FILLED = re.compile(
    r"(forms\.[^.]+\.)?(title|introduction)|consent(_identified)?|closing|screened_out"
    r"|pages\.[^.]+\.(title|instruction)|items\.[^.]+\.text"
)
"""Addresses of the texts whose placeholders `cosyn.instrument.questionnaire` fills."""


@dataclass(frozen=True, slots=True)
class _Place:
    """An id and where it stands."""

    id: str
    where: str


def cross_check(files: Files, reader: Reader) -> None:
    """Note every disagreement between the files."""
    _check_ids(files, reader)
    _check_constructs(files, reader)
    for items in files.items:
        _check_items(items, files, reader)
    _check_pages(files, reader)
    _check_order(files, reader)
    _check_forms(files, reader)
    check_codes(files, reader)
    check_labels(files, files.main.content.languages, reader)
    for placed in placed_texts(files):
        _check_texts(placed, files, reader)


def _check_ids(files: Files, reader: Reader) -> None:
    """Constructs, facets and items share one set of names: models use them side by side."""
    seen: dict[str, str] = {}
    for place in _ids(files):
        key = place.id.casefold()
        if key in RESERVED:
            reader.fault(
                "reserved-id",
                place.where,
                f"the id {place.id!r} is kept for what every answer carries",
                "Give it another id",
            )
        if key in seen:
            reader.fault(
                "duplicate-id",
                place.where,
                f"the id {place.id!r} is already used at {seen[key]}",
                "Give it an id of its own (capital letters do not count)",
            )
        seen.setdefault(key, place.where)


def _ids(files: Files) -> Iterator[_Place]:
    for i, construct in enumerate(files.constructs.content.constructs):
        yield _Place(construct.id, files.constructs.source.at("constructs", i, "id"))
        for j, facet in enumerate(construct.facets):
            yield _Place(facet.id, files.constructs.source.at("constructs", i, "facets", j, "id"))
    for items in files.items:
        for i, item in enumerate(items.content.items):
            yield _Place(item.id, items.source.at("items", i, "id"))


def _check_constructs(files: Files, reader: Reader) -> None:
    main, source = files.main.content, files.main.source
    defined = {c.id for c in files.constructs.content.constructs}
    for i, construct in enumerate(main.constructs):
        if construct not in defined:
            reader.fault(
                "unknown-construct",
                source.at("constructs", i),
                f"construct {construct!r} is not defined in constructs.yaml",
                "Define it there or remove it here",
            )
    for repeated in _repeated(main.constructs):
        reader.fault(
            "duplicate-id",
            source.at("constructs"),
            f"construct {repeated!r} is listed twice",
            "List it once",
        )
    for i, entry in enumerate(files.constructs.content.constructs):
        where = files.constructs.source.at("constructs", i)
        if entry.id not in main.constructs:
            reader.fault(
                "unlisted-construct",
                where,
                f"construct {entry.id!r} is not listed in instrument.yaml",
                "Add it to `constructs:` there or remove it here",
            )
        _check_attributes(where, entry.id, entry.attributes, files, reader)
    _check_used_facets(files, reader)


def _check_used_facets(files: Files, reader: Reader) -> None:
    used = {item.facet for items in files.items for item in items.content.items}
    for i, construct in enumerate(files.constructs.content.constructs):
        for j, facet in enumerate(construct.facets):
            if facet.id not in used:
                reader.fault(
                    "empty-facet",
                    files.constructs.source.at("constructs", i, "facets", j),
                    f"facet {facet.id!r} has no item",
                    "Write an item for it or remove it",
                )


def _check_items(items: Loaded[schema.ItemsFile], files: Files, reader: Reader) -> None:
    content, source = items.content, items.source
    facets = {c.id: {f.id for f in c.facets} for c in files.constructs.content.constructs}
    formats = {f.id for f in files.formats.content.response_formats}
    stem = source.name.rpartition("/")[2].removesuffix(".yaml")
    if content.construct_id != stem:
        reader.fault(
            "wrong-construct",
            source.at("construct"),
            f"the file is named {stem!r} but says construct {content.construct_id!r}",
            "Make the two agree",
        )
        return
    if content.construct_id not in facets:
        reader.fault(
            "unlisted-construct",
            source.at("construct"),
            f"construct {content.construct_id!r} is not defined in constructs.yaml",
            "Define it there or remove this file",
        )
        return
    for i, item in enumerate(content.items):
        if item.facet not in facets[content.construct_id]:
            reader.fault(
                "unknown-facet",
                source.at("items", i, "facet"),
                f"item {item.id}: construct {content.construct_id} has no facet {item.facet!r}",
                f"Use one of: {', '.join(sorted(facets[content.construct_id]))}",
            )
        if item.response_format not in formats:
            reader.fault(
                "unknown-response-format",
                source.at("items", i, "response_format"),
                f"item {item.id}: there is no response format {item.response_format!r}",
                f"Use one of: {', '.join(sorted(formats))}",
            )
        _check_attributes(source.at("items", i), item.id, item.attributes, files, reader)


def _check_attributes(
    where: str, name: str, attributes: dict[str, str], files: Files, reader: Reader
) -> None:
    declared = files.main.content.attributes
    for key, value in attributes.items():
        if key not in declared:
            reader.fault(
                "unknown-attribute",
                where,
                f"{name}: the attribute {key!r} is not declared in instrument.yaml",
                "Declare it under `attributes:` there or remove it here",
            )
        elif value not in schema.values_of(declared[key]):
            reader.fault(
                "unknown-attribute",
                where,
                f"{name}: {key} is {value!r}",
                f"Use one of: {', '.join(schema.values_of(declared[key]))}",
            )


def _check_pages(files: Files, reader: Reader) -> None:
    main, source = files.main.content, files.main.source
    known = {item.id for items in files.items for item in items.content.items}
    placed: dict[str, str] = {}
    for i, page in enumerate(main.pages):
        if not page.items:
            reader.fault(
                "empty-page",
                source.at("pages", i),
                f"page {page.id!r} names no item",
                "List the items it shows or remove the page",
            )
        for j, item in enumerate(page.items):
            where = source.at("pages", i, "items", j)
            if item not in known:
                reader.fault(
                    "unknown-item",
                    where,
                    f"page {page.id!r} names the item {item!r}, which does not exist",
                    "Correct the id or write the item",
                )
            if item in placed:
                reader.fault(
                    "item-twice",
                    where,
                    f"item {item!r} already stands on page {placed[item]!r}",
                    "Show it once",
                )
            placed.setdefault(item, page.id)
    for repeated in _repeated(p.id for p in main.pages):
        reader.fault(
            "duplicate-id",
            source.at("pages"),
            f"two pages have the id {repeated!r}",
            "Give each an id of its own",
        )
    for item in sorted(known - placed.keys()):
        reader.fault(
            "item-on-no-page",
            source.at("pages"),
            f"item {item!r} stands on no page",
            "Add it to a page",
        )


def _check_order(files: Files, reader: Reader) -> None:
    main, source = files.main.content, files.main.source
    if main.order is None:
        return
    pages = [page.id for page in main.pages]
    named = [name for half in main.order.halves for name in half]
    for name in sorted(set(named) - set(pages)):
        reader.fault(
            "unknown-page",
            source.at("order", "halves"),
            f"there is no page {name!r}",
            f"Use one of: {', '.join(pages)}",
        )
    places = [pages.index(name) for name in named if name in pages]
    if len(named) == len(places) and places != list(range(places[0], places[0] + len(places))):
        reader.fault(
            "halves-apart",
            source.at("order", "halves"),
            "the pages of the two halves do not follow one another as they do under `pages:`",
            "Name neighbouring pages once each, in the order of `pages:`",
        )


def _check_forms(files: Files, reader: Reader) -> None:
    main, source = files.main.content, files.main.source
    forms = [f.id for f in main.forms]
    if main.default_form not in forms:
        reader.fault(
            "unknown-form",
            source.at("default_form"),
            f"there is no form {main.default_form!r}",
            f"Use one of: {', '.join(forms)}",
        )
    for repeated in _repeated(forms):
        reader.fault(
            "duplicate-id",
            source.at("forms"),
            f"two forms have the id {repeated!r}",
            "Give each an id of its own",
        )
    for i, form in enumerate(main.forms):
        _check_form(i, form, files, reader)
    for repeated in _repeated(f.id for f in files.formats.content.response_formats):
        reader.fault(
            "duplicate-id",
            files.formats.source.at("response_formats"),
            f"two response formats have the id {repeated!r}",
            "Give each an id of its own",
        )


def _check_form(i: int, form: schema.FormEntry, files: Files, reader: Reader) -> None:
    main, source = files.main.content, files.main.source
    constructs = main.constructs if form.constructs is None else form.constructs
    for construct in sorted(set(constructs) - set(main.constructs)):
        reader.fault(
            "unknown-construct",
            source.at("forms", i, "constructs"),
            f"form {form.id!r} takes construct {construct!r}, which is not listed",
            f"Use some of: {', '.join(main.constructs)}",
        )
    if not any(taken(item, form) for f in files.items for item in _of(f, constructs)):
        reader.fault(
            "empty-form",
            source.at("forms", i),
            f"form {form.id!r} selects no item",
            "Mark some items with `short: true`, or use `select: all` or other constructs",
        )
    known = {f.id for f in files.formats.content.response_formats}
    for old, new in form.response_formats.items():
        for name in sorted({old, new} - known):
            reader.fault(
                "unknown-response-format",
                source.at("forms", i, "response_formats"),
                f"form {form.id!r}: there is no response format {name!r}",
                f"Use one of: {', '.join(sorted(known))}",
            )


def _of(items: Loaded[schema.ItemsFile], constructs: Sequence[str]) -> Sequence[schema.ItemEntry]:
    return items.content.items if items.content.construct_id in constructs else ()


def _check_texts(placed: PlacedText, files: Files, reader: Reader) -> None:
    languages = files.main.content.languages
    for language in languages:
        if not placed.texts.get(language, "").strip():
            reader.fault(
                "missing-translation",
                placed.where,
                f"{placed.name} has no text in {language}",
                f"Add `{language}: ...`",
            )
    for language in sorted(placed.texts.keys() - set(languages)):
        reader.fault(
            "unknown-language",
            placed.where,
            f"{placed.name} has a text in {language}, which instrument.yaml does not list",
            "Add the language there or remove the text",
        )
    _check_placeholders(placed, files.main.content.placeholders.keys(), reader)


def _check_placeholders(placed: PlacedText, known: Collection[str], reader: Reader) -> None:
    used = {language: set(PLACEHOLDER.findall(text)) for language, text in placed.texts.items()}
    found = sorted(set().union(*used.values()))
    if not found:
        return
    for unknown in (name for name in found if name not in known):
        reader.fault(
            "unknown-placeholder",
            placed.where,
            f"{placed.name} uses {{{unknown}}}, which is not declared",
            "Declare it under `placeholders:` in instrument.yaml or write it out",
        )
    if not FILLED.fullmatch(placed.address):
        reader.fault(
            "placeholder-not-filled",
            placed.where,
            f"{placed.name} uses {{{found[0]}}}, but nobody fills it there",
            "Write it out: only items, pages and what respondents read around them are filled",
        )
    if len({frozenset(names) for names in used.values()}) > 1:
        reader.fault(
            "placeholder-parity",
            placed.where,
            f"{placed.name} does not use the same placeholders in every language",
            "Use each placeholder in all languages or in none",
        )


def _repeated(ids: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(ids).items() if count > 1]
