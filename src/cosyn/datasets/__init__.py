"""The answers of a study as documented data: one file a format."""

from cosyn.datasets._mapping import mapping
from cosyn.datasets._material import delivery
from cosyn.datasets._provenance import provenance
from cosyn.datasets._types import Dataset, Delivery, Part
from cosyn.registry import Registry

DATASETS = Registry("cosyn.datasets", Dataset)

__all__ = ["DATASETS", "Dataset", "Delivery", "Part", "delivery", "mapping", "provenance"]
