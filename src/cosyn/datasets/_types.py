"""What a data set is made of, and what an entry of the registry offers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from cosyn.codebook.files import Exported
    from cosyn.i18n import Text
    from cosyn.instrument.questionnaire import Questionnaire
    from cosyn.instrument.types import Missing


@dataclass(frozen=True, slots=True)
class Particular:
    """A column that is no item: department, wave and the like.

    Attributes
    ----------
    name : str
        What it is, as importers know it.
    column : str
        Its name in files; another than `name` only where an item bears that.
    cells : tuple of str, or ndarray of float
        Length n; NaN where a number is not known.
    """

    name: str
    column: str
    title: Text
    cells: tuple[str, ...] | NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Part:
    """Answers of n respondents to p items whose codes mean the same.

    Attributes
    ----------
    name : str
        Of its files, without an ending.
    form : str
        With which form an importer has to be told to read it; empty if with none.
    asked : Questionnaire
        The p items, each reason with a code of its own in every response format.
    codes : ndarray of float, shape (n, p)
        Answers, and where there is none the code of the reason.
    missing : ndarray of int8, shape (n, p)
        As in `cosyn.responses.ResponseTable`.
    reasons : Mapping[str, Mapping[Missing, int]]
        Response format -> reason -> code.
    """

    name: str
    form: str
    asked: Questionnaire
    particulars: tuple[Particular, ...]
    codes: NDArray[np.float64]
    missing: NDArray[np.int8]
    reasons: Mapping[str, Mapping[Missing, int]]

    @property
    def items(self) -> tuple[str, ...]:
        """Length p."""
        return tuple(question.id for question in self.asked.questions)

    @property
    def n(self) -> int:
        """Number of respondents."""
        return len(self.codes)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A data set in one language.

    Attributes
    ----------
    reserved : Mapping[Missing, int]
        Codes of reasons for which a response format has none of its own.
    identity : Mapping[str, str]
        Instrument, version, digests and the like, kept in every file that can.
    """

    parts: tuple[Part, ...]
    language: str
    reserved: Mapping[Missing, int]
    identity: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Dataset:
    """An entry of the registry: one format of data.

    Attributes
    ----------
    title : str
        What the format is, in one line.
    write : callable
        `Delivery` -> files, and what they cannot hold.
    suffix : str
        Ending of the file that holds the answers, which `survey import` reads.
    column : callable
        Id of an item -> name of its column.
    reasons : Mapping[Missing, str]
        What stands in the place of an answer where that is no code.
    """

    name: str
    title: str
    write: Callable[[Delivery], Exported]
    suffix: str
    column: Callable[[str], str] = str
    reasons: Mapping[Missing, str] = field(default_factory=dict)
