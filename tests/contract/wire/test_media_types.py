import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.contract.wire.media_types import MediaType, best, is_json, negotiate, parse

JSON, XML, PLAIN = "application/json", "application/xml", "text/plain"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("application/json", MediaType("application", "json")),
        (" Text/HTML ; Charset=UTF-8", MediaType("text", "html", (("charset", "UTF-8"),))),
        ('a/b;x="1;2,\\"3"', MediaType("a", "b", (("x", '1;2,"3'),))),
        ("a/b;;x=1;", MediaType("a", "b", (("x", "1"),))),
        ("*", MediaType("*", "*")),
        ("", None),
        (";", None),
        ("json", None),
        ("a/b/c", None),
        ("a b/c", None),
    ],
)
def test_a_media_type_is_read_with_its_parameters(text: str, read: MediaType | None) -> None:
    assert parse(text) == read


@pytest.mark.parametrize(
    ("accept", "offered", "chosen"),
    [
        ("", [JSON, XML], JSON),
        ("*/*", [JSON, XML], JSON),
        (XML, [JSON, XML], XML),
        ("application/*", [PLAIN, XML], XML),
        ("text/html", [JSON], None),
        (f"{JSON};q=0.5, {XML}", [JSON, XML], XML),
        (f"{JSON};q=0, */*", [JSON, XML], XML),
        (f"{JSON};q=0", [JSON], None),
        (f"*/*;q=0.1, {XML};q=0.1", [JSON, XML], XML),
        (f"{XML}, {JSON}", [JSON, XML], XML),
        ("*/*;q=0.8, text/*;q=0.3", [PLAIN, JSON], JSON),
        (f"{JSON}; charset=utf-8", [JSON], JSON),
        (f"{JSON};version=1", [JSON], JSON),
        (f"{JSON};version=1", [f"{JSON};version=2", f"{JSON};version=1"], f"{JSON};version=1"),
        (f"{JSON};version=3", [f"{JSON};version=2"], None),
        ("image/png", ["*/*"], "*/*"),
        ("nonsense", [JSON], JSON),
        (f"nonsense, {XML}", [JSON, XML], XML),
        (f"{JSON};q=many", [JSON], JSON),
        ("*/*", [], None),
        ("", [], None),
    ],
)
def test_the_preferred_offer_is_chosen(accept: str, offered: list[str], chosen: str | None) -> None:
    assert negotiate(accept, offered) == chosen


@given(st.text(), st.lists(st.sampled_from([JSON, XML, PLAIN, "*/*", "text/*"])))
def test_any_accept_is_answered_by_an_offer_or_none(accept: str, offered: list[str]) -> None:
    assert negotiate(accept, offered) in (None, *offered)


@pytest.mark.parametrize(
    ("names", "wanted", "found"),
    [
        ([JSON], "Application/JSON; charset=utf-8", JSON),
        (["*/*", "text/*", PLAIN], "text/plain", PLAIN),
        (["*/*", "text/*"], "text/plain", "text/*"),
        (["*/*", "text/*"], "image/png", "*/*"),
        ([f"{JSON}; charset=utf-8"], JSON, f"{JSON}; charset=utf-8"),
        (["a/b;v=1", "a/b;v=2"], "a/b;v=2", "a/b;v=2"),
        (["a/b;v=1"], "a/b;v=2", ""),
        ([JSON], "application/vnd.cats+json", ""),
        ([JSON], "", ""),
        ([], JSON, ""),
    ],
)
def test_the_closest_documented_type_is_found(names: list[str], wanted: str, found: str) -> None:
    assert best(names, wanted) == found


@pytest.mark.parametrize(
    ("name", "told"),
    [(JSON, True), ("application/a.b+JSON;v=1", True), ("text/json", True), (XML, False)],
)
def test_json_is_told_by_its_name(name: str, told: bool) -> None:  # noqa: FBT001
    assert is_json(name) is told
