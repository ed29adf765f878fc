"""What is encoded in a media type is decoded from it as the same value."""

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from understudy.contract.model import MediaType
from understudy.contract.wire.media import decode, encode
from understudy.types import Json, JsonObject

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data"
EVENTS = "text/event-stream"
INTEGER: JsonObject = {"type": "integer"}
STRING: JsonObject = {"type": "string"}
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
XML_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
)
NAMES = st.text("abcxyz_-é", min_size=1, max_size=5).filter(lambda name: name[0] in "abcxyz")
JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=10,
)


def scalars(text: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[JsonObject, Json]]:
    """Return schemas of one type, each with a value of it."""
    return st.one_of(
        st.tuples(st.just(INTEGER), st.integers(-(10**20), 10**20)),
        st.tuples(st.just({"type": "boolean"}), st.booleans()),
        st.tuples(st.just({"type": "number"}), st.floats(allow_nan=False, allow_infinity=False)),
        st.tuples(st.just(STRING), text),
    )


@st.composite
def objects(draw: st.DrawFn, text: st.SearchStrategy[str], depth: int) -> tuple[Json, Json]:
    """Return the schema of an object, and an object of it."""
    properties, value = {}, {}
    for name in draw(st.lists(NAMES, max_size=4, unique=True)):
        kind = draw(st.sampled_from(["scalar", "array", "object"] if depth else ["scalar"]))
        if kind == "object":
            schema, member = draw(objects(text, depth - 1))
        else:
            schema, member = draw(scalars(text))
        if kind == "array":
            schema, member = {"type": "array", "items": schema}, [member] * draw(st.integers(1, 3))
        properties[name], value[name] = schema, member
    return {"type": "object", "properties": properties}, value


def back(value: Json, name: str, schema: Json, schemas: Any = None, **how: Any) -> Json:
    """Return what comes of a value that is encoded and decoded."""
    media = MediaType(schema, **how)
    raw, content_type = encode(value, name, media, schemas or {})
    assert encode(value, name, media, schemas or {}) == (raw, content_type)
    return decode(raw, content_type, name, media, schemas or {})


@given(JSON)
def test_json_comes_back(value: Json) -> None:
    for name in ("application/json", "application/problem+json; charset=utf-8", "text/json"):
        assert back(value, name, {}) == value


@given(TEXT)
def test_text_comes_back(value: str) -> None:
    names = ("text/plain", "text/html; charset=latin-1", "application/octet-stream", "image/png")
    for name in names:
        assert back(value, name, STRING) == value


@given(scalars(TEXT))
def test_what_text_says_is_typed_by_its_schema(case: tuple[Json, Json]) -> None:
    schema, value = case

    assert back(value, "text/plain", schema) == value


@pytest.mark.parametrize("name", [FORM, PARTS])
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(case=objects(TEXT, 2))
@example(case=({"type": "object", "properties": {"a": STRING}}, {"a": "\r\n--a&b=c+%20"}))
def test_a_form_comes_back(name: str, case: tuple[Json, Json]) -> None:
    schema, value = case

    assert back(value, name, schema) == value


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(case=objects(XML_TEXT, 3))
@example(case=({"type": "object", "properties": {"a": STRING}}, {"a": " <&>\"'\r\n\t"}))
def test_xml_comes_back(case: tuple[Json, Json]) -> None:
    schema, value = case

    assert back(value, "application/xml", schema) == value


@pytest.mark.parametrize("name", ["application/x-ndjson", "application/jsonl", EVENTS])
@given(values=st.lists(JSON))
def test_a_sequence_comes_back(name: str, values: list[Json]) -> None:
    assert back(values, name, {"type": "array", "items": {}}) == values


@given(values=st.lists(JSON))
def test_json_text_sequences_come_back(values: list[Json]) -> None:
    assert back(values, "application/json-seq", {}, item={}) == values


EVENT: JsonObject = {
    "type": "object",
    "properties": {"event": STRING, "data": STRING, "id": STRING, "retry": INTEGER},
}


@given(TEXT.filter(lambda text: "\r" not in text), st.none() | st.integers(0, 10))
def test_events_with_fields_come_back(data: str, retry: int | None) -> None:
    event = {"event": "e", "data": data} | ({"retry": retry} if retry is not None else {})

    assert back([event, event], EVENTS, {}, item=EVENT) == [event, event]


