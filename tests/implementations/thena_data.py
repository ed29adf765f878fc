"""The threads of two agents, as tables and arithmetic: no chance, and no clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any, TypeAlias
from uuid import UUID, uuid5

Object: TypeAlias = dict[str, Any]

AGENT = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
OTHER_AGENT = "b1d7e0aa-52f6-4d0f-9b57-0c3a3a1f6e48"
THREAD = AGENT
"""The thread of the contract's example has the same id as its agent."""

_NAMESPACE = UUID("d4a6d2a5-0b0f-5f8e-8a7d-6f1c0f3f9a20")
_TALK: Sequence[tuple[str, str, str]] = (
    (
        "Export to CSV stuck",
        "My export to CSV has been stuck at 80% since this morning.",
        "It waited for a field that was deleted. I started it again without that field.",
    ),
    (
        "Webhook not firing",
        "Our webhook for new tickets does not fire, while the one for comments does.",
        "The one for new tickets was paused after ten failures in a row & is on again.",
    ),
    (
        "API rate limit question",
        "How many requests a minute does the API allow?",
        "It allows 100 requests a minute for each key; every answer tells how many are left.",
    ),
    (
        "Login fails after a new domain",
        "Nobody here can log in since our company has a new domain.",
        "The new domain was not verified yet. Please add the record that I sent to your DNS.",
    ),
    (
        "Agents cannot see a view",
        'Two of our agents cannot see the view "Waiting > 3 days".',
        "The view is shared with one team only, and they are in another one.",
    ),
)


def threads_of(agent: str, count: int, hours: int) -> list[Object]:
    """Return the threads of an agent, the oldest first."""
    return [_thread(agent, number, hours * number) for number in range(count)]


def _thread(agent: str, number: int, hours: int) -> Object:
    own = THREAD if (agent, number) == (AGENT, 6) else _id("thread", agent, number)
    created = datetime(2026, 2, 2, 10, 15, tzinfo=UTC) + timedelta(hours=hours)
    thread: Object = {
        "id": own,
        "agent_id": agent,
        "user_id": None,
        "anon_user_id": _id("visitor", agent, number % 9),
        "organization_id": _id("organization", "", 0),
        "title": _TALK[number % 5][0],
        "metadata": {"locale": "en-GB", "page_url": "https://app.example.com/tickets"},
        "created_at": _at(created, 0),
        "updated_at": "",
        "messages": [],
    }
    for step in range(2 + number % 7):
        thread["messages"].append(_message(thread, number, step, created))
    thread["updated_at"] = max(_times(thread["messages"]))
    return thread


def _message(thread: Object, number: int, step: int, created: datetime) -> Object:
    asked = 300 * (step // 2)
    answers = step % 2 == 1
    content = _TALK[(number + step // 2) % 5][1 + answers]
    calls_tool = answers and (number + step) % 3 == 0
    message: Object = {
        "id": _id("message", thread["id"], step),
        "thread_id": thread["id"],
        "content": content,
        "content_html": f"<p>{escape(content)}</p>",
        "role": "assistant" if answers else "user",
        "tool_calls": [_tool_call(number, created, asked)] if calls_tool else [],
        "attachments": [],
        "metadata": {"model": "gpt-4o"} if answers else None,
        "created_at": _at(created, asked + 25 * answers),
        "feedback": None,
    }
    if answers and (number + step) % 4 == 0:
        message["feedback"] = _feedback(thread, message, number, _at(created, asked + 90))
    return message


def _tool_call(number: int, created: datetime, asked: int) -> Object:
    fails = number % 5 == 0
    return {
        "tool_name": "search_tickets",
        "arguments": {"query": _TALK[number % 5][0], "page": 1},
        "result": None if fails else {"found": 1, "hits": [{"ticketIdentifier": "SUP-4112"}]},
        "error": "TimeoutError: no answer in 10 s" if fails else None,
        "start_time": _at(created, asked + 3),
        "end_time": _at(created, asked + 14),
    }


def _feedback(thread: Object, answer: Object, number: int, at: str) -> Object:
    negative = number % 3 == 0
    return {
        "id": _id("feedback", answer["id"], 0),
        "human_message_id": thread["messages"][-1]["id"],
        "ai_message_id": answer["id"],
        "flow_execution_id": None,
        "user_id": thread["anon_user_id"],
        "organization_id": thread["organization_id"],
        "feedback_type": "negative" if negative else "positive",
        "issue_type": "incomplete" if negative else None,
        "comment": "Only half of an answer." if negative else None,
        "created_at": at,
        "updated_at": at,
    }


def _times(messages: Sequence[Object]) -> list[str]:
    given = [message["feedback"] for message in messages if message["feedback"]]
    return [one["created_at"] for one in (*messages, *given)]


def _at(start: datetime, seconds: int) -> str:
    return (start + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def _id(kind: str, owner: str, number: int) -> str:
    return str(uuid5(_NAMESPACE, f"{kind}/{owner}/{number}"))
