"""What stands in each sheet of a codebook: columns with names for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from cosyn.codebook.entries import entries, formats, phrases_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from cosyn.codebook.entries import Entry, Phrases
    from cosyn.i18n import Text
    from cosyn.instrument.questionnaire import Question, Questionnaire, QuestionnairePage
    from cosyn.instrument.types import Construct, Facet, ResponseFormat, Wording

_YES = "✓"

Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes
    ----------
    key : str
        The name that programs read, the same in every language.
    heading : str
        The name that people read, in every language.
    width : int
        In characters.
    of : callable
        Record -> what stands in the column.
    """

    key: str
    heading: str
    width: int
    of: Callable[[Any], Value]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of records; the first `fixed` columns stay in view."""

    title: str
    columns: Sequence[Column]
    records: Sequence[Any]
    fixed: int = 0


@dataclass(frozen=True, slots=True)
class _Writer:
    """Makes columns with headings in every language of a questionnaire."""

    questionnaire: Questionnaire
    say: Phrases

    def column(self, key: str, width: int, of: Callable[[Any], Value]) -> Column:
        return Column(key, self.say.joined(key), width, of)

    def languages(self, key: str, width: int, of: Callable[[Any], Text]) -> list[Column]:
        """Make a column a language."""
        return [
            Column(
                f"{key}:{tag}",
                f"{self.say.joined(key)} ({tag})",
                width,
                partial(_in_language, of, tag),
            )
            for tag in self.questionnaire.languages
        ]


def _in_language(of: Callable[[Any], Text], tag: str, record: object) -> str | None:
    return of(record).get(tag)


def sheets(questionnaire: Questionnaire) -> tuple[Sheet, ...]:
    """Every sheet of a codebook, in order; none without records."""
    writer = _Writer(questionnaire, phrases_of(questionnaire))
    made = (
        _study(writer),
        _items(writer),
        _details(writer),
        _formats(writer),
        _constructs(writer),
        _attributes(writer),
        _pages(writer),
        _history(writer),
    )
    return tuple(sheet for sheet in made if sheet.records)


def _listed(codes: Iterable[object]) -> str:
    return ", ".join(map(str, codes))


def _study(writer: _Writer) -> Sheet:
    asked, say = writer.questionnaire, writer.say
    first = asked.languages[0]
    names = ("instrument", "version", "form", "digest", "department")
    records = [(name, say.joined(name), {first: getattr(asked, name)}) for name in names]
    texts = ("title", "introduction", "consent", "closing", "screened_out")
    records += [(name, say.joined(f"text_{name}"), getattr(asked, name)) for name in texts]
    records += [(f"form:{form}", form, label) for form, label in asked.about.forms.items()]
    if asked.halves is not None:
        before, after = map(_listed, asked.halves)
        how = say("halves_how", first=before, second=after)
        records.append(("halves", say.joined("halves"), how))
    columns = [
        writer.column("key", 16, lambda record: record[0]),
        writer.column("what", 30, lambda record: record[1]),
        *writer.languages("value", 64, lambda record: record[2]),
    ]
    return Sheet(say.joined("study"), columns, [r for r in records if any(r[2].values())])


def _items(writer: _Writer) -> Sheet:
    say = writer.say
    columns = [
        writer.column("place", 7, lambda e: e.place),
        writer.column("item", 12, lambda e: e.question.id),
        *writer.languages("text", 40, lambda e: e.question.text),
        writer.column("construct", 11, lambda e: e.question.construct),
        writer.column("facet", 9, lambda e: e.question.facet),
        writer.column("format", 12, lambda e: e.question.response_format.id),
        writer.column("offered", 12, lambda e: _listed(m.code for m in e.question.missing)),
        writer.column("reverse", 10, lambda e: f"{e.turned} − x" if e.turned else None),
        writer.column("screen_out", 14, lambda e: _listed(e.question.screen_out)),
        writer.column("expected", 14, lambda e: e.question.expected),
        writer.column("quasi_identifier", 12, lambda e: _YES * e.about.quasi_identifier),
        writer.column("status", 13, lambda e: say.joined(f"status_{e.about.status}")),
    ]
    return Sheet(say.joined("items"), columns, entries(writer.questionnaire), fixed=2)


def _details(writer: _Writer) -> Sheet:
    columns = [
        writer.column("item", 12, lambda e: e.question.id),
        writer.column("page", 12, lambda e: e.page.id),
        writer.column("gate_item", 14, lambda e: e.gate.id if e.gate else None),
        *_places(writer),
        *_values(writer),
    ]
    return Sheet(writer.say.joined("details"), columns, entries(writer.questionnaire), fixed=1)


def _values(writer: _Writer) -> Iterator[Column]:
    """Yield a column an attribute, those without a name too."""
    about = writer.questionnaire.about
    named = {attribute.id: attribute.label for attribute in about.attributes}
    used = (name for item in about.items.values() for name in item.attributes)
    for name in dict.fromkeys(used):
        heading = " · ".join(dict.fromkeys(named.get(name, {"": name}).values()))
        yield Column(f"attribute:{name}", heading, 15, partial(_attribute, name))


def _attribute(name: str, entry: Entry) -> str | None:
    return entry.about.attributes.get(name)


def _places(writer: _Writer) -> Iterator[Column]:
    for form in writer.questionnaire.about.forms:
        heading = f"{writer.say.joined('place')}: {form}"
        yield Column(f"place:{form}", heading, 13, partial(_place, form))


def _place(form: str, entry: Entry) -> int | None:
    return entry.about.places.get(form)


@dataclass(frozen=True, slots=True)
class _Answer:
    """A line of a response format: an option, a reason for none, or the bounds of a number."""

    scale: ResponseFormat
    kind: str
    code: int | None
    label: Text
    reason: str = ""
    offered: bool = False


def _answers(questionnaire: Questionnaire) -> Iterator[_Answer]:
    for scale in formats(questionnaire):
        if scale.kind == "numeric":
            yield _Answer(scale, "numeric", None, {})
        for option in scale.options:
            yield _Answer(scale, "option", option.code, option.label)
        for gap in scale.missing:
            yield _Answer(scale, "missing", gap.code, gap.label, str(gap.reason), gap.offered)


def _formats(writer: _Writer) -> Sheet:
    say = writer.say
    columns = [
        writer.column("format", 14, lambda a: a.scale.id),
        writer.column("kind", 20, lambda a: say.joined(f"kind_{a.kind}")),
        writer.column("code", 9, lambda a: a.code),
        *writer.languages("label", 36, lambda a: a.label),
        writer.column(
            "reason", 24, lambda a: say.joined(f"reason_{a.reason}") if a.reason else None
        ),
        writer.column("offered", 14, lambda a: _YES * a.offered),
        writer.column("minimum", 10, lambda a: a.scale.minimum if a.kind == "numeric" else None),
        writer.column("maximum", 10, lambda a: a.scale.maximum if a.kind == "numeric" else None),
    ]
    return Sheet(say.joined("formats"), columns, list(_answers(writer.questionnaire)))


@dataclass(frozen=True, slots=True)
class _Theory:
    """A construct, or one of its facets."""

    construct: Construct
    facet: Facet | None
    items: Sequence[str]


def _theory(questionnaire: Questionnaire) -> Iterator[_Theory]:
    items: dict[str, list[str]] = {}
    for question in questionnaire.questions:
        items.setdefault(question.facet, []).append(question.id)
    for construct in questionnaire.about.constructs:
        yield _Theory(construct, None, ())
        for facet in construct.facets:
            yield _Theory(construct, facet, items.get(facet.id, ()))


def _constructs(writer: _Writer) -> Sheet:
    say = writer.say
    columns = [
        writer.column("construct", 12, lambda t: t.construct.id),
        writer.column("facet", 10, lambda t: t.facet.id if t.facet else None),
        *writer.languages("label", 34, lambda t: (t.facet or t.construct).label),
        writer.column(
            "measurement",
            20,
            lambda t: None if t.facet else say.joined(f"measurement_{t.construct.measurement}"),
        ),
        writer.column("source", 60, lambda t: (t.facet or t.construct).source),
        writer.column("items", 30, lambda t: _listed(t.items)),
    ]
    return Sheet(say.joined("constructs"), columns, list(_theory(writer.questionnaire)), fixed=2)


def _attributes(writer: _Writer) -> Sheet:
    records = [
        (attribute, value, label)
        for attribute in writer.questionnaire.about.attributes
        for value, label in attribute.values.items()
    ]
    columns = [
        writer.column("attribute", 16, lambda record: record[0].id),
        *writer.languages("label", 24, lambda record: record[0].label),
        writer.column("value", 18, lambda record: record[1]),
        *writer.languages("value", 24, lambda record: record[2]),
    ]
    return Sheet(writer.say.joined("attributes"), columns, records)


def _pages(writer: _Writer) -> Sheet:
    halves = writer.questionnaire.halves or ((), ())
    half = {page: number for number, pages in enumerate(halves, start=1) for page in pages}
    columns = [
        writer.column("page", 14, lambda page: page.id),
        *writer.languages("title", 34, lambda page: page.title),
        *writer.languages("instruction", 46, lambda page: page.instruction),
        writer.column("shuffle", 14, lambda page: _YES * page.shuffle),
        writer.column("half", 18, lambda page: half.get(page.id)),
        writer.column("items", 40, _ids),
    ]
    return Sheet(writer.say.joined("pages"), columns, writer.questionnaire.pages)


def _ids(page: QuestionnairePage) -> str:
    return _listed(question.id for question in page.questions)


def _history(writer: _Writer) -> Sheet:
    asked = writer.questionnaire
    records: list[tuple[Question, Wording]] = [
        (question, wording)
        for question in asked.questions
        for wording in asked.about.item(question.id).history
    ]
    columns = [
        writer.column("item", 13, lambda record: record[0].id),
        writer.column("until", 14, lambda record: record[1].until),
        *writer.languages("text", 46, lambda record: record[1].text),
        writer.column("why", 50, lambda record: record[1].why),
    ]
    return Sheet(writer.say.joined("history"), columns, records)
