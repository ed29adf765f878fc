import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.respond.fitting import PatchError, difference, fitted, merged, patched

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=3), JSON, max_size=4)


@given(value=JSON, patch=JSON)
def test_a_merge_patch_applied_twice_is_applied_once(value: object, patch: object) -> None:
    once = merged(value, patch)

    assert merged(once, patch) == once


@pytest.mark.parametrize(
    ("value", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], {"a": "b"}, {"a": "b"}),
    ],
)
def test_merge_patches_do_what_rfc_7386_says(value: object, patch: object, result: object) -> None:
    assert merged(value, patch) == result


@pytest.mark.parametrize(
    ("steps", "result"),
    [
        ([{"op": "add", "path": "/b", "value": 1}], {"a": [1, 2], "b": 1}),
        ([{"op": "add", "path": "/a/1", "value": 9}], {"a": [1, 9, 2]}),
        ([{"op": "add", "path": "/a/-", "value": 9}], {"a": [1, 2, 9]}),
        ([{"op": "remove", "path": "/a/0"}], {"a": [2]}),
        ([{"op": "replace", "path": "/a", "value": 3}], {"a": 3}),
        ([{"op": "move", "from": "/a", "path": "/b"}], {"b": [1, 2]}),
        ([{"op": "copy", "from": "/a/0", "path": "/b"}], {"a": [1, 2], "b": 1}),
        ([{"op": "test", "path": "/a/0", "value": 1}], {"a": [1, 2]}),
    ],
)
def test_json_patches_do_what_rfc_6902_says(steps: list[object], result: object) -> None:
    value = {"a": [1, 2]}

    assert patched(value, steps) == result
    assert value == {"a": [1, 2]}


@pytest.mark.parametrize(
    "step",
    [
        {"op": "test", "path": "/a/0", "value": 2},
        {"op": "replace", "path": "/none", "value": 2},
        {"op": "remove", "path": "/none"},
        {"op": "add", "path": "/a/7", "value": 1},
        {"op": "copy", "from": "/none", "path": "/b"},
        {"op": "fly", "path": "/a"},
        "no step",
    ],
)
def test_a_json_patch_that_does_not_fit_is_refused(step: object) -> None:
    with pytest.raises(PatchError, match="cannot be applied"):
        patched({"a": [1, 2]}, [step])


@given(before=OBJECTS, after=OBJECTS)
def test_the_difference_leads_from_one_object_to_the_other(
    before: dict[str, object], after: dict[str, object]
) -> None:
    assert fitted(before, [difference(before, after)], lambda _value: True) == after


def test_of_what_is_wanted_only_what_is_accepted_comes_in() -> None:
    wanted = [{"a": 1}, {"b": 2}, {"c": 3, "d": 4}]

    found = fitted({}, wanted, lambda value: "b" not in value and "d" not in value)

    assert found == {"a": 1, "c": 3}
