"""What figures show: plain frozen data, made by sections and drawn by ``cosyn.report.figures``.

They stand apart from what draws them, so that a report whose figures are known needs no matplotlib.
"""

from cosyn.report.pictures._departments import (
    CaterpillarPanel,
    CaterpillarTexts,
    NecessityPanel,
    NecessityTexts,
)
from cosyn.report.pictures._drawing import (
    Drawing,
)
from cosyn.report.pictures._effects import (
    Choice,
    ForestRow,
    ForestTexts,
    SpecificationTexts,
)
from cosyn.report.pictures._models import (
    InteractionTexts,
    Line,
    PathDiagram,
    PathTexts,
    ResponseSurface,
    SurfaceTexts,
)
from cosyn.report.pictures._scales import (
    LikertRow,
    LikertTexts,
    LoadingRow,
    ReliabilityRow,
    ReliabilityTexts,
    ScreeTexts,
)

__all__ = [
    "CaterpillarPanel",
    "CaterpillarTexts",
    "Choice",
    "Drawing",
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
]
