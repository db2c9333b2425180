"""The questions of a QSF file, in every language, in blocks between which an answer may end it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cosyn.codebook.phrases import phrase
from cosyn.exporters._qualtrics import heading, is_mixed, may_end, spoken, tag
from cosyn.instrument.layout import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.i18n import Text
    from cosyn.instrument.questionnaire import Block, Question, Questionnaire, QuestionnairePage

CODES = {"zh-Hans": "ZH-S", "zh-Hant": "ZH-T"}
_MIXED = "{~Randomized~}"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A block of the target: questions that it shows together.

    Attributes
    ----------
    questions : tuple of dict
        Payloads, not yet numbered.
    mixed : tuple of bool
        Which of them change places with one another.
    endings : tuple of int
        Positions, from 1, of those options of the last question that end the questionnaire.
    """

    name: str
    questions: tuple[Json, ...] = ()
    mixed: tuple[bool, ...] = ()
    endings: tuple[int, ...] = ()

    def with_questions(self, questions: Sequence[Json], mixed: Sequence[bool]) -> Sheet:
        """The same and some questions more."""
        return replace(self, questions=(*self.questions, *questions), mixed=(*self.mixed, *mixed))

    def order(self, ids: Sequence[str]) -> Json | None:
        """Say which of its questions, by these ids, change places; None if none does."""
        return _mixed_order(ids, self.mixed) if any(self.mixed) else None


def language_code(language: str) -> str:
    """Name a language as Qualtrics does, e.g. ``EN``, ``ZH-S``, ``PT-BR``."""
    return CODES.get(language, language.upper())


def introduction(questionnaire: Questionnaire, languages: Sequence[str]) -> Sheet:
    """What is said first, and the question for the department where it is not known."""
    q = questionnaire
    opening = {t: f"<b>{spoken(q.title[t])}</b><br>{spoken(q.introduction[t])}" for t in languages}
    questions = [_told("introduction", opening, languages)]
    if q.consent:
        questions.append(_told("consent", _spoken(q.consent), languages))
    if not q.department:
        name, hint = phrase(q, "department"), phrase(q, "department_hint")
        asked = {t: f"{spoken(name[t])}<br><i>{spoken(hint[t])}</i>" for t in languages}
        questions.append(_typed("department", asked, languages, {"Type": "None"}))
    return told("introduction", questions)


def told(name: str, questions: Sequence[Json]) -> Sheet:
    """Questions in the order given."""
    return Sheet(name).with_questions(questions, [False] * len(questions))


def note(name: str, text: Text, languages: Sequence[str]) -> Sheet:
    """A text on a page of its own."""
    return told(name, [_told(name, _spoken(text), languages)])


def sheets(page: QuestionnairePage, languages: Sequence[str]) -> Iterator[Sheet]:
    """Yield the blocks of a page: a new one after an answer that may end the questionnaire.

    Questions change places within a block only, so that no block has two lots of them.
    """
    title = _told(tag(f"page_{page.id}"), {t: heading(page, t) for t in languages}, languages)
    sheet = told(page.id, [title])
    count = 1
    for block in page.blocks:
        for questions, mixed, endings in _of_block(block, page, languages):
            if sheet.endings or (any(mixed) and any(sheet.mixed)):
                yield sheet
                count += 1
                sheet = Sheet(f"{page.id} ({count})")
            sheet = replace(sheet.with_questions(questions, mixed), endings=endings)
    yield sheet


def _of_block(
    block: Block, page: QuestionnairePage, languages: Sequence[str]
) -> Iterator[tuple[list[Json], list[bool], tuple[int, ...]]]:
    """Yield lots of questions with what of them is mixed, and what answer ends all.

    A matrix with a row that may end the questionnaire is asked row by row: a branch on a row of
    a matrix is nowhere described.
    """
    mixing, ends = page.shuffle and is_mixed(block), may_end(block)
    if block.display == "matrix" and not ends:
        yield [_matrix(block, page, languages, mixing=mixing)], [False], ()
    elif mixing and not ends:
        asked = [_single(q, languages) for q in block.questions]
        yield asked, [q.scale for q in block.questions], ()
    else:
        for q in block.questions:
            codes = [code for code, _ in q.offered]
            endings = tuple(codes.index(c) + 1 for c in q.screen_out if c in codes)
            yield [_single(q, languages)], [False], endings


def _mixed_order(ids: Sequence[str], mixed: Sequence[bool]) -> Json:
    """Say that some of the ids change places while the others stay."""
    pairs = list(zip(ids, mixed, strict=True))
    return {
        "FixedOrder": [_MIXED if moves else name for name, moves in pairs],
        "RandomizeAll": [name for name, moves in pairs if moves],
        "RandomSubSet": [],
        "Undisplayed": [],
        "TotalRandSubset": 0,
    }


