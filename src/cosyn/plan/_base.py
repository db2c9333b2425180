"""What all sections of the plan have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,39}$")]
Share = Annotated[float, Field(gt=0, lt=1)]
Texts = dict[str, str]


class Strict(BaseModel):
    """A section: unknown keys and values of another kind are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)