@pytest.mark.parametrize(
    ("value", "name", "media", "raw", "content_type"),
    [
        ({"a": 1}, "application/json", MediaType({}), b'{"a":1}', "application/json"),
        ("x", "text/*", MediaType(STRING), b"x", "text/plain"),
        ("x", "*/*", MediaType(STRING), b"x", "text/plain"),
        ({"a": 1}, "*/*", MediaType({}), b'{"a":1}', "application/json"),
        ("é", "text/plain", MediaType(STRING), "é".encode(), "text/plain; charset=utf-8"),
        ([{"a": 1}], EVENTS, MediaType({"type": "array"}), b'data: {"a":1}\n\n', EVENTS),
        ({"a": 1}, EVENTS, MediaType({"type": "object"}), b'data: {"a":1}\n\n', EVENTS),
        ("data: x\n\n", EVENTS, MediaType(STRING), b"data: x\n\n", EVENTS),
        ([1], "application/json-seq", MediaType({}), b"\x1e1\n", "application/json-seq"),
        ({"a": "b c", "l": [1, 2]}, FORM, MediaType({}), b"a=b%20c&l=1&l=2", FORM),
        ({"o": {"a": 1}}, FORM, MediaType({}), b"o=%7B%22a%22%3A1%7D", FORM),
        (
            {"o": {"a": 1}},
            FORM,
            MediaType({}, encoding={"o": {"style": "deepObject"}}),
            b"o%5Ba%5D=1",
            FORM,
        ),
    ],
)
def test_a_body_is_written_as_its_media_type_says(
    value: Json, name: str, media: MediaType, raw: bytes, content_type: str
) -> None:
    assert encode(value, name, media, {}) == (raw, content_type)


PET: JsonObject = {
    "type": "object",
    "xml": {"name": "pet", "namespace": "urn:pets", "prefix": "p"},
    "properties": {
        "id": {"type": "integer", "xml": {"attribute": True}},
        "tags": {"type": "array", "items": {"type": "string", "xml": {"name": "tag"}}},
        "photos": {"type": "array", "items": STRING, "xml": {"name": "pics", "wrapped": True}},
        "note": {"type": ["string", "null"]},
        "owner": {"$ref": "#/components/schemas/Owner"},
    },
}
OWNER: JsonObject = {"type": "object", "properties": {"name": STRING}, "xml": {"name": "human"}}


def test_xml_is_written_as_the_schema_says() -> None:
    pet = {"id": 5, "tags": ["a", "b"], "photos": ["x"], "note": None, "owner": {"name": "<o>"}}
    schemas = {"Pet": PET, "Owner": OWNER}
    raw = encode(pet, "application/xml", MediaType({"$ref": "#/components/schemas/Pet"}), schemas)

    assert raw[0].decode().partition("\n")[2] == (
        '<p:pet xmlns:p="urn:pets" id="5"><tag>a</tag><tag>b</tag><pics><pics>x</pics></pics>'
        '<note xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"></note>'
        "<human><name>&lt;o&gt;</name></human></p:pet>"
    )
    assert back(pet, "text/xml", {"$ref": "#/components/schemas/Pet"}, schemas) == pet
    assert back({**pet, "photos": []}, "a/b+xml", PET, schemas)["photos"] == []


@pytest.mark.parametrize(
    ("raw", "content_type"),
    [
        (b"<a>", "application/xml"),
        (b"", "application/xml"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "application/xml"),
        (b"<a>" * 300 + b"</a>" * 300, "application/xml"),
        (b"<a/>", "application/xml; charset=nonsense"),
        (b"\xff", "text/plain"),
        (b"a", "text/plain; charset=nonsense"),
        (b"a", "text/plain; charset=hex"),
        (b"a=%FF", FORM),
        (b"a", PARTS),
        (b"--b\r\n\r\nx", f"{PARTS}; boundary=b"),
        (b"--b\r\nx\r\n--b--", f"{PARTS}; boundary=b"),
        (b"{", "application/json"),
        (b"{}\n{", "application/jsonl"),
        (b"data: {\n\n", EVENTS),
    ],
)
def test_what_is_not_of_its_media_type_is_a_value_error(raw: bytes, content_type: str) -> None:
    schema = {"type": "object", "properties": {"a": {}}}

    with pytest.raises(ValueError, match=r"."):
        decode(raw, content_type, content_type, MediaType(schema), {})


