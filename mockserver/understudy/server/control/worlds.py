"""Sessions as the control API has them: their seeds, clocks, scenarios and state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from understudy.errors import FixtureError
from understudy.exchange import Reply
from understudy.server.control.desk import DONE, Asked, Desk, answer, refused
from understudy.state.clock import Clock
from understudy.state.session import Session
from understudy.types import Json, JsonObject

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_YEAR = 2200


def list_sessions(desk: Desk, _asked: Asked) -> Reply:
    """Return all sessions."""
    known = (desk.sessions.known(name) for name in ("", *desk.sessions.names()))
    return answer({"sessions": [_told(session) for session in known if session is not None]})


def read_session(desk: Desk, asked: Asked) -> Reply:
    """Return one session."""
    session = desk.sessions.known(_name(asked))
    return _unknown(asked) if session is None else _shown(session)


def remove_session(desk: Desk, asked: Asked) -> Reply:
    """Forget a session, and what it did."""
    name = _name(asked)
    if desk.sessions.known(name) is None:
        return _unknown(asked)
    desk.sessions.remove(name)
    desk.history.journal.clear(name)
    return DONE


def reset(desk: Desk, asked: Asked) -> Reply:
    """Let a session, or every one, become what it was when it began."""
    if asked.request.query.get("all"):
        desk.sessions.reset()
        desk.history.journal.clear()
        return DONE
    session = asked.session(desk)
    session.reset()
    desk.history.journal.clear(session.name)
    return DONE


def set_seed(desk: Desk, asked: Asked) -> Reply:
    """Show the world of another seed."""
    session = asked.session(desk)
    session.reseed(asked.body["seed"])
    return _shown(session)


def set_clock(desk: Desk, asked: Asked) -> Reply:
    """Set the clock, or put it into another mode, or both."""
    session = asked.session(desk)
    if "now" in asked.body:
        at = datetime.fromisoformat(asked.body["now"].upper())
        session.advance((Clock.at(at).instant - session.now) / 1_000_000)
    if "mode" in asked.body:
        session.put_clock(asked.body["mode"])
    return _shown(session)


def advance_clock(desk: Desk, asked: Asked) -> Reply:
    """Put the clock forward."""
    session, seconds = asked.session(desk), asked.body["seconds"]
    if _at(session.now).year + seconds / 31_536_000 > _LAST_YEAR:
        return refused(400, f"The clock does not go beyond {_LAST_YEAR}")
    session.advance(seconds)
    return _shown(session)


def list_scenarios(desk: Desk, asked: Asked) -> Reply:
    """Return the scenarios there are, and which are on."""
    on = asked.session(desk).scenarios
    told = [
        {
            "name": one.name,
            "contract": one.contract,
            "description": one.description,
            "on": one.name in on,
        }
        for one in desk.scenarios()
    ]
    return answer({"scenarios": told})


def switch_scenarios(desk: Desk, asked: Asked) -> Reply:
    """Let just these scenarios be on."""
    wanted, known = asked.body["scenarios"], {one.name for one in desk.scenarios()}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        there = ", ".join(sorted(known)) or "none"
        return refused(400, f"No scenario {', '.join(unknown)}; there are: {there}")
    session = asked.session(desk)
    session.switch(wanted)
    return _shown(session)


def read_state(desk: Desk, asked: Asked) -> Reply:
    """Return what clients created, changed and deleted."""
    return answer(asked.session(desk).store.document())


def export_state(desk: Desk, asked: Asked) -> Reply:
    """Return what resources hold, as sets of fixtures."""
    name = (("Content-Disposition", 'attachment; filename="fixtures.zip"'),)
    try:
        return Reply(200, desk.exported(asked.session(desk)), name, "application/zip")
    except FixtureError as error:
        return refused(409, str(error))


def replace_state(desk: Desk, asked: Asked) -> Reply:
    """Hold this state and no other."""
    return _hold(desk, asked, asked.body)


def patch_state(desk: Desk, asked: Asked) -> Reply:
    """Replace the collections that are named, and the tallies and states."""
    held, said = asked.session(desk).store.document(), asked.body
    collections = {_place(one): one for one in held["collections"]}
    collections |= {_place(one): one for one in said.get("collections", ())}
    patched = {
        "collections": [*collections.values()],
        "tallies": {**held["tallies"], **said.get("tallies", {})},
        "states": {**held["states"], **said.get("states", {})},
    }
    return _hold(desk, asked, patched)


def take_snapshot(desk: Desk, asked: Asked) -> Reply:
    """Keep everything as it is now."""
    session = asked.session(desk)
    session.snapshot(asked.body["name"])
    return _shown(session)


def roll_back(desk: Desk, asked: Asked) -> Reply:
    """Become what was kept."""
    session, name = asked.session(desk), asked.body["name"]
    try:
        session.rollback(name)
    except KeyError:
        kept = ", ".join(session.snapshots) or "none"
        return refused(404, f"There is no snapshot {name}; there are: {kept}")
    return _shown(session)


def _hold(desk: Desk, asked: Asked, document: JsonObject) -> Reply:
    """Put a state in the place of that of a session; one that breaks a contract is refused."""
    wrong = desk.holding.problems(document)
    if wrong:
        return refused(400, "; ".join(wrong))
    session = asked.session(desk)
    session.restore(document)
    return answer(session.store.document())


def _place(told: JsonObject) -> tuple[str, str, Json]:
    return told["contract"], told["resource"], told.get("parent", "")


def _name(asked: Asked) -> str:
    return str(asked.request.path["name"])


def _unknown(asked: Asked) -> Reply:
    return refused(404, f"There is no session {_name(asked)}")


def _shown(session: Session) -> Reply:
    return answer(_told(session))


def _told(session: Session) -> JsonObject:
    return {
        "name": session.name,
        "seed": session.seed,
        "clock": {"now": _at(session.now).isoformat(), "mode": session.setting.clock.mode},
        "scenarios": [*session.scenarios],
        "snapshots": [*session.snapshots],
    }


def _at(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
