"""Answers to a form of SurveyJS: objects whose tables are objects in turn."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cosyn.importers._platform import changed, distinct, has, language_of, patterns, place, roles_of
from cosyn.importers._types import Importer, Prepared
from cosyn.spelling import plain

if TYPE_CHECKING:
    from cosyn.importers._types import Role
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

_OWN = patterns(
    {
        "happen(e)?dat|completedat|submittedat|createdat": ("time", "submitted"),
        "clientid|userid|respondentid|instanceid|resultid": ("personal", "platform account"),
        "ip|ip_?address": ("personal", "internet address"),
        "useragent": ("personal", "device"),
        r"pageno|timings?(\..*)?|half|surveyid|randomseed|uistate.*": ("platform", ""),
    }
)
_OF_A_TABLE = re.compile(r"(?:\w+\.)+(\w+)")


def recognises(table: RawTable) -> bool:
    """Tell our own forms by their stamps and by tables that are objects."""
    nested = any(_OF_A_TABLE.fullmatch(name) for name in table.header)
    return nested and (has(table, "instrument", "digest") or has(table, "pageno"))


def prepare(table: RawTable, instrument: Instrument) -> Prepared:
    """Find items as rows of tables; what is left out or null was not answered."""
    table = distinct(table)
    ids = {plain(item.id): item.id for item in instrument.items}
    roles: dict[str, Role] = roles_of(table.header, _OWN)
    for name in table.header:
        row = _OF_A_TABLE.fullmatch(name)
        if row and plain(row[1]) in ids:
            roles[name] = ("item", ids[plain(row[1])])
    spoken = place(table, "language", "locale")
    if spoken is not None:
        roles[table.header[spoken]] = ("language", "")
    return Prepared(changed(table, spoken, lambda t: language_of(t, instrument)), roles)


IMPORTER = Importer("surveyjs", "answers to a form of SurveyJS", recognises, prepare)
