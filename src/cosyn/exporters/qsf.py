"""A survey file for Qualtrics (QSF): every language, shuffled rows, screening out, stamps.

The format is not documented. What is written here follows files that Qualtrics itself exported
and others published; nobody has proved it by an import. Where it is refused, the format
``qualtrics`` says less and is documented.
"""

from __future__ import annotations

import hashlib
import json
import string
from itertools import count
from typing import TYPE_CHECKING
from uuid import UUID

from cosyn.exporters._qsf_flow import Course, Numbered, flow, in_blocks
from cosyn.exporters._qsf_questions import introduction, language_code, note, sheets
from cosyn.exporters._qualtrics import is_mixed, may_end, spoken
from cosyn.exporters._types import Exported, Exporter, Feature, Loss

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.exporters._qsf_questions import Json, Sheet
    from cosyn.instrument.questionnaire import Questionnaire

_DIGITS = string.ascii_letters + string.digits
_ID_LENGTH = 15
_NEVER, _WRITTEN = "0000-00-00 00:00:00", "2000-01-01 00:00:00"
_NO_SCORING: Json = {
    "ScoringCategories": [],
    "ScoringCategoryGroups": [],
    "ScoringSummaryCategory": None,
    "ScoringSummaryAfterQuestions": 0,
    "ScoringSummaryAfterSurvey": 0,
    "DefaultScoringCategory": None,
    "AutoScoringCategory": None,
}
_Element = tuple[str, str, str | None, object]


def write(questionnaire: Questionnaire, language: str) -> Exported:
    """Write the survey; `language` is the one it opens in."""
    languages = (language, *(tag for tag in questionnaire.languages if tag != language))
    course = _course(questionnaire, languages)
    survey, answers = (_id(questionnaire, kind) for kind in ("SV", "RS"))
    elements = [
        {
            "SurveyID": survey,
            "Element": kind,
            "PrimaryAttribute": first,
            "SecondaryAttribute": second,
            "TertiaryAttribute": "1.1.0" if kind == "PROJ" else None,
            "Payload": payload,
        }
        for kind, first, second, payload in _elements(questionnaire, course, languages, answers)
    ]
    entry = {
        "SurveyID": survey,
        "SurveyName": questionnaire.name,
        "SurveyDescription": None,
        "SurveyOwnerID": _id(questionnaire, "UR"),
        "SurveyBrandID": "",
        "DivisionID": None,
        "SurveyLanguage": language_code(language),
        "SurveyActiveResponseSet": answers,
        "SurveyStatus": "Inactive",
        "SurveyStartDate": _NEVER,
        "SurveyExpirationDate": _NEVER,
        "SurveyCreationDate": _WRITTEN,
        "CreatorID": _id(questionnaire, "UR"),
        "LastModified": _WRITTEN,
        "LastAccessed": _NEVER,
        "LastActivated": _NEVER,
        "Deleted": None,
    }
    text = json.dumps({"SurveyEntry": entry, "SurveyElements": elements}, ensure_ascii=False)
    files = {f"{questionnaire.name}.{language}.qsf": text.encode()}
    return Exported(files, tuple(_losses(questionnaire)))


def _losses(questionnaire: Questionnaire) -> Iterator[Loss]:
    """Name the questions that keep their places because one beside them may end it all."""
    for page in questionnaire.pages:
        for block in page.blocks:
            if page.shuffle and is_mixed(block) and may_end(block):
                for question in block.questions:
                    if question.scale:
                        yield Loss(question.id, "not shuffled: an answer beside it ends the survey")


def _id(questionnaire: Questionnaire, kind: str, name: str = "") -> str:
    """Make an id as the target does, ``BL_`` and 15 signs, the same for the same questionnaire."""
    number = int.from_bytes(_seed(questionnaire, kind, name))
    signs = []
    for _ in range(_ID_LENGTH):
        number, sign = divmod(number, len(_DIGITS))
        signs.append(_DIGITS[sign])
    return f"{kind}_{''.join(signs)}"


