import pytest

from understudy.contract import pointers
from understudy.contract.expressions import parse_relative
from understudy.contract.instances import instances, relative_leads_somewhere
from understudy.contract.schemas import leads_somewhere, members, named, reachable, resolve
from understudy.types import Json

REF = "#/components/schemas/"
SCHEMAS: dict[str, Json] = {
    "Tree": {
        "properties": {
            "name": {"type": "string"},
            "children": {"type": "array", "items": {"$ref": f"{REF}Tree"}},
            "owner": {"$ref": f"{REF}Owner"},
        }
    },
    "Owner": {"allOf": [{"$ref": f"{REF}Named"}, {"properties": {"age": {"type": "integer"}}}]},
    "Named": {"properties": {"name": {"type": "string"}}},
    "Alias": {"$ref": f"{REF}Named"},
    "Circle": {"$ref": f"{REF}Circle"},
    "Map": {"additionalProperties": {"$ref": f"{REF}Named"}},
    "Forest": {"type": "array", "items": {"$ref": f"{REF}Tree"}},
}


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ({"$ref": f"{REF}Tree"}, "Tree"),
        ({"$ref": "#/components/responses/Tree"}, ""),
        ({"type": "object"}, ""),
        (True, ""),
    ],
)
def test_only_a_reference_to_a_component_schema_has_a_name(schema: Json, name: str) -> None:
    assert named(schema) == name


@pytest.mark.parametrize(
    ("schema", "resolved"),
    [
        ({"$ref": f"{REF}Alias"}, SCHEMAS["Named"]),
        ({"$ref": f"{REF}Nobody"}, {}),
        ({"$ref": f"{REF}Circle"}, {"$ref": f"{REF}Circle"}),
        ({"type": "null"}, {"type": "null"}),
        (True, {}),
    ],
)
def test_references_are_followed_to_the_end(schema: Json, resolved: Json) -> None:
    assert resolve(schema, SCHEMAS) == resolved


def test_members_are_found_in_everything_a_schema_combines() -> None:
    found = list(members({"$ref": f"{REF}Owner"}, "name", SCHEMAS))

    assert found == [{"type": "string"}]


@pytest.mark.parametrize(
    ("name", "pointer", "leads"),
    [
        ("Tree", "", True),
        ("Tree", "/name", True),
        ("Tree", "/children/*/children/0/owner/age", True),
        ("Tree", "/children/name", False),
        ("Tree", "/title", False),
        ("Tree", "/owner/name", True),
        ("Map", "/anything/name", True),
        ("Map", "/anything/age", False),
        ("Forest", "/*/name", True),
        ("Forest", "/name", False),
    ],
)
def test_a_pointer_leads_somewhere_if_the_schema_promises_it(
    name: str,
    pointer: str,
    leads: bool,  # noqa: FBT001
) -> None:
    assert leads_somewhere(SCHEMAS[name], pointers.split(pointer), SCHEMAS) == leads


@pytest.mark.parametrize(
    ("name", "where", "leads"),
    [
        ("Owner", "/age", True),
        ("Owner", "1/name", True),
        ("Owner", "1/age", False),
        ("Tree", "2/name", True),
        ("Tree", "0-1/name", True),
        ("Tree", "1/*/name", True),
        ("Owner", "3/owner/age", True),
        ("Named", "1/children", True),
        ("Forest", "1/name", False),
    ],
)
def test_a_relative_pointer_climbs_through_every_place_a_schema_is_used(
    name: str,
    where: str,
    leads: bool,  # noqa: FBT001
) -> None:
    parsed = parse_relative(where)

    assert parsed is not None
    assert relative_leads_somewhere(name, parsed, SCHEMAS) == leads


def test_instances_are_found_in_document_order_with_their_pointers() -> None:
    value = {
        "name": "root",
        "owner": {"name": "ann", "age": 5},
        "children": [{"name": "a", "children": [{"name": "a/1"}]}, {"name": "b", "owner": None}],
    }

    found = instances(value, {"$ref": f"{REF}Tree"}, SCHEMAS)

    assert {name: [n.pointer() for n in nodes] for name, nodes in found.items()} == {
        "Tree": ["", "/children/0", "/children/0/children/0", "/children/1"],
        "Owner": ["/owner"],
        "Named": ["/owner"],
    }


def test_what_is_reachable_is_what_references_lead_to_however_far() -> None:
    schemas: dict[str, Json] = {
        "A": {"items": {"$ref": "#/components/schemas/B/properties/x"}},
        "B": {"properties": {"x": {"$ref": "#/components/schemas/A"}}},
        "C": {"$ref": "#/components/schemas/A"},
    }

    found = reachable({"anyOf": [{"$ref": "#/components/schemas/A"}]}, schemas)

    assert found == {"A": schemas["A"], "B": schemas["B"]}
