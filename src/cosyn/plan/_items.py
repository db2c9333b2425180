"""What is asked of single items beyond their moments."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cosyn.plan._base import Name, Share, Strict
from cosyn.plan._panel import Cutoff


class ProbeRule(Strict):
    """When respondents say that a block pushes one way.

    Attributes
    ----------
    select : dict
        Attributes of the probes; the middle of their options is no effect.
    directed : Cutoff
        Least share of the answers that are not in the middle.
    """

    select: dict[Name, Name]
    directed: Cutoff


class Items(Strict):
    """Discrimination of items, direction probes, and who leaves gaps.

    Attributes
    ----------
    upper_lower : float
        Share of respondents in the upper and in the lower group.
    probes : ProbeRule or None
    missing_by : tuple of str
        Groupings by which gaps are compared, as those of `InvarianceRule`.
    """

    upper_lower: Annotated[Share, Field(le=0.5)] = 0.27
    probes: ProbeRule | None = None
    missing_by: tuple[Name, ...] = ()
