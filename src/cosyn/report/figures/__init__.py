"""Figures as pure functions: plain frozen data in, a matplotlib ``Figure`` out.

Importing this package imports matplotlib (never pyplot): load it when a figure is drawn.
"""

from cosyn.report.figures._fonts import missing_glyphs
from cosyn.report.figures.caterpillar import (
    CaterpillarPanel,
    CaterpillarTexts,
    caterpillar_plot,
)
from cosyn.report.figures.forest import ForestRow, ForestTexts, forest_plot
from cosyn.report.figures.interaction import InteractionTexts, Line, interaction_plot
from cosyn.report.figures.likert import LikertRow, LikertTexts, likert_bars
from cosyn.report.figures.loadings import LoadingRow, loading_map
from cosyn.report.figures.necessity import NecessityPanel, NecessityTexts, necessity_plot
from cosyn.report.figures.path_diagram import PathDiagram, PathTexts, path_diagram
from cosyn.report.figures.reliability import (
    ReliabilityRow,
    ReliabilityTexts,
    reliability_plot,
)
from cosyn.report.figures.scree import ScreeTexts, scree_plot
from cosyn.report.figures.specification import (
    Choice,
    SpecificationTexts,
    specification_curve,
)
from cosyn.report.figures.surface import ResponseSurface, SurfaceTexts, surface_plot
from cosyn.report.figures.svg import to_svg

__all__ = [
    "CaterpillarPanel",
    "CaterpillarTexts",
    "Choice",
    "ForestRow",
    "ForestTexts",
    "InteractionTexts",
    "LikertRow",
    "LikertTexts",
    "Line",
    "LoadingRow",
    "NecessityPanel",
    "NecessityTexts",
    "PathDiagram",
    "PathTexts",
    "ReliabilityRow",
    "ReliabilityTexts",
    "ResponseSurface",
    "ScreeTexts",
    "SpecificationTexts",
    "SurfaceTexts",
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
