"""Encodings are told apart by strict decoding; a guess is reported, damage is refused."""

from __future__ import annotations

import pytest
from tests.unit.importers.import_helpers import read

from cosyn.errors import ResponseError
from cosyn.tables._encoding import decode

CHINESE = "部门,A1,A2\n财政局,符合,不了解\n教育局，二科,3,2\n"


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
    ],
)
def test_chinese_in_every_encoding(encoding: str, name: str) -> None:
    imported = read(CHINESE.encode(encoding))
    assert [s.department for s in imported.submissions] == ["财政局", "教育局,二科"]
    assert imported.submissions[0].answers["A1"].value == 3
    assert imported.report.encoding == name
    assert imported.report.warnings == ()


def test_big_endian_utf16() -> None:
    imported = read(b"\xfe\xff" + CHINESE.encode("utf-16-be"))
    assert imported.submissions[0].department == "财政局"


def test_windows_1252_comes_with_a_warning_that_shows_the_characters() -> None:
    imported = read("department,A1,A2\nPréfecture,Don’t know,3\n".encode("cp1252"))
    assert imported.submissions[0].department == "Préfecture"
    assert imported.submissions[0].answers["A1"].missing == "dont_know"
    assert imported.report.encoding == "cp1252"
    assert "Windows-1252; check these characters: é ’" in imported.report.warnings[0]


def test_a_few_bad_bytes_in_utf8_are_damage_not_another_encoding() -> None:
    raw = CHINESE.encode()
    place = raw.index("教".encode())
    with pytest.raises(ResponseError, match=r"t.csv, line 3: .*UTF-8, but damaged") as caught:
        read(raw[:place] + raw[place + 1 :])
    assert caught.value.code == "response.damaged-text"


def test_utf8_cut_inside_a_character() -> None:
    with pytest.raises(ResponseError, match=r"line 2: .*cut off"):
        decode("A1,说明\n1,很好".encode()[:-1], "t.csv")


def test_utf16_cut_inside_a_character() -> None:
    with pytest.raises(ResponseError, match=r"line 2: .*UTF-16"):
        decode("A1\n1好".encode("utf-16")[:-1], "t.csv")


def test_utf16_without_its_mark_is_named_as_such() -> None:
    with pytest.raises(ResponseError, match="UTF-16 without its mark"):
        read("A1,A2\n1,2\n".encode("utf-16-le"))


def test_bytes_of_no_encoding() -> None:
    with pytest.raises(ResponseError) as caught:
        decode(b"A1,\x81\x20 \x8d\x20\xff\n", "t.csv")
    assert caught.value.code == "response.unknown-encoding"
