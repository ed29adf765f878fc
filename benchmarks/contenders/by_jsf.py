"""Threads by jsf from the JSON Schema."""

import json
from collections.abc import Iterator
from pathlib import Path

import orjson
from jsf import JSF
from race import race


def lines(folder: Path, _variant: str) -> Iterator[bytes]:
    made = JSF(json.loads((folder / "thread.schema.json").read_text("utf-8")))
    while True:
        yield orjson.dumps(made.generate())


race(lines)
