"""Entries of a journal as tests make them."""

from collections.abc import Mapping, Sequence

from understudy.contract.load import load_contract
from understudy.server.control.reading import Reader, Served
from understudy.server.routing import Places
from understudy.state.journal import Entry

CATTIX = load_contract("cattix")
SERVED = Served("", CATTIX, Places(CATTIX, ""))


def reader(secret: Sequence[str] = ()) -> Reader:
    """Return what reads entries of a server of Cattix."""
    return Reader([SERVED], secret)


def entry(
    method: str,
    path: str,
    query: str = "",
    fields: Mapping[str, str] | None = None,
    body: bytes = b"",
    status: int = 200,
    reply_fields: Mapping[str, str] | None = None,
    reply: bytes = b"{}",
    session: str = "",
) -> Entry:
    """Return an entry of the first worker."""
    return Entry(
        1, 1, 0.0, 0.0, 0.01, session, "", method, path.encode(), query.encode(), _wire(fields),
        len(body), status, _wire(reply_fields or {"Content-Type": "application/json"}), len(reply),
        body=body, reply=reply,
    )  # fmt: skip


def _wire(fields: Mapping[str, str] | None) -> list[tuple[bytes, bytes]]:
    pairs = (fields or {}).items()
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in pairs]
