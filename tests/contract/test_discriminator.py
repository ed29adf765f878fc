import pytest

from understudy.contract.discriminator import inherited, tagged
from understudy.types import Json, JsonObject

CAT = {"$ref": "#/components/schemas/Cat"}
DOG = {"$ref": "#/components/schemas/Dog"}
KIND: JsonObject = {"properties": {"kind": {"type": "string"}}}


def tag(schema: Json, *tags: str) -> Json:
    told = {"required": ["kind"], "properties": {"kind": {"enum": [*tags]}}}
    return {"allOf": [schema, told]}


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
@pytest.mark.parametrize(
    ("mapping", "tags"),
    [
        ({}, ["Cat"]),
        ({"mapping": {"feline": "#/components/schemas/Cat"}}, ["feline"]),
        ({"mapping": {"feline": "Cat", "lion": "Cat", "canine": "Dog"}}, ["feline", "lion"]),
    ],
)
def test_a_branch_gets_its_keys_of_the_mapping_or_its_name(
    keyword: str, mapping: JsonObject, tags: list[str]
) -> None:
    union = {keyword: [CAT], "discriminator": {"propertyName": "kind", **mapping}}

    assert tagged(union, {"Cat": KIND, "Dog": KIND}) == {keyword: [tag(CAT, *tags)]}


def test_branches_without_a_name_and_those_that_say_otherwise_stay_as_they_are() -> None:
    own = {"properties": {"kind": {"enum": ["tabby"]}}}
    nested = {"oneOf": [DOG], "discriminator": {"propertyName": "kind"}}
    union = [CAT, {"type": "null"}, {"$ref": "#/components/schemas/Nested"}]
    schema = {"oneOf": union, "discriminator": {"propertyName": "kind"}}

    assert tagged(schema, {"Cat": own, "Nested": nested, "Dog": KIND}) == {"oneOf": union}


def test_a_parent_stands_for_itself_and_its_children() -> None:
    pet = {**KIND, "discriminator": {"propertyName": "kind"}}
    cat = {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"required": ["lives"]}]}
    schemas = {"Pet": pet, "Cat": cat, "Other": {"type": "null"}}

    family = inherited(schemas)

    assert {name: tagged(one, family) for name, one in family.items()} == {
        "Pet": {"anyOf": [tag(KIND, "Pet"), CAT]},
        "Cat": tag({"allOf": [KIND, {"required": ["lives"]}]}, "Cat"),
        "Other": {"type": "null"},
    }


def test_a_parent_that_its_mapping_leaves_out_stands_for_its_children_alone() -> None:
    told = {"propertyName": "kind", "mapping": {"feline": "Cat"}}
    cat = {"allOf": [{"$ref": "#/components/schemas/Pet"}]}

    family = inherited({"Pet": {**KIND, "discriminator": told}, "Cat": cat})

    assert tagged(family["Pet"], family) == {"anyOf": [CAT]}
    assert tagged(family["Cat"], family) == tag({"allOf": [KIND]}, "feline")
