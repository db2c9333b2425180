"""A LimeSurvey structure file: every language in one file, one group a page, one array a matrix.

Items keep their codes: a row of an array, or a question of its own, bears the item's id, and
options bear the instrument's codes. Respondents stay unknown: see `_SETTINGS`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from cosyn import limesurvey as ls
from cosyn.exporters._types import Exported, Exporter, Feature, Loss

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cosyn.i18n import Text
    from cosyn.instrument.questionnaire import Block, Question, Questionnaire, QuestionnairePage

    Ending = tuple[str, int]
    """A question as conditions name it, and an answer that ends the questionnaire."""

_SETTINGS = {
    # A page of introduction, then one group a page, with its title and instruction.
    "format": "G",
    "showwelcome": "Y",
    "allowprev": "Y",
    "showprogress": "Y",
    "showgroupinfo": "B",
    "showqnumcode": "X",
    "showxquestions": "N",
    "questionindex": "0",
    # The default puts "No answer" first in every row, already chosen.
    "shownoanswer": "N",
    # Nothing that tells who answered, where or when. "Anonymized" alone is not enough: with date
    # stamps LimeSurvey keeps the second of each submission and with timings that of each page, to
    # be matched with mail and server logs; "resume later" asks for a name and an address.
    "anonymized": "Y",  # N where the consent text says that answers bear a code
    "datestamp": "N",
    "savetimings": "N",
    "ipaddr": "N",
    "ipanonymize": "Y",
    "refurl": "N",
    "allowsave": "N",
    "usecookie": "N",
    "allowregister": "N",
    "tokenanswerspersistence": "N",
    "alloweditaftercompletion": "N",
    "printanswers": "N",
    "listpublic": "N",
    "publicstatistics": "N",
    "publicgraphs": "N",
    "assessments": "N",
    "sendconfirmation": "N",
}
_STAMPS = ("instrument", "version", "digest", "form", "order", "department")
_PLACE, _END = "otherplace", "screenedout"
_ALWAYS = "1"
_NEXT_LINE = "\x85"
_QUESTION = {"mandatory": "N", "other": "N"}
_SWAPPED = {"random_group": "halves"}


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row of the file in every language; groups have a title for a name."""

    kind: str
    type: str
    name: str = ""
    title: Text = field(default_factory=dict)
    text: Text = field(default_factory=dict)
    relevance: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)

    def line(self, language: str, *, base: bool) -> ls.Line:
        # Attributes are the same in all languages; said twice, they would be stored twice.
        return ls.Line(
            kind=self.kind,
            name=self.name or ls.encode(self.title[language]),
            text=ls.encode(self.text.get(language, "")),
            language=language,
            type=self.type,
            relevance=self.relevance,
            attributes=self.attributes if base else {},
        )


def write(questionnaire: Questionnaire, language: str) -> Exported:
    """Write the structure; `language` is the one the survey opens in."""
    languages = (language, *(tag for tag in questionnaire.languages if tag != language))
    entries = tuple(_entries(questionnaire))
    lines = [
        *_settings(languages, identified=questionnaire.identified),
        *(line for tag in languages for line in _texts(questionnaire, tag)),
        *(entry.line(tag, base=tag == language) for tag in languages for entry in entries),
    ]
    content = ls.write_lines(lines)
    losses = tuple(_losses(questionnaire))
    return Exported({f"{questionnaire.name}.limesurvey.txt": content}, losses)


def _settings(languages: Sequence[str], *, identified: bool) -> Iterator[ls.Line]:
    yield ls.Line(ls.SURVEY, "language", languages[0])
    if languages[1:]:
        yield ls.Line(ls.SURVEY, "additional_languages", " ".join(languages[1:]))
    kept = {"anonymized": "N"} if identified else {}
    for name, value in {**_SETTINGS, **kept}.items():
        yield ls.Line(ls.SURVEY, name, value)


def _texts(questionnaire: Questionnaire, tag: str) -> Iterator[ls.Line]:
    welcome = (questionnaire.introduction[tag], questionnaire.consent.get(tag, ""))
    texts = {
        "title": ls.encode(_title(questionnaire.title[tag])),
        "welcometext": "<br /><br />".join(ls.encode(text) for text in welcome if text),
        "endtext": ls.encode(questionnaire.closing[tag]),
    }
    for name, text in texts.items():
        yield ls.Line(ls.TEXTS, f"surveyls_{name}", text, tag)


