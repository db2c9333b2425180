"""The stores of a wave: two SQLite files, or two schemas of a PostgreSQL database."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from cosyn.errors import StoreError, extra

with extra("field"):
    from sqlalchemy import select, text
    from sqlalchemy.dialects import postgresql, sqlite
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError
    from sqlalchemy.schema import CreateSchema

from cosyn.fielding import schema
from cosyn.fielding.engines import postgresql_engine, sqlite_engine
from cosyn.fielding.refusals import explained

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection, Engine, Executable, MetaData, Table

Name = Literal["roster", "answers"]
NAMES: tuple[Name, Name] = ("roster", "answers")
VERSIONS: dict[str, int] = {"roster": 1, "answers": 2}
"""Layout of each store; `migrations` leads from older ones to these."""
MARKS = {"roster": 0x434F5352, "answers": 0x434F5341}
"""``application_id`` of the SQLite files: the letters COSR and COSA."""


@dataclass(frozen=True, slots=True)
class Store:
    """One of the two stores, opened.

    Attributes
    ----------
    name : "roster" or "answers"
    place : str
        Path of the file, or the database without its password.
    engine : Engine
        A pool of connections.
    """

    name: Name
    place: str
    engine: Engine

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file."""
        return self.engine.dialect.name == "sqlite"


def file_of(folder: Path, name: Name) -> Path:
    """The SQLite file of a store."""
    return folder / f"{name}.sqlite"


def open_store(folder: Path, name: Name, url: str = "") -> Store:
    """Open a store; nothing is read yet.

    Parameters
    ----------
    url : str
        Of a PostgreSQL database; empty for the file in the folder.

    Raises
    ------
    StoreError
        ``field.database-url`` if the URL cannot be used.
    """
    if not url:
        path = file_of(folder, name)
        return Store(name, str(path), sqlite_engine(path))
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as problem:  # the latter of a port
        raise _bad_url("it is no URL") from problem
    if address.get_backend_name() not in {"postgresql", "postgres"}:
        raise _bad_url(f"{address.get_backend_name()!r} is no kind of database that serves here")
    with extra("postgresql"):
        import psycopg  # noqa: F401, PLC0415 - a missing driver is said in our words
    engine = postgresql_engine(address, name)
    return Store(name, f"{address.render_as_string()} ({name})", engine)


def _bad_url(what: str) -> StoreError:
    fix = "Write postgresql://user@host/database, or leave it out for files beside the wave"
    return StoreError("field.database-url", "--database", what, fix)


@dataclass(slots=True)
class Joint:
    """A transaction of several, for the thread that carries them out.

    Attributes
    ----------
    broken : bool
        Whether one of them failed: then none of them is committed.
    """

    connection: Connection
    broken: bool = False


class Undone(Exception):
    """Nothing of what was to be committed together was: each is to be done again by itself."""


class _Hand(threading.local):
    """The joint transactions that this thread has in hand, by the place of their store."""

    def __init__(self) -> None:
        self.joints: dict[str, Joint] = {}


_HAND = _Hand()


@contextmanager
def together(store: Store) -> Iterator[None]:
    """Make all that this thread does with a store one transaction, committed at the end.

    One write to the disk then serves many. Where any of them fails, or the commit does, all is as
    if it had never begun, for a database may take the others back of itself (SQLite, when the disk
    is full).

    Raises
    ------
    Undone
        One of them failed.
    StoreError
        As for `writing`.
    """
    with writing(store) as connection:
        joint = _HAND.joints[store.place] = Joint(connection)
        try:
            yield
        finally:
            del _HAND.joints[store.place]
        if joint.broken:
            raise Undone


@contextmanager
def _jointly(joint: Joint) -> Iterator[Connection]:
    try:
        yield joint.connection
    except BaseException:
        joint.broken = True
        raise


@contextmanager
def glancing(store: Store) -> Iterator[Any]:
    """The driver's own connection, for one statement that is committed as it is.

    Raises
    ------
    StoreError
        As for `writing`.
    """
    joint = _HAND.joints.get(store.place)
    with explained(store.place):
        if joint:
            with _jointly(joint) as connection:
                yield connection.connection.driver_connection
            return
        raw = store.engine.raw_connection()
        driver: Any = raw.driver_connection
        try:
            if not store.is_sqlite:
                driver.autocommit = True
            yield driver
            if not store.is_sqlite:
                driver.autocommit = False
        except BaseException:
            if not store.is_sqlite:
                raw.invalidate()  # it may be lost, and would say so when it is given back
            raise
        finally:
            raw.close()


@contextmanager
def writing(store: Store, *, isolation: str = "") -> Iterator[Connection]:
    """One transaction that may write: committed at the end, or as if it had never begun.

    Parameters
    ----------
    isolation : str
        Of PostgreSQL, where it is not ``READ COMMITTED``. SQLite lets one writer in at a time.

    Raises
    ------
    StoreError
        It is locked, damaged, not to be written or reached, or there is no space.
    """
    joint = _HAND.joints.get(store.place)
    if joint:
        with explained(store.place), _jointly(joint) as connection:
            yield connection
        return
    options: dict[str, Any] = {"begin": "IMMEDIATE"}
    if isolation and not store.is_sqlite:
        options["isolation_level"] = isolation
    with explained(store.place), store.engine.connect() as connection:
        chosen = connection.execution_options(**options)
        with chosen.begin():
            yield chosen


