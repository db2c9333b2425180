"""How far a wave has come, in words: the same for the terminal, for files and for the page."""

from cosyn.fielding.watch.wording import Line, Told, told

__all__ = ["Line", "Told", "told"]
