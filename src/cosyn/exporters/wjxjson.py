"""JSON lines for the programming interface of Wenjuanxing (问卷星): one question a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cosyn.errors import InstrumentError
from cosyn.exporters._types import Exported, Exporter
from cosyn.exporters._wjx import CANNOT, RULES, survey, text_losses
from cosyn.exporters._wjx_mapping import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.exporters._wjx import Entry, Survey
    from cosyn.instrument.questionnaire import Questionnaire

MOST_BYTES = 1_000_000
_SURVEY = 1  # the platform's kind of project: neither a test nor a vote


def write(questionnaire: Questionnaire, language: str) -> Exported:
    """Write the lines in one language, and the mapping file for their answers.

    Raises
    ------
    InstrumentError
        ``export.too-big`` above the platform's limit.
    """
    lines = _lines(survey(questionnaire, language, RULES), language)
    content = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode()
    name = f"{questionnaire.name}.{language}"
    if len(content) > MOST_BYTES:
        what = f"the file has {len(content) / 1e6:.1f} MB; Wenjuanxing takes 1 MB at most"
        fix = "Export a form with fewer items"
        raise InstrumentError("export.too-big", f"{name}.wjx.jsonl", what, fix)
    to_import, unmapped = mapping(questionnaire, language)
    return Exported(
        {f"{name}.wjx.jsonl": content, f"{name}.wjx.mapping.yaml": to_import},
        (*text_losses(questionnaire, language, RULES), *unmapped),
    )


def _lines(written: Survey, language: str) -> Iterator[dict[str, object]]:
    yield {
        "qtype": "问卷基础信息",
        "title": written.title,
        "introduction": written.opening[0],
        "endpageinformation": written.closing,
        "language": language.partition("-")[0],
        "atype": _SURVEY,
    }
    yield from map(_paragraph, written.opening[1:])
    if written.department is not None:
        yield _question(written.department)
    for place, sheet in enumerate(written.sheets):
        if place:
            yield {"qtype": "分页栏"}
        yield from map(_paragraph, sheet.heading)
        yield from map(_question, sheet.entries)


def _paragraph(text: str) -> dict[str, object]:
    return {"qtype": "段落说明", "title": text}


def _question(entry: Entry) -> dict[str, object]:
    """Every question may be left out, which has to be said."""
    kind = "矩阵单选" if entry.rows else "单选" if entry.options else "单项填空"
    line: dict[str, object] = {"qtype": kind, "title": entry.title}
    if entry.rows:
        line["rowtitle"] = entry.rows
    if entry.options:
        line["select"] = entry.options
    return {**line, "requir": False}


EXPORTER = Exporter(
    name="wjxjson",
    title="JSON lines for the interface of Wenjuanxing 问卷星",
    write=write,
    per_language=True,
    cannot=CANNOT,
)
