import pytest

from understudy.contract.expressions import (
    Name,
    Reference,
    Relative,
    Runtime,
    parse_name,
    parse_reference,
    parse_relative,
    parse_runtime,
)
from understudy.contract.pointers import MISSING
from understudy.exchange import Request
from understudy.types import Json

REQUEST = Request(
    path={"id": "a"},
    query={"limit": 5, "none": None},
    headers={"X-Trace": "t"},
    body={"name": "n", "tags": ["x", "y"], "null": None},
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$request.path.id", "a"),
        ("$request.query.limit", 5),
        ("$request.query.none", None),
        ("$request.query.absent", MISSING),
        ("$request.header.X-Trace", "t"),
        ("$request.body", REQUEST.body),
        ("$request.body#/name", "n"),
        ("$request.body#/tags/1", "y"),
        ("$request.body#/null", None),
        ("$request.body#/absent", MISSING),
        ("$now", MISSING),
    ],
)
def test_a_runtime_expression_names_a_value_of_the_request(text: str, value: Json) -> None:
    expression = parse_runtime(text)

    assert expression is not None
    assert expression.of(REQUEST) == value


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("$request.query.a.b", Runtime("query", "a.b")),
        ("$request.body#/a~1b", Runtime("body", tokens=("a/b",))),
        ("$now", Runtime("now")),
        ("/a", Relative(0, 0, ("a",))),
        ("0", Relative(0, 0, ())),
        ("1", Relative(1, 0, ())),
        ("2/id", Relative(2, 0, ("id",))),
        ("0-1/role", Relative(0, -1, ("role",))),
        ("10+2/a/*/b", Relative(10, 2, ("a", "*", "b"))),
        ("a", Name("a")),
        ("a.b.c-d", Name("a", ("b", "c-d"))),
        ("_a", Name("_a")),
        ("", None),
        ("$request", None),
        ("$request.cookie.a", None),
        ("$response.body#/a", None),
        ("$Now", None),
        ("-1/a", None),
        ("1#", None),
        ("a b", None),
        ("a..b", None),
        ("a.", None),
        ("{a}", None),
    ],
)
def test_text_is_one_of_three_notations_or_none(text: str, reference: Reference | None) -> None:
    assert parse_reference(text) == reference


@pytest.mark.parametrize("text", ["/a", "1", "2/id", "0-1/role", "3+1/a/*/b", "/a~1b"])
def test_a_relative_pointer_is_shown_as_it_is_written(text: str) -> None:
    assert str(parse_relative(text)) == text


def test_a_name_is_shown_as_it_is_written() -> None:
    assert str(parse_name("region.places")) == "region.places"