def _seed(questionnaire: Questionnaire, kind: str, name: str = "") -> bytes:
    return hashlib.sha256(
        f"{questionnaire.digest}:{questionnaire.name}:{kind}:{name}".encode()
    ).digest()


def _course(questionnaire: Questionnaire, languages: Sequence[str]) -> Course:
    """Number the blocks and the questions in the order listed."""
    q, blocks, numbers = questionnaire, count(1), count(1)

    def numbered(sheet: Sheet) -> Numbered:
        own = _id(q, "BL", str(next(blocks)))
        return Numbered(own, sheet, tuple(f"QID{next(numbers)}" for _ in sheet.questions))

    opening = numbered(introduction(q, languages))
    pages = {page.id: tuple(map(numbered, sheets(page, languages))) for page in q.pages}
    closing = numbered(note("closing", q.closing, languages))
    told = bool(q.screened_out) and any(question.screen_out for question in q.questions)
    out = numbered(note("screened_out", q.screened_out, languages)) if told else None
    return Course(opening, pages, closing, out)


def _elements(
    questionnaire: Questionnaire, course: Course, languages: Sequence[str], answers: str
) -> Iterator[_Element]:
    """Yield kind, first and second attribute and content of each part, in the target's order."""
    blocks = course.blocks()
    asked = [(q, p) for block in blocks for q, p in _questions(block)]
    yield "BL", "Survey Blocks", None, in_blocks(blocks, _id(questionnaire, "BL", "bin"))
    yield "FL", "Survey Flow", None, flow(questionnaire, course)
    preview = str(UUID(bytes=_seed(questionnaire, "PL")[:16], version=4))
    yield "PL", "Preview Link", None, {"PreviewType": "Brand", "PreviewID": preview}
    yield "PROJ", "CORE", None, {"ProjectCategory": "CORE", "SchemaVersion": "1.1.0"}
    yield "QC", "Survey Question Count", str(len(asked)), None
    yield "RS", answers, None, None
    yield "SCO", "Scoring", None, _NO_SCORING
    yield "SO", "Survey Options", None, _options(questionnaire, languages)
    for name, payload in asked:
        yield "SQ", name, payload["QuestionDescription"], payload
    yield "STAT", "Survey Statistics", None, {"MobileCompatible": True, "ID": "Survey Statistics"}


def _questions(block: Numbered) -> Iterator[tuple[str, Json]]:
    for name, payload in zip(block.questions, block.sheet.questions, strict=True):
        yield name, {**payload, "QuestionID": name}


def _options(questionnaire: Questionnaire, languages: Sequence[str]) -> Json:
    """Set the survey's options: nothing is kept that tells who somebody is."""
    return {
        "AnonymizeResponse": "Yes",
        "CollectGeoLocation": "false",
        "BallotBoxStuffingPrevention": "false",
        "RecaptchaV3": "false",
        "RelevantID": "false",
        "RefererCheck": "No",
        "PasswordProtection": "No",
        "EmailThankYou": "false",
        "SecureResponseFiles": "true",
        "NoIndex": "Yes",
        "SurveyProtection": "PublicSurvey",
        "SurveyExpiration": "None",
        "SurveyTermination": "DefaultMessage",
        "InactiveSurvey": "DefaultMessage",
        "SaveAndContinue": "true",
        "BackButton": "true",
        "PartialData": "+1 week",
        "PartialDataCloseAfter": "LastActivity",
        "ResponseSummary": "No",
        "ShowExportTags": "false",
        "ProgressBarDisplay": "Text",
        "SurveyName": questionnaire.name,
        "SurveyTitle": spoken(questionnaire.title[languages[0]]),
        "AvailableLanguages": {language_code(language): [] for language in languages},
        "SkinLibrary": "Qualtrics",
        "SkinType": "templated",
        "Skin": {"brandingId": None, "templateId": "*base", "overrides": None},
        "NewScoring": 1,
        "Header": "",
        "Footer": "",
    }


EXPORTER = Exporter(
    name="qsf",
    title="Qualtrics survey file (QSF, every language; best effort: not documented)",
    write=write,
    per_language=False,
    cannot={
        Feature.MISSING_APART: "these stand last, in one row with the options",
    },
)
