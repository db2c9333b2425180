"""The report: findings, worded and laid out. It computes nothing."""

from cosyn.report.build import (
    RENDERERS,
    SECTIONS,
    build,
    drawn,
    figures_of,
    illustrated,
    laid_out,
)

__all__ = ["RENDERERS", "SECTIONS", "build", "drawn", "figures_of", "illustrated", "laid_out"]