@pytest.mark.parametrize(
    ("raw", "content_type", "schema", "value"),
    [
        ("é".encode("utf-16"), "text/plain; charset=utf-16", STRING, "é"),
        (b"\xe9", 'text/plain; charset="ISO-8859-1"', STRING, "é"),
        (b"\x89PNG", "image/png", STRING, "\x89PNG"),
        (b"5", "text/plain", INTEGER, 5),
        (b"five", "text/plain", INTEGER, "five"),
        (b"a=1&b=%7B%22c%22%3A2%7D", FORM, {"properties": {"a": INTEGER, "b": {"type": "object"}}},
         {"a": 1, "b": {"c": 2}}),
        (b"x=1&y=3", FORM, {"type": "object", "additionalProperties": INTEGER},
         {"x": 1, "y": 3}),
        (b"<?xml version='1.0' encoding='iso-8859-1'?><a>\xe9</a>", "text/xml",
         {"type": "object", "additionalProperties": STRING}, {}),
        (b"<r><n:a xmlns:n='u'>1</n:a></r>", "text/xml", {"properties": {"a": INTEGER}}, {"a": 1}),
        (b": hi\ndata: 1\ndata: 2\nid: x\n\ndata: 3", EVENTS, {"type": "array", "items": STRING},
         ["1\n2", "3"]),
    ],
)  # fmt: skip
def test_a_body_is_read_by_its_schema(
    raw: bytes, content_type: str, schema: Json, value: Json
) -> None:
    assert decode(raw, content_type, content_type, MediaType(schema), {}) == value


def test_parts_are_read_by_their_own_types() -> None:
    schema: JsonObject = {
        "type": "object",
        "properties": {
            "file": {"type": "array", "items": {"type": "string", "format": "binary"}},
            "meta": {"type": "object", "properties": {"n": INTEGER}},
            "more": {"type": "object"},
            "count": INTEGER,
        },
    }
    raw = (
        b'preamble\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
        b"Content-Type: image/png\r\n\r\n\x89\xff\r\n"
        b'--b\r\nContent-Disposition: form-data; name=file; filename="b"\r\n\r\nplain\r\n'
        b'--b\r\ncontent-disposition: form-data; name="meta"\r\n'
        b'Content-Type: application/json\r\n\r\n{"n": 1}\r\n'
        b'--b  \r\nContent-Disposition: form-data; name="more"\r\n\r\n{"m": 2}\r\n'
        b'--b\r\nContent-Disposition: form-data; name="count"\r\n\r\n3\r\n--b--\r\n'
    )

    assert decode(raw, f"{PARTS}; boundary=b", PARTS, MediaType(schema), {}) == {
        "file": ["\x89\xff", "plain"],
        "meta": {"n": 1},
        "more": {"m": 2},
        "count": 3,
    }


@pytest.mark.parametrize(
    ("schema", "encoding"),
    [
        ({"type": "string", "format": "binary"}, {}),
        ({"type": "string", "contentMediaType": "image/png"}, {"contentType": "image/png"}),
    ],
)
@pytest.mark.parametrize("several", [False, True])
def test_a_part_without_a_media_type_has_the_documented_one(
    schema: JsonObject, encoding: JsonObject, *, several: bool
) -> None:
    member = {"type": "array", "items": schema} if several else schema
    media = MediaType(
        {"type": "object", "properties": {"photo": member}}, encoding={"photo": encoding}
    )
    raw = b'--b\r\nContent-Disposition: form-data; name="photo"\r\n\r\n\x89P\r\n--b--\r\n'

    found = decode(raw, f"{PARTS}; boundary=b", PARTS, media, {})

    assert found == {"photo": ["\x89P"] if several else "\x89P"}


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_no_bytes_are_fatal(raw: bytes) -> None:
    schema = {"type": "object", "properties": {"a": INTEGER}}
    for kind in (FORM, f"{PARTS}; boundary=b", "text/xml", EVENTS, "application/jsonl", "text/x"):
        for body in (raw, b"--b\r\n" + raw + b"\r\n--b--", b"<a>" + raw + b"</a>"):
            try:
                decode(body, kind, kind, MediaType(schema), {})
            except ValueError:
                continue


@pytest.mark.parametrize(
    ("raw", "kind", "count"),
    [
        (b"<r>" + b"".join(b"<a%d/>" % i for i in range(20_000)) + b"</r>", "text/xml", 20_000),
        (b"f[a]=1&" * 20_000, FORM, 1),
        (b"--b\r\n\r\n\r\n" * 5_000 + b"--b--", f"{PARTS}; boundary=b", 1),
        (b"data: 1\n\n" * 20_000, EVENTS, 20_000),
    ],
)
def test_many_parts_are_read_one_after_the_other(raw: bytes, kind: str, count: int) -> None:
    schema = {"type": "object", "properties": {"f": {"type": "object"}}}
    media = MediaType(schema, item=INTEGER, encoding={"f": {"style": "deepObject"}})

    assert len(decode(raw, kind, kind, media, {})) == count


@given(st.text("abc <&>", max_size=9))
def test_what_no_schema_describes_is_an_element_unless_it_is_xml_already(value: str) -> None:
    raw, _ = encode(value, "application/xml", MediaType({}), {})

    if value.lstrip().startswith("<"):
        assert raw == value.encode()
    else:
        assert back(value, "application/xml", {}) == value
