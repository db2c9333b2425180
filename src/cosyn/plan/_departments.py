"""What a department's answers must show before its mean stands for the department."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cosyn.plan._base import Strict
from cosyn.plan._panel import Cutoff


class Departments(Strict):
    """How agreement within departments and differences between them are judged.

    Attributes
    ----------
    exploratory_below : int
        Departments from which on what is said of departments is more than exploratory.
    agreement : Cutoff
        Least r_wg(j) of a department whose members agree.
    reliability : Cutoff
        Least ICC(2): reliability of a department's mean.
    distinct : Cutoff
        Least ICC(1) of departments that differ; members who agree where departments do not
        differ agree on something else than their department.
    """

    exploratory_below: Annotated[int, Field(ge=2)]
    agreement: Cutoff
    reliability: Cutoff
    distinct: Cutoff
