"""What stands before ``*``: values, starting values and labels, one for all groups or one each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from cosyn.engine._tokens import Place
from cosyn.engine.expression import is_function, read_constant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cosyn.engine._tokens import Cursor, Token
    from cosyn.errors import ModelSyntaxError

Kind = Literal["fixed", "free", "label", "start", "equal", "mixed"]
#: A group's entry in ``c()``: a number, a label ("" is none), or None for ``NA``.
Entry = float | str | None

_REFUSED_CALLS = {
    "efa": "Name the indicators of each factor",
    "lower": "Label the parameter and write a constraint such as `a > 0`",
    "upper": "Label the parameter and write a constraint such as `a < 1`",
    "prior": "Leave it out",
    "rv": "Leave it out",
}


@dataclass(frozen=True, slots=True)
class Modifier:
    """What stands before ``*``; equal wherever it stands.

    Attributes
    ----------
    kind : str
        ``"fixed"`` at a value, ``"free"`` (``NA``), ``"label"``, ``"start"``, ``"equal"`` (to the
        parameter that `label` writes out, as in ``equal("f=~x2")``), or ``"mixed"``: of several
        kinds, by group.
    value : float
        Of ``"fixed"`` and ``"start"``.
    label : str
        Of ``"label"`` and ``"equal"``.
    values : tuple of (float or None)
        One entry a group instead of `value`; None is ``NA``.
    labels : tuple of str
        One entry a group instead of `label`; "" is none. Of ``"mixed"``, as long as `values`.
    place : Place or None
        Where it stands.
    """

    kind: Kind
    value: float = 0.0
    label: str = ""
    values: tuple[float | None, ...] = ()
    labels: tuple[str, ...] = ()
    place: Place | None = field(default=None, compare=False)

    @property
    def n_entries(self) -> int:
        """How many groups it is written for; 0 if it is the same in all."""
        return max(len(self.values), len(self.labels))

    def for_group(self, group: int, n_groups: int) -> Modifier | None:
        """What it says of one group: a modifier with a single value or label.

        Parameters
        ----------
        group : int
            From 1.

        Returns
        -------
        Modifier or None
            None if it says nothing of this group: ``NA`` among labels or starting values.

        Raises
        ------
        ModelSyntaxError
            If it has entries for another number of groups.
        """
        if not self.n_entries:
            return self
        if self.n_entries != n_groups:
            raise (self.place or Place("model", 1, 1, "")).error(
                "model.group-count",
                f"{self.n_entries} entries for {n_groups} group{'s' * (n_groups > 1)}",
                "Write one entry, or as many as there are groups",
            )
        value = self.values[group - 1] if self.values else None
        label = self.labels[group - 1] if self.labels else ""
        return self._single(value, label)

    def _single(self, value: float | None, label: str) -> Modifier | None:
        match self.kind:
            case "label" | "equal":
                return Modifier(self.kind, label=label, place=self.place) if label else None
            case "start":
                return None if value is None else Modifier("start", value, place=self.place)
        if label:
            return Modifier("label", label=label, place=self.place)
        if value is None:
            return Modifier("free", place=self.place)
        return Modifier("fixed", value, place=self.place)


def read_modifiers(cursor: Cursor, at_variable: Callable[[], bool]) -> tuple[Modifier, ...]:
    """Read every modifier of a term, with their ``*``, in order.

    Parameters
    ----------
    at_variable : callable
        Whether what comes now is the term's variable, however it may look (``1`` is one of ``~``).

    Raises
    ------
    ModelSyntaxError
        If one cannot be read, or two say the same thing.
    """
    found: list[Modifier] = []
    place = cursor.now.place
    while not at_variable() and (modifier := _modifier(cursor)) is not None:
        if any(_aspect(modifier) == _aspect(other) for other in found):
            raise place.error(
                "model.duplicate",
                f"a second {_aspect(modifier)} for one parameter",
                "Keep one of the two; several groups are written as in `c(a, b)*x`",
            )
        found.append(modifier)
        place = cursor.now.place
    return tuple(found)


def _aspect(modifier: Modifier) -> str:
    match modifier.kind:
        case "start":
            return "starting value"
        case "label" | "equal":
            return "label"
        case _:
            return "value"


def _modifier(cursor: Cursor) -> Modifier | None:
    token = cursor.now
    if token.kind == "name" and cursor.ahead.text == "(" and not is_function(token.text):
        modifier = _called(cursor)
    elif token.kind == "string" or (token.kind == "name" and cursor.ahead.text == "*"):
        modifier = _of_entries((_entry(cursor),), token.place)
    elif token.kind == "number" or token.text in {"-", "("} or cursor.ahead.text == "(":
        return _number(cursor)
    else:
        return None
    cursor.expect("*")
    return modifier


def _number(cursor: Cursor) -> Modifier:
    place = cursor.now.place
    value = read_constant(cursor)
    if cursor.skip("?"):
        return Modifier("start", value, place=place)
    cursor.expect("*")
    return Modifier("fixed", value, place=place)


def _called(cursor: Cursor) -> Modifier:
    token = cursor.take()
    cursor.expect("(")
    match token.text:
        case "c":
            return _of_entries(tuple(_entries(cursor, _entry)), token.place)
        case "start":
            return _starts(tuple(_entries(cursor, _value)), token.place)
        case "label" | "equal":
            kind: Kind = "label" if token.text == "label" else "equal"
            return _named(kind, tuple(_entries(cursor, _quoted)), token.place)
    fix = _REFUSED_CALLS.get(token.text, "Use `start(0.5)*x`, a number or a label")
    raise _unsupported(token, f"the modifier `{token.text}()`", fix)


def _entries(cursor: Cursor, entry: Callable[[Cursor], Entry]) -> Iterator[Entry]:
    """What stands between brackets, or in a ``c()`` between them; both are closed after it."""
    wrapped = cursor.now.text == "c" and cursor.ahead.text == "("
    if wrapped:
        cursor.take()
        cursor.take()
    yield entry(cursor)
    while cursor.skip(","):
        yield entry(cursor)
    if wrapped:
        cursor.expect(")")
    cursor.expect(")")


def _entry(cursor: Cursor) -> Entry:
    """A number, a label or ``NA``."""
    token = cursor.now
    if token.kind == "string":
        return cursor.take().quoted
    if token.kind == "name" and cursor.ahead.text != "(":
        cursor.take()
        return None if token.text == "NA" else token.text
    if token.kind == "name" and not is_function(token.text):
        raise _unsupported(
            token, f"`{token.text}()` inside `c()`", "Write it around, as in `start(c(1, 2))*x`"
        )
    return read_constant(cursor)


def _value(cursor: Cursor) -> Entry:
    return None if cursor.skip("NA") else read_constant(cursor)


def _quoted(cursor: Cursor) -> Entry:
    """A quoted text or ``NA``; a bare name is refused, for lavaan only happens to read it."""
    if cursor.skip("NA"):
        return None
    if cursor.now.kind != "string":
        raise _unsupported(
            cursor.now, "a text without quotation marks here", 'Write it as in `label("a")*x`'
        )
    return cursor.take().quoted


def _of_entries(entries: tuple[Entry, ...], place: Place) -> Modifier:
    """The modifier of one entry, or of one entry a group."""
    names = [entry for entry in entries if isinstance(entry, str)]
    numbers = [entry for entry in entries if isinstance(entry, float)]
    if names and not numbers:
        return _named("label", entries, place)
    if entries == (None,):
        return Modifier("free", place=place)
    if len(entries) == 1:
        return Modifier("fixed", numbers[0], place=place)
    values = tuple(None if isinstance(entry, str) else entry for entry in entries)
    if names:
        labels = tuple(entry if isinstance(entry, str) else "" for entry in entries)
        return Modifier("mixed", values=values, labels=labels, place=place)
    kind: Kind = "mixed"
    if not numbers:
        kind = "free"
    elif len(numbers) == len(entries):
        kind = "fixed"
    return Modifier(kind, values=values, place=place)


def _starts(entries: tuple[Entry, ...], place: Place) -> Modifier:
    values = tuple(entry for entry in entries if not isinstance(entry, str))
    if values == (None,):
        raise _nothing(place, "starting value")
    if len(values) == 1 and values[0] is not None:
        return Modifier("start", values[0], place=place)
    return Modifier("start", values=values, place=place)


def _named(kind: Kind, entries: tuple[Entry, ...], place: Place) -> Modifier:
    labels = tuple(entry if isinstance(entry, str) else "" for entry in entries)
    if not any(labels):
        raise _nothing(place, "label")
    if len(labels) == 1:
        return Modifier(kind, label=labels[0], place=place)
    return Modifier(kind, labels=labels, place=place)


def _nothing(place: Place, wanted: str) -> ModelSyntaxError:
    return place.error(
        "model.syntax", f"expected a {wanted}, found none", "Write it, or leave it out"
    )


def _unsupported(token: Token, what: str, fix: str) -> ModelSyntaxError:
    return token.place.error("model.unsupported", f"not supported: {what}", fix)
