"""Send a structure file to a LimeSurvey, read the survey back, and name every difference.

LimeSurvey's import answers OK while it loses texts, options and settings; so nothing it answers is
believed. All its texts in every language, all codes, options, conditions and settings that were
sent are read back over its remote interface and compared with the file.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cosyn import limesurvey as ls
from cosyn.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Call = Callable[..., Mapping[str, Any]]
"""Method and its parameters (without the session's key) -> answer with ``result`` and ``error``."""
Address = tuple[str, str, str]
"""Item, language (none where it is the same in all) and field."""
Content = dict[Address, str]

_SURVEY = "survey"
_LISTS = {ls.QUESTION: "questions", ls.ROW: "rows", ls.OPTION: "options"}
_SWITCHES = frozenset({"hidden", "random_order"})
_NOTHING_THERE = frozenset({"No questions found", "No groups found", "Error: Invalid language"})


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that LimeSurvey holds in another way than it was sent.

    Attributes
    ----------
    item : str
        ``survey``, ``group 2``, a question's code, or ``table[item]``.
    language : str
        Empty where the field is the same in all languages.
    sent, held : str
        Empty where there is nothing.
    """

    item: str
    language: str
    field: str
    sent: str
    held: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of a questionnaire.

    Attributes
    ----------
    survey : int
        LimeSurvey's number of the new survey, which is not active.
    compared : int
        How many texts, codes and settings were read back.
    """

    survey: int
    compared: int
    differences: tuple[Difference, ...]


def push(content: bytes, call: Call, progress: Callable[[str], None]) -> Pushed:
    """Import a structure file as a new survey and read it back.

    Parameters
    ----------
    content : bytes
        What `cosyn.exporters.limesurvey` writes.
    call : callable
        A session of LimeSurvey's remote interface, see `cosyn.push.session.connected`.

    Raises
    ------
    ServerError
        If LimeSurvey refuses the file or the questions asked about it.
    """
    lines = ls.read_lines(content)
    sent = _sent(lines)
    progress("importing the survey")
    survey = _ask(call, "import_survey", base64.b64encode(content).decode(), "txt")
    if not isinstance(survey, int) or survey <= 0:
        raise _refused("import_survey", f"it answers {survey!r}")
    progress(f"reading survey {survey} back")
    held = _held(call, survey, lines)
    return Pushed(survey, len(sent), tuple(_differences(sent, held)))


def _differences(sent: Content, held: Content) -> Iterator[Difference]:
    for address in dict.fromkeys((*sent, *held)):
        before, after = sent.get(address, ""), held.get(address, "")
        if before != after:
            yield Difference(*address, sent=before, held=after)


def _base(lines: Iterable[ls.Line]) -> str:
    return next(line.text for line in lines if (line.kind, line.name) == (ls.SURVEY, "language"))


def _languages(lines: Iterable[ls.Line]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.language for line in lines if line.kind == ls.TEXTS))


def _sent(lines: Sequence[ls.Line]) -> Content:
    """Address everything in the file; the rows and options of a question follow it."""
    base, content = _base(lines), Content()
    group = question = ""
    for line in lines:
        group = f"group {line.type}" if line.kind == ls.GROUP else group
        question = line.name if line.kind == ls.QUESTION else question
        content |= _sent_texts(line, group, question)
        if line.language == base:
            content |= _sent_codes(line, group, question)
            owner = group if line.kind == ls.QUESTION else question
            if line.kind in _LISTS:
                _append(content, (owner, "", _LISTS[line.kind]), line.name)
    return content


def _sent_texts(line: ls.Line, group: str, question: str) -> Content:
    """What is said in a language; the settings of the survey are said in none."""
    item, field = {
        ls.SURVEY: (_SURVEY, line.name),
        ls.TEXTS: (_SURVEY, line.name),
        ls.GROUP: (group, "text"),
        ls.QUESTION: (question, "text"),
        ls.ROW: (f"{question}[{line.name}]", "text"),
        ls.OPTION: (question, f"option {line.name}"),
    }.get(line.kind, ("", ""))
    content = {(item, line.language, field): ls.canonical(line.text)} if item else {}
    if line.kind == ls.GROUP:
        content[group, line.language, "title"] = ls.canonical(line.name)
    return content


def _sent_codes(line: ls.Line, group: str, question: str) -> Content:
    """What is the same in all languages."""
    if line.kind not in {ls.GROUP, ls.QUESTION}:
        return {}
    item = group if line.kind == ls.GROUP else question
    content = {(item, "", name): value for name, value in line.attributes.items()}
    content[item, "", "relevance"] = line.relevance
    if line.kind == ls.QUESTION:
        content[item, "", "type"] = line.type
    return content


def _append(content: Content, address: Address, code: str) -> None:
    """Keep the codes of a list in order, so that one that is missing or moved is seen."""
    content[address] = f"{content.get(address, '')} {code}".strip()