def _title(title: str) -> str:
    """As much of a title as LimeSurvey stores; it refuses a file with a longer one."""
    while len(ls.encode(title)) > ls.TITLE_LENGTH:
        title = title[:-1]
    return title


def _entries(questionnaire: Questionnaire) -> Iterator[_Entry]:
    codes = _codes(questionnaire)
    pages, swapped = _places(questionnaire)
    endings: list[Ending] = []
    for number, page in enumerate(pages, start=1):
        random = _SWAPPED if page is None or page.id == swapped else {}
        title = page.title if page else questionnaire.title
        instruction = page.instruction if page else {}
        yield _group(number, title, instruction, _unless(endings), random)
        if number == 1:
            yield from _stamps(questionnaire, codes)
        if page is None:
            yield _hidden(codes[_PLACE], {})
        else:
            yield from _page(page, codes)
            endings += [e for block in page.blocks for e in _endings(block, codes)]
    if endings and questionnaire.screened_out:
        condition = " or ".join(f"{question} == '{answer}'" for question, answer in endings)
        yield _group(len(pages) + 1, questionnaire.title, {}, condition, {})
        yield _question("X", codes[_END], questionnaire.screened_out, _ALWAYS)


def _places(questionnaire: Questionnaire) -> tuple[list[QuestionnairePage | None], str]:
    """Order the groups, and name the page that changes places with the empty one.

    LimeSurvey shuffles the places of groups, not runs of groups. So a page that is a half of its
    own changes places with an empty group (None) on the other side of the other half.
    """
    pages: list[QuestionnairePage | None] = list(questionnaire.pages)
    if not _can_swap(questionnaire) or questionnaire.halves is None:
        return pages, ""
    ids = [page.id for page in questionnaire.pages]
    first, second = questionnaire.halves
    if len(second) == 1:
        pages.insert(ids.index(first[0]), None)
        return pages, second[0]
    pages.insert(ids.index(second[-1]) + 1, None)
    return pages, first[0]


def _can_swap(questionnaire: Questionnaire) -> bool:
    """Tell whether one half is a single page, and the halves stand side by side."""
    if questionnaire.halves is None:
        return True
    first, second = questionnaire.halves
    ids = tuple(page.id for page in questionnaire.pages)
    start = ids.index(first[0]) if first[0] in ids else 0
    side_by_side = ids[start : start + len(first) + len(second)] == (*first, *second)
    return side_by_side and 1 in {len(first), len(second)}


def _group(
    number: int, title: Text, text: Text, relevance: str, attributes: Mapping[str, str]
) -> _Entry:
    return _Entry(
        ls.GROUP, str(number), "", title, text, relevance=relevance, attributes=attributes
    )


def _question(
    kind: str, code: str, text: Text, relevance: str, attributes: Mapping[str, str] | None = None
) -> _Entry:
    return _Entry(
        ls.QUESTION,
        kind,
        code,
        text=text,
        relevance=relevance,
        attributes={**_QUESTION, **(attributes or {})},
    )


def _hidden(code: str, text: Text) -> _Entry:
    return _question("*", code, text, _ALWAYS, {"hidden": "1"})


def _stamps(questionnaire: Questionnaire, codes: Mapping[str, str]) -> Iterator[_Entry]:
    """Have every answer name its wording: hidden equations, whose values are their texts."""
    for name in _STAMPS:
        value = getattr(questionnaire, name)
        if value:
            yield _hidden(codes[name], dict.fromkeys(questionnaire.languages, str(value)))


def _page(page: QuestionnairePage, codes: Mapping[str, str]) -> Iterator[_Entry]:
    endings: list[Ending] = []
    for block in page.blocks:
        shuffled = page.shuffle and sum(q.scale for q in block.questions) > 1
        if block.display == "matrix":
            yield from _array(block, codes[block.id], _unless(endings), shuffled=shuffled)
            endings += _endings(block, codes)
            continue
        for question in block.questions:
            random = {"random_group": block.id} if shuffled and question.scale else {}
            yield from _single(question, _unless(endings), random)
            endings += [(f"{question.id}.NAOK", code) for code in question.screen_out]


