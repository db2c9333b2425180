"""Read tables: one module a kind of file, found by content and never by its name."""

from cosyn.tables._choose import choose, fingerprint, misnamed, read_table
from cosyn.tables._tabulate import REPEATED, tabulate
from cosyn.tables._types import KINDS, NOT_SHOWN, NULL, UNCALCULATED, Aside, Kind, RawTable
from cosyn.tables._watch import watched

__all__ = [
    "KINDS",
    "NOT_SHOWN",
    "NULL",
    "REPEATED",
    "UNCALCULATED",
    "Aside",
    "Kind",
    "RawTable",
    "choose",
    "fingerprint",
    "misnamed",
    "read_table",
    "tabulate",
    "watched",
]
