"""What a sample of objects is worth: whether it is valid, ids agree and times are in order.

Validity is judged by jsonschema-rs with formats, and not by what made the objects.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import jsonschema_rs

from understudy.contract.model import Contract


@dataclass(frozen=True, slots=True)
class Quality:
    """The average number of messages, and shares of the sample.

    `labelled` is the share that breaks what its label says and nothing else, for objects that
    are wrong on purpose; then there are no shares but this and the valid one.
    """

    messages: float
    valid: float
    ids: float | None = None
    times: float | None = None
    labelled: float | None = None


class Judge:
    """Judges threads by the schema of a contract."""

    def __init__(self, contract: Contract, name: str) -> None:
        document = {
            "$ref": f"#/components/schemas/{name}",
            "components": {"schemas": dict(contract.schemas)},
        }
        self._validator = jsonschema_rs.Draft202012Validator(document, validate_formats=True)

    def threads(self, sample: Sequence[Any]) -> Quality:
        """Judge threads that are meant to be right."""
        return Quality(
            messages=_share([len(thread["messages"]) for thread in sample]),
            valid=_share([self._validator.is_valid(thread) for thread in sample]),
            ids=_share([_ids_agree(thread) for thread in sample]),
            times=_share([_in_order(thread) for thread in sample]),
        )

    def labelled(self, sample: Sequence[Any]) -> Quality:
        """Judge `{"data": ..., "label": ...}` that is wrong on purpose."""
        data = [row["data"] for row in sample]
        found = [one.get("messages") if isinstance(one, dict) else None for one in data]
        return Quality(
            messages=_share([len(messages) for messages in found if isinstance(messages, list)]),
            valid=_share([self._validator.is_valid(one) for one in data]),
            labelled=_share([self._breaks(row["data"], row["label"]) for row in sample]),
        )

    def _breaks(self, value: Any, label: Any) -> bool:
        """Tell whether a value breaks exactly the one keyword at the one place of its label."""
        errors = [
            (_pointer(error.instance_path), error.kind.name)
            for error in self._validator.iter_errors(value)
        ]
        return errors == [(label["pointer"], label["keyword"])]


def _share(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _pointer(path: Sequence[str | int]) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _ids_agree(thread: Any) -> bool:
    return all(message["thread_id"] == thread["id"] for message in thread["messages"])


def _in_order(thread: Any) -> bool:
    """Tell whether a thread's instants follow each other, and each call's start its end."""
    messages = thread["messages"]
    spoken = [message["created_at"] for message in messages]
    orders = [[thread["created_at"], *spoken, thread["updated_at"]], *_calls(messages)]
    return all(_sorted(order) for order in orders)


def _calls(messages: Any) -> Iterator[list[str]]:
    for message in messages:
        for call in message["tool_calls"] or ():
            yield [call["start_time"], call["end_time"] or call["start_time"]]


def _sorted(instants: Sequence[str]) -> bool:
    moments = [datetime.fromisoformat(instant) for instant in instants]
    aware = [moment if moment.tzinfo else moment.replace(tzinfo=UTC) for moment in moments]
    return all(earlier <= later for earlier, later in pairwise(aware))