def _array(block: Block, code: str, relevance: str, *, shuffled: bool) -> Iterator[_Entry]:
    yield _question("F", code, {}, relevance, {"random_order": "1"} if shuffled else {})
    for question in block.questions:
        yield _Entry(ls.ROW, "0", question.id, text=question.text, relevance=_ALWAYS)
    yield from _options(block.questions[0])


def _single(question: Question, relevance: str, attributes: Mapping[str, str]) -> Iterator[_Entry]:
    answers = question.response_format
    if answers.kind == "options":
        yield _question("L", question.id, question.text, relevance, attributes)
        yield from _options(question)
        return
    bounds = {
        "min_num_value_n": _number(answers.minimum),
        "max_num_value_n": _number(answers.maximum),
    }
    yield _question("N", question.id, question.text, relevance, {**attributes, **bounds})


def _number(value: float) -> str:
    written = format(Decimal(str(value)), "f")
    return written.removesuffix(".0")


def _options(question: Question) -> Iterator[_Entry]:
    for code, label in _answers(question):
        if ls.is_option(code):
            yield _Entry(ls.OPTION, "0", code, text=label)


def _answers(question: Question) -> list[tuple[str, Text]]:
    options = [(str(option.code), option.label) for option in question.response_format.options]
    return options + [(str(reason.code), reason.label) for reason in question.missing]


def _endings(block: Block, codes: Mapping[str, str]) -> list[Ending]:
    prefix = f"{codes[block.id]}_" if block.display == "matrix" else ""
    return [(f"{prefix}{q.id}.NAOK", code) for q in block.questions for code in q.screen_out]


def _unless(endings: Sequence[Ending]) -> str:
    """Condition of what is asked only of those whom no answer has sent to the end."""
    # In single quotes: double ones would have to be quoted in the file, where they get lost.
    return " and ".join(f"{name} != '{code}'" for name, code in endings) or _ALWAYS


def _codes(questionnaire: Questionnaire) -> dict[str, str]:
    """Give what is no item a code that no item has: LimeSurvey drops the second of two."""
    taken = {question.id.casefold() for question in questionnaire.questions}
    blocks = [block.id for page in questionnaire.pages for block in page.blocks]
    codes = {}
    for name in (*blocks, *_STAMPS, _PLACE, _END):
        code = name
        while code.casefold() in taken:
            code += "x"
        taken.add(code.casefold())
        codes[name] = code
    return codes


def _losses(questionnaire: Questionnaire) -> Iterator[Loss]:
    if any(_title(title) != title for title in questionnaire.title.values()):
        yield Loss("title", f"it is cut: LimeSurvey stores {ls.TITLE_LENGTH} characters of HTML")
    swapped = {page for half in questionnaire.halves or () for page in half}
    for page in questionnaire.pages:
        for block in page.blocks:
            for question in block.questions:
                matrix = block.display == "matrix"
                yield from (Loss(question.id, what) for what in _lost(question, matrix=matrix))
                if page.id in swapped and not _can_swap(questionnaire):
                    yield Loss(question.id, "both halves have several pages: no half comes first")
                if page.id in swapped and question.screen_out:
                    yield Loss(question.id, "it ends only the pages that are listed after it")


def _lost(question: Question, *, matrix: bool) -> Iterator[str]:
    reserved = {"time"} if matrix else ls.RESERVED
    if question.id in reserved or not ls.is_code(question.id):
        yield "LimeSurvey replaces this code by one of its own"
    words = (question.text, *(label for _, label in _answers(question)))
    if any(_NEXT_LINE in text for texts in words for text in texts.values()):
        yield "the sign U+0085 becomes a line break"
    if matrix and any("|" in text for text in question.text.values()):
        yield "in a table | parts a text: what follows stands on the right of the row"
    if question.response_format.kind == "numeric":
        if question.missing:
            yield "a number cannot offer an answer such as don't know beside it"
        return
    for code, _ in _answers(question):
        if not ls.is_option(code):
            yield f"option {code} is left out: LimeSurvey takes up to 5 letters and digits"


EXPORTER = Exporter(
    name="limesurvey",
    title="LimeSurvey structure (.txt), all languages",
    write=write,
    per_language=False,
    cannot={
        Feature.FIXED: "it is shuffled along with the rows of its table",
        Feature.MISSING_APART: "it stands beside the options, as the last of them",
    },
)
