"""JSON: a list of answers, one object a respondent, or what LimeSurvey's remote control gives."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from cosyn.atomic import guarded
from cosyn.errors import ResponseError
from cosyn.spelling import spell
from cosyn.tables._encoding import decode
from cosyn.tables._tabulate import tabulate
from cosyn.tables._types import NULL, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cosyn.tables._types import RawTable

_BEGINS = re.compile(r"\ufeff?\s*(?:\[\s*[\[{\]]|\{\s*[\"}])")
_AGAIN = "Export the answers again, as JSON with one object a respondent, or as CSV"


def recognises(path: Path, head: bytes) -> bool:
    """Tell whether the content begins as a list of objects, or as an object."""
    del path
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return bool(_BEGINS.match(head.decode("utf-16" if wide else "utf-8", errors="ignore")))


def read(path: Path) -> RawTable:
    """Read answers; an object within an answer becomes columns ``matrix.row``.

    Rows are numbered from 1, the first answer.

    Raises
    ------
    ResponseError
        ``response.damaged-json`` or ``response.empty-file``, and the codes of the encoding.
    """
    with guarded(path, "read"):
        decoded = decode(path.read_bytes(), path.name)
    answers = [dict(_flat(answer)) for answer in _answers(_loaded(decoded.text, path), path)]
    header = list(dict.fromkeys(name for answer in answers for name in answer))
    if not header:
        what = "the file holds no answer"
        raise ResponseError("response.empty-file", path.name, what, "Export the answers again")
    rows = ([answer.get(name, "") for name in header] for answer in answers)
    return tabulate(header, rows, 1, encoding=decoded.encoding, warnings=decoded.warnings)


def _loaded(text: str, path: Path) -> Any:
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as problem:
        lines = _by_line(text)
        if lines is not None:
            return lines
        where = f"{path.name}, line {problem.lineno}"
        what = f"this is no whole JSON ({problem.msg})"
        raise ResponseError("response.damaged-json", where, what, _AGAIN) from problem
    except (RecursionError, ValueError) as problem:
        what = "this JSON is nested too deeply or holds a number that is too long"
        raise ResponseError("response.damaged-json", path.name, what, _AGAIN) from problem


def _by_line(text: str) -> list[Any] | None:
    """Read one answer a line, as programs append them; None if it is no such file."""
    lines = [line for line in text.removeprefix("\ufeff").splitlines() if line.strip()]
    try:
        return [json.loads(line) for line in lines] if len(lines) > 1 else None
    except (ValueError, RecursionError):
        return None


def _answers(content: Any, path: Path) -> list[dict[str, Any]]:
    """The objects that are answers: a list, or one named ``responses``, of them or of such."""
    if isinstance(content, dict):
        content = content.get("responses", content.get("results"))
    if isinstance(content, dict):
        content = list(content.values())
    if not isinstance(content, list) or not all(isinstance(answer, dict) for answer in content):
        what = "this is JSON, but no list of answers"
        raise ResponseError("response.damaged-json", path.name, what, _AGAIN)
    return [
        next(iter(answer.values()))
        if len(answer) == 1 and isinstance(next(iter(answer.values())), dict)
        else answer
        for answer in content
    ]


def _flat(answer: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in answer.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, _as_text(value)


def _as_text(value: object) -> str:
    match value:
        case None:
            return NULL
        case bool():
            return str(value).lower()
        case float():
            return spell(value)
        case list():
            return ";".join(_as_text(part) if part is not None else "" for part in value)
        case _:
            return str(value).replace("\0", "")


KIND = Kind("json", "JSON", (".json", ".jsonl", ".ndjson"), recognises, read)
