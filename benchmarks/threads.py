"""What `fixtures.py` has made: threads of Thena, of about ten messages each.

The conversations that come with the contract have six on average. The contract is copied, and
the copy's conversations are filled up with turns of the next ones, so that whoever makes threads
of it still keeps all relations. The others are given the same lengths.
"""

import shutil
from itertools import chain, islice
from pathlib import Path
from typing import Any

import orjson
import yaml

from understudy.contract.model import Contract

SHORTEST, LONGEST = 8, 12
NAME = "ChatThread"
PARTS = ("ChatMessage", "ToolCall", "MessageFeedback")


def write_contract(source: Path, folder: Path) -> None:
    """Copy a contract to a new folder, with longer conversations."""
    shutil.copytree(source, folder)
    vocabulary = folder / "vocabulary.yaml"
    tables = yaml.safe_load(vocabulary.read_text("utf-8"))
    tables["conversations"] = _longer(tables["conversations"])
    vocabulary.write_text(yaml.safe_dump(tables, allow_unicode=True, sort_keys=False), "utf-8")


def _longer(conversations: list[Any]) -> list[Any]:
    """Return conversations of 8 to 12 turns; roles alternate, as whole questions are taken."""
    lengths = range(SHORTEST, LONGEST + 1)
    return [
        {
            **one,
            "turns": _turns(conversations[at:] + conversations[:at], lengths[at % len(lengths)]),
        }
        for at, one in enumerate(conversations)
    ]


def _turns(conversations: list[Any], length: int) -> list[Any]:
    """Return turns of one conversation after the other, each up to its last answer."""
    answered = (one["turns"][: len(one["turns"]) // 2 * 2] for one in conversations)
    return list(islice(chain.from_iterable(answered), length))


def write_schema(contract: Contract, file: Path) -> None:
    """Write the schema of a thread for who reads JSON Schema, with every member required.

    As in our own threads, a message has seldom more than one call or attachment.
    """
    thread, *parts = (_alone(contract, name) for name in (NAME, *PARTS))
    definitions = dict(zip(PARTS, parts, strict=True))
    thread["properties"]["messages"] |= {"minItems": SHORTEST, "maxItems": LONGEST}
    for name in ("tool_calls", "attachments"):
        definitions["ChatMessage"]["properties"][name] |= {"minItems": 0, "maxItems": 1}
    file.write_bytes(orjson.dumps({**thread, "$defs": definitions}))


def _alone(contract: Contract, name: str) -> Any:
    text = orjson.dumps(contract.schemas[name]).replace(b"#/components/schemas/", b"#/$defs/")
    schema = orjson.loads(text)
    return {**schema, "required": list(schema["properties"])}
