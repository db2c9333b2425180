"""DDI-Codebook: every language in one XML file, each text with its ``xml:lang``.

The versions 2.5 and 2.6 differ in their name space alone as far as is used here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from cosyn.codebook.entries import entries, facts, number, phrases_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cosyn.codebook.entries import Entry, Fact, Phrases
    from cosyn.i18n import Text
    from cosyn.instrument.questionnaire import Question, Questionnaire
    from cosyn.instrument.types import Construct

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Facts that have an element of their own; the others become notes.
_FILE = "F1"
_PLACED = frozenset({"construct", "facet", "universe", "screen_out", "reverse", "quasi_identifier"})


@dataclass(frozen=True, slots=True)
class Summary:
    """What a variable holds in a file.

    Attributes
    ----------
    valid, invalid : int
        Rows with an answer, and with a reason for none.
    measures : Mapping[str, float]
        ``mean``, ``medn``, ``min``, ``max``, ``stdev``, as far as there are any.
    frequencies : Mapping[int, int]
        Code -> rows, reasons included.
    """

    valid: int
    invalid: int
    measures: Mapping[str, float] = field(default_factory=dict)
    frequencies: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of answers that a codebook describes.

    Attributes
    ----------
    stamps : Mapping[str, Text]
        The variables before the items -> what they are.
    summaries : Mapping[str, Summary]
        Of the variables.
    notes : Mapping[str, str]
        What the file rests on.
    """

    name: str
    rows: int
    stamps: Mapping[str, Text]
    summaries: Mapping[str, Summary]
    notes: Mapping[str, str]


def document(
    questionnaire: Questionnaire, language: str, version: str, file: DataFile | None = None
) -> bytes:
    """Write a codebook of a version of DDI; titles come first in `language`.

    Parameters
    ----------
    file : DataFile, optional
        The answers that it describes; none if there are only questions.
    """
    root = Element("codeBook", {"xmlns": f"ddi:codebook:{version.replace('.', '_')}"})
    root.set("version", version)
    root.set(_LANG, language)
    say = phrases_of(questionnaire)
    _study(SubElement(root, "stdyDscr"), questionnaire, language, say)
    if file is not None:
        _file(SubElement(root, "fileDscr", {"ID": _FILE}), file, questionnaire)
    data = SubElement(root, "dataDscr")
    _groups(data, questionnaire, say)
    for name, title in file.stamps.items() if file else ():
        _stamp(SubElement(data, "var"), name, title, file)
    for entry in entries(questionnaire):
        _variable(SubElement(data, "var"), entry, questionnaire, say, file)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, "unicode")}\n'.encode()


def _file(described: Element, file: DataFile, questionnaire: Questionnaire) -> None:
    text = SubElement(described, "fileTxt")
    SubElement(text, "fileName").text = file.name
    size = SubElement(text, "dimensns")
    SubElement(size, "caseQnty").text = str(file.rows)
    SubElement(size, "varQnty").text = str(len(file.stamps) + len(questionnaire.questions))
    SubElement(text, "fileType", {"charset": "UTF-8"}).text = "text/csv"
    for kind, note in file.notes.items():
        SubElement(described, "notes", {"type": kind}).text = note


def _stamp(variable: Element, name: str, title: Text, file: DataFile | None) -> None:
    """Describe a variable that stands before the items."""
    variable.set("ID", f"V_{name}")
    variable.set("name", name)
    variable.set("files", _FILE)
    _texts(variable, "labl", title)
    _summary(variable, file.summaries.get(name) if file else None)
    SubElement(variable, "varFormat", {"type": "character"})


def _summary(variable: Element, summary: Summary | None) -> None:
    if summary is None:
        return
    counts = {"vald": summary.valid, "invd": summary.invalid}
    for kind, value in {**counts, **summary.measures}.items():
        SubElement(variable, "sumStat", {"type": kind}).text = number(value)


def _texts(parent: Element, tag: str, texts: Text, **attributes: str) -> None:
    """Add an element a language."""
    for language, text in texts.items():
        SubElement(parent, tag, {_LANG: language, **attributes}).text = text


def _study(study: Element, questionnaire: Questionnaire, language: str, say: Phrases) -> None:
    citation = SubElement(study, "citation")
    titles = SubElement(citation, "titlStmt")
    _texts(titles, "titl", {language: questionnaire.title[language]})
    others = {t: title for t, title in questionnaire.title.items() if t != language}
    _texts(titles, "parTitl", others)
    SubElement(titles, "IDNo").text = questionnaire.name
    versions = SubElement(citation, "verStmt")
    SubElement(versions, "version", {"type": "instrument"}).text = questionnaire.version
    SubElement(versions, "notes", {"type": "digest"}).text = questionnaire.digest
    SubElement(versions, "notes", {"type": "form"}).text = questionnaire.form
    information = SubElement(study, "stdyInfo")
    _texts(information, "abstract", questionnaire.introduction)
    _texts(study, "notes", questionnaire.consent, type="consent")
    _texts(study, "notes", questionnaire.closing, type="closing")
    _texts(study, "notes", questionnaire.screened_out, type="screened_out")
    if questionnaire.halves is not None:
        first, second = (", ".join(half) for half in questionnaire.halves)
        _texts(study, "notes", say("halves_how", first=first, second=second), type="halves")


