"""Model syntax as tokens that know their line and column."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from cosyn.errors import ModelSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATTERN = re.compile(
    r"""
    (?P<space>[ \t\r\f\v\xa0\u3000\ufeff]+ | [#!][^\n]*)
  | (?P<separator>;)
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
  | (?P<name>(?:[^\W\d]|\.(?!\d))[\w.]*)
  | (?P<operator>=~|~~|:=|<~|~\*~|==|<=|>=|[~|<>])
  | (?P<sign>[-+*/^(),:])
    """,
    re.VERBOSE,
)
_UNFINISHED = frozenset("+-*/^(,") | {"=~", "~~", ":=", "~"}
_CONTINUING = frozenset("+-*/^)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: file, line and column from 1, and the line's text."""

    where: str
    line: int
    column: int
    source: str

    def error(self, code: str, what: str, fix: str) -> ModelSyntaxError:
        """An error that points here and quotes the line."""
        where = f"{self.where}:{self.line}:{self.column}"
        return ModelSyntaxError(code, where, f"{what} in `{self.source.strip()}`", fix)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the syntax.

    Attributes
    ----------
    kind : str
        ``"name"``, ``"number"``, ``"operator"``, ``"sign"``, ``"newline"`` or ``"separator"``.
    """

    kind: str
    text: str
    place: Place

    @property
    def shown(self) -> str:
        """The token as an error quotes it."""
        return "the end" if self.kind in {"newline", "separator", "end"} else f"`{self.text}`"


def statements(text: str, where: str) -> Iterator[tuple[Token, ...]]:
    """Tokens of each statement: a line, or lines that an operator or sign joins.

    Raises
    ------
    ModelSyntaxError
        If a character belongs to no token.
    """
    tokens = list(_tokens(text, where))
    current: list[Token] = []
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.kind not in {"newline", "separator"}:
            current.append(token)
        elif token.kind == "separator" or following is None or not _joins(current, following):
            if current:
                yield (*current, token)
            current = []


def _joins(current: list[Token], following: Token) -> bool:
    return bool(current) and (current[-1].text in _UNFINISHED or following.text in _CONTINUING)


def _tokens(text: str, where: str) -> Iterator[Token]:
    for number, source in enumerate(text.split("\n"), start=1):
        tokens = tuple(_tokens_of_line(Place(where, number, 1, source)))
        yield from tokens
        if tokens:
            yield Token("newline", "", Place(where, number, len(source.rstrip()) + 1, source))


def _tokens_of_line(start: Place) -> Iterator[Token]:
    position = 0
    while position < len(start.source):
        place = replace(start, column=position + 1)
        found = _PATTERN.match(start.source, position)
        if found is None:
            raise _unreadable(place)
        if found.lastgroup != "space":
            yield Token(str(found.lastgroup), found.group(), place)
        position = found.end()


def _unreadable(place: Place) -> ModelSyntaxError:
    character = place.source[place.column - 1]
    plain = unicodedata.normalize("NFKC", character)
    if plain != character and plain.isascii():
        fix = f"Write {plain!r}, its half-width form"
    elif character.isdigit() or character == ".":
        fix = "Start a name with a letter, and write numbers like 0.5"
    else:
        fix = "Remove it, or put `#` before it if it is a comment"
    return place.error("model.character", f"{character!r} is not understood", fix)


class Cursor:
    """A reading position in the tokens of one statement; the last token is its end."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        last = tokens[-1]
        self._tokens = (*tokens[:-1], Token("end", "", last.place))
        self._at = 0

    @property
    def now(self) -> Token:
        """The token to read next."""
        return self._tokens[self._at]

    @property
    def ahead(self) -> Token:
        """The token after `now`, or the end."""
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    @property
    def before(self) -> str:
        """Text of the token before `now`."""
        return self._tokens[self._at - 1].text if self._at else ""

    def take(self) -> Token:
        """Read `now` and go on."""
        token = self.now
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def skip(self, text: str) -> bool:
        """Read `now` if it is this text; say whether it was."""
        if self.now.text != text:
            return False
        self.take()
        return True

    def read_since(self, start: Token) -> str:
        """Text of the tokens from `start` up to `now`, without blanks."""
        return "".join(token.text for token in self._tokens[self._tokens.index(start) : self._at])

    def expect(self, text: str) -> None:
        """Read `now`, which must be this text."""
        if not self.skip(text):
            raise self.expected(f"`{text}`")

    def expected(self, wanted: str) -> ModelSyntaxError:
        """An error at `now`: something else was expected here."""
        after = f" after `{self.before}`" if self.before else ""
        return self.now.place.error(
            "model.syntax",
            f"expected {wanted}{after}, found {self.now.shown}",
            "Complete the statement, or remove what is too much",
        )
