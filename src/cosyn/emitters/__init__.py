"""The plan's models for other programs: one file a program."""

from cosyn.emitters._material import emission
from cosyn.emitters._types import Emission, Emitter, Model, Sample, Settings
from cosyn.registry import Registry

EMITTERS = Registry("cosyn.emitters", Emitter)

__all__ = ["EMITTERS", "Emission", "Emitter", "Model", "Sample", "Settings", "emission"]
