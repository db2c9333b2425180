"""A Frictionless Data Package: what a table of answers holds, beside an empty table of that kind.

The standard knows one language; texts in the others stand in ``titles``, ``descriptions`` and
``labels``, which programs that do not know them pass over.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from cosyn.exporters._codebook import entries, facts, number, phrases_of, stamps
from cosyn.exporters._types import Exported, Exporter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.exporters._codebook import Entry, Phrases
    from cosyn.i18n import Text
    from cosyn.instrument.about import About
    from cosyn.instrument.questionnaire import Questionnaire
    from cosyn.instrument.types import ResponseFormat

_PROFILES = "https://datapackage.org/profiles/2.0"
_TABLE = "answers.csv"

Json = dict[str, Any]


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
        "$schema": f"{_PROFILES}/datapackage.json",
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
    fields = [_stamp(name, say, language) for name in stamps(questionnaire)]
    fields += [_field(e, questionnaire.about, say, language) for e in entries(questionnaire)]
    return {
        "$schema": f"{_PROFILES}/tableschema.json",
        "fields": fields,
        "constructs": [
            {
                "name": construct.id,
                "titles": construct.label,
                "measurement": construct.measurement,
                "source": construct.source,
                "facets": [
                    {"name": facet.id, "titles": facet.label, "source": facet.source}
                    for facet in construct.facets
                ],
            }
            for construct in questionnaire.about.constructs
        ],
    }


def _stamp(name: str, say: Phrases, language: str) -> Json:
    titles = say(f"stamp_{name}")
    return {"name": name, "type": "string", "title": titles[language], "titles": titles}


def _field(entry: Entry, about: About, say: Phrases, language: str) -> Json:
    question, scale = entry.question, entry.question.response_format
    offered = {missing.code for missing in question.missing}
    missing = [
        ({"value": str(m.code), "reason": str(m.reason), "offered": m.code in offered}, m.label)
        for m in scale.missing
    ]
    notes = [say.stated(fact) for fact in facts(entry, about, say)]
    described = {tag: "\n\n".join(note[tag] for note in notes) for tag in question.text}
    return {
        "name": question.id,
        "type": "number" if scale.kind == "numeric" else "integer",
        "title": question.text[language],
        "titles": question.text,
        "description": described[language],
        "descriptions": described,
        **_values(scale, language),
        "missingValues": [{"value": ""}, *_labelled(missing, language)],
        "construct": question.construct,
        "facet": question.facet,
        "reverse": entry.about.reverse,
        "screenOut": question.screen_out,
        "expected": question.expected,
        "quasiIdentifier": entry.about.quasi_identifier,
        "status": entry.about.status,
        "attributes": dict(entry.about.attributes),
        "places": dict(entry.about.places),
    }


def _values(scale: ResponseFormat, language: str) -> Json:
    """State what may be answered."""
    if scale.kind == "numeric":
        low, high = (json.loads(number(bound)) for bound in (scale.minimum, scale.maximum))
        return {"constraints": {"minimum": low, "maximum": high}}
    options = [({"value": option.code}, option.label) for option in scale.options]
    return {
        "constraints": {"enum": [option.code for option in scale.options]},
        "categories": list(_labelled(options, language)),
        "categoriesOrdered": True,
    }


def _labelled(values: list[tuple[Json, Text]], language: str) -> Iterator[Json]:
    """Label values; the standard wants labels that differ, so equal ones stand aside."""
    times = Counter(label[language] for _, label in values)
    for value, label in values:
        own = {"label": label[language]} if times[label[language]] == 1 else {}
        yield {**value, **own, "labels": label}


EXPORTER = Exporter(
    name="datapackage",
    title="Frictionless Data Package: description of the answers and an empty table",
    write=write,
    per_language=False,
    cannot={},
)
