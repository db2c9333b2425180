"""Exports of Wenjuanxing."""

from __future__ import annotations

from tests.unit.importers.import_helpers import read
from tests.unit.importers.test_platforms import fates, values

HEAD = "序号,提交答卷时间,所用时间,来源,来源详情,来自IP,总分"
BEFORE = "1,2026/9/3 12:00:00,1分20秒,链接,openid:ox,127.0.0.1(本地),9"


def test_by_number_and_by_text_give_the_same() -> None:
    numbers = read(
        f"{HEAD},1、本部门信任合作部门。,第2题(工作共同承担。),2、多远—目标一致。\n{BEFORE},3,-3,2\n"
    )
    texts = read(
        f"{HEAD},1、本部门信任合作部门。,第2题(工作共同承担。),2、多远—目标一致。\n{BEFORE},符合,(跳过),介于两者之间\n"
    )
    for imported in (numbers, texts):
        assert imported.report.importer == "wenjuanxing"
        assert values(imported, "A1") == [3]
        assert values(imported, "A2") == ["not_shown"]
        assert values(imported, "A3") == [2]
        assert imported.submissions[0].seconds == 80
        assert imported.submissions[0].week == "2026-W36"
        assert fates(imported)["来自IP"] == ("personal", "internet address")
        assert "127.0.0.1" not in repr(list(imported.submissions))


def test_gb18030_is_read() -> None:
    table = f"{HEAD},1、本部门信任合作部门。\n{BEFORE},符合\n".encode("gb18030")
    assert values(read(table), "A1") == [3]
