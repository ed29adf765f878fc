"""Threads by Faker, as a careful tester writes them by hand: a provider for each field.

What belongs together is kept together by hand: ids are repeated, and each instant is drawn after
the one that it follows.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from faker import Faker
from race import race

fake = Faker()
Made = dict[str, Any]


def lines(_folder: Path, _variant: str) -> Iterator[bytes]:
    while True:
        yield orjson.dumps(thread())


def thread() -> Made:
    id_, visitor, organization = fake.uuid4(), fake.uuid4(), fake.uuid4()
    created = fake.date_time_between("-1y").replace(microsecond=0)
    messages: list[Made] = []
    now = created
    for number in range(fake.random_int(8, 12)):
        if number % 2:
            message, now = answer(id_, messages[-1]["id"], visitor, organization, now)
        else:
            message, now = question(id_, now)
        messages.append(message)
    return {
        "agent_id": fake.uuid4(),
        "title": fake.sentence(nb_words=4),
        "id": id_,
        "user_id": None,
        "anon_user_id": visitor,
        "organization_id": organization,
        "metadata": {
            "page_url": fake.url(),
            "user_agent": fake.user_agent(),
            "locale": fake.locale(),
        },
        "created_at": text(created),
        "updated_at": text(now),
        "messages": messages,
    }


def question(thread_id: str, before: datetime) -> tuple[Made, datetime]:
    """Return a user's message, and its instant."""
    created = later(before)
    content = fake.sentence(nb_words=12)
    made = {
        "thread_id": thread_id,
        "content": content,
        "role": "user",
        "id": fake.uuid4(),
        "content_html": f"<p>{content}</p>",
        "tool_calls": [],
        "attachments": [{"file_name": fake.file_name()}] if fake.boolean(3) else [],
        "metadata": {},
        "created_at": text(created),
        "feedback": None,
    }
    return made, created


def answer(
    thread_id: str, asked: str, visitor: str, organization: str, before: datetime
) -> tuple[Made, datetime]:
    """Return an assistant's message, and the last instant in it."""
    calls, before = call(before) if fake.boolean(35) else ([], before)
    created = later(before)
    id_, content = fake.uuid4(), fake.paragraph(nb_sentences=5)
    given, last = None, created
    if fake.boolean(20):
        given, last = feedback(id_, asked, visitor, organization, created)
    made = {
        "thread_id": thread_id,
        "content": content,
        "role": "assistant",
        "id": id_,
        "content_html": f"<p>{content}</p>",
        "tool_calls": calls,
        "attachments": [],
        "metadata": {"model": fake.word(), "latency_ms": fake.random_int(400, 4200)},
        "created_at": text(created),
        "feedback": given,
    }
    return made, last


def call(before: datetime) -> tuple[list[Made], datetime]:
    """Return one call of a tool, in a list, and its end."""
    start = later(before)
    end = later(start)
    failed = fake.boolean(10)
    made = {
        "tool_name": fake.word(),
        "arguments": {"query": fake.sentence(nb_words=4), "limit": fake.random_int(1, 10)},
        "start_time": text(start),
        "result": None if failed else {"title": fake.sentence(nb_words=5), "slug": fake.slug()},
        "error": fake.sentence() if failed else None,
        "end_time": text(end),
    }
    return [made], end


def feedback(
    id_: str, asked: str, visitor: str, organization: str, before: datetime
) -> tuple[Made, datetime]:
    """Return a verdict on a pair of messages, and its instant."""
    created = later(before)
    negative = fake.boolean(25)
    made = {
        "user_id": visitor,
        "organization_id": organization,
        "id": fake.uuid4(),
        "human_message_id": asked,
        "ai_message_id": id_,
        "flow_execution_id": None,
        "feedback_type": "negative" if negative else "positive",
        "issue_type": fake.word() if negative else None,
        "comment": fake.sentence() if fake.boolean() else None,
        "created_at": text(created),
        "updated_at": text(created),
    }
    return made, created


def later(moment: datetime) -> datetime:
    made = fake.date_time_between(moment, moment + timedelta(minutes=2))
    return made.replace(microsecond=0)  # Faker takes none into account in `moment`


def text(moment: datetime) -> str:
    return moment.isoformat() + "Z"


race(lines)
