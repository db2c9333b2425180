"""Effects of products of latents: what a model of interactions adds to its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine.table import ParameterTable


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
    where = "the model with products"
    faults = {
        "groups": len(table.groups) > 1,
        "no-means": not table.means,
        "ordinal": bool(table.ordered),
        "constraints": bool(table.constraints),
    }
    fixes = {
        "groups": ("it has several groups", "Fit it in each group"),
        "no-means": ("it has no mean structure", "Build the table with means"),
        "ordinal": ("its items are ordinal", "Treat them as continuous"),
        "constraints": ("it has constraints beyond equal labels", "Drop the constraints"),
    }
    for name, there in faults.items():
        if there:
            raise IdentificationError(f"products.{name}", where, *fixes[name])
    seen: set[tuple[str, frozenset[str]]] = set()
    for term in terms:
        unknown = [n for n in (term.outcome, term.first, term.second) if n not in table.latent]
        if unknown:
            raise IdentificationError(
                "products.unknown-latent",
                where,
                f"{term.name} on {term.outcome}: `{unknown[0]}` is no latent of the model",
                "Measure it by `=~`",
            )
        key = (term.outcome, frozenset((term.first, term.second)))
        if key in seen or term.outcome in key[1]:
            raise IdentificationError(
                "products.circular" if term.outcome in key[1] else "products.twice",
                where,
                f"{term.name} on {term.outcome}",
                "Give each product once, of latents other than its outcome",
            )
        seen.add(key)
