"""An API of the notes contract as a value in memory, which keeps every promise unless twisted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from tests.checks.exchanges import CREDENTIALS, NOTES, PAGED, RULES, at, note, reply

from understudy.checks.credentials import Shown
from understudy.checks.laws.asking import Member, Scene
from understudy.contract.wire.writing import Arguments
from understudy.exchange import Exchange, Reply, Request, Sent
from understudy.probe.api import Api

Twist: TypeAlias = Callable[["Board", Sent, Reply], Reply]
"""Makes another reply of what the board would answer; it may change the board as well."""

OWNED: Arguments = {("path", "owner_id"): 1}
COLOURS = ("red", "blue", "red")


class Board:
    """Answers by hand what the contract promises. Stands where the client of a run stands."""

    base = "http://notes.test"

    def __init__(self, twist: Twist = lambda _board, _sent, answer: answer) -> None:
        self.notes = [
            note(number, colour=COLOURS[number % 3], marks={"b": 1}) for number in range(1, 8)
        ]
        self.notes += [note(number, owner_id=2) for number in (11, 12)]
        self.day = 20
        self.asked: list[Sent] = []
        self._twist = twist

    def send(self, sent: Sent) -> Exchange:
        self.asked.append(sent)
        return Exchange(sent, self._twist(self, sent, self._answer(sent)))

    def _answer(self, sent: Sent) -> Reply:
        method = "GET" if sent.method == "HEAD" else sent.method
        case = RULES.case(Exchange(replace(sent, method=method), Reply(0)))
        if case.operation is None or case.understood is None:
            return reply(404 if case.route is None else 405)
        if case.shown is not Shown.GOOD:
            return reply(401)
        if case.understood.invalid:
            return reply(400)
        if CREDENTIALS.second["token"] == sent.header("authorization"):
            return reply(404)
        answer = getattr(self, case.operation.id)(case.understood.request)
        return replace(answer, body=b"") if sent.method == "HEAD" else answer

    def of(self, request: Request) -> list[dict[str, Any]]:
        """Return the notes of an owner, the newest first."""
        owned = [one for one in self.notes if one["owner_id"] == request.path["owner_id"]]
        return sorted(owned, key=lambda one: str(one["created_at"]), reverse=True)

    def one(self, request: Request) -> dict[str, Any] | None:
        wanted = request.path["note_id"]
        return next((one for one in self.of(request) if one["id"] == wanted), None)

    def listNotes(self, request: Request) -> Reply:  # noqa: N802 - the name of the operation
        if not self.of(request):
            return reply(404)
        colour = request.query.get("colour")
        kept = [one for one in self.of(request) if colour in (None, one["colour"])]
        limit, offset = request.query["limit"], request.query["offset"]
        counts = {"total": len(kept), "limit": limit, "offset": offset}
        return reply(200, {"items": kept[offset : offset + limit], **counts}, PAGED)

    def getNote(self, request: Request) -> Reply:  # noqa: N802
        found = self.one(request)
        return reply(200, found) if found else reply(404)

    def createNote(self, request: Request) -> Reply:  # noqa: N802
        number, self.day = 90 + self.day, self.day + 1
        owner, now = request.path["owner_id"], at(self.day)
        made = note(number, owner_id=owner, created_at=now, updated_at=now, **request.body)
        self.notes.append(made)
        return reply(201, made, (("Location", f"/owners/{owner}/notes/{number}"),))

    def changeNote(self, request: Request) -> Reply:  # noqa: N802
        found = self.one(request)
        if found is None:
            return reply(404)
        self.day += 1
        found |= {**request.body, "updated_at": at(self.day)}
        return reply(200, found)

    def deleteNote(self, request: Request) -> Reply:  # noqa: N802
        found = self.one(request)
        if found is None:
            return reply(404)
        self.notes.remove(found)
        return reply(204)

    def listLabels(self, request: Request) -> Reply:  # noqa: N802
        size, start = request.query["page_size"], request.query["page"] - 1
        found = [{"id": number} for number in range(8)][start * size :][:size]
        return reply(200, {"data": found, "pagination": {"total": 8, "pages": -(-8 // size)}})

    def listEvents(self, request: Request) -> Reply:  # noqa: N802
        start, limit = int(request.query.get("cursor", 0)), request.query["limit"]
        following = str(start + limit) if start + limit < 8 else None
        found = [{"id": number} for number in range(8)][start : start + limit]
        return reply(200, {"items": found, "next_cursor": following})


def api(board: Board) -> Api:
    """Return what asks the board."""
    return Api(RULES, board)  # type: ignore[arg-type]


def scene(asker: Api) -> Scene:
    """Return the notes of owner 1 with the operations on them."""
    known, operations = RULES.meaning, NOTES.operations
    listing, reading = known.listing(operations["listNotes"]), known.reading(operations["getNote"])
    found = Scene(listing, OWNED, reading, known.writing(operations["createNote"]))
    case = asker.ask(operations["listNotes"], {**OWNED, ("query", "limit"): 5})
    found.members = [Member(value, OWNED, case) for value in case.value["items"]]
    return found
