"""JSON: a list of answers, alone or under a name, or one a line; nested answers laid flat."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cosyn.atomic import guarded
from cosyn.errors import ResponseError
from cosyn.tables._encoding import decode
from cosyn.tables._foreign import JSON, foreign
from cosyn.tables._tabulate import tabulate
from cosyn.tables._types import NOT_SHOWN, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cosyn.tables._types import RawTable

_LISTS = ("responses", "results", "data", "answers", "value")
"""Names under which survey platforms give the list."""
_DEEPEST = 20
_AGAIN = "Export the answers as a list of objects, one a respondent, or as CSV or XLSX"


def recognises(path: Path, head: bytes) -> bool:
    """Tell by the first signs."""
    return not head.startswith(b"PK") and foreign(path, head) is JSON


def read(path: Path) -> RawTable:
    """Read a list of answers; a column for each name, in the order of first occurrence.

    ``null`` becomes `NOT_SHOWN`, a name that is left out a blank; the answer to a row of a table
    is named ``table[row]``. Numbers stay as they are written.

    Raises
    ------
    ResponseError
        ``response.damaged-json``, ``response.no-table`` or ``response.empty-file``.
    """
    with guarded(path, "read"):
        raw = path.read_bytes()
    decoded = decode(raw, path.name)
    records = [_flat(record, path.name) for record in _records(decoded.text, path.name)]
    if not records:
        what = "there is no answer in it"
        raise ResponseError("response.empty-file", path.name, what, "Export the answers again")
    header = tuple(dict.fromkeys(name for record in records for name in record))
    rows = ([record.get(name, "") for name in header] for record in records)
    return tabulate(header, rows, 1, encoding=decoded.encoding, warnings=decoded.warnings)


def _records(text: str, name: str) -> list[Mapping[str, object]]:
    found = _loaded(text, name)
    if isinstance(found, dict):
        # Under a name of its own, as platforms give it, or the answers of one respondent.
        lists = [found[key] for key in _LISTS if isinstance(found.get(key), list)]
        found = lists[0] if lists else [found]
    if isinstance(found, list) and all(isinstance(entry, dict) for entry in found):
        return found
    what = "this JSON is no list of answers"
    raise ResponseError("response.no-table", name, what, _AGAIN)


def _loaded(text: str, name: str) -> Any:
    try:
        return _load(text)
    except (ValueError, RecursionError) as problem:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            return [_load(line) for line in lines] if len(lines) > 1 else _load(text)
        except (ValueError, RecursionError):
            reason = str(problem) if isinstance(problem, ValueError) else "nested too deeply"
            what = f"the JSON is damaged or cut off ({reason})"
            raise ResponseError("response.damaged-json", name, what, _AGAIN) from problem


def _load(text: str) -> Any:
    return json.loads(
        text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_once
    )


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _flat(record: Mapping[str, object], file: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, text in _leaves("", record, 0):
        if found.setdefault(name, text) != text:
            what = f"{name!r} has two values in one answer"
            raise ResponseError("response.damaged-json", file, what, _AGAIN)
    return found


def _leaves(name: str, value: object, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value and depth < _DEEPEST:
        for key, inner in value.items():
            yield from _leaves(f"{name}[{key}]" if name else key, inner, depth + 1)
    else:
        yield name, _text(value)


def _text(value: object) -> str:
    match value:
        case None:
            return NOT_SHOWN
        case bool():
            return str(value).upper()
        case str():
            return value.replace("\0", "\ufffd")
        case list() if all(isinstance(entry, str) for entry in value):
            return "; ".join(value)
        case _:
            return json.dumps(value, ensure_ascii=False).replace("\0", "\ufffd")


KIND = Kind(
    name="json",
    title="a JSON file",
    suffixes=(".json", ".jsonl", ".ndjson"),
    recognises=recognises,
    read=read,
)
