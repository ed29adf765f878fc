"""What is written for the wire is read back from it as the same values."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from understudy.contract.model import MediaType, Operation, Parameter, RequestBody
from understudy.contract.pointers import MISSING
from understudy.contract.wire.parameters import is_plain
from understudy.contract.wire.reading import RequestReader, kindly_valid
from understudy.contract.wire.route import Router
from understudy.contract.wire.writing import Arguments, request
from understudy.exchange import Sent
from understudy.types import Json, JsonObject

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SEGMENT = TEXT.filter(bool)
VISIBLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1)
INTEGERS = st.integers(-(10**30), 10**30)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**9), 10**9)
BOOLEANS = st.booleans()
SCALARS: dict[str, st.SearchStrategy[Json]] = {
    "string": TEXT,
    "integer": INTEGERS,
    "number": NUMBERS,
    "boolean": BOOLEANS,
}
JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | BOOLEANS | st.integers(-(2**63), 2**63 - 1) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=10,
)


def operation(*parameters: Parameter, body: RequestBody | None = None) -> Operation:
    path = "/x" + "".join(f"/{{{p.name}}}" for p in parameters if p.location == "path")
    return Operation("x", "post", path, "", "", parameters, body, {}, (), "")


def read_back(one: Operation, arguments: Arguments, body: Json = MISSING) -> Any:
    """Write a request, read it, and return it as it was understood."""
    sent = request(one, arguments, body)
    holder: Any = SimpleNamespace(operations={one.id: one})
    route = Router(holder).find(sent.path)
    assert route is not None
    assert urlsplit(sent.target).path == sent.path
    understood = RequestReader(one, {}).read(sent, route.texts)
    assert understood.invalid == ()
    return understood.request


@pytest.mark.parametrize("kind", SCALARS)
@given(data=st.data())
def test_scalars_in_paths_and_queries_come_back(kind: str, data: st.DataObject) -> None:
    values = SCALARS[kind]
    found = {
        ("path", "a"): data.draw(values.filter(lambda v: v != "")),
        ("query", "b"): data.draw(values),
    }
    one = operation(
        *(Parameter(name, place, required=True, schema={"type": kind}) for place, name in found)
    )

    asked = read_back(one, found)

    assert (asked.path, asked.query) == ({"a": found["path", "a"]}, {"b": found["query", "b"]})


@pytest.mark.parametrize("kind", SCALARS)
@given(data=st.data())
def test_arrays_in_queries_come_back(kind: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(SCALARS[kind], min_size=1))
    schema: JsonObject = {"type": "array", "items": {"type": kind}}
    one = operation(Parameter("b", "query", required=True, schema=schema))

    assert read_back(one, {("query", "b"): values}).query == {"b": values}


@pytest.mark.parametrize("place", ["path", "header"])
@given(values=st.lists(INTEGERS, min_size=1))
def test_arrays_in_paths_and_headers_come_back(place: str, values: list[int]) -> None:
    schema: JsonObject = {"type": "array", "items": {"type": "integer"}}
    asked = read_back(
        operation(Parameter("a", place, required=True, schema=schema)), {(place, "a"): values}
    )

    assert (asked.path or asked.headers) == {"a": values}


@given(name=SEGMENT, value=TEXT)
@example("a[]", "[]")
@example("a=b&c", "&")
@example("é", "+ %20")
def test_any_name_of_a_query_parameter_comes_back(name: str, value: str) -> None:
    one = operation(Parameter(name, "query", required=True, schema={"type": "string"}))

    assert read_back(one, {("query", name): value}).query == {name: value}


@given(value=VISIBLE, number=INTEGERS)
def test_what_a_header_can_carry_comes_back(value: str, number: int) -> None:
    text = Parameter("X-Text", "header", required=True, schema={"type": "string"})
    count = Parameter("X-Count", "header", required=True, schema={"type": "integer"})

    asked = read_back(
        operation(text, count), {("header", "X-Text"): value, ("header", "X-Count"): number}
    )

    assert asked.headers == {"X-Text": value, "X-Count": number}


@given(value=JSON)
def test_a_body_of_json_comes_back(value: Json) -> None:
    one = operation(body=RequestBody(required=True, content={"application/json": MediaType({})}))

    assert read_back(one, {}, value).body == value


@pytest.mark.parametrize("raw", [b"{", b"\xff", b""])
def test_bytes_go_out_as_they_stand(raw: bytes) -> None:
    one = operation(body=RequestBody(required=True, content={"application/json": MediaType({})}))

    assert request(one, {}, raw).body == raw


# Kindly read --------------------------------------------------------------------------------


WRONG: list[tuple[JsonObject, str]] = [
    ({"type": "integer", "maximum": 5}, "6"),
    ({"type": "integer"}, "five"),
    ({"type": "number"}, "1,5"),
    ({"type": "boolean"}, "maybe"),
    ({"type": "string", "enum": ["a"]}, "b"),
    ({"type": "string", "format": "uuid"}, "5"),
    ({"type": "string", "format": "date-time"}, "tomorrow"),
    ({"type": "string", "minLength": 1}, ""),
]
KIND: list[tuple[JsonObject, str]] = [
    ({"type": "integer"}, "+5"),
    ({"type": "integer"}, " 5"),
    ({"type": "integer"}, "5.0"),
    ({"type": "integer"}, "1_000"),
    ({"type": "integer"}, ""),
    ({"type": "number"}, "1e400"),
    ({"type": "boolean"}, "YES"),
    ({"type": "boolean"}, "0"),
    ({"type": "string", "format": "uuid"}, "{3C90C3CC0D444B5088888DD25736052A}"),
    ({"type": "string", "format": "date-time"}, "2026-01-01 00:00"),
    ({"type": "string", "format": "date-time"}, "1767225600"),
]


def understood(schema: JsonObject, text: str) -> Any:
    one = operation(Parameter("b", "query", required=True, schema=schema))
    as_text = operation(Parameter("b", "query", required=True, schema={"type": "string"}))
    return RequestReader(one, {}).read(request(as_text, {("query", "b"): text}), {})


@pytest.mark.parametrize(("schema", "text"), WRONG)
def test_what_no_reader_takes_is_surely_invalid(schema: JsonObject, text: str) -> None:
    assert understood(schema, text).surely_invalid is not None


@pytest.mark.parametrize(("schema", "text"), KIND)
def test_what_a_kind_reader_takes_is_neither_valid_nor_surely_invalid(
    schema: JsonObject, text: str
) -> None:
    found = understood(schema, text)

    assert (bool(found.invalid), found.surely_invalid) == (True, None)


@pytest.mark.parametrize("kind", SCALARS)
@given(data=st.data())
def test_what_is_strictly_valid_is_never_surely_invalid(kind: str, data: st.DataObject) -> None:
    value = data.draw(SCALARS[kind])
    sent = request(
        operation(Parameter("b", "query", required=True, schema={})), {("query", "b"): value}
    )
    strict = operation(Parameter("b", "query", required=True, schema={"type": kind}))

    found = RequestReader(strict, {}).read(sent, {})

    assert (found.invalid, found.surely_invalid) == ((), None)


@given(text=TEXT, kind=st.sampled_from([*SCALARS]))
def test_the_first_surely_invalid_thing_is_told_and_nothing_that_may_be_read_kindly(
    text: str, kind: str
) -> None:
    found = understood({"type": kind}, text)

    sure = [one for one in found.invalid if not kindly_valid(one)]
    assert found.surely_invalid == (sure[0] if sure else None)


# Cookies and styles --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cookie", "invalid"),
    [
        ("a=5", []),
        ("b=x; a=5", []),
        ("a=6", ["maximum"]),
        ("a=x", ["integer"]),
        ("b=5", ["missing"]),
        ("aa=5", ["missing"]),
        ("a=5; a=5", ["repeated"]),
    ],
)
def test_cookies_are_validated(cookie: str, invalid: list[str]) -> None:
    schema: JsonObject = {"type": "integer", "maximum": 5}
    one = operation(Parameter("a", "cookie", required=True, schema=schema))
    found = RequestReader(one, {}).read(Sent("POST", "/x", (("Cookie", cookie),)), {})

    assert [wrong.keyword for wrong in found.invalid] == invalid


@pytest.mark.parametrize(
    ("place", "style", "media_type"),
    [
        ("query", "spaceship", ""),
        ("header", "deepObject", ""),
        ("path", "pipeDelimited", ""),
        ("query", "content", ""),
        ("query", "content", "image/png"),
    ],
)
def test_what_travels_in_a_way_of_its_own_is_neither_valid_nor_surely_invalid(
    place: str, style: str, media_type: str
) -> None:
    schema: JsonObject = {"type": "object"}
    one = Parameter("a", place, True, schema, style=style, media_type=media_type)  # noqa: FBT003
    texts = {"a": "1"} if place == "path" else {}
    found = RequestReader(operation(one), {}).read(Sent("POST", "/x?a=1", (("a", "1"),)), texts)

    assert not is_plain(one, {})
    assert (found.invalid == (), found.surely_invalid) == (False, None)
