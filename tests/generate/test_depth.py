"""Schemas hundreds of levels deep, or a thousand members wide: made, or refused in words."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from understudy.contract.load import load_contract
from understudy.contract.validate import Validator
from understudy.errors import ContractError, GenerationError
from understudy.generate.world import World
from understudy.types import Json

LEAF: Json = {"type": "integer"}
ROOT: Json = {"$ref": "#/components/schemas/Root"}

LEVELS: dict[str, Callable[[Json], Json]] = {
    "objects": lambda inner: {"type": "object", "required": ["a"], "properties": {"a": inner}},
    "optional": lambda inner: {"type": "object", "properties": {"a": inner}},
    "arrays": lambda inner: {"type": "array", "minItems": 1, "maxItems": 1, "items": inner},
    "allOf": lambda inner: {"allOf": [inner, {"minimum": 1}]},
    "anyOf": lambda inner: {"anyOf": [inner, {"type": "string"}]},
    "oneOf": lambda inner: {"oneOf": [inner, {"const": "x"}]},
    "references": lambda inner: inner,
}
WIDE: dict[str, Json] = {
    "properties": {
        "type": "object",
        "required": [f"p{i}" for i in range(0, 1000, 2)],
        "properties": {f"p{i}": LEAF for i in range(1000)},
    },
    "anyOf": {"anyOf": [{"type": "object", "required": [f"p{i}"]} for i in range(100)]},
    "oneOf": {"oneOf": [{"type": "object", "required": [f"p{i}"]} for i in range(100)]},
}


def chained(level: Callable[[Json], Json], depth: int) -> dict[str, Json]:
    names = [*(f"C{i}" for i in range(1, depth)), "End"]
    links = {f"C{i}": level({"$ref": f"#/components/schemas/{n}"}) for i, n in enumerate(names)}
    return {"Root": {"$ref": "#/components/schemas/C0"}, **links, "End": LEAF}


def nested(level: Callable[[Json], Json], depth: int) -> dict[str, Json]:
    schema = LEAF
    for _ in range(depth):
        schema = level(schema)
    return {"Root": schema}


def made(folder: Path, schemas: dict[str, Json]) -> Json:
    """Return a valid value of the schema Root in a document with `schemas`."""
    content = {"application/json": {"schema": ROOT}}
    get = {"responses": {"200": {"description": "OK", "content": content}}}
    path = folder / "deep.json"
    document = {"openapi": "3.1.0", "info": {"title": "Deep", "version": "1"}}
    components = {"paths": {"/": {"get": get}}, "components": {"schemas": schemas}}
    path.write_text(json.dumps({**document, **components}), encoding="utf-8")
    contract = load_contract(path)
    value = World(contract).value(ROOT)
    assert Validator(ROOT, contract.schemas).accepts(value)
    return value


@pytest.mark.parametrize("level", LEVELS)
def test_chains_of_references_are_followed_to_their_end(tmp_path: Path, level: str) -> None:
    made(tmp_path, chained(LEVELS[level], 200))


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_nested_ninety_levels_deep_is_made(tmp_path: Path, level: str) -> None:
    made(tmp_path, nested(LEVELS[level], 90))


@pytest.mark.parametrize("level", sorted(LEVELS.keys() - {"references"}))
@pytest.mark.parametrize("depth", [200, 400])
def test_what_is_nested_deeper_than_documents_may_be_is_refused(
    tmp_path: Path, level: str, depth: int
) -> None:
    with pytest.raises(ContractError, match="nested"):
        made(tmp_path, nested(LEVELS[level], depth))


@pytest.mark.parametrize("wide", WIDE)
def test_what_is_wide_is_made(tmp_path: Path, wide: str) -> None:
    made(tmp_path, {"Root": WIDE[wide]})


def test_what_trials_do_not_find_is_told_with_its_place_and_their_number(tmp_path: Path) -> None:
    rare = {"type": "string", "format": "uuid", "pattern": "^[0]{8}-"}
    schemas = {"Root": {"type": "object", "required": ["a"], "properties": {"a": rare}}}

    with pytest.raises(GenerationError, match="Root/a: no value found in 100 tries: a format"):
        made(tmp_path, schemas)


def test_trials_within_trials_end(tmp_path: Path) -> None:
    schema: Json = {"type": "string", "format": "uuid", "pattern": "^0{8}-"}
    for _ in range(6):
        contained = {"contains": {"const": 1}, "minItems": 2}
        schema = {"type": "array", "prefixItems": [schema], **contained}

    with pytest.raises(GenerationError, match="Root: no value found in 100 tries: contains"):
        made(tmp_path, {"Root": schema})
