"""A codebook in DDI-Codebook 2.6, the version that follows 2.5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.codebook.ddi import document
from cosyn.exporters._types import Exported, Exporter

if TYPE_CHECKING:
    from cosyn.instrument.questionnaire import Questionnaire


def write(questionnaire: Questionnaire, language: str) -> Exported:
    """Write the codebook in every language; its title comes first in `language`."""
    name = f"{questionnaire.name}.{language}.ddi-2.6.xml"
    return Exported({name: document(questionnaire, language, "2.6")})


EXPORTER = Exporter(
    name="ddi26",
    title="codebook in DDI-Codebook 2.6 (XML), every language",
    write=write,
    per_language=False,
    cannot={},
)
