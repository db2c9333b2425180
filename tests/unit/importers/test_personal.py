"""What would tell who answered is dropped at the door, what nobody declared is kept apart."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest
from tests.unit.importers.import_helpers import read

from cosyn.importers._personal import personal
from cosyn.importers._times import duration, time_of


@pytest.mark.parametrize(
    "name",
    [
        "ip", "ip address", "ipaddress", "来自ip", "email", "e-mail", "your e-mail address", "邮箱",
        "phone number", "手机号码", "name", "full name", "姓名", "locationlatitude", "deviceid",
        "身份证号", "openid", "firstname", "surname", "date of birth", "出生年月",
    ],
)  # fmt: skip
def test_personal_columns_are_known_by_name(name: str) -> None:
    assert personal(name)


@pytest.mark.parametrize(
    "name", ["a1", "trip", "department", "facet name of item", "seconds", "birth", "编号"]
)
def test_others_are_not(name: str) -> None:
    assert personal(name) == ""


def kept_apart(packed: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in gzip.decompress(packed).splitlines()]


def test_undeclared_columns_are_kept_apart_and_personal_ones_nowhere() -> None:
    table = "A1,email,Remark,A2\n1,li@example.org,=1+1,2\n2,wang@example.org,,2\n3,z@example.org\n"
    imported = read(table)
    assert kept_apart(imported.quarantine) == [{"row": 2, "cells": {"Remark": "=1+1"}}]
    assert "example.org" not in gzip.decompress(imported.quarantine).decode()
    assert "example.org" not in repr(list(imported.submissions))
    assert "1+1" not in repr(list(imported.submissions))


def test_malformed_rows_are_kept_apart_where_no_column_is_personal() -> None:
    imported = read("A1,A2,x\n1,2,\n1,2\n")
    assert kept_apart(imported.quarantine) == [
        {"row": 3, "set aside": "it has 2 fields where the header has 3", "cells": ["1", "2"]}
    ]


def test_nothing_is_kept_apart_of_a_table_that_is_understood() -> None:
    imported = read("A1,A2\n1,2\n")
    assert imported.quarantine == b""
    assert read("A1,x\n1,a\n").quarantine == read("A1,x\n1,a\n").quarantine


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("83", 83), ("83.5", 83.5), ("1:23", 83), ("1:01:23", 3683), ("83秒", 83), ("1分23秒", 83),
        ("2小时1分", 7260), ("", None), ("-3", None), ("soon", None), ("８３", 83),
    ],
)  # fmt: skip
def test_durations(text: str, seconds: float | None) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["2026-09-03 12:01:02", "2026/9/3 12:01", "2026-09-03T12:01:02.5+08:00", "2026年9月3日 12:01"],
)
def test_times_that_begin_with_the_year(text: str) -> None:
    found = time_of(text)
    assert found is not None
    assert (found.isocalendar().week, found.hour) == (36, 12)


@pytest.mark.parametrize("text", ["03/04/2026 12:00", "1980-01-01 00:00:00", "2026-13-01", "x", ""])
def test_other_times_are_not_read(text: str) -> None:
    assert time_of(text) is None


def test_seconds_are_read_from_their_column() -> None:
    imported = read("A1,seconds\n1,83\n2,\n")
    assert imported.submissions[0].seconds == 83
    assert imported.submissions[1].seconds is None
    assert np.isnan(imported.submissions.seconds[1])
