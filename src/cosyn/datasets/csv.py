"""CSV with a Table Schema: a Frictionless Data Package."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from cosyn.codebook.fields import PROFILES, Json, schema, stamp
from cosyn.codebook.files import Exported
from cosyn.datasets._columns import header, texts
from cosyn.datasets._types import Dataset

if TYPE_CHECKING:
    from cosyn.datasets._types import Delivery, Part, Particular


def write(delivery: Delivery) -> Exported:
    """Write a table a part, and one description of them all."""
    package = json.dumps(_package(delivery), ensure_ascii=False, indent=2)
    tables = {f"{part.name}.csv": table(part) for part in delivery.parts}
    return Exported({**tables, "datapackage.json": f"{package}\n".encode()})


def table(part: Part) -> bytes:
    """Write the answers of a part: UTF-8, codes as numbers, every cell of an item filled."""
    content = io.StringIO()
    writer = csv.writer(content)
    writer.writerow(header(part))
    writer.writerows(zip(*texts(part), strict=True))
    return content.getvalue().encode()


def _package(delivery: Delivery) -> Json:
    language = delivery.language
    asked = delivery.parts[0].asked
    others = [tag for tag in asked.languages if tag != language]
    return {
        "$schema": f"{PROFILES}/datapackage.json",
        "name": asked.instrument.lower(),
        "title": asked.title[language],
        "titles": asked.title,
        "version": asked.version,
        "languages": [language, *others],
        "provenance": dict(delivery.identity),
        "resources": [_resource(part, language) for part in delivery.parts],
    }


def _resource(part: Part, language: str) -> Json:
    before = tuple(_stamp(particular, language) for particular in part.particulars)
    described = schema(part.asked, language, before)
    described["primaryKey"] = ["submission"]
    return {
        "name": part.name.lower(),
        "type": "table",
        "path": f"{part.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": described,
    }


def _stamp(particular: Particular, language: str) -> Json:
    made = stamp(particular.column, particular.title, language)
    return made if isinstance(particular.cells, tuple) else {**made, "type": "number"}


DATASET = Dataset(
    name="csv",
    title="CSV with a Table Schema (Frictionless Data Package)",
    write=write,
    suffix=".csv",
)
