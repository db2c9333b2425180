"""Downloads of Wenjuanxing without a mapping file: text, option number and score say the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.importers.import_helpers import AGREE, INSTRUMENT, SHARE, read

from cosyn.importers import Imported
from cosyn.instrument.types import Option

OWN = "序号,提交答卷时间,所用时间,来源,来源详情,来自IP"
ANSWERS = "1,2026/9/3 12:00:00,1分20秒,微信,直接访问,192.0.2.1(北京-北京)"
LOOKS = {
    "matrix": "第2题(本部门信任合作部门。),第2题(工作共同承担。),第2题(目标一致。)",
    "dash": "2、怎样—本部门信任合作部门。,2、怎样—工作共同承担。,2、怎样—目标一致。",
    "single": "2、本部门信任合作部门。,3、工作共同承担。,4、目标一致。",
}


def said(imported: Imported) -> list[dict[str, object]]:
    return [
        {k: c.value if c.missing == "answered" else str(c.missing) for k, c in s.answers.items()}
        for s in imported.submissions
    ]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(
    "cells", ["3,4,-3", "符合,不了解,(跳过)", "True,Don't know,(跳过)", "True,Don't_know,（跳过）"]
)
def test_text_and_number_give_the_same_answers(look: str, cells: str) -> None:
    imported = read(f"{OWN},{LOOKS[look]},9、兴趣\n{ANSWERS},{cells},运动┋影视\n")
    assert imported.report.importer == "wenjuanxing"
    assert said(imported) == [{"A1": 3, "A2": "dont_know", "A3": "not_shown"}]
    assert (imported.submissions[0].seconds, imported.submissions[0].week) == (80, "2026-W36")


def test_what_tells_who_answered_is_dropped() -> None:
    table = f"{OWN},来自省份,微信昵称,总分,{LOOKS['matrix']}\n{ANSWERS},北京,小明,8,1,2,3\n"
    fates = {c.name: (c.fate, c.target) for c in read(table).report.columns}
    assert fates["来自IP"] == ("personal", "internet address")
    assert fates["来源详情"] == fates["来自省份"] == ("personal", "place")
    assert fates["微信昵称"] == ("personal", "platform account")
    assert fates["序号"] == fates["总分"] == ("platform", "")


CODED = replace(
    AGREE,
    options=tuple(Option(code, o.label) for code, o in zip((0, 2, 4), AGREE.options, strict=True)),
    minimum=0,
    maximum=4,
)
OTHER = replace(INSTRUMENT, response_formats=(CODED, SHARE))


def test_positions_lead_to_codes() -> None:
    imported = read(f"{OWN},{LOOKS['matrix']}\n{ANSWERS},1,3,5\n", instrument=OTHER)
    assert said(imported) == [{"A1": 0, "A2": 4, "A3": "not_applicable"}]


def test_scores_that_are_no_positions_are_codes() -> None:
    imported = read(f"{OWN},{LOOKS['matrix']}\n{ANSWERS},0,2,4\n", instrument=OTHER)
    assert said(imported) == [{"A1": 0, "A2": 2, "A3": 4}]


def test_numbers_that_may_be_either_are_positions_and_said_so() -> None:
    imported = read(f"{OWN},{LOOKS['matrix']}\n{ANSWERS},2,2,4\n", instrument=OTHER)
    assert said(imported) == [{"A1": 2, "A2": 2, "A3": "dont_know"}]
    assert "read as positions of options" in imported.report.warnings[0]


def test_a_mapping_file_comes_first() -> None:
    mapping = 'columns: {本部门信任合作部门。: A2, 工作共同承担。: A1}\nlabels: {agree: {"1": 3}}\n'
    assert said(read(f"{OWN},{LOOKS['matrix']}\n{ANSWERS},1,2,3\n", mapping))[0]["A2"] == 3
