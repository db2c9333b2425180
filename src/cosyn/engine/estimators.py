"""What each estimator's name stands for, as in lavaan and Mplus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cosyn.errors import IdentificationError

Discrepancy = Literal["ML", "GLS", "WLS", "DWLS", "ULS"]
Information = Literal["expected", "observed", "first_order"]
Test = Literal[
    "standard",
    "yuan_bentler_mplus",
    "satorra_bentler",
    "scaled_shifted",
    "mean_var_adjusted",
    "browne_residual",
]


@dataclass(frozen=True, slots=True)
class Estimator:
    """A discrepancy, and how standard errors and tests are found at its minimum.

    Attributes
    ----------
    information : str
        Which matrix stands for the curvature: its inverse is the covariance of the estimates, or
        the bread of the sandwich.
    robust : bool
        Whether standard errors are of the sandwich form.
    test : str
        The statistic beside the standard one; ``"browne_residual"`` stands in its place.
    """

    name: str
    discrepancy: Discrepancy = "ML"
    information: Information = "expected"
    robust: bool = False
    test: Test = "standard"

    @property
    def needs_rows(self) -> bool:
        """Whether moments do not suffice."""
        return self.robust or self.information == "first_order"


ESTIMATORS = {
    each.name: each
    for each in (
        Estimator("ML"),
        Estimator("MLR", "ML", "observed", robust=True, test="yuan_bentler_mplus"),
        Estimator("MLM", "ML", "expected", robust=True, test="satorra_bentler"),
        Estimator("MLMV", "ML", "expected", robust=True, test="scaled_shifted"),
        Estimator("MLMVS", "ML", "expected", robust=True, test="mean_var_adjusted"),
        Estimator("MLF", "ML", "first_order"),
        Estimator("DWLS", "DWLS", robust=True),
        Estimator("WLSM", "DWLS", robust=True, test="satorra_bentler"),
        Estimator("WLSMV", "DWLS", robust=True, test="scaled_shifted"),
        Estimator("WLSMVS", "DWLS", robust=True, test="mean_var_adjusted"),
        Estimator("ULSM", "ULS", robust=True, test="satorra_bentler"),
        Estimator("ULSMV", "ULS", robust=True, test="scaled_shifted"),
        Estimator("WLS", "WLS"),
        Estimator("GLS", "GLS"),
        Estimator("ULS", "ULS", test="browne_residual"),
    )
}
#: Those of ordinal items.
FOR_ITEMS = ("WLSMV", "WLSM", "WLSMVS", "DWLS", "ULSMV", "ULSM", "WLS")


def estimator(name: str) -> Estimator:
    """Look an estimator up; capital letters do not count.

    Raises
    ------
    IdentificationError
        If there is none of this name.
    """
    if name.upper() not in ESTIMATORS:
        raise IdentificationError(
            "estimator.unknown",
            f"estimator {name!r}",
            "there is no such estimator",
            f"Use one of: {', '.join(ESTIMATORS)}",
        )
    return ESTIMATORS[name.upper()]
