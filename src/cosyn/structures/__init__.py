"""Read questionnaires back, one module a format, to compare what is held with what was sent."""

from cosyn.structures._types import READERS, Reader, Unreadable, expected

__all__ = ["READERS", "Reader", "Unreadable", "expected"]
