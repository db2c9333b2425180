"""Exports of Wenjuanxing (问卷星): by text or by the number of the option."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.importers._platform import has, own_columns
from cosyn.importers._types import Importer, Prepared
from cosyn.instrument.types import Missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.importers._types import Role
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

_OWN: Mapping[str, Role] = {
    "序号": ("platform", ""),
    "提交答卷时间": ("time", "submitted"),
    "所用时间": ("seconds", ""),
    "来源": ("platform", ""),
    "来源详情": ("personal", "platform account"),
    "来自ip": ("personal", "internet address"),
    "总分": ("platform", ""),
}
_MISSING = {
    "-3": Missing.NOT_SHOWN,
    "(跳过)": Missing.NOT_SHOWN,
    "-2": Missing.NOT_ANSWERED,
    "(空)": Missing.NOT_ANSWERED,
}


def recognises(table: RawTable) -> bool:
    """Tell by the columns that stand before the questions."""
    return has(table, "序号", "提交答卷时间", "所用时间")


def prepare(table: RawTable, instrument: Instrument) -> Prepared:
    """Name the platform's own columns; questions are known by their wording, not their number."""
    del instrument
    return Prepared(table, own_columns(table, _OWN), _MISSING)


IMPORTER = Importer("wenjuanxing", "an export of Wenjuanxing (问卷星)", recognises, prepare)
