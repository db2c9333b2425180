"""The report: findings, worded and laid out. It computes nothing."""

from cosyn.report.build import RENDERERS, SECTIONS, build

__all__ = ["RENDERERS", "SECTIONS", "build"]
