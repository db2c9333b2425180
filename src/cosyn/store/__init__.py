"""The responses of a study: an SQLite file to which imports are added and nothing is changed."""

from cosyn.store._store import append, digest, digest_of, history, read
from cosyn.store._types import Stored, StoredImport

__all__ = ["Stored", "StoredImport", "append", "digest", "digest_of", "history", "read"]
