from pathlib import Path

import pytest

from understudy.contract.load import load_contract
from understudy.errors import GenerationError
from understudy.generate import entities
from understudy.generate.world import World
from understudy.types import Json

SHAPES = load_contract(Path(__file__).parents[1] / "specs" / "shapes.yaml")
SCHEMA: Json = {
    "type": "object",
    "required": ["name", "size"],
    "properties": {"name": {"type": "string"}, "size": {"type": "integer"}},
}


def test_what_is_given_stays() -> None:
    made = World(SHAPES).entities({}).make(SCHEMA, {"name": "a"}, "one")

    assert made == {"name": "a", "size": made["size"]}


@pytest.mark.parametrize("other", [{"type": "array"}, {"properties": {"size": {"minimum": 1}}}])
def test_of_a_union_the_object_is_made(other: Json) -> None:
    found = World(SHAPES).entities({})

    made = [found.make({"oneOf": [SCHEMA, other]}, {}, index) for index in range(20)]

    assert all(isinstance(one, dict) for one in made)


def test_what_is_given_and_wrong_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Json] = []
    found = World(SHAPES).entities({})

    def draw(*_: object) -> Json:
        drawn.append({"name": 7, "size": 1})
        return drawn[-1]

    monkeypatch.setattr(entities.Entities, "_drawn", draw)
    with pytest.raises(GenerationError):
        found.make(SCHEMA, {"name": 7}, "one")

    assert len(drawn) == 1
