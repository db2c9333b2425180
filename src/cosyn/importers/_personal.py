"""Columns that would tell who answered, known by their names: they are dropped at the door."""

from __future__ import annotations

import re

_KINDS: tuple[tuple[str, str], ...] = (
    ("internet address", r"ip|ip ?addr(ess)?|来自ip|ip地址|.*\bip address\b.*"),
    ("e-mail address", r".*\be-?mail\b.*|recipientemail|.*邮箱.*|.*电子邮件.*"),
    ("telephone number", r".*\b(tele)?phone( number)?\b|mobile|.*手机.*|.*电话.*"),
    (
        "name",
        (
            r"((full|first|last|given|family|your) ?|recipient ?(first|last) ?)?name|surname|"
            r"nickname|姓名|.*您的姓名.*|昵称"
        ),
    ),
    ("date of birth", r"dob|date ?of ?birth|birth ?(date|day)|出生(日期|年月|年月日)|生日"),
    ("place", r"(location)?(latitude|longitude)|.*\bgps\b.*|.*geopoint.*|地理位置|省份|城市"),
    (
        "device",
        r"device ?id|user ?agent|browser|imei|subscriberid|simserial|设备.*|浏览器",
    ),
    ("identity number", r".*身份证.*|(national |staff |employee )?id (card )?number|工号|学号"),
    ("platform account", r"openid|unionid|微信.*|用户id|submitterid|submittername|user ?id"),
)
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)


def personal(name: str) -> str:
    """What a column of this (plainly spelt) name would tell of a person; empty if nothing."""
    return next((kind for kind, pattern in _PATTERNS if pattern.fullmatch(name)), "")
