"""Downloads of Wenjuanxing (问卷星) by choice text, by option number or by score.

Questions are found by their texts, never by their numbers. The platform knows no codes: what it
hands back by number is the position of an option, in the order in which they were written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cosyn.importers._match import spellings, wordings_of
from cosyn.importers._platform import distinct, has, patterns, roles_of, warned
from cosyn.importers._types import Importer, Prepared
from cosyn.instrument.types import Missing
from cosyn.spelling import key, listed, plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from cosyn.importers._types import Role
    from cosyn.instrument.types import Instrument, ResponseFormat
    from cosyn.tables import RawTable

_OWN = patterns(
    {
        "提交(答卷)?时间": ("time", "submitted"),
        "开始(答卷|答题)?时间": ("time", "started"),
        "所用时间": ("seconds", ""),
        "来自ip|ip(地址)?": ("personal", "internet address"),
        "来自(省份?|城市|地区)|地理位置|省份|城市": ("personal", "place"),
        "来源详情": ("personal", "place"),
        "(微信)?(昵称|头像|用户).*|openid|unionid": ("personal", "platform account"),
        "序号|来源|来源渠道|总分|答卷状态|自定义字段": ("platform", ""),
    }
)
_MISSING = {
    # Inferred from scripts that others published, not documented; by number, then by text.
    "-3": Missing.NOT_SHOWN,
    "(跳过)": Missing.NOT_SHOWN,
    "-2": Missing.NOT_ANSWERED,
    "(空)": Missing.NOT_ANSWERED,
}
_MARKS = {key(text) for text in _MISSING}
_OWN_WORDS = re.compile(r"〖(.*?)〗", re.DOTALL)
_BLANKS = re.compile(r"\s+")


def recognises(table: RawTable) -> bool:
    """Tell by the number of each answer and the time, which stand first."""
    return has(table, "序号", "提交答卷时间") or has(table, "序号", "所用时间", "来自ip")


def prepare(table: RawTable, instrument: Instrument) -> Prepared:
    """Say what the platform's own columns are, and what positions of options stand for."""
    table, own_words = _own_words_apart(distinct(table))
    roles = roles_of(table.header, _OWN) | own_words
    labels: dict[str, dict[str, float]] = {}
    notes = []
    for answers, texts in _by_format(table, instrument).items():
        chosen = next(f for f in instrument.response_formats if f.id == answers)
        mode, meanings = _read_as(chosen, texts)
        labels[answers] = meanings
        if mode == "either":
            notes.append(chosen.id)
    what = "numbers were read as positions of options; check this for the response formats"
    table = warned(table, f"{what} {listed(notes)}" if notes else "")
    return Prepared(table, roles, dict(_MISSING), labels)


def _own_words_apart(table: RawTable) -> tuple[RawTable, dict[str, Role]]:
    """Part an option from what the respondent wrote beside it: free text, in columns of its own."""
    header, columns = list(table.header), list(table.columns)
    roles: dict[str, Role] = {}
    for i, (name, texts) in enumerate(zip(table.header, table.columns, strict=True)):
        if any(_OWN_WORDS.search(text) for text in texts.texts):
            columns[i] = texts.mapped(lambda text: _OWN_WORDS.sub("", text))
            header.append(f"{name} 〖〗")
            columns.append(texts.mapped(lambda text: "; ".join(_OWN_WORDS.findall(text))))
            roles[header[-1]] = ("free text", "")
    return (table.with_columns(header, columns) if roles else table), roles


def _by_format(table: RawTable, instrument: Instrument) -> dict[str, set[str]]:
    """Response format -> what stands in the columns whose texts are its items, marks left out."""
    known = wordings_of(instrument)
    ids = {plain(item.id): item.id for item in instrument.items}
    found: dict[str, set[str]] = {
        f.id: set() for f in instrument.response_formats if f.kind == "options"
    }
    for name, column in zip(table.header, table.columns, strict=True):
        item = next(_items(plain(name), known, ids), None)
        answers = instrument.item(item).response_format if item else ""
        if answers in found:
            found[answers] |= set(map(key, column.held())) - _MARKS - {""}
    return found


def _items(name: str, known: Mapping[str, str], ids: Mapping[str, str]) -> Iterator[str]:
    for spelling in spellings(name):
        if spelling in ids or spelling in known:
            yield ids.get(spelling) or known[spelling]


def _read_as(answers: ResponseFormat, texts: Collection[str]) -> tuple[str, dict[str, float]]:
    """Tell positions from codes and texts by what occurs; positions where both are possible.

    Columns that the mapping file alone knows hold codes, as that file says.
    """
    codes = [option.code for option in answers.options]
    codes += [gap.code for gap in answers.missing if gap.offered]
    positions = {str(place): float(code) for place, code in enumerate(codes, start=1)}
    if not texts or not set(texts) <= positions.keys():
        return "texts", dict(_pasted(answers))
    scores = {key(str(code)) for code in codes}
    differing = any(key(str(code)) != place for place, code in positions.items() if place in texts)
    doubt = differing and set(texts) <= scores
    return ("either" if doubt else "positions"), positions


def _pasted(answers: ResponseFormat) -> Iterator[tuple[str, float]]:
    """Labels as our text to paste has them: blanks would part the columns of a matrix."""
    labelled = [(o.code, o.label) for o in answers.options]
    labelled += [(gap.code, gap.label) for gap in answers.missing]
    found: dict[str, set[float]] = {}
    for code, label in labelled:
        for text in label.values():
            found.setdefault(_BLANKS.sub("_", text.strip()), set()).add(float(code))
    for text, codes in found.items():
        if len(codes) == 1 and "_" in text:
            yield text, codes.pop()


IMPORTER = Importer("wenjuanxing", "a download of Wenjuanxing", recognises, prepare)