def _groups(data: Element, questionnaire: Questionnaire, say: Phrases) -> None:
    """Group the variables by construct, by facet and by page."""
    by_facet: dict[str, list[Question]] = {}
    for question in questionnaire.questions:
        by_facet.setdefault(question.facet, []).append(question)
    for construct in questionnaire.about.constructs:
        _construct(data, construct, by_facet, say)
    for page in questionnaire.pages:
        group = SubElement(data, "varGrp", {"ID": f"P_{page.id}", "type": "section"})
        group.set("var", _references(page.questions))
        _texts(group, "labl", page.title)
        _texts(group, "txt", page.instruction)
        if page.shuffle:
            _texts(group, "notes", say("shuffle_how"), type="shuffle")


def _references(questions: Iterable[Question]) -> str:
    return " ".join(f"V_{question.id}" for question in questions)


def _construct(
    data: Element, construct: Construct, by_facet: dict[str, list[Question]], say: Phrases
) -> None:
    facets = {facet.id: by_facet.get(facet.id, []) for facet in construct.facets}
    group = SubElement(data, "varGrp", {"ID": f"C_{construct.id}", "type": "subject"})
    group.set("var", _references(q for questions in facets.values() for q in questions))
    group.set("varGrp", " ".join(f"F_{facet}" for facet in facets))
    group.set("name", construct.id)
    _texts(group, "labl", construct.label)
    _source(group, construct.source)
    _texts(group, "notes", say(f"measurement_{construct.measurement}"), type="measurement")
    for facet in construct.facets:
        part = SubElement(data, "varGrp", {"ID": f"F_{facet.id}", "type": "subject"})
        part.set("var", _references(facets[facet.id]))
        part.set("name", facet.id)
        _texts(part, "labl", facet.label)
        _source(part, facet.source)


def _source(group: Element, source: str) -> None:
    if source:
        SubElement(group, "notes", {"type": "source"}).text = source


def _variable(
    variable: Element,
    entry: Entry,
    questionnaire: Questionnaire,
    say: Phrases,
    file: DataFile | None,
) -> None:
    """Fill a variable, in the order that the schema wants."""
    question = entry.question
    summary = file.summaries.get(question.id) if file else None
    if file is not None:
        variable.set("files", _FILE)
    known = {fact.key: fact for fact in facts(entry, questionnaire.about, say)}
    numeric = question.response_format.kind == "numeric"
    variable.set("ID", f"V_{question.id}")
    variable.set("name", question.id)
    variable.set("intrvl", "contin" if numeric else "discrete")
    if not numeric:
        variable.set("nature", "ordinal")
    _asked(variable, entry, known, say)
    _ranges(variable, question)
    if "universe" in known:
        _texts(variable, "universe", known["universe"].text)
    _summary(variable, summary)
    _categories(variable, question, say, summary)
    for key in ("construct", "facet"):
        if key in known:
            _texts(variable, "concept", known[key].text)
    if "reverse" in known:
        derived = SubElement(variable, "derivation")
        _texts(derived, "drvdesc", known["reverse"].text)
        SubElement(derived, "drvcmd").text = f"{entry.turned} - {question.id}"
    SubElement(variable, "varFormat", {"type": "numeric"})
    for fact in known.values():
        if fact.key not in _PLACED:
            _texts(variable, "notes", say.stated(fact), type=fact.key)


def _asked(variable: Element, entry: Entry, known: Mapping[str, Fact], say: Phrases) -> None:
    question = entry.question
    numeric = question.response_format.kind == "numeric"
    _texts(variable, "labl", question.text)
    if "quasi_identifier" in known:
        _texts(variable, "security", known["quasi_identifier"].text)
    asked = SubElement(variable, "qstn", {"seqNo": str(entry.place)})
    asked.set("responseDomainType", "numeric" if numeric else "category")
    _texts(asked, "preQTxt", entry.page.instruction)
    _texts(asked, "qstnLit", question.text)
    if "screen_out" in known:
        _texts(asked, "forward", say.stated(known["screen_out"]))


def _ranges(variable: Element, question: Question) -> None:
    scale = question.response_format
    valid = SubElement(variable, "valrng")
    if scale.kind == "numeric":
        low, high = number(scale.minimum), number(scale.maximum)
        SubElement(valid, "range", {"UNITS": "REAL", "min": low, "max": high})
    for option in scale.options:
        SubElement(valid, "item", {"VALUE": str(option.code)})
    if scale.missing:
        invalid = SubElement(variable, "invalrng")
        for missing in scale.missing:
            SubElement(invalid, "item", {"VALUE": str(missing.code)})


def _categories(
    variable: Element, question: Question, say: Phrases, summary: Summary | None
) -> None:
    for option in question.response_format.options:
        _frequency(_category(variable, {}, option.code, option.label), option.code, summary)
    offered = {missing.code for missing in question.missing}
    for missing in question.response_format.missing:
        kind = {"missing": "Y", "missType": str(missing.reason)}
        category = _category(variable, kind, missing.code, missing.label)
        if missing.code not in offered:
            _texts(category, "txt", say("not_offered"))
        _frequency(category, missing.code, summary)


def _frequency(category: Element, code: int, summary: Summary | None) -> None:
    if summary is not None:
        frequency = SubElement(category, "catStat", {"type": "freq"})
        frequency.text = str(summary.frequencies.get(code, 0))


def _category(variable: Element, kind: dict[str, str], code: int, label: Text) -> Element:
    category = SubElement(variable, "catgry", kind)
    SubElement(category, "catValu").text = str(code)
    _texts(category, "labl", label)
    return category