@contextmanager
def reading(store: Store) -> Iterator[Connection]:
    """One transaction that reads one state.

    Raises
    ------
    StoreError
        As for `writing`.
    """
    joint = _HAND.joints.get(store.place)
    if joint:
        with explained(store.place), _jointly(joint) as connection:
            yield connection
        return
    options: dict[str, Any] = {} if store.is_sqlite else {"isolation_level": "REPEATABLE READ"}
    with explained(store.place), store.engine.connect() as connection:
        chosen = connection.execution_options(**options)
        with chosen.begin():
            yield chosen


def outside(store: Store, statements: Iterable[str]) -> None:
    """Run statements outside transactions: what a database does to its own files.

    Raises
    ------
    StoreError
        As for `writing`.
    """
    with explained(store.place), ExitStack() as opened:
        if store.is_sqlite:
            # Our connections begin no transaction of themselves, and SQLAlchemy would.
            raw = store.engine.raw_connection()
            opened.callback(raw.close)
            for statement in statements:
                raw.cursor().execute(statement)
            return
        engine = store.engine.execution_options(isolation_level="AUTOCOMMIT")
        connection = opened.enter_context(engine.connect())
        for statement in statements:
            connection.execute(text(statement))


def metadata(name: Name) -> MetaData:
    """Tables of a store."""
    return schema.roster if name == "roster" else schema.answers


def settings_table(name: Name) -> Table:
    """The table of a store that names its wave and its layout."""
    return schema.roster_settings if name == "roster" else schema.answers_settings


def create_store(folder: Path, name: Name, named: Mapping[str, str], url: str = "") -> None:
    """Lay out an empty store and name its wave in it.

    Raises
    ------
    StoreError
        ``field.store-exists`` if there is one, which nothing overwrites; or the machine refuses.
    """
    store = open_store(folder, name, url)
    try:
        if store.is_sqlite:
            _new_file(file_of(folder, name), name)
        with writing(store) as connection:
            if not store.is_sqlite:
                connection.execute(CreateSchema(name, if_not_exists=True))
            if store.engine.dialect.has_table(
                connection, "settings", schema=None if store.is_sqlite else name
            ):
                raise _exists(store.place)
            metadata(name).create_all(connection)
            rows = [{"name": key, "value": value} for key, value in named.items()]
            rows.append({"name": "version", "value": str(VERSIONS[name])})
            connection.execute(settings_table(name).insert(), rows)
    finally:
        store.engine.dispose()


def _exists(place: str) -> StoreError:
    fix = "Use its wave, or choose another folder or database"
    return StoreError("field.store-exists", place, "there is a store already", fix)


def _new_file(path: Path, name: Name) -> None:
    """Make an empty file that its owner alone may read, and that keeps a log of writes."""
    if path.exists():
        raise _exists(str(path))
    with explained(str(path)):
        path.touch(mode=0o600)
        opened = sqlite3.connect(path, isolation_level=None)
        try:
            opened.execute(f"PRAGMA application_id = {MARKS[name]}")
            opened.execute("PRAGMA journal_mode = WAL")
        finally:
            opened.close()


def named_in(store: Store) -> dict[str, str]:
    """What a store says of itself: its wave and its layout.

    Raises
    ------
    StoreError
        ``field.no-store`` if there is none.
    """
    table = settings_table(store.name)
    with reading(store) as connection:
        where = None if store.is_sqlite else store.name
        if not store.engine.dialect.has_table(connection, "settings", schema=where):
            what, fix = "there is no store of a wave", "Name the right database, or restore it"
            raise StoreError("field.no-store", store.place, what, fix)
        rows = connection.execute(select(table.c.name, table.c.value)).all()
    return {str(row.name): str(row.value) for row in rows}


def insert_new(connection: Connection, table: Table, row: Mapping[str, object]) -> bool:
    """Insert a row unless its key is there; tell whether it was inserted."""
    counting = {"preserve_rowcount": True}  # else PostgreSQL's driver tells -1 of an INSERT
    statement = _inserting(connection.dialect.name, table)
    return connection.execute(statement, row, execution_options=counting).rowcount == 1


def counted_up(connection: Connection, kind: str, key: str) -> None:
    """Add one to a tally."""
    row = {"kind": kind, "key": key, "count": 1}
    connection.execute(_counting(connection.dialect.name), row)


@cache
def _inserting(dialect: str, table: Table) -> Executable:
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return make(table).on_conflict_do_nothing()


@cache
def _counting(dialect: str) -> Executable:
    table = schema.tallies
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return make(table).on_conflict_do_update(
        index_elements=[table.c.kind, table.c.key], set_={"count": table.c.count + 1}
    )


def held(connection: Connection, name: str) -> None:
    """Let no other transaction work on what bears this name until this one ends.

    SQLite's writers are alone anyway. PostgreSQL's row locks hold only what exists, and a draft
    that is begun does not exist yet; a lock of its name does.
    """
    if connection.dialect.name != "sqlite":
        number = int(name[:15], 16)
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
