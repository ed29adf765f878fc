import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.contract.pointers import MISSING, follow, join, split
from understudy.types import Json

DOCUMENT = {"foo": ["bar", {"": 0}], "a/b": 1, "m~n": 8, "~1": 9, "none": None}


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("", DOCUMENT),
        ("/foo/0", "bar"),
        ("/foo/1/", 0),
        ("/a~1b", 1),
        ("/m~0n", 8),
        ("/~01", 9),
        ("/none", None),
        ("/none/deeper", MISSING),
        ("/foo/2", MISSING),
        ("/foo/-", MISSING),
        ("/foo/-1", MISSING),
        ("/foo/bar", MISSING),
        ("/nothing", MISSING),
        ("/foo/0/0", MISSING),
    ],
)
def test_a_pointer_leads_where_rfc_6901_says(pointer: str, found: Json) -> None:
    assert follow(DOCUMENT, split(pointer)) == found


@given(st.lists(st.text()))
def test_what_is_joined_splits_into_the_same_tokens(tokens: list[str]) -> None:
    assert split(join("", *tokens)) == tuple(tokens)
