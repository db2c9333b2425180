"""What is lawful but unwise in an instrument: remarks for its author, none of them an error."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.instrument.types import Instrument, MissingOption, Option

SPSS_LABEL_BYTES = 120
"""Longest value label that SPSS keeps (IBM SPSS Statistics, VALUE LABELS)."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What an instrument holds, in numbers.

    Attributes
    ----------
    scale_items_by_form, questions_by_form : dict
        Form -> number of items that reflect a construct, and of all questions.
    """

    id: str
    version: str
    digest: str
    languages: tuple[str, ...]
    constructs: int
    facets: int
    items: int
    pages: int
    scale_items_by_form: dict[str, int]
    questions_by_form: dict[str, int]


def summarise(instrument: Instrument) -> Summary:
    """Count what an instrument holds."""
    return Summary(
        id=instrument.id,
        version=instrument.version,
        digest=instrument.digest,
        languages=instrument.languages,
        constructs=len(instrument.constructs),
        facets=len(instrument.facets()),
        items=len(instrument.items),
        pages=len(instrument.pages),
        scale_items_by_form={f.id: len(instrument.scale_items_of(f.id)) for f in instrument.forms},
        questions_by_form={f.id: len(instrument.items_of(f.id)) for f in instrument.forms},
    )


def remarks(instrument: Instrument) -> tuple[str, ...]:
    """One sentence for each thing a survey methodologist would question."""
    return (*_thin_facets(instrument), *_equal_texts(instrument), *_long_labels(instrument))


def _thin_facets(instrument: Instrument) -> Iterator[str]:
    for form in instrument.forms:
        sizes = Counter(item.facet for item in instrument.scale_items_of(form.id))
        for facet, size in sizes.items():
            if size < 2:
                yield f"form {form.id}: facet {facet} has one item, so its reliability is unknown"


def _equal_texts(instrument: Instrument) -> Iterator[str]:
    for language in instrument.languages:
        seen: dict[str, str] = {}
        for item in instrument.items:
            text = " ".join(item.text[language].casefold().split())
            if text in seen:
                yield f"items {seen[text]} and {item.id} have the same text in {language}"
            seen.setdefault(text, item.id)


def _long_labels(instrument: Instrument) -> Iterator[str]:
    for response_format in instrument.response_formats:
        options: tuple[Option | MissingOption, ...] = response_format.options
        for option in options + response_format.missing:
            for language, label in option.label.items():
                if len(label.encode()) > SPSS_LABEL_BYTES:
                    yield (
                        f"response format {response_format.id}, code {option.code}: SPSS cuts "
                        f"the label in {language} after {SPSS_LABEL_BYTES} bytes"
                    )
