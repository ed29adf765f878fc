"""A log in a database: SQLite keeps it over restarts, PostgreSQL shares it among servers.

The gate to SQLAlchemy, of which only Core is used. Records are rows of one table, read in the
order of their ids. Whoever writes holds a lock of the whole log up to the commit, so no id is seen
before a lower one. What was committed outlives this process; SQLite does not wait for the disk,
so a power cut may take the last moments back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import RLock
from typing import TypeVar

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    NullPool,
    Table,
    bindparam,
    create_engine,
    delete,
    insert,
    make_url,
    select,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from understudy.errors import StartError, StateError
from understudy.state.log import ANEW

_SECONDS = 10
"""How long to wait for a connection, and for a lock that somebody else holds."""

_MARK = b"understudy 1"
_LOG = Table(
    "understudy_log",
    MetaData(),
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("body", LargeBinary, nullable=False),
    sqlite_autoincrement=True,  # or the ids of deleted rows would be given again
)
"""The row with the id 0 says what wrote the table; all others are records."""

_MARKED = select(_LOG.c.body).where(_LOG.c.id == 0)
_UNREAD = select(_LOG.c.id, _LOG.c.body).where(_LOG.c.id > bindparam("seen")).order_by(_LOG.c.id)
_CLEAR = delete(_LOG).where(_LOG.c.id > 0)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a kind of database needs: how to connect, and what locks the log for a transaction.

    `version` asks, in little time, for what is another value once anybody else has written.
    """

    driver: str
    arguments: Mapping[str, object]
    settings: tuple[str, ...]
    lock: tuple[str, ...]
    version: str = ""
    install: str = ""


_SQLITE = _Kind(
    driver="sqlite",
    arguments={"timeout": _SECONDS, "check_same_thread": False},
    settings=("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL"),
    lock=("BEGIN IMMEDIATE",),
    version="PRAGMA data_version",
)
_POSTGRESQL = _Kind(
    driver="postgresql+psycopg",
    arguments={"connect_timeout": _SECONDS},
    settings=(
        f"SET lock_timeout = '{_SECONDS}s'",
        # whoever stands still within a transaction must not stop all others
        f"SET idle_in_transaction_session_timeout = '{_SECONDS}s'",
    ),
    lock=("BEGIN", "SELECT pg_advisory_xact_lock(7530127564)"),  # any number, the same for all
    install='pip install "understudy[postgresql]"',
)
_KINDS = {
    "sqlite": _SQLITE,
    "sqlite+pysqlite": _SQLITE,
    "postgres": _POSTGRESQL,
    "postgresql": _POSTGRESQL,
    "postgresql+psycopg": _POSTGRESQL,
}
_KNOWN = "sqlite:///FILE, postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"


