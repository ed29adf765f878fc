from hypothesis import given
from hypothesis import strategies as st

from understudy.contract.canonical import canonical
from understudy.types import Json

TYPES = st.sampled_from(["array", "boolean", "integer", "null", "object", "string"])
THING: Json = {"$ref": "#/components/schemas/Thing"}


@given(st.lists(TYPES, min_size=1, max_size=6))
def test_a_reference_means_what_it_does_in_its_own_contract(types: list[str]) -> None:
    contracts: list[dict[str, Json]] = [{"Thing": {"type": kind}} for kind in types]

    found = [canonical({"allOf": [THING, {}]}, schemas) for schemas in contracts * 2]

    assert found == [canonical({"type": kind}) for kind in types * 2]


def test_what_was_asked_before_is_remembered() -> None:
    schemas: dict[str, Json] = {"Thing": {"type": "object"}}

    assert canonical(dict(THING), schemas) is canonical(dict(THING), schemas)
