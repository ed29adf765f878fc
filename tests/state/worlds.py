"""Sessions as the tests open them."""

from datetime import UTC, datetime

from understudy.state.clock import Clock
from understudy.state.log import Log
from understudy.state.session import Session, Setting
from understudy.state.sessions import Sessions
from understudy.types import Json, JsonObject

SETTING = Setting(seed=1, clock=Clock.at(datetime(2026, 1, 15, 12, tzinfo=UTC)))


def sessions(
    log: Log | None = None, *, most: int = 100, forgets: bool = False, long: int = 1000
) -> Sessions:
    return Sessions(SETTING, log, most=most, forgets=forgets, long=long)


def add(session: Session, name: str, parent: Json = 1, *, contract: str = "cats") -> JsonObject:
    return session.add(contract, "cat", parent, lambda n: {"name": name, "ordinal": n})


def names(session: Session, parent: Json = 1, *, contract: str = "cats") -> list[str]:
    return [one["name"] for one in session.created(contract, "cat", parent)]