class DatabaseLog:
    """A log at a URL, of which there may be many, in any number of processes and servers.

    Raises StartError where there can be none, and StateError while the database is gone; a lost
    connection is made again. Threads can share a log.
    """

    def __init__(self, url: str) -> None:
        self._place = place = _place(url)
        self._kind = _KINDS[place.drivername]
        self._engine = _engine(place, self._kind)
        self._errors = SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error
        self._connection: Connection | None = None
        self._mutex = RLock()
        self._depth = 0
        self._seen = 0
        self._version: object = None
        self._is_anew = False
        try:
            mark = self._marked()
        except StateError as error:
            self.close()
            raise StartError(f"no state can be kept at {_shown(place)}: {error}") from error
        if mark != _MARK:
            self.close()
            raise StartError(f"{_shown(place)} is of another version; name another place")

    def unread(self) -> Sequence[bytes]:
        """Return the records that were not returned before, this process's own among them.

        With ANEW begins what takes the place of all that was returned before.
        """
        with self._mutex:
            return self._tried(self._read)

    def append(self, record: bytes) -> None:
        """Add a record. When this returns, or the block of `locked` around it, it is kept."""
        with self.locked():
            self._write([record])

    def compact(self, records: Callable[[], Sequence[bytes]]) -> None:
        """Replace all records, of which none is unread, by fewer that come to the same.

        To be used within a block of `locked`; all who read are told.
        """
        with self.locked():
            self._tried(lambda connection: connection.execute(_CLEAR))
            self._write([ANEW, *records()])

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep everybody else from adding records for the time of a block.

        What is added within the block is kept when it ends, with whatever error.
        """
        with self._mutex:
            if self._depth == 0:
                self._tried(self._begin)
            self._depth += 1
            try:
                yield
            finally:
                try:
                    if self._depth == 1:
                        self._tried(_commit)
                finally:
                    self._depth -= 1

    def close(self) -> None:
        """Let go of the connection; the next use makes another one."""
        with self._mutex:
            connection, self._connection = self._connection, None
            if connection is not None:
                with suppress(*self._errors):
                    connection.close()

    def _marked(self) -> bytes | None:
        """Return what the table says of itself; one that is not there is made."""
        with self.locked():
            self._tried(lambda connection: _LOG.create(connection, checkfirst=True))
            if self._tried(lambda connection: connection.scalar(_MARKED)) is None:
                mark = {"id": 0, "body": _MARK}
                self._tried(lambda connection: connection.execute(insert(_LOG), mark))
            return self._tried(lambda connection: connection.scalar(_MARKED))

    def _begin(self, connection: Connection) -> None:
        for statement in self._kind.lock:
            connection.exec_driver_sql(statement)

    def _read(self, connection: Connection) -> Sequence[bytes]:
        version = _answer(connection, self._kind.version)
        if version is not None and version == self._version:
            return ()
        rows = connection.execute(_UNREAD, {"seen": self._seen}).all()
        anew = [ANEW] if self._is_anew else []
        self._version, self._is_anew = version, False
        if rows:
            self._seen = rows[-1].id
        return [*anew, *(row.body for row in rows)]

    def _write(self, records: Sequence[bytes]) -> None:
        rows = [{"body": record} for record in records]
        self._tried(lambda connection: connection.execute(insert(_LOG), rows))
        self._version = None

    def _tried(self, work: Callable[[Connection], T], *, again: bool = True) -> T:
        """Return what `work` returns, on a new connection if the old one turns out to be lost.

        Within a transaction that is too late. Raises StateError for what the database refuses.
        """
        try:
            return work(self._connected())
        except self._errors as error:
            self._fail()
            is_lost = isinstance(error, DBAPIError) and error.connection_invalidated
            if is_lost and again and self._depth == 0:
                return self._tried(work, again=False)
            raise StateError(_told(error, self._place)) from error

    def _connected(self) -> Connection:
        if self._connection is None:
            if self._depth:
                raise StateError("the connection was lost while something was being written")
            self._version = None
            self._connection = self._engine.connect()
            for statement in self._kind.settings:
                self._connection.exec_driver_sql(statement)
        return self._connection

    def _fail(self) -> None:
        """Leave the connection; what was read of a transaction that has failed was never there."""
        self.close()
        if self._depth:
            self._seen, self._is_anew = 0, True


def _commit(connection: Connection) -> None:
    connection.exec_driver_sql("COMMIT")


def _answer(connection: Connection, query: str) -> object:
    """Return the row that answers a query, asked of the driver: this stands before each request."""
    raw = connection.connection.driver_connection
    return raw.execute(query).fetchone() if query and raw else None


def _place(url: str) -> URL:
    """Return the place that a URL names. Raises StartError, with the URLs that are known."""
    try:
        place = make_url(url)
    except (ArgumentError, ValueError):  # their words may hold the password
        raise StartError(f"this is no URL of a database; known are {_KNOWN}") from None
    kind = _KINDS.get(place.drivername)
    if kind is None:
        raise StartError(f"{place.drivername} is no database for state; known are {_KNOWN}")
    if kind is _SQLITE and place.database in (None, "", ":memory:"):
        raise StartError(f"{_shown(place)} names no file; known are {_KNOWN}")
    return place


def _engine(place: URL, kind: _Kind) -> Engine:
    given = {name: value for name, value in kind.arguments.items() if name not in place.query}
    try:
        return create_engine(
            place.set(drivername=kind.driver),
            connect_args=given,
            isolation_level="AUTOCOMMIT",  # transactions begin and end where it is said here
            poolclass=NullPool,
        )
    except ModuleNotFoundError as error:
        raise StartError(f"{_shown(place)} needs {error.name}: {kind.install}") from error


def _shown(place: URL) -> str:
    """Return a URL without the password, which may stand in the query, too."""
    return place.set(query={}).render_as_string(hide_password=True)


def _told(error: Exception, place: URL) -> str:
    """Return what a driver says of an error, in one line, without the password."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    told = " ".join(str(cause).split())
    for secret in (place.password, place.query.get("password")):
        told = told.replace(str(secret), "***") if secret else told
    return told
