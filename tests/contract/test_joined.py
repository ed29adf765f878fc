from understudy.contract.joined import joined
from understudy.types import Json


def to(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


SCHEMAS: dict[str, Json] = {
    "Node": {"properties": {"next": to("Node")}, "required": ["next"]},
    "Leaf": {"allOf": [to("Node"), {"maxProperties": 3}]},
    "Circle": {"allOf": [to("Circle"), {"type": "object"}]},
}


def test_a_reference_that_stands_alone_stays() -> None:
    for schema in (to("Node"), {"anyOf": [to("Node"), {"type": "null"}]}, {"items": to("Node")}):
        assert joined(schema, SCHEMAS) == schema


def test_references_beside_other_conditions_are_written_out_in_one_list() -> None:
    schema = {"allOf": [to("Leaf"), {"minProperties": 1}]}

    assert joined(schema, SCHEMAS) == {
        "allOf": [SCHEMAS["Node"], {"maxProperties": 3}, {"minProperties": 1}]
    }


def test_branches_beside_other_conditions_are_written_out() -> None:
    assert joined({"type": "object", "oneOf": [to("Node")]}, SCHEMAS) == {
        "type": "object",
        "oneOf": [SCHEMAS["Node"]],
    }


def test_a_circle_ends() -> None:
    assert joined(SCHEMAS["Circle"], SCHEMAS) == {
        "allOf": [to("Circle"), {"type": "object"}, {"type": "object"}]
    }


def test_what_says_nothing_of_values_does_not_stand_beside_a_reference() -> None:
    schema = {"anyOf": [to("Node")], "x-order": 1, "nullable": True, "readOnly": True}

    assert joined(schema, SCHEMAS) == schema
