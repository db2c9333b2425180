"""What must agree between items, response formats and forms for an answer to mean one thing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cosyn.instrument import schema
    from cosyn.instrument.files import Files
    from cosyn.yamlfile import Reader, Source

_QUOTED = re.compile(r"[\"“„‘'「『«](.+?)[\"”“’'」』»]")
Formats = dict[str, "schema.FormatEntry"]


def check_codes(files: Files, reader: Reader) -> None:
    """Note codes that an answer could not be told by."""
    for i, entry in enumerate(files.formats.content.response_formats):
        _check_missing(i, entry, files.formats.source, reader)
    for source, i, item, asked in _asked(files):
        _check_named(source, i, item, asked, reader)


def check_labels(files: Files, languages: Collection[str], reader: Reader) -> None:
    """Note labels in some languages that an answer could not be told by."""
    for i, entry in enumerate(files.formats.content.response_formats):
        for language in languages:
            _check_equal(i, entry, language, files.formats.source, reader)
    for source, i, item, asked in _asked(files):
        for language in languages if item.expected is not None else ():
            _check_expected(source, i, item, asked, language, reader)


def _asked(files: Files) -> Iterator[tuple[Source, int, schema.ItemEntry, Formats]]:
    """Every item: its file, its position there, and the response formats it is asked in."""
    formats = {f.id: f for f in files.formats.content.response_formats}
    for items in files.items:
        for i, item in enumerate(items.content.items):
            names = _formats(item, items.content, files)
            yield items.source, i, item, {n: formats[n] for n in names if n in formats}


def _formats(item: schema.ItemEntry, items: schema.ItemsFile, files: Files) -> list[str]:
    """The response formats in which some form asks an item, its own among them."""
    main = files.main.content
    names = {item.response_format}
    for form in main.forms:
        constructs = main.constructs if form.constructs is None else form.constructs
        if items.construct_id in constructs and taken(item, form):
            names.add(form.response_formats.get(item.response_format, item.response_format))
    return sorted(names)


def taken(item: schema.ItemEntry, form: schema.FormEntry) -> bool:
    """Tell whether a form that takes an item's construct takes the item."""
    return item.status != "retired" and (form.select == "all" or item.short)


def _check_missing(i: int, entry: schema.FormatEntry, source: Source, reader: Reader) -> None:
    """A reason within the range of the answers would be counted as an answer somewhere."""
    codes = [option.code for option in entry.options]
    low = min(codes) if codes else entry.minimum
    high = max(codes) if codes else entry.maximum
    for j, gap in enumerate(entry.missing):
        if low is not None and high is not None and low <= gap.code <= high:
            reader.fault(
                "missing-in-range",
                source.at("response_formats", i, "missing", j),
                f"response format {entry.id}: the code {gap.code} stands for a reason, but lies "
                f"within the answers, {low:g} to {high:g}",
                "Give the reason a code outside that range, such as 97, 98 or 99",
            )


def _check_equal(
    i: int, entry: schema.FormatEntry, language: str, source: Source, reader: Reader
) -> None:
    """Nobody can tell two options of one label apart, nor can an import."""
    seen: dict[str, int] = {}
    placed = [("options", j, option.code, option.label) for j, option in enumerate(entry.options)]
    placed += [("missing", j, gap.code, gap.label) for j, gap in enumerate(entry.missing)]
    for key, j, code, label in placed:
        spelt = " ".join(label.get(language, f"{code}").casefold().split())
        if spelt in seen:
            reader.fault(
                "duplicate-label",
                source.at("response_formats", i, key, j, "label", language),
                f"response format {entry.id}: {code} has the same label in {language} as "
                f"{seen[spelt]}",
                "Give each option a label of its own",
            )
        seen.setdefault(spelt, code)


def _check_named(
    source: Source, i: int, item: schema.ItemEntry, asked: Formats, reader: Reader
) -> None:
    """Screen-out and instructed answers must be options in every form that asks the item."""
    named = {*item.screen_out, *([] if item.expected is None else [item.expected])}
    for name, entry in asked.items():
        codes = sorted(option.code for option in entry.options)
        for code in sorted(named - set(codes)):
            reader.fault(
                "unknown-code",
                source.at("items", i, "expected" if code == item.expected else "screen_out"),
                f"item {item.id}: {code} is no option of response format {name!r}",
                f"Use one of: {', '.join(map(str, codes)) or 'the codes of a format with options'}",
            )


def _check_expected(
    source: Source, i: int, item: schema.ItemEntry, asked: Formats, language: str, reader: Reader
) -> None:
    """Who does as the text says must pass: the label it quotes is that of the expected code."""
    for name, entry in asked.items():
        labels = {o.label[language]: o.code for o in entry.options if language in o.label}
        text = item.text.get(language, "")
        quoted = [label for label in map(str.strip, _QUOTED.findall(text)) if label in labels]
        if quoted and item.expected not in {labels[label] for label in quoted}:
            reader.fault(
                "wrong-instruction",
                source.at("items", i, "text", language),
                f"item {item.id} asks in {language} for {quoted[0]!r}, which is code "
                f"{labels[quoted[0]]} of response format {name!r}, but expects {item.expected}",
                "Make the text and `expected` agree in every language and form",
            )
