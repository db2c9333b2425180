"""Fields of a Table Schema: what a column of answers holds, in the words of Frictionless.

The standard knows one language; texts in the others stand in ``titles``, ``descriptions`` and
``labels``, which programs that do not know them pass over.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from cosyn.codebook.entries import entries, facts, number, phrases_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.codebook.entries import Entry, Phrases
    from cosyn.i18n import Text
    from cosyn.instrument.about import About
    from cosyn.instrument.questionnaire import Questionnaire
    from cosyn.instrument.types import ResponseFormat

PROFILES = "https://datapackage.org/profiles/2.0"

Json = dict[str, Any]


def schema(questionnaire: Questionnaire, language: str, stamps: Sequence[Json]) -> Json:
    """Describe a table: the columns before the items, and the items."""
    say = phrases_of(questionnaire)
    fields = [*stamps]
    fields += [_field(e, questionnaire.about, say, language) for e in entries(questionnaire)]
    return {
        "$schema": f"{PROFILES}/tableschema.json",
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


def stamp(name: str, titles: Text, language: str) -> Json:
    """Describe a column of texts that is no item."""
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
