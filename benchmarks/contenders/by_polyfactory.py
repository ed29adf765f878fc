"""Threads by polyfactory from pydantic models of the schema."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from polyfactory.factories.pydantic_factory import ModelFactory
from pydantic import AwareDatetime, BaseModel, Field
from race import race


class Feedback(BaseModel):
    """One reader's verdict."""

    user_id: UUID
    organization_id: UUID
    id: UUID | None
    human_message_id: UUID | None
    ai_message_id: UUID | None
    flow_execution_id: UUID | None
    feedback_type: str | None
    issue_type: str | None
    comment: str | None
    created_at: AwareDatetime | None
    updated_at: AwareDatetime | None


class Call(BaseModel):
    """One call of a tool."""

    tool_name: str
    arguments: dict[str, Any]
    start_time: AwareDatetime
    result: dict[str, Any] | None
    error: str | None
    end_time: AwareDatetime | None


class Message(BaseModel):
    """One message, with at most one call and one attachment."""

    thread_id: UUID
    content: str
    role: str
    id: UUID
    content_html: str | None
    tool_calls: Annotated[list[Call], Field(max_length=1)] | None
    attachments: Annotated[list[dict[str, Any]], Field(max_length=1)] | None
    metadata: dict[str, Any] | None
    created_at: AwareDatetime
    feedback: Feedback | None


class Thread(BaseModel):
    """One thread of about ten messages."""

    agent_id: UUID
    title: str
    id: UUID
    user_id: UUID | None
    anon_user_id: UUID | None
    organization_id: UUID | None
    metadata: dict[str, Any] | None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    messages: Annotated[list[Message], Field(min_length=8, max_length=12)]


class Factory(ModelFactory[Thread]):
    """Makes threads, each list as long as its field allows."""

    __model__ = Thread
    __randomize_collection_length__ = True
    __min_collection_length__ = 0
    __max_collection_length__ = 1


def lines(_folder: Path, _variant: str) -> Iterator[bytes]:
    while True:
        yield Factory.build().model_dump_json().encode()


race(lines)
