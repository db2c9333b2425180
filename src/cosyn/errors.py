"""The one tree of errors a user can mend; anything else that is raised is our bug."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterator


class SurveyError(Exception):
    """Something a user can mend: it says where, what is wrong and how to mend it.

    Parameters
    ----------
    code : str
        Stable name that tests and scripts rely on, e.g. ``"instrument.duplicate-id"``.
    where : str
        Place: ``file:line``, ``file, column "X", row 3`` or a command's argument.
    what : str
        What is wrong, without a final full stop.
    fix : str
        How to mend it, without a final full stop.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, code: str, where: str, what: str, fix: str) -> None:
        super().__init__(f"{where}: {what}. {fix}. [{code}]")
        self.code = code
        self.where = where
        self.what = what
        self.fix = fix

    def __reduce__(self) -> tuple[Any, ...]:
        """Pass from one process to another whole."""
        return type(self), (self.code, self.where, self.what, self.fix)


class InstrumentError(SurveyError):
    """A fault in the questionnaire's data; its author mends it."""


class ResponseError(SurveyError):
    """A fault in a file of responses; the data manager mends it."""


class PlanError(SurveyError):
    """A fault in the analysis plan; the analyst mends it."""


class ModelSyntaxError(PlanError):
    """Model syntax that cannot be read; the analyst mends it."""


class IdentificationError(PlanError):
    """A model whose parameters the data cannot determine; the analyst mends it."""


class StoreError(SurveyError):
    """The machine refuses (no permission, no space, a damaged file); the operator mends it."""

    exit_code = 6


class ServerError(SurveyError):
    """A survey platform refuses or does not answer; its administrator mends it."""

    exit_code = 6


class ExtraError(SurveyError):
    """An optional part is not installed; the operator installs it."""

    exit_code = 5


class Faults(SurveyError):
    """Several faults found in one pass, each worth a line of its own.

    Parameters
    ----------
    faults : tuple of SurveyError
        At least one; the first decides the exit code.
    """

    def __init__(self, faults: tuple[SurveyError, ...]) -> None:
        first = faults[0]
        super().__init__(first.code, first.where, first.what, first.fix)
        self.faults = faults

    def __reduce__(self) -> tuple[Any, ...]:
        """Pass from one process to another whole."""
        return type(self), (self.faults,)

    def __str__(self) -> str:
        """Every fault on a line of its own."""
        return "\n".join(str(fault) for fault in self.faults)


def raise_all(faults: list[SurveyError]) -> None:
    """Raise what was collected: nothing for none, itself for one, `Faults` for more."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise Faults(tuple(faults))


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Import the libraries of an optional part: ``with extra("paper"): import typst``.

    Raises
    ------
    ExtraError
        ``extra.not-installed`` if one of them is absent.
    """
    try:
        yield
    except ImportError as absent:
        where, what = f"the optional part {name!r}", f"it is not installed ({absent})"
        fix = f"Install it with: pip install 'cosyn[{name}]'"
        raise ExtraError("extra.not-installed", where, what, fix) from absent
