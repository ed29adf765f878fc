"""The conversations that a desk has at first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.implementations.common import instant, numbered_id
from tests.implementations.reading import Object

WORKSPACE = "ws_4k2m9q7t1xzc"
OTHER_WORKSPACE = "ws_b80h3w6n5rpe"
FOREIGN_WORKSPACE = "ws_000000000000"
CONVERSATION = "cnv_0a1b2c3d4e5f6071"
DELETABLE_CONVERSATION = "cnv_51d3c0ffee51d3c0"
SUBJECTS = ("Wrong size", "Parcel is late", "Change of address", "Missing manual", "Refund")


def first_conversations(workspace: str, count: int, hours: int) -> list[Object]:
    return [_conversation(workspace, number, hours * number) for number in range(count)]


def _conversation(workspace: str, number: int, hours: int) -> Object:
    fixed = {(WORKSPACE, 4): CONVERSATION, (WORKSPACE, 9): DELETABLE_CONVERSATION}
    own = fixed.get((workspace, number)) or numbered("cnv", workspace, number)
    created = datetime(2026, 1, 12, 7, 30, tzinfo=UTC) + timedelta(hours=hours)
    count = 47 if own == CONVERSATION else number % 6
    times = [instant(created + timedelta(minutes=11 * step)) for step in range(count + 1)]
    status = ("open", "pending", "closed", "closed")[number % 4]
    return {
        "id": own,
        "workspaceId": workspace,
        "subject": f"{SUBJECTS[number % 5]} ({number + 100})",
        "status": status,
        "priority": number % 5 + 1,
        "tags": ["delivery", "address", "urgent"][: number % 4],
        "createdAt": times[0],
        "updatedAt": times[-1],
        "closedAt": times[-1] if status == "closed" else None,
        "messages": [message(own, step, at) for step, at in enumerate(times[1:])],
    }


def message(conversation: str, step: int, at: str, text: str = "Is there any news?") -> Object:
    return {
        "id": numbered("msg", conversation, step),
        "conversationId": conversation,
        "from": "agent" if step % 2 else "customer",
        "text": text,
        "createdAt": at,
    }


def numbered(prefix: str, kind: str, number: int) -> str:
    return f"{prefix}_{numbered_id(f'{prefix}/{kind}', number).replace('-', '')[:16]}"
