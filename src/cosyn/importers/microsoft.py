"""Workbooks of Microsoft Forms, in English or Chinese: questions stand as wordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.importers._platform import has, own_columns
from cosyn.importers._types import Importer, Prepared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.importers._types import Role
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

_OWN: Mapping[str, Role] = {
    "id": ("platform", ""),
    "start time": ("time", "started"),
    "completion time": ("time", "submitted"),
    "email": ("personal", "e-mail address"),
    "name": ("personal", "name"),
    "last modified time": ("platform", ""),
    "language": ("language", ""),
    "total points": ("platform", ""),
    "quiz feedback": ("platform", ""),
    "开始时间": ("time", "started"),
    "完成时间": ("time", "submitted"),
    "电子邮件": ("personal", "e-mail address"),
    "名称": ("personal", "name"),
    "姓名": ("personal", "name"),
    "上次修改时间": ("platform", ""),
    "语言": ("language", ""),
}


def recognises(table: RawTable) -> bool:
    """Tell by the columns that stand before the questions."""
    return any(
        has(table, "id", *names)
        for names in (("start time", "completion time"), ("开始时间", "完成时间"))
    )


def prepare(table: RawTable, instrument: Instrument) -> Prepared:
    """Name Forms' own columns; answers are labels, which are read as everywhere."""
    del instrument
    return Prepared(table, own_columns(table, _OWN))


IMPORTER = Importer("microsoft", "an export of Microsoft Forms", recognises, prepare)
