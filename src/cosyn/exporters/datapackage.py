"""A Frictionless Data Package: what a table of answers holds, beside an empty table of that kind.

The standard knows one language; texts in the others stand in ``titles``, ``descriptions`` and
``labels``, which programs that do not know them pass over.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from cosyn.codebook.entries import phrases_of, stamps
from cosyn.codebook.fields import PROFILES, Json, schema, stamp
from cosyn.exporters._types import Exported, Exporter

if TYPE_CHECKING:
    from cosyn.instrument.questionnaire import Questionnaire

_TABLE = "answers.csv"


def write(questionnaire: Questionnaire, language: str) -> Exported:
    """Write a folder with the description and the table; standard texts are in `language`."""
    folder = f"{questionnaire.name}.{language}.datapackage"
    package = json.dumps(_package(questionnaire, language), ensure_ascii=False, indent=2)
    return Exported(
        {
            f"{folder}/datapackage.json": f"{package}\n".encode(),
            f"{folder}/{_TABLE}": _table(questionnaire),
        }
    )


def _table(questionnaire: Questionnaire) -> bytes:
    content = io.StringIO()
    items = (question.id for question in questionnaire.questions)
    csv.writer(content).writerow([*stamps(questionnaire), *items])
    return content.getvalue().encode()


def _package(questionnaire: Questionnaire, language: str) -> Json:
    others = [tag for tag in questionnaire.languages if tag != language]
    return {
        "$schema": f"{PROFILES}/datapackage.json",
        "name": questionnaire.name.lower(),
        "title": questionnaire.title[language],
        "titles": questionnaire.title,
        "description": questionnaire.introduction[language],
        "descriptions": questionnaire.introduction,
        "version": questionnaire.version,
        "languages": [language, *others],
        "instrument": {
            "id": questionnaire.instrument,
            "form": questionnaire.form,
            "digest": questionnaire.digest,
            "consent": questionnaire.consent,
            "closing": questionnaire.closing,
        },
        "resources": [
            {
                "name": "answers",
                "type": "table",
                "path": _TABLE,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": _schema(questionnaire, language),
            }
        ],
    }


def _schema(questionnaire: Questionnaire, language: str) -> Json:
    say = phrases_of(questionnaire)
    before = (stamp(name, say(f"stamp_{name}"), language) for name in stamps(questionnaire))
    return schema(questionnaire, language, tuple(before))


EXPORTER = Exporter(
    name="datapackage",
    title="Frictionless Data Package: description of the answers and an empty table",
    write=write,
    per_language=False,
    cannot={},
)
