"""What a Qualtrics survey file (QSF) asks, in the order of its flow: every language in one JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cosyn.instrument.structure import Asked, Structure
from cosyn.structures._html import from_html
from cosyn.structures._json import parsed
from cosyn.structures._types import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.instrument.structure import Answers

_TAGS = {"ZH-S": "zh-Hans", "ZH-T": "zh-Hant"}
_SCRIPT, _REGION = 4, 2
_Json = dict[str, Any]


def read(content: bytes) -> Structure:
    """Read the questions that the flow comes to; what only tells something is left out."""
    with parsed(content, "QSF as we know it") as survey:
        base = survey["SurveyEntry"]["SurveyLanguage"]
        elements = survey["SurveyElements"]
        payloads = {e["PrimaryAttribute"]: e["Payload"] for e in elements if e["Element"] == "SQ"}
        one = {e["Element"]: e["Payload"] for e in elements}
        available = [base, *(name for name in one["SO"]["AvailableLanguages"] if name != base)]
        order = dict.fromkeys(_order(one["FL"]["Flow"], _blocks(one["BL"])))
        asked = [q for name in order for q in _asked(payloads[name], available)]
        tags = tuple(map(_tag, available))
    return Structure(tags, tuple(asked))


def _tag(name: str) -> str:
    """``ZH-S`` -> ``zh-Hans``, ``PT-BR`` -> ``pt-BR``."""
    if name in _TAGS:
        return _TAGS[name]
    language, *parts = name.lower().split("-")
    cased = [
        part.title() if len(part) == _SCRIPT else part.upper() if len(part) == _REGION else part
        for part in parts
    ]
    return "-".join([language, *cased])


def _blocks(listed: dict[str, _Json] | list[_Json]) -> dict[str, list[str]]:
    """Block -> its questions."""
    blocks = listed.values() if isinstance(listed, dict) else listed
    return {
        block["ID"]: [e["QuestionID"] for e in block["BlockElements"] if e["Type"] == "Question"]
        for block in blocks
    }


def _order(flow: list[_Json], blocks: dict[str, list[str]]) -> Iterator[str]:
    """Yield the questions as the first order of a randomiser shows them."""
    for node in flow:
        if node["Type"] in {"Standard", "Block"}:
            yield from blocks[node["ID"]]
        yield from _order(node.get("Flow", []), blocks)


def _asked(payload: _Json, languages: list[str]) -> Iterator[Asked]:
    """Yield each row of a matrix, or the question itself."""
    said = {_tag(name): payload["Language"][name] for name in languages[1:]}
    said = {_tag(languages[0]): payload, **said}
    kind, name = payload["QuestionType"], str(payload["DataExportTag"])
    if kind == "Matrix":
        answers = _answers(payload, said, "Answers", "AnswerOrder")
        for key in map(str, payload["ChoiceOrder"]):
            text = {tag: _display(held, "Choices", key) for tag, held in said.items()}
            yield Asked(str(payload["ChoiceDataExportTags"][key]), text, answers)
        return
    text = {tag: from_html(held["QuestionText"]) for tag, held in said.items()}
    if kind == "MC":
        yield Asked(name, text, _answers(payload, said, "Choices", "ChoiceOrder"))
    elif kind == "TE" and "ValidNumber" in payload["Validation"]["Settings"]:
        bounds = payload["Validation"]["Settings"]["ValidNumber"]
        yield Asked(name, text, (), (float(bounds["Min"]), float(bounds["Max"])))


def _answers(payload: _Json, said: dict[str, _Json], part: str, order: str) -> Answers:
    return tuple(
        (
            int(payload["RecodeValues"][key]),
            {tag: _display(held, part, key) for tag, held in said.items()},
        )
        for key in map(str, payload[order])
    )


def _display(held: _Json, part: str, key: str) -> str:
    return from_html(held[part][key]["Display"])


READER = Reader("qsf", (".qsf",), read)
