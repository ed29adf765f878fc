"""Ways in which the board breaks its promises."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.checks.exchanges import note, reply
from tests.checks.laws.board import Board, Twist

from understudy.codec import dumps, loads
from understudy.exchange import Reply, Sent


def on(method: str, target: str, change: Callable[[Any], Any]) -> Twist:
    """Return what changes the bodies of some replies: `change` returns a value, or edits it."""

    def twist(_board: Board, sent: Sent, answer: Reply) -> Reply:
        if sent.method != method or not re.search(target, sent.target) or answer.status >= 300:
            return answer
        value = loads(answer.body)
        made = change(value)
        return replace(answer, body=dumps(value if made is None else made))

    return twist


def instead(method: str, target: str, other: Reply, *, who: str = "") -> Twist:
    """Return what answers some requests otherwise."""

    def twist(_board: Board, sent: Sent, answer: Reply) -> Reply:
        asked = sent.method == method and re.search(target, sent.target)
        return other if asked and who in sent.header("authorization") else answer

    return twist


def doing(method: str, target: str, act: Callable[[Board], object]) -> Twist:
    """Return what does something to the board at some requests."""

    def twist(board: Board, sent: Sent, answer: Reply) -> Reply:
        if sent.method == method and re.search(target, sent.target):
            act(board)
        return answer

    return twist


def forgetting(board: Board) -> None:
    board.notes = [one for one in board.notes if one["id"] != 1]


def odd_times_backwards(board: Board, sent: Sent, answer: Reply) -> Reply:
    backwards = on("GET", "notes$", lambda value: value["items"].reverse())
    return backwards(board, sent, answer) if len(board.asked) % 2 else answer


def counting(board: Board, sent: Sent, answer: Reply) -> Reply:
    return on("GET", r"notes/\d", lambda value: {**value, "seen": len(board.asked)})(
        board, sent, answer
    )


def one_id_for_all(board: Board, sent: Sent, answer: Reply) -> Reply:
    if sent.method != "POST":
        return answer
    board.notes[-1] = note(200, title="Salt")
    return reply(201, board.notes[-1], (("Location", "/owners/1/notes/200"),))


def elsewhere(_board: Board, sent: Sent, answer: Reply) -> Reply:
    if sent.method != "POST":
        return answer
    return replace(answer, headers=(("Location", "/owners/1/notes/7"),))
