"""A small instrument, and a short way to read a table with it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cosyn.importers import load_mapping, read_responses
from cosyn.instrument.types import (
    Construct,
    Facet,
    Form,
    Instrument,
    Item,
    Missing,
    MissingOption,
    Option,
    Page,
    ResponseFormat,
)

if TYPE_CHECKING:
    from cosyn.importers import Imported

AGREE = ResponseFormat(
    id="agree",
    kind="options",
    options=(
        Option(1, {"en": "Not at all true", "zh-Hans": "完全不符合"}),
        Option(2, {"en": "In between", "zh-Hans": "介于两者之间"}),
        Option(3, {"en": "True", "zh-Hans": "符合"}),
    ),
    missing=(
        MissingOption(
            98, Missing.DONT_KNOW, {"en": "Don't know", "zh-Hans": "不了解"}, offered=True
        ),
        MissingOption(
            99, Missing.NOT_APPLICABLE, {"en": "Does not apply", "zh-Hans": "不适用"}, offered=True
        ),
    ),
    minimum=1,
    maximum=3,
)
SHARE = ResponseFormat("share", "numeric", (), (), 0, 100)


def _item(name: str, en: str, zh: str, response_format: str = "agree") -> Item:
    text = {"en": en, "zh-Hans": zh}
    return Item(
        name,
        "C",
        "F",
        text,
        response_format,
        short=True,
        reverse=False,
        dont_know=True,
        attributes={},
    )


INSTRUMENT = Instrument(
    id="small",
    version="1.0.0",
    title={"en": "Small", "zh-Hans": "小"},
    languages=("en", "zh-Hans"),
    introduction={"en": "Hello", "zh-Hans": "你好"},
    closing={"en": "Bye", "zh-Hans": "再见"},
    placeholders={"P": {"en": "the partners", "zh-Hans": "合作部门"}},
    constructs=(
        Construct(
            "C", {"en": "C", "zh-Hans": "丙"}, (Facet("F", {"en": "F", "zh-Hans": "己"}),), {}
        ),
    ),
    items=(
        _item("A1", "We trust {P}.", "本部门信任{P}。"),
        _item("A2", "Work is shared.", "工作共同承担。"),
        _item("A3", "Goals agree.", "目标一致。"),
        _item("N1", "Share of time", "时间占比", "share"),
    ),
    response_formats=(AGREE, SHARE),
    pages=(
        Page(
            "p1",
            {"en": "P", "zh-Hans": "页"},
            {"en": "I", "zh-Hans": "说"},
            ("A1", "A2", "A3", "N1"),
        ),
    ),
    forms=(Form("all", {"en": "All", "zh-Hans": "全"}, "all", ("C",)),),
    default_form="all",
    digest="0123456789abcdef" * 4,
)
"""Three rated items and one number."""


def read(
    table: str | bytes,
    mapping: str = "",
    *,
    name: str = "t.csv",
    instrument: Instrument = INSTRUMENT,
) -> Imported:
    """Write a table, as UTF-8 unless it is bytes, and a mapping file, and read them."""
    with tempfile.TemporaryDirectory() as folder:
        path, rules = Path(folder, name), Path(folder, "map.yaml")
        path.write_bytes(table.encode() if isinstance(table, str) else table)
        rules.write_text(mapping, encoding="utf-8")
        chosen = load_mapping(rules, instrument) if mapping else None
        return read_responses(path, instrument, chosen)
