"""Effects of products of latents: what a model of interactions adds to its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine.table import ParameterTable

_WHERE = "the model with products"


@dataclass(frozen=True, slots=True)
class ProductTerm:
    """The effect of a product of two latents, or of a latent's square, on a third.

    Attributes
    ----------
    outcome, first, second : str
        Names of latents; `first` and `second` are the same for a square.
    """

    outcome: str
    first: str
    second: str

    @property
    def name(self) -> str:
        """The product, as lavaan writes it: ``"X:Z"``."""
        return f"{self.first}:{self.second}"


def check_terms(table: ParameterTable, terms: Sequence[ProductTerm]) -> None:
    """Refuse what no estimator of products can do.

    Raises
    ------
    IdentificationError
        If the table has several groups, no mean structure, ordinal items or constraints, or a term
        names something that is no latent of it, is given twice, or makes an outcome its own cause.
    """
    _check_table(table)
    seen: set[tuple[str, frozenset[str]]] = set()
    for term in terms:
        told = f"{term.name} on {term.outcome}"
        unknown = [n for n in (term.outcome, term.first, term.second) if n not in table.latent]
        if unknown:
            raise IdentificationError(
                "products.unknown-latent",
                _WHERE,
                f"{told}: `{unknown[0]}` is no latent of the model",
                "Measure it by `=~`",
            )
        if term.outcome in {term.first, term.second}:
            raise IdentificationError(
                "products.circular", _WHERE, told, "Give factors other than the outcome"
            )
        key = (term.outcome, frozenset((term.first, term.second)))
        if key in seen:
            raise IdentificationError(
                "products.twice", _WHERE, f"{told} is given twice", "Give each product once"
            )
        seen.add(key)


def _check_table(table: ParameterTable) -> None:
    if len(table.groups) > 1:
        raise IdentificationError(
            "products.groups", _WHERE, "it has several groups", "Fit it in each group"
        )
    if table.ordered:
        raise IdentificationError(
            "products.ordinal", _WHERE, "its items are ordinal", "Treat them as continuous"
        )
    if not table.means:
        raise IdentificationError(
            "products.no-means", _WHERE, "it has no mean structure", "Build the table with means"
        )
    if table.constraints:
        raise IdentificationError(
            "products.constraints",
            _WHERE,
            "it has constraints beyond equal labels",
            "Drop the constraints",
        )