def _spoken(texts: Text) -> Text:
    return {language: spoken(text) for language, text in texts.items()}


def _told(name: str, html: Text, languages: Sequence[str]) -> Json:
    payload = _payload(name, html, languages, ("DB", "TB"))
    return payload | {"ChoiceOrder": [], "Validation": {"Settings": {"Type": "None"}}}


def _typed(name: str, html: Text, languages: Sequence[str], check: Json) -> Json:
    settings = {"ForceResponse": "OFF", **check}
    payload = _payload(name, html, languages, ("TE", "SL"))
    return payload | {
        "Validation": {"Settings": settings},
        "SearchSource": {"AllowFreeResponse": "false"},
    }


def _single(question: Question, languages: Sequence[str]) -> Json:
    text, response_format = _spoken(question.text), question.response_format
    if response_format.kind == "numeric":
        bounds = {
            "Min": plain(response_format.minimum),
            "Max": plain(response_format.maximum),
            "NumDecimals": "",
        }
        check = {"Type": "ContentType", "ContentType": "ValidNumber", "ValidNumber": bounds}
        return _typed(question.id, text, languages, check)
    choices, codes = _options(question)
    payload = _payload(question.id, text, languages, ("MC", "SAVR", "TX"), {"Choices": choices})
    return payload | {
        "ChoiceOrder": _keys(choices),
        "RecodeValues": codes,
        "Validation": {"Settings": {"ForceResponse": "OFF", "Type": "None"}},
    }


def _matrix(
    block: Block, page: QuestionnairePage, languages: Sequence[str], *, mixing: bool
) -> Json:
    rows = [_spoken(q.text) for q in block.questions]
    answers, codes = _options(block.questions[0])
    payload = _payload(
        block.id,
        _spoken(page.instruction),
        languages,
        ("Matrix", "Likert", "SingleAnswer"),
        {"Choices": rows, "Answers": answers},
    )
    payload["Configuration"] |= {
        "TextPosition": "inline",
        "ChoiceColumnWidth": 25,
        "RepeatHeaders": "none",
        "WhiteSpace": "OFF",
        "MobileFirst": True,
    }
    payload |= {
        "ChoiceOrder": _keys(rows),
        "AnswerOrder": _keys(answers),
        "RecodeValues": codes,
        "ChoiceDataExportTags": {
            str(place): q.id for place, q in enumerate(block.questions, start=1)
        },
        "Validation": {"Settings": {"ForceResponse": "OFF", "Type": "None"}},
    }
    if mixing:
        order = _mixed_order(_keys(rows), [q.scale for q in block.questions])
        payload["Randomization"] = {
            "Type": "Advanced",
            "Advanced": order | {"ScaleReversal": []},
            "ConsistentScaleReversal": False,
            "EvenPresentation": False,
            "TotalRandSubset": "",
        }
    return payload


def _options(question: Question) -> tuple[list[Text], dict[str, str]]:
    """List the labels of options and reasons, and the code of each by its position."""
    codes = {str(place): str(code) for place, (code, _) in enumerate(question.offered, start=1)}
    return [_spoken(label) for _, label in question.offered], codes


def _keys(texts: Sequence[Text]) -> list[str]:
    return [str(place) for place in range(1, len(texts) + 1)]


def _payload(
    name: str,
    html: Text,
    languages: Sequence[str],
    kind: tuple[str, ...],
    lists: dict[str, list[Text]] | None = None,
) -> Json:
    """Make what all questions have; the first language is the survey's, others translate it."""

    def said(language: str) -> Json:
        displays = {
            part: {
                str(place): {"Display": text[language]} for place, text in enumerate(texts, start=1)
            }
            for part, texts in (lists or {}).items()
        }
        return {"QuestionText": html[language], **displays}

    base, *others = languages
    return {
        **said(base),
        **dict(zip(("QuestionType", "Selector", "SubSelector"), kind, strict=False)),
        "DataExportTag": name,
        "QuestionDescription": name,
        "Configuration": {"QuestionDescriptionOption": "UseText"},
        "DataVisibility": {"Private": False, "Hidden": False},
        "DefaultChoices": False,
        "GradingData": [],
        "Language": {language_code(language): said(language) for language in others} or [],
        "NextChoiceId": len((lists or {}).get("Choices", [])) + 1,
        "NextAnswerId": len((lists or {}).get("Answers", [])) + 1,
    }
