"""What is asked for, checked before anything is computed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from cosyn.engine._effect_coding import Coded
from cosyn.engine._groups import Equal
from cosyn.engine.columns import Frame
from cosyn.engine.data import Missing
from cosyn.engine.estimators import Information
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Collection

    from cosyn.engine.bounds import Bounds
    from cosyn.engine.syntax import Statement
    from cosyn.engine.table import ParameterTable

#: What an argument may be, by its name; None is the default of those that have one.
_CHOICES: dict[str, tuple[Any, ...]] = {
    "missing": get_args(Missing),
    "likelihood": ("normal", "wishart"),
    "information": (None, *get_args(Information)),
    "parameterization": ("delta", "theta"),
}
#: More variables than any model is meant to have.
_MOST_VARIABLES = 1000


@dataclass(frozen=True, slots=True)
class Request:
    """How a model is to be fitted: the arguments of `cosyn.engine.face.sem`."""

    estimator: str | None = None
    ordered: Iterable[str] | bool = ()
    missing: Missing = "listwise"
    group: str | None = None
    group_equal: Iterable[Equal] = ()
    group_partial: Iterable[str] = ()
    cluster: str | None = None
    std_lv: bool = False
    orthogonal: bool = False
    meanstructure: bool = False
    likelihood: str = "normal"
    information: Information | None = None
    parameterization: str = "delta"
    fixed_x: bool = True
    effect_coding: bool | Iterable[Coded] = False
    bounds: Bounds | None = None
    growth: bool = False


def check_request(model: object, data: object, request: Request) -> None:
    """Check the kinds and values of arguments.

    Raises
    ------
    IdentificationError
        If one cannot be what is meant; it names the argument and what it may be.
    """
    if not isinstance(model, str):
        raise _fault("model", f"the model is of type {type(model).__name__}", "Give it as text")
    blocks = (callable(data) or isinstance(data, Iterable)) and not isinstance(data, dict | str)
    if not (isinstance(data, Frame) or blocks):
        what = f"the data are a {type(data).__name__}"
        raise _fault("data", what, "Give a data frame: `pandas.DataFrame(data)`")
    for kind in listed("group_equal", request.group_equal):
        check_choice("group_equal", kind, get_args(Equal))
    if not isinstance(request.effect_coding, bool):
        for kind in listed("effect_coding", request.effect_coding):
            check_choice("effect_coding", kind, get_args(Coded))
    if not isinstance(request.estimator, str | None):
        raise _fault("estimator", f"it is {request.estimator!r}", "Give its name, such as 'MLR'")
    for name, choices in _CHOICES.items():
        check_choice(name, getattr(request, name), choices)


def check_choice(name: str, given: object, choices: Collection[Any]) -> None:
    """Refuse what is none of the choices for an argument.

    Raises
    ------
    IdentificationError
        With the choice that was probably meant.
    """
    if given not in choices:
        known = [str(choice) for choice in choices if choice is not None]
        close = difflib.get_close_matches(str(given), known, n=1)
        hint = f"Did you mean {close[0]!r}" if close else f"Use one of: {', '.join(known)}"
        raise _fault(name, f"it is {given!r}", hint)


def listed(name: str, given: Iterable[Any]) -> list[Any]:
    """What an argument lists.

    Raises
    ------
    IdentificationError
        If it is a text, whose letters would be listed.
    """
    if isinstance(given, str):
        raise _fault(name, f"it is one text, {given!r}", f"Give a list: `[{given!r}]`")
    return list(given)


def ordinal_names(
    table: ParameterTable, columns: Collection[str], ordered: Iterable[str] | Literal[True]
) -> tuple[str, ...]:
    """The ordinal items among the model's variables; other columns may be named too.

    Parameters
    ----------
    columns : collection of str
        Of the data.
    ordered : iterable of str, or True
        True stands for all variables that the model does not take as given.

    Raises
    ------
    IdentificationError
        If one is named that the data do not have.
    """
    if ordered is True:
        return table.responses
    named = listed("ordered", ordered)
    known = {*table.observed, *columns}
    for name in named:
        if name not in known:
            close = difflib.get_close_matches(str(name), table.observed, n=1)
            hint = f"Did you mean `{close[0]}`" if close else "Name columns of the data"
            raise _fault("ordered", f"there is no variable `{name}`", hint)
    return tuple(name for name in table.observed if name in named)


def check_partial(table: ParameterTable, partial: Iterable[tuple[str, str, str]]) -> None:
    """Refuse rows that are to stay free across groups and that the model does not have.

    Raises
    ------
    IdentificationError
        If there is one.
    """
    rows = {(row.lhs, row.op, row.rhs): row.name for row in table.rows}
    for key in partial:
        turned = (key[2], key[1], key[0]) if key[1] == "~~" else key
        if key not in rows and turned not in rows:
            name = " ".join(key).rstrip()
            close = difflib.get_close_matches(name, rows.values(), n=1)
            hint = f"Did you mean `{close[0]}`" if close else "Name rows of the model"
            raise _fault("group_partial", f"the model has no row `{name}`", hint)


def check_size(statements: Iterable[Statement]) -> None:
    """Refuse a model that speaks of no variable, or of more than any is meant to.

    Raises
    ------
    IdentificationError
        If it does.
    """
    relations = [each for each in statements if each.op != ":="]
    named = {name for each in relations for name in (each.lhs, each.rhs) if name}
    if not named:
        raise IdentificationError(
            "model.no-variables",
            "the model",
            "it speaks of no variable",
            "Write what is measured by what, as in `f =~ x1 + x2 + x3`",
        )
    if len(named) > _MOST_VARIABLES:
        raise IdentificationError(
            "model.too-many-variables",
            "the model",
            f"it speaks of {len(named)} variables",
            f"Name at most {_MOST_VARIABLES}: a whole table may have come in by mistake",
        )


def _fault(name: str, what: str, fix: str) -> IdentificationError:
    return IdentificationError("request.argument", f"argument `{name}`", what, fix)
