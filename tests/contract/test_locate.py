from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from understudy import load_contract
from understudy.contract import pointers
from understudy.contract.locate import locate
from understudy.contract.pointers import MISSING
from understudy.types import Json

HERE = Path(__file__).parents[1]
DOCUMENTS = {
    str(name): load_contract(name).document.data
    for name in (
        "cattix",
        "sitegpt",
        "thena",
        HERE / "implementations" / "forum.yaml",
        HERE / "implementations" / "desk.yaml",
        *sorted((HERE / "specs").glob("*.yaml")),
    )
}
NAMES = ["id", "messages", "metadata", "0", "*", "title", "", "~", "/"]


def schemas(document: Json) -> list[str]:
    """Return the pointers of the named schemas of a document."""
    named = pointers.follow(document, ("components", "schemas"))
    return [pointers.join("/components/schemas", name) for name in named or ()]


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(deadline=None)
@given(data=st.data())
def test_every_way_leads_to_something_that_exists(data: st.DataObject, name: str) -> None:
    document = DOCUMENTS[name]
    start = data.draw(st.sampled_from(schemas(document)))
    tokens = data.draw(st.lists(st.sampled_from(NAMES) | st.integers(0, 3) | st.text()))

    assert pointers.follow(document, pointers.split(locate(document, start, tokens))) is not MISSING


TREE: Json = {
    "Node": {
        "type": "object",
        "properties": {"left": {"$ref": "#/Node"}, "kind": {"type": "string"}},
    },
    "Named": {"allOf": [{"$ref": "#/Node"}, {"properties": {"name": {"type": "string"}}}]},
    "Many": {"type": "array", "items": {"oneOf": [{"$ref": "#/Named"}]}},
    "Self": {"$ref": "#/Self"},
    "Lost": {"$ref": "#/Nowhere"},
    "Both": {"allOf": [{"$ref": "#/Both"}]},
}


@pytest.mark.parametrize(
    ("start", "tokens", "place"),
    [
        ("/Node", (), "/Node"),
        ("/Node", ("kind",), "/Node/properties/kind"),
        ("/Node", ("left", "left", "kind"), "/Node/properties/kind"),
        ("/Named", ("kind",), "/Node/properties/kind"),
        ("/Named", ("name",), "/Named/allOf/1/properties/name"),
        ("/Many", (3, "name"), "/Named/allOf/1/properties/name"),
        ("/Many", ("*", "left"), "/Node"),
        ("/Node", ("unknown", "kind"), "/Node"),
        ("/Lost", ("kind",), "/Lost"),
        ("/Self", ("kind",), "/Self"),
        ("/Both", ("kind",), "/Both"),
    ],
)
def test_a_member_is_found_behind_references_and_in_combined_schemas(
    start: str, tokens: tuple[str | int, ...], place: str
) -> None:
    assert locate(TREE, start, tokens) == place


@settings(deadline=None)
@given(st.lists(st.sampled_from(["left", "kind", "name", "0", "*"])), st.sampled_from([*TREE]))
@example(["left"] * 50, "Node")
def test_it_ends_wherever_references_lead(tokens: list[str], name: str) -> None:
    found = locate(TREE, f"/{name}", tokens)

    assert pointers.follow(TREE, pointers.split(found)) is not MISSING
