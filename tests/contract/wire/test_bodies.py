import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.contract.model import MediaType, RequestBody
from understudy.contract.wire.bodies import Body, compile_body, is_deep
from understudy.contract.wire.invalid import Invalid
from understudy.types import Json

SCHEMA = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string", "maxLength": 3}, "age": {"type": "integer"}},
}


def body(
    *, required: bool = True, schema: Json = SCHEMA, media_type: str = "application/json"
) -> Body:
    compiled = compile_body(RequestBody(required, {media_type: MediaType(schema)}), {})
    assert compiled is not None
    return compiled


def read(
    raw: bytes, content_type: str = "", *, of: Body | None = None
) -> tuple[Json, list[Invalid]]:
    invalid: list[Invalid] = []
    return (of or body()).read(raw, content_type, invalid), invalid


def test_an_operation_without_a_body_reads_none() -> None:
    assert compile_body(None, {}) is None


@pytest.mark.parametrize(
    ("content_type", "understood"),
    [
        ("", True),
        ("application/json", True),
        ("Application/JSON", True),
        ("application/json; charset=utf-8", True),
        ("application/json;", True),
        ("text/plain", False),
        ("application/x-www-form-urlencoded", False),
        ("application/jsonx", False),
        ("json", False),
        (";", False),
    ],
)
def test_only_documented_media_types_are_understood(
    content_type: str,
    understood: bool,  # noqa: FBT001
) -> None:
    assert body().understands(content_type) == understood


def test_a_documented_media_type_is_understood_however_it_is_spelled() -> None:
    assert body(media_type="Application/Vnd.Cats+JSON").understands("application/vnd.cats+json")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"name": "Tom"}', {"name": "Tom"}),
        (
            b' {"name": "\\u00e9", "age": 5, "more": [null]}\n',
            {"name": "é", "age": 5, "more": [None]},
        ),
        (
            b'{"name": "a", "age": 123456789012345678901234567890}',
            {"name": "a", "age": 123456789012345678901234567890},
        ),
    ],
)
def test_a_valid_body_is_decoded(raw: bytes, value: Json) -> None:
    assert read(raw) == (value, [])


def test_a_body_may_be_left_out_where_it_is_optional() -> None:
    assert read(b"", of=body(required=False)) == (None, [])


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"", [("missing", ("body",), None)]),
        (b"null", [("type", ("body",), None)]),
        (b"[]", [("type", ("body",), [])]),
        (b"{}", [("required", ("body", "name"), {})]),
        (b'{"name": "long"}', [("maxLength", ("body", "name"), "long")]),
        (
            b'{"age": 1.5}',
            [("required", ("body", "name"), {"age": 1.5}), ("type", ("body", "age"), 1.5)],
        ),
        (b'{"name": null}', [("type", ("body", "name"), None)]),
    ],
)
def test_everything_that_is_wrong_is_told(
    raw: bytes, found: list[tuple[str, tuple[str, ...], Json]]
) -> None:
    invalid = read(raw)[1]

    assert sorted((one.keyword, one.path, one.value) for one in invalid) == found


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"{'name': 'a'}",
        b'{"name": "a",}',
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": "\xff"}',
        b'{"name": "\\ud800"}',
        b"\xef\xbb\xbf{}",
        b"name=a",
        b"{} {}",
        b" ",
        b"\x00",
        b"[" * 100_000,
        b'{"age": ' + b"9" * 5000 + b"}",
        b'{"a":' * 250 + b"1" + b"}" * 250,
    ],
)
def test_what_is_not_json_is_told_by_its_position(raw: bytes) -> None:
    value, (problem,) = read(raw)

    assert value is None
    assert (problem.keyword, problem.path[0]) == ("json", "body")
    assert isinstance(problem.path[1], int)
    assert problem.message


def test_a_body_of_another_kind_is_taken_as_text() -> None:
    text = body(schema={"type": "string"}, media_type="text/plain")

    assert read(b"hello", "text/plain", of=text) == ("hello", [])


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("documented", "content_type", "understood"),
    [
        ("*/*", "image/png", True),
        ("application/*", "application/json", True),
        ("application/*", "text/plain", False),
        ("application/json; charset=utf-8", "application/json", True),
        ("application/json", "application/vnd.cats+json", False),
        ("text/plain;v=1", "text/plain;v=2", False),
    ],
)
def test_ranges_and_parameters_are_understood(
    documented: str,
    content_type: str,
    understood: bool,  # noqa: FBT001
) -> None:
    assert body(media_type=documented).understands(content_type) is understood


@pytest.mark.parametrize(
    ("documented", "content_type", "raw", "value", "keywords"),
    [
        (FORM, FORM, b"name=Tom&age=5", {"name": "Tom", "age": 5}, []),
        (FORM, FORM, b"name=Tommy&age=x", {"name": "Tommy", "age": "x"}, ["integer", "maxLength"]),
        (FORM, "", b"age=5", {"age": 5}, ["required"]),
        (FORM, FORM, b"name=%FF", None, ["encoding"]),
        (FORM, FORM, b"name=a&name=b", None, ["syntax"]),
        ("*/*", FORM, b"name=Tom", {"name": "Tom"}, []),
        ("*/*", "application/json", b'{"name": 1}', {"name": 1}, ["type"]),
        ("*/*", "image/png", b"\x89", "\x89", []),
        ("application/xml", "", b"<x><name>Tom</name></x>", {"name": "Tom"}, []),
        ("application/xml", "", b"<x><name>", None, ["syntax"]),
        ("application/jsonl", "", b'{"name": "a"}\n{}', [{"name": "a"}, {}], ["required"]),
        ("application/jsonl", "", b'{"name": ' + b"[" * 210 + b"]" * 210 + b"}", None, ["json"]),
        ("multipart/form-data", "multipart/form-data", b"--b--", None, ["syntax"]),
        ("text/csv", "text/csv", b"a,b", "a,b", []),
    ],
)
def test_a_body_is_read_by_its_media_type(
    documented: str, content_type: str, raw: bytes, value: Json, keywords: list[str]
) -> None:
    found, invalid = read(raw, content_type, of=body(media_type=documented))

    assert (found, sorted(one.keyword for one in invalid)) == (value, keywords)


def test_text_is_held_against_its_schema() -> None:
    text = body(schema={"type": "string", "maxLength": 2}, media_type="text/plain")

    assert [one.keyword for one in read(b"abc", "text/plain", of=text)[1]] == ["maxLength"]
    assert [one.keyword for one in read(b"\xff", "text/plain", of=text)[1]] == ["encoding"]
    assert [one.keyword for one in read(b"a", "text/plain; charset=x", of=text)[1]] == ["syntax"]


@settings(deadline=None)
@given(st.binary(max_size=60) | st.text().map(str.encode))
def test_no_bytes_are_fatal(raw: bytes) -> None:
    read(raw)


@pytest.mark.parametrize("value", [None, True, 5, "text", [], {}, [[1]], {"a": {"b": "c"}}])
def test_what_is_no_container_or_has_few_levels_is_not_deep(value: Json) -> None:
    assert not is_deep(value)
