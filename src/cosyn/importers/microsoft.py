"""Answers to Microsoft Forms: a workbook with the texts of the questions above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.importers._platform import (
    changed,
    distinct,
    has,
    language_of,
    patterns,
    place,
    roles_of,
)
from cosyn.importers._types import Importer, Prepared

if TYPE_CHECKING:
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

_OWN = patterns(
    {
        "start time|开始时间": ("time", "started"),
        "completion time|完成时间": ("time", "submitted"),
        "e-?mail|电子邮件": ("personal", "e-mail address"),
        "name|名称|姓名": ("personal", "name"),
        "language|语言": ("language", ""),
        "id|last modified time|上次修改时间|total points|quiz feedback|总分|测验反馈": (
            "platform",
            "",
        ),
        "grade posted time|(points|feedback) - .*|(得分|反馈) - .*": ("platform", ""),
    }
)
_LANGUAGES = (
    ("english", "en"),
    ("中文(中国", "zh-Hans"),
    ("中文(简体", "zh-Hans"),
    ("chinese (s", "zh-Hans"),
)


def recognises(table: RawTable) -> bool:
    """Tell by the columns before the answers, in English or Chinese."""
    return has(table, "id", "start time", "completion time") or has(
        table, "id", "开始时间", "完成时间"
    )


def prepare(table: RawTable, instrument: Instrument) -> Prepared:
    """Say what the platform's own columns are; questions are found by their texts."""

    def spoken(text: str) -> str:
        spelt = text.strip().lower().replace("\uff08", "(")
        tag = next((tag for start, tag in _LANGUAGES if spelt.startswith(start)), text)
        return language_of(tag, instrument)

    table = distinct(table)
    roles = roles_of(table.header, _OWN)
    return Prepared(changed(table, place(table, "language", "语言"), spoken), roles)


IMPORTER = Importer("microsoft", "answers to Microsoft Forms", recognises, prepare)
