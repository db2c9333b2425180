"""One file an analysis: context in, findings out."""

from cosyn.analysis._types import Analysis, Context, Outcome, Parts
from cosyn.registry import Registry

ANALYSES = Registry("cosyn.analysis", Analysis)

__all__ = ["ANALYSES", "Analysis", "Context", "Outcome", "Parts"]
