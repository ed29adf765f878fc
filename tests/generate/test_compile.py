from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.contract.load import load_contract
from understudy.contract.validate import Validator
from understudy.errors import GenerationError
from understudy.generate.world import World
from understudy.types import Json

SHAPES = load_contract(Path(__file__).parents[1] / "specs" / "shapes.yaml")
WORLD = World(SHAPES)


def reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def refused(schema: Json, *, times: int) -> list[tuple[Json, str]]:
    """Return the values made of `schema` that do not validate, each with the reason."""
    validator = Validator(schema, SHAPES.schemas)
    made = [WORLD.value(schema, str(i)) for i in range(times)]
    return [(value, v.message) for value in made for v in validator.violations(value)]


@pytest.mark.parametrize("name", SHAPES.schemas)
def test_what_is_made_of_a_schema_validates(name: str) -> None:
    assert refused(reference(name), times=100) == []


def objects(members: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(
        {
            "type": st.just("object"),
            "properties": st.dictionaries(st.sampled_from("abc"), members, max_size=3),
            "required": st.lists(st.sampled_from("abcd"), unique=True),
        }
    )


def combined(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    arrays = st.fixed_dictionaries(
        {"type": st.just("array"), "items": inner}, optional={"minItems": st.integers(0, 3)}
    )
    return st.one_of(
        arrays,
        objects(inner),
        st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"allOf": st.lists(inner, min_size=1, max_size=1)}),
    )


BOUNDED = st.tuples(st.integers(-50, 50), st.integers(0, 50)).flatmap(
    lambda ends: st.fixed_dictionaries(
        {
            "type": st.sampled_from(["integer", "number"]),
            "minimum": st.just(ends[0]),
            "maximum": st.just(sum(ends)),
        }
    )
)
SMALL = st.recursive(st.sampled_from([reference(n) for n in SHAPES.schemas]) | BOUNDED, combined)


@settings(deadline=None, max_examples=150)
@given(SMALL)
def test_what_is_made_of_any_small_schema_validates(schema: Json) -> None:
    assert refused(schema, times=5) == []


@pytest.mark.parametrize("name", ["Tree", "Chain", "NullableChain", "Ping", "TreeOfUnions"])
def test_recursion_ends(name: str) -> None:
    assert max(depth(WORLD.value(reference(name), str(i))) for i in range(100)) < 20


def test_optional_properties_come_and_go() -> None:
    keys = {tuple(WORLD.value(reference("Object"), str(i))) for i in range(100)}

    assert keys == {
        ("id",),
        ("id", "name"),
        ("id", "at"),
        ("id", "name", "at"),
    }


def test_every_option_of_an_enum_and_every_branch_of_a_union_comes() -> None:
    enums = {WORLD.value(reference("EnumWithNull"), str(i)) for i in range(200)}
    unions = {type(WORLD.value(reference("One"), str(i))) for i in range(100)}

    assert (enums, unions) == ({"a", None}, {bool, str})


def test_a_set_that_cannot_be_filled_is_an_error() -> None:
    schema = {"type": "array", "uniqueItems": True, "minItems": 3, "items": {"type": "boolean"}}

    with pytest.raises(GenerationError, match="nothing satisfies this schema"):
        WORLD.value(schema, "set")


@pytest.mark.parametrize(
    "schema",
    [
        {"patternProperties": {"^a": {"type": "integer"}}, "additionalProperties": False},
        {"patternProperties": {"^a": {"type": "integer"}}, "propertyNames": {"enum": ["ab", "ac"]}},
    ],
)
def test_a_name_that_a_pattern_describes_is_not_taken_for_an_undescribed_one(schema: Json) -> None:
    assert refused({"type": "object", "minProperties": 1, **schema}, times=50) == []


@pytest.mark.parametrize("name", ["Animal", "Said"])
def test_of_a_union_beside_other_conditions_a_branch_is_followed(name: str) -> None:
    contract = load_contract(Path(__file__).parents[1] / "specs" / "unions.yaml")
    world, validator = World(contract), Validator(reference(name), contract.schemas)

    assert all(validator.accepts(world.value(reference(name), index)) for index in range(50))


def depth(value: Json) -> int:
    children = value.values() if isinstance(value, dict) else value
    return 1 + max(map(depth, children), default=0) if isinstance(value, dict | list) else 0


@pytest.mark.parametrize("name", ["cattix", "sitegpt", "thena"])
def test_every_component_can_be_made_on_its_own(name: str) -> None:
    contract = load_contract(name)
    world = World(contract)

    for schema in contract.schemas:
        for index in range(20):
            world.value({"$ref": f"#/components/schemas/{schema}"}, schema, index)


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"properties": {"a": {"type": "string"}}}, dict),
        ({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, dict),
        ({"items": {"type": "integer"}}, list),
        ({"pattern": "^a+$"}, str),
    ],
)
def test_a_schema_without_a_type_is_made_as_what_it_is_written_for(
    schema: Json, kind: type
) -> None:
    assert {type(WORLD.value(schema, turn)) for turn in range(30)} == {kind}


def test_distinct_items_that_are_not_needed_are_left_out() -> None:
    item = {"type": "object", "maxProperties": 0}
    schema = {"type": "array", "items": item, "uniqueItems": True}

    assert all(WORLD.value(schema, turn) in ([], [{}]) for turn in range(30))


def test_a_branch_of_texts_that_do_not_exist_is_never_taken() -> None:
    texts = {"type": "string", "pattern": "^ab?$", "minLength": 3}
    schema = {"allOf": [{"anyOf": [texts, {"const": "x"}]}, {"not": {"const": "y"}}]}

    assert {WORLD.value(schema, turn) for turn in range(30)} == {"x"}
    with pytest.raises(GenerationError):
        WORLD.value(texts, "none")


def test_an_optional_property_that_cannot_be_made_is_left_out() -> None:
    texts = {"type": "string", "pattern": "^ab?$", "minLength": 3}
    schema = {"type": "object", "properties": {"a": {"const": 1}, "b": texts}, "required": ["a"]}

    assert {len(WORLD.value(schema, turn)) for turn in range(30)} == {1}
