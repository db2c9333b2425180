"""What SPSS syntax labels: variables, values and missing codes, in one language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cosyn.instrument.structure import Asked, Structure
from cosyn.structures._types import Reader, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_COMMENT = re.compile(r"^\*[^\n]*$", re.MULTILINE)
_TOKEN = re.compile(
    r"""\s*(?:
        '(?P<text>(?:[^'\n]|'')*)'
        | (?P<end>\.)[ \t]*$
        | (?P<sign>[()/=+,])
        | (?P<word>(?:(?!\.[ \t]*$)[^\s'()/=+,])+)
    )""",
    re.VERBOSE | re.MULTILINE,
)
_LINE_BREAK = "\\n"

Token = tuple[str, str]
"""What it is (``text``, ``sign`` or ``word``), and what it says."""


@dataclass(slots=True)
class _Variable:
    """What has been read of a variable so far."""

    label: str = ""
    values: list[tuple[int, str]] = field(default_factory=list)
    missing: list[tuple[int, int]] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)

    def answers(self) -> Iterator[tuple[int, str]]:
        """Options, and the missing codes that are offered."""
        offered = set(map(int, self.attributes.get("offered", "").split()))
        for code, label in self.values:
            if code in offered or not any(low <= code <= high for low, high in self.missing):
                yield code, label


def read(content: bytes) -> Structure:
    """Read what the commands of a ``.sps`` file say; other commands are passed over."""
    found: dict[str, _Variable] = {}
    identity: dict[str, str] = {}
    try:
        for command in _commands(content.decode("utf-8-sig").replace("\r\n", "\n")):
            _obey(command, found, identity)
        language = identity["language"]
        asked = tuple(_asked(name, variable, language) for name, variable in found.items())
    except (ValueError, LookupError) as problem:
        raise Unreadable(f"this is no syntax that labels ({problem})") from problem
    return Structure((language,), asked)


def _asked(name: str, variable: _Variable, language: str) -> Asked:
    low, high = (variable.attributes.get(bound) for bound in ("minimum", "maximum"))
    return Asked(
        name,
        {language: variable.label},
        tuple((code, {language: label}) for code, label in variable.answers()),
        (float(low), float(high)) if low is not None and high is not None else None,
    )


def _commands(syntax: str) -> Iterator[list[Token]]:
    """Split syntax into commands; strings joined by + are one."""
    command: list[Token] = []
    joins = False
    for found in _TOKEN.finditer(_COMMENT.sub("", syntax)):
        kind = found.lastgroup or ""
        if kind == "end":
            yield command
            command = []
        elif kind == "sign" and found["sign"] == "+":
            joins = True
        elif kind == "text":
            text = found["text"].replace("''", "'")
            before = command.pop()[1] if joins else ""
            command.append((kind, before + text))
            joins = False
        else:
            command.append((kind, found[kind]))


def _obey(command: Sequence[Token], found: dict[str, _Variable], identity: dict[str, str]) -> None:
    name = " ".join(said for kind, said in command[:2] if kind == "word").upper()
    rest = command[2:]
    if name == "VARIABLE LABELS":
        for (_, code), (_, label) in zip(rest[::2], rest[1::2], strict=True):
            found.setdefault(code, _Variable()).label = _shown(label)
    elif name == "VALUE LABELS":
        names, pairs = _named(rest, found, "text")
        values = [
            (int(code), _shown(label))
            for (_, code), (_, label) in zip(pairs[::2], pairs[1::2], strict=True)
        ]
        for variable in names:
            variable.values = values
    elif name == "MISSING VALUES":
        names, codes = _named(rest, found, "sign")
        for variable in names:
            variable.missing = list(_ranges([said for kind, said in codes if kind == "word"]))
    elif name == "DATAFILE ATTRIBUTE":
        identity.update(_attributes(rest))
    elif name == "VARIABLE ATTRIBUTE":
        found[rest[2][1]].attributes.update(_attributes(rest[3:]))


def _shown(label: str) -> str:
    return label.replace(_LINE_BREAK, "\n")


def _named(
    tokens: Sequence[Token], found: dict[str, _Variable], until: str
) -> tuple[list[_Variable], Sequence[Token]]:
    """Split what begins with names of variables; a code, if any, stands before ``until``."""
    first = [kind for kind, _ in tokens].index(until)
    first -= until == "text"
    return [found[name] for _, name in tokens[:first]], tokens[first:]


def _ranges(codes: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Read ``97 98`` and ``95 THRU 99``."""
    words = iter(" ".join(codes).replace(" THRU ", ":").split())
    for word in words:
        low, _, high = word.partition(":")
        yield int(low), int(high or low)


def _attributes(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Read ``ATTRIBUTE=name('value') name('value')``."""
    for place, (kind, said) in enumerate(tokens):
        if kind == "text":
            yield tokens[place - 2][1], said


READER = Reader("spss", (".sps",), read, per_language=True)
