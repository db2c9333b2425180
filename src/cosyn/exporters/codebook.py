"""A codebook for people: a workbook and a web page, every language side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.codebook.xlsx import workbook
from cosyn.exporters._codebook_html import page
from cosyn.exporters._types import Exported, Exporter

if TYPE_CHECKING:
    from cosyn.instrument.questionnaire import Questionnaire


def write(questionnaire: Questionnaire, language: str) -> Exported:
    """Write both; `language` is that of the page's title."""
    content, losses = workbook(questionnaire)
    name = f"{questionnaire.name}.{language}.codebook"
    return Exported(
        {f"{name}.xlsx": content, f"{name}.html": page(questionnaire, language)}, losses
    )


EXPORTER = Exporter(
    name="codebook",
    title="codebook as a workbook and a web page, all languages side by side",
    write=write,
    per_language=False,
    cannot={},
)
