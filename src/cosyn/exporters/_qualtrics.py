"""What both of Qualtrics's formats share: texts as HTML in which nothing is piped in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.exporters._markup import as_html

if TYPE_CHECKING:
    from cosyn.instrument.questionnaire import Block, QuestionnairePage


def spoken(text: str) -> str:
    """Escape a text; ``${`` would put an answer in its place, and ``[[`` begins a tag."""
    return as_html(text).replace("${", "&#36;{").replace("[[", "&#91;&#91;")


def heading(page: QuestionnairePage, language: str) -> str:
    """Title of a page, and its instruction unless every question is a matrix, which repeats it."""
    title = f"<b>{spoken(page.title[language])}</b>"
    if all(block.display == "matrix" and not may_end(block) for block in page.blocks):
        return title
    return f"{title}<br>{spoken(page.instruction[language])}"


def tag(name: str) -> str:
    """Name a column as it comes back: ``-`` would become ``_``."""
    return name.replace("-", "_")


def is_mixed(block: Block) -> bool:
    """Tell whether a block has questions that can change places, on a page that shuffles them."""
    return sum(question.scale for question in block.questions) > 1


def may_end(block: Block) -> bool:
    """Tell whether an answer in a block ends the questionnaire."""
    return any(question.screen_out for question in block.questions)
