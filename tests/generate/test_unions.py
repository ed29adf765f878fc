"""Unions of many open objects beside what is said of all their members."""

from pathlib import Path
from time import process_time

from understudy.contract.load import load_contract
from understudy.contract.validate import Validator
from understudy.generate.world import World
from understudy.types import JsonObject

WORLD = World(load_contract(Path(__file__).parents[1] / "specs" / "shapes.yaml"))
TEXT: JsonObject = {"type": "string"}


def wide(branches: int) -> JsonObject:
    """Return a union of objects, each with twenty texts and a member of few values."""
    return {
        "type": "object",
        "minProperties": 1,
        "anyOf": [
            {
                "type": "object",
                "properties": {
                    **{f"part{n}.text{i}": {**TEXT, "title": f"{i}"} for i in range(20)},
                    f"part{n}.kind": {"enum": ["near", "far"]},
                },
            }
            for n in range(branches)
        ],
        "additionalProperties": TEXT,
    }


def test_many_open_branches_are_made_in_little_time() -> None:
    schema = {"type": "object", "required": ["data"], "properties": {"data": wide(15)}}
    validator, before = Validator(schema), process_time()

    values = [WORLD.value(schema, index) for index in range(20)]

    assert process_time() - before < 1
    assert [value for value in values if not validator.accepts(value)] == []


def test_members_that_only_branches_name_have_those_names() -> None:
    schema = {key: value for key, value in wide(3).items() if key != "minProperties"}

    names = {name for index in range(20) for name in WORLD.value(schema, index)}

    assert names
    assert [name for name in names if not name.startswith("part")] == []
