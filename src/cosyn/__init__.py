"""cosyn: ask what keeps cooperation between departments going, and test the answer."""

__version__ = "0.1.0"
