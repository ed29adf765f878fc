"""Branches of a oneOf that nothing but tags tells apart: what is made satisfies exactly one."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from understudy.contract.load import load_contract
from understudy.contract.model import Contract
from understudy.contract.validate import Validator
from understudy.errors import GenerationError
from understudy.generate.world import World
from understudy.types import Json, JsonObject

MEMBERS: tuple[JsonObject, ...] = (
    {"type": "integer"},
    {"type": "string"},
    {"type": "array", "items": {"type": "boolean"}},
    {"enum": ["low", "high"]},
)
OBJECTS = st.builds(
    lambda members, required: {
        "type": "object",
        "properties": {"kind": {"type": "string"}, **members},
        "required": required,
    },
    st.dictionaries(st.sampled_from("abc"), st.sampled_from(MEMBERS)),
    st.lists(st.sampled_from("ab"), unique=True),
)


def union(**branches: JsonObject) -> JsonObject:
    """Return a document with a union of these named schemas, which their tags tell apart."""
    options = [{"$ref": f"#/components/schemas/{name}"} for name in branches]
    device = {"oneOf": options, "discriminator": {"propertyName": "kind"}}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Device"}}}
    operation = {
        "operationId": "device",
        "requestBody": {"content": content},
        "responses": {"200": {"description": "a device", "content": content}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Devices", "version": "1"},
        "paths": {"/device": {"post": operation}},
        "components": {"schemas": {"Device": device, **branches}},
    }


def contract(folder: Path, document: JsonObject) -> Contract:
    """Return the contract of a document."""
    path = folder / "openapi.json"
    path.write_text(json.dumps(document))
    return load_contract(path)


def made(found: Contract, times: int) -> list[Json]:
    """Return what is made of the union, as often as something is found."""
    world, values = World(found, tolerant=True), []
    for index in range(times):
        with suppress(GenerationError):
            values.append(world.value({"$ref": "#/components/schemas/Device"}, index))
    return values


def plain(document: JsonObject) -> Draft202012Validator:
    """Return what validates the union as JSON Schema has it, without its discriminator."""
    device = {"$ref": "#/components/schemas/Device"}
    return Draft202012Validator({**device, "components": document["components"]})


LAMP: JsonObject = {
    "type": "object",
    "properties": {"kind": {"type": "string"}, "level": {"type": "integer"}},
}
HEATER: JsonObject = {
    "type": "object",
    "properties": {"kind": {"type": "string"}, "level": {"type": "string"}},
}


def test_optional_members_that_tell_branches_apart_are_made(tmp_path: Path) -> None:
    document = union(Lamp=LAMP, Heater=HEATER)

    values = made(contract(tmp_path, document), times=40)

    assert {value["kind"] for value in values} == {"Lamp", "Heater"}
    assert [value for value in values if not plain(document).is_valid(value)] == []
    assert len(values) == 40


def test_a_branch_that_likely_values_do_not_tell_apart_is_made_of_others(tmp_path: Path) -> None:
    wider: JsonObject = {"type": "object", "properties": {"kind": {"type": "string"}}}
    document = union(Lamp=LAMP, Device2=wider)

    values = made(contract(tmp_path, document), times=20)

    assert [value["kind"] for value in values] == ["Device2"] * 20
    assert [value for value in values if not plain(document).is_valid(value)] == []


def test_nothing_is_made_where_every_value_satisfies_two_branches(tmp_path: Path) -> None:
    found = contract(tmp_path, union(Lamp=LAMP, Other=LAMP))

    with pytest.raises(GenerationError, match="oneOf"):
        World(found).value({"$ref": "#/components/schemas/Device"})


def test_a_request_is_still_told_apart_by_its_tag_alone(tmp_path: Path) -> None:
    found = contract(tmp_path, union(Lamp=LAMP, Heater=HEATER))
    body = found.operations["device"].body
    assert body is not None

    validator = Validator(body.schemas["application/json"], found.schemas)

    assert validator.accepts({"kind": "Lamp"})
    assert not validator.accepts({"kind": "Lamp", "level": "high"})


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_tags_that_branches_say_themselves_cost_nothing(tmp_path: Path, version: str) -> None:
    own = {
        name: {**LAMP, "required": ["kind"], "properties": {"kind": {"enum": [name]}}}
        for name in ("Lamp", "Heater")
    }

    found = contract(tmp_path, {**union(**own), "openapi": version})

    assert "discriminator" not in found.schemas["Device"]


@settings(deadline=None, max_examples=60)
@given(first=OBJECTS, second=OBJECTS)
def test_what_is_made_satisfies_exactly_one_branch(
    tmp_path_factory: pytest.TempPathFactory, first: JsonObject, second: JsonObject
) -> None:
    document = union(First=first, Second=second)

    values = made(contract(tmp_path_factory.mktemp("union"), document), times=4)

    assert [value for value in values if not plain(document).is_valid(value)] == []
