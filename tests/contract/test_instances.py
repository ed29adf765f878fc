from hypothesis import given
from hypothesis import strategies as st

from understudy.contract.instances import instances
from understudy.types import Json


def to(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


BASE: Json = {"properties": {"next": {"anyOf": [to("Base"), to("Leaf")]}}}
SCHEMAS: dict[str, Json] = {
    "Base": BASE,
    "Leaf": {"allOf": [to("Base"), {"properties": BASE["properties"]}]},
}


def test_a_value_is_an_instance_of_a_schema_once_however_many_ways_lead_to_it() -> None:
    deep: Json = {}
    for _ in range(200):
        deep = {"next": deep}

    found = instances(deep, to("Leaf"), SCHEMAS)

    assert {name: len(nodes) for name, nodes in found.items()} == {"Base": 201, "Leaf": 201}
    assert [one.pointer() for one in found["Base"][:3]] == ["", "/next", "/next/next"]


@given(st.lists(st.sampled_from([{}, {"next": {}}, {"next": None}, {"other": {}}, 7, None])))
def test_each_item_is_an_instance_whatever_the_others_are(items: list[Json]) -> None:
    alone = [instances(item, to("Leaf"), SCHEMAS) for item in items]

    found = instances(items, {"items": to("Leaf")}, SCHEMAS)

    for name in ("Base", "Leaf"):
        nodes = [node.value for one in alone for node in one.get(name, [])]
        assert [node.value for node in found.get(name, [])] == nodes
