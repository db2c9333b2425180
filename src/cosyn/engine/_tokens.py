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
  | (?P<string>"[^"\\]*" | '[^'\\]*')
  | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w.]))
  | (?P<name>(?:[^\W\d]|\.(?![0-9]))[\w.]*)
  | (?P<operator>=~|~~|:=|<~|~\*~|==|<=|>=|[~|<>])
  | (?P<sign>\*\*|[-+*/^(),:?])
    """,
    re.VERBOSE,
)
_OPERATORS = frozenset({"=~", "~~", "~", "~*~", "<~", "|", ":=", "==", "<", ">", "<=", ">="})
_UNFINISHED = frozenset("+-*/^(,?") | {"**"} | _OPERATORS
_CONTINUING = frozenset("+-*/^),?") | {"**"}
#: More is no model; reading it would take long.
_LONGEST = 100_000
#: How much of a long line an error quotes on either side of the place.
_QUOTED = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: file, line and column from 1, and the line's text."""

    where: str
    line: int
    column: int
    source: str

    def error(self, code: str, what: str, fix: str) -> ModelSyntaxError:
        """An error that points here and quotes the line; its note marks the column below it."""
        where = f"{self.where}:{self.line}:{self.column}"
        start = max(self.column - 1 - _QUOTED, 0)
        quoted = self.source[start : self.column + _QUOTED]
        error = ModelSyntaxError(code, where, f"{what} in `{quoted.strip()}`", fix)
        error.add_note(caret(quoted, self.column - start))
        return error


def caret(source: str, column: int) -> str:
    """The line and, below it, a caret under the column (wide characters counted as two)."""
    before = source[: column - 1].expandtabs(1)
    width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in before)
    return f"{source.expandtabs(1)}\n{' ' * width}^"


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the syntax.

    Attributes
    ----------
    kind : str
        ``"name"``, ``"number"``, ``"string"``, ``"operator"``, ``"sign"``, ``"newline"`` or
        ``"separator"``; the last token of a statement is its ``"end"``.
    """

    kind: str
    text: str
    place: Place

    @property
    def quoted(self) -> str:
        """What stands between the quotation marks, without blanks, as lavaan reads it."""
        return "".join(self.text[1:-1].split())

    @property
    def shown(self) -> str:
        """The token as an error quotes it."""
        return "the end" if self.kind in {"newline", "separator", "end"} else f"`{self.text}`"


def statements(text: str, where: str) -> Iterator[tuple[Token, ...]]:
    """Tokens of each statement: a line, or lines that an operator or sign joins.

    Raises
    ------
    ModelSyntaxError
        If a character belongs to no token, or the text is far too long.
    """
    if len(text) > _LONGEST:
        raise Place(where, 1, 1, text[:_QUOTED].partition("\n")[0]).error(
            "model.too-long",
            f"the model has more than {_LONGEST:,} characters",
            "Give the file of the model, not one of data",
        )
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
    if character in "\"'":
        fix = "Close the quotation on the same line, without a backslash in it"
    elif character == "=":
        fix = "Write `=~` for a latent, `~` for a regression or `==` for a constraint"
    elif plain != character and plain.isascii():
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

    @property
    def left(self) -> int:
        """How many tokens are to be read, the end not counted."""
        return len(self._tokens) - 1 - self._at

    @property
    def operator(self) -> str:
        """The first operator from here on, "" if there is none."""
        rest = self._tokens[self._at :]
        return next((token.text for token in rest if token.kind == "operator"), "")

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