def _held(call: Call, survey: int, lines: Sequence[ls.Line]) -> Content:
    """Read back from LimeSurvey, under the same addresses, what was sent."""
    settings = [line.name for line in lines if line.kind == ls.SURVEY]
    texts = sorted({line.name for line in lines if line.kind == ls.TEXTS})
    attributes = {a for line in lines if line.kind == ls.QUESTION for a in line.attributes}
    found = _ask(call, "get_survey_properties", survey, settings)
    content = {(_SURVEY, "", name): _said(found.get(name)) for name in settings}
    base = _base(lines)
    for language in _languages(lines):
        held = _ask(call, "get_language_properties", survey, texts, language) or {}
        content |= {(_SURVEY, language, name): _shown(held.get(name)) for name in texts}
        groups = sorted(_ask(call, "list_groups", survey, language), key=_place("group_order"))
        questions = _ask(call, "list_questions", survey, None, language)
        for number, group in enumerate(groups, start=1):
            content |= _held_group(f"group {number}", group, language, own=language == base)
            for question in _of(questions, group["gid"]):
                asked = ["answeroptions", *(["attributes"] if language == base else [])]
                more = _ask(call, "get_question_properties", question["qid"], asked, language)
                rows = _of(questions, group["gid"], question["qid"])
                content |= _held_texts(question, rows, more, language)
                if language == base:
                    content |= _held_codes(question, rows, more, attributes)
                    _append(content, (f"group {number}", "", "questions"), question["title"])
    return content


def _of(
    questions: Iterable[Mapping[str, Any]], gid: Any, parent: Any = 0
) -> list[Mapping[str, Any]]:
    """The questions of a group, or the rows of a question, in LimeSurvey's order."""
    found = [
        q for q in questions if (int(q["gid"]), int(q["parent_qid"])) == (int(gid), int(parent))
    ]
    return sorted(found, key=_place("question_order"))


def _place(column: str) -> Callable[[Mapping[str, Any]], int]:
    return lambda record: int(record[column])


def _held_group(item: str, group: Mapping[str, Any], language: str, *, own: bool) -> Content:
    content = {
        (item, language, "title"): _shown(group["group_name"]),
        (item, language, "text"): _shown(group["description"]),
    }
    if own:
        content[item, "", "relevance"] = _said(group["grelevance"])
        content[item, "", "random_group"] = _said(group["randomization_group"])
    return content


def _held_texts(
    question: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    more: Mapping[str, Any],
    language: str,
) -> Content:
    title = question["title"]
    return {
        (title, language, "text"): _shown(question["question"]),
        **{(f"{title}[{r['title']}]", language, "text"): _shown(r["question"]) for r in rows},
        **{
            (title, language, f"option {code}"): _shown(option["answer"])
            for code, option in _options(more)
        },
    }


def _held_codes(
    question: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    more: Mapping[str, Any],
    attributes: Iterable[str],
) -> Content:
    """What a question has once for all languages: type, codes in order, condition, attributes."""
    title = question["title"]
    found = more.get("attributes")
    known = {**(found if isinstance(found, Mapping) else {}), **question}
    content = {
        (title, "", "type"): _said(question["type"]),
        (title, "", "relevance"): _said(question["relevance"]),
        **{(title, "", name): _attribute(name, known.get(name)) for name in attributes},
    }
    for row in rows:
        _append(content, (title, "", "rows"), row["title"])
    for code, _ in _options(more):
        _append(content, (title, "", "options"), code)
    return content


def _options(more: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """A question's options in order.

    LimeSurvey says a sentence where there is none, and PHP makes a list of the codes 0, 1, 2, ...
    """
    found = more.get("answeroptions")
    if isinstance(found, list):
        found = {str(code): option for code, option in enumerate(found)}
    options = list(found.items()) if isinstance(found, Mapping) else []
    return sorted(options, key=lambda option: int(option[1]["order"]))


def _attribute(name: str, value: Any) -> str:
    """A switch that is off is held as 0 or not at all."""
    return "" if name in _SWITCHES and value in {0, "0"} else _said(value)


def _said(value: Any) -> str:
    return "" if value is None else str(value)


def _shown(value: Any) -> str:
    return ls.canonical(_said(value))


def _ask(call: Call, method: str, *parameters: Any) -> Any:
    """Call a method; what is not there in a language is nothing, every other status an error."""
    answer = call(method, *parameters)
    result = answer.get("result")
    if answer.get("error"):
        raise _refused(method, str(answer["error"]))
    status = result.get("status", "OK") if isinstance(result, Mapping) else "OK"
    if status in _NOTHING_THERE:
        return []
    if status not in {"OK", None}:
        raise _refused(method, str(status))
    return result


def _refused(method: str, reason: str) -> ServerError:
    return ServerError(
        "push.refused",
        f"LimeSurvey, {method}",
        f"it refuses: {reason}",
        "Ask its administrator; a survey that it began may have to be deleted",
    )
