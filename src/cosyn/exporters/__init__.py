"""One file a questionnaire format."""

from cosyn.exporters._types import Exported, Exporter, Feature, Loss, losses
from cosyn.registry import Registry

EXPORTERS = Registry("cosyn.exporters", Exporter)

__all__ = ["EXPORTERS", "Exported", "Exporter", "Feature", "Loss", "losses"]
