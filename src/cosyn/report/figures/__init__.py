"""Figures as pure functions: plain frozen data in, a matplotlib ``Figure`` out.

Importing this package imports matplotlib (never pyplot): load it when a figure is drawn. What the
functions are shown is defined in ``cosyn.report.pictures``, which needs no matplotlib.
"""

from cosyn.report.figures._fonts import missing_glyphs
from cosyn.report.figures.caterpillar import caterpillar_plot
from cosyn.report.figures.forest import forest_plot
from cosyn.report.figures.interaction import interaction_plot
from cosyn.report.figures.likert import likert_bars
from cosyn.report.figures.loadings import loading_map
from cosyn.report.figures.necessity import necessity_plot
from cosyn.report.figures.path_diagram import path_diagram
from cosyn.report.figures.reliability import reliability_plot
from cosyn.report.figures.scree import scree_plot
from cosyn.report.figures.specification import specification_curve
from cosyn.report.figures.surface import surface_plot
from cosyn.report.figures.svg import to_svg

__all__ = [
    "caterpillar_plot",
    "forest_plot",
    "interaction_plot",
    "likert_bars",
    "loading_map",
    "missing_glyphs",
    "necessity_plot",
    "path_diagram",
    "reliability_plot",
    "scree_plot",
    "specification_curve",
    "surface_plot",
    "to_svg",
]
