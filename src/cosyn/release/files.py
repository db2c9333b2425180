"""The public-use files: answers, counts and scores as CSV, with a Data Package that describes them.

An answer stands as its code. A gap stands as its reason: the reason's code in the response
format, or where it has none, its name (`not_answered`, `suppressed`). Texts that a spreadsheet
would run as a formula get an apostrophe before them; numbers stay numbers.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from cosyn.instrument.types import Missing
from cosyn.release.classes import HIDDEN
from cosyn.release.keys import gap, spelt
from cosyn.release.tables import ALL
from cosyn.responses import MISSING_ORDER
from cosyn.workbook import masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cosyn.i18n import Catalogue, Text
    from cosyn.instrument.types import Instrument, ResponseFormat
    from cosyn.release._types import PublishedKey, Released

RECORDS, COUNTS, SCORES = "records.csv", "counts.csv", "department_scores.csv"
_PROFILES = "https://datapackage.org/profiles/2.0"
_ALL = "(all)"
Json = dict[str, Any]


def data_files(released: Released, instrument: Instrument) -> dict[str, bytes]:
    """Tables of a release: file name -> content."""
    found = {RECORDS: _records(released, instrument)}
    if released.counts is not None:
        found[COUNTS] = _counts(released)
    if released.scores is not None:
        found[SCORES] = _scores(released)
    return found


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    content = io.StringIO()
    csv.writer(content, lineterminator="\n").writerows(rows)
    return content.getvalue().encode()


def _records(released: Released, instrument: Instrument) -> bytes:
    columns = [["id", *map(str, range(1, released.n + 1))]]
    for key in released.keys:
        texts = np.array([*_key_texts(key, instrument), Missing.SUPPRESSED.value], object)
        columns.append(
            [key.name, *texts[np.where(key.codes == HIDDEN, len(key.values), key.codes)]]
        )
    for column, item in enumerate(released.items):
        scale = instrument.response_format(instrument.item(item))
        columns.append([item, *_answers(released, column, scale)])
    return _csv(zip(*columns, strict=True))


def _key_texts(key: PublishedKey, instrument: Instrument) -> list[str]:
    """What stands for each value; a merged text names all that it was."""
    if instrument.has_item(key.name):
        return [*key.values]
    return [masked("+".join(members)) for members in key.merged]


def _answers(released: Released, column: int, scale: ResponseFormat) -> Iterable[str]:
    values, missing = released.values[:, column], released.missing[:, column]
    told, inverse = np.unique(np.where(missing == 0, values, 0.0), return_inverse=True)
    texts = np.array([spelt(value) for value in told], object)[inverse]
    reasons = np.array([gap(scale, reason) for reason in MISSING_ORDER], object)
    found: list[str] = np.where(missing == 0, texts, reasons[missing]).tolist()
    return found


def _counts(released: Released) -> bytes:
    made = released.counts
    assert made is not None, "asked for"
    names = [name for name, _ in made.variables]
    rows = [[*names, "n"]]
    for place, count, hidden in zip(
        made.counts.places, made.counts.counts.tolist(), made.counts.hidden.tolist(), strict=True
    ):
        levels = [
            _ALL if at == ALL else masked(values[at])
            for at, (_, values) in zip(place, made.variables, strict=True)
        ]
        rows.append([*levels, Missing.SUPPRESSED.value if hidden else str(count)])
    return _csv(rows)


def _scores(released: Released) -> bytes:
    made = released.scores
    assert made is not None, "asked for"
    rows = [["department", *made.names]]
    for name, means in zip(released.departments, made.means.tolist(), strict=True):
        shown = (
            f"{mean:.2f}" if mean == mean else Missing.SUPPRESSED.value  # noqa: PLR0124 - NaN
            for mean in means
        )
        rows.append([masked(name), *shown])
    return _csv(rows)


def package(
    released: Released,
    instrument: Instrument,
    files: dict[str, bytes],
    catalogues: Sequence[Catalogue],
) -> bytes:
    """``datapackage.json``: what each file and column holds, in every language."""
    fields = {RECORDS: [_plain("id", catalogues, "integer")]}
    fields[RECORDS] += [_key_field(key, instrument, catalogues) for key in released.keys]
    fields[RECORDS] += [_item_field(item, instrument, catalogues) for item in released.items]
    if released.counts is not None:
        names = [name for name, _ in released.counts.variables]
        fields[COUNTS] = [_plain(name, catalogues, "string") for name in names]
        fields[COUNTS].append(_gapped(_plain("n", catalogues, "integer"), catalogues))
    if released.scores is not None:
        fields[SCORES] = [_plain("department", catalogues, "string")]
        fields[SCORES] += [
            _gapped(
                {"name": name, "type": "number", "titles": _named(name, instrument, catalogues)},
                catalogues,
            )
            for name in released.scores.names
        ]
    content = {
        "$schema": f"{_PROFILES}/datapackage.json",
        "name": f"{instrument.id.lower()}-public-use",
        "title": instrument.title[catalogues[0].language],
        "titles": {c.language: instrument.title[c.language] for c in catalogues},
        "version": instrument.version,
        "simulated": released.simulated,
        "instrument": {"id": instrument.id, "digest": instrument.digest},
        "resources": [_resource(name, files[name], fields[name]) for name in fields],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _resource(name: str, content: bytes, fields: list[Json]) -> Json:
    return {
        "name": name.removesuffix(".csv"),
        "type": "table",
        "path": name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"$schema": f"{_PROFILES}/tableschema.json", "fields": fields},
    }


def _plain(name: str, catalogues: Sequence[Catalogue], kind: str) -> Json:
    titles = {
        c.language: c(f"column.{name}") if c.has(f"column.{name}") else name for c in catalogues
    }
    return {"name": name, "type": kind, "title": titles[catalogues[0].language], "titles": titles}


def _named(name: str, instrument: Instrument, catalogues: Sequence[Catalogue]) -> Text:
    return {c.language: instrument.label(name, c.language) for c in catalogues}


def _reason(value: str, reason: str, catalogues: Sequence[Catalogue]) -> Json:
    labels = {c.language: c(f"missing.{reason}") for c in catalogues}
    return {"value": value, "label": labels[catalogues[0].language], "labels": labels}


def _gapped(field: Json, catalogues: Sequence[Catalogue]) -> Json:
    gone = Missing.SUPPRESSED.value
    return {**field, "missingValues": [_reason(gone, gone, catalogues)]}


def _item_field(name: str, instrument: Instrument, catalogues: Sequence[Catalogue]) -> Json:
    item = instrument.item(name)
    scale = instrument.response_format(item)
    options = [(str(option.code), option.label) for option in scale.options]
    return {
        "name": name,
        "type": "number" if scale.kind == "numeric" else "integer",
        "title": item.text[catalogues[0].language],
        "titles": {c.language: item.text[c.language] for c in catalogues},
        **_categories(options, catalogues),
        "missingValues": _gaps(scale, catalogues),
        "construct": item.construct,
        "facet": item.facet,
        "reverse": item.reverse,
    }


def _gaps(scale: ResponseFormat, catalogues: Sequence[Catalogue]) -> list[Json]:
    reasons = [reason for reason in Missing if reason is not Missing.ANSWERED]
    return [_reason(gap(scale, reason), reason.value, catalogues) for reason in reasons]


def _categories(options: list[tuple[str, Text]], catalogues: Sequence[Catalogue]) -> Json:
    if not options:
        return {}
    first = catalogues[0].language
    return {
        "categories": [
            {
                "value": int(code),
                "label": label[first],
                "labels": {c.language: label[c.language] for c in catalogues},
            }
            for code, label in options
        ],
        "categoriesOrdered": True,
    }


def _key_field(key: PublishedKey, instrument: Instrument, catalogues: Sequence[Catalogue]) -> Json:
    """A quasi-identifier's column: its bands, and what was merged into each."""
    bands = {
        text: list(members)
        for text, members in zip(_key_texts(key, instrument), key.merged, strict=True)
        if len(members) > 1
    }
    told = {"quasiIdentifier": True, **({"merged": bands} if bands else {})}
    if not instrument.has_item(key.name):
        return {**_gapped(_plain(key.name, catalogues, "string"), catalogues), **told}
    field = _item_field(key.name, instrument, catalogues)
    if key.bounds:
        limits = [[low, high] for low, high in key.bounds]
        return {**field, **told, "type": "integer", "bands": limits}
    scale = instrument.response_format(instrument.item(key.name))
    labels = {str(option.code): option.label for option in scale.options}
    options = [
        (
            value,
            {
                c.language: " / ".join(labels[m][c.language] for m in members if m in labels)
                or value
                for c in catalogues
            },
        )
        for value, members in zip(key.values[: key.given], key.merged, strict=False)
    ]
    return {**field, **told, **_categories(options, catalogues)}
