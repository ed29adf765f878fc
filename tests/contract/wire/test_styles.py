"""What a parameter is written as in a style is read back from it as the same value."""

from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from understudy.contract.model import Operation, Parameter
from understudy.contract.wire.invalid import Invalid
from understudy.contract.wire.parameters import Parameters
from understudy.contract.wire.reading import RequestReader
from understudy.contract.wire.route import Router
from understudy.contract.wire.writing import request
from understudy.types import Json, JsonObject

STYLES = {
    "path": ["simple", "label", "matrix"],
    "query": ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
    "header": ["simple"],
    "cookie": ["form", "cookie"],
}
WAYS = [
    (place, style, explode)
    for place, styles in STYLES.items()
    for style, explode in product(styles, [True, False, None])
]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
VISIBLE = st.text("abcXYZ0189-_~!*'()/:@", min_size=1)
NAMES = st.text("abcxyz_-é$", min_size=1, max_size=5)
INTEGER: JsonObject = {"type": "integer"}


def texts(place: str, style: str, explode: bool | None) -> st.SearchStrategy[str]:  # noqa: FBT001
    """Return the texts that a style can say within arrays and objects."""
    if place == "header" or style == "cookie":
        return VISIBLE.filter(lambda text: "," not in text)
    without = {"spaceDelimited": " ", "pipeDelimited": "|", "label": "."}.get(style, "")
    if style == "label" and not explode:
        without = ""
    return TEXT.filter(lambda text: not set(text) & set(without))


@st.composite
def said(draw: st.DrawFn, place: str, style: str, explode: bool | None) -> tuple[Json, Json]:  # noqa: FBT001
    """Return a schema and a value of it that is neither empty nor null."""
    word = texts(place, style, explode)
    scalars: list[tuple[JsonObject, st.SearchStrategy[Json]]] = [
        (INTEGER, st.integers(-(10**20), 10**20)),
        ({"type": "boolean"}, st.booleans()),
        ({"type": "string"}, word),
    ]
    if style != "label":
        floats = st.floats(allow_nan=False, allow_infinity=False)
        scalars.append(({"type": "number"}, floats))
    kind = draw(st.sampled_from(["scalar", "array", "object", "map", "union"]))
    schema, values = draw(st.sampled_from(scalars))
    if kind == "scalar":
        return schema, draw(values)
    if kind == "array":
        return {"type": "array", "items": schema}, draw(st.lists(values, min_size=1))
    if kind == "union":
        value = draw(st.integers() | st.booleans() | st.sampled_from(["a", "b"]))
        parts = [{"type": "string", "maxLength": 1}, INTEGER, {"type": "boolean"}]
        return {"oneOf": parts}, value
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    if place in ("header", "cookie"):
        names = [name.replace("é", "e") for name in names]
        assume(len(set(names)) == len(names))
    found = {name: draw(st.sampled_from(scalars)) for name in names}
    if kind == "map":
        return (
            {"type": "object", "additionalProperties": schema},
            {name: draw(values) for name in names},
        )
    properties = {name: one for name, (one, _) in found.items()}
    value = {name: draw(values) for name, (_, values) in found.items()}
    return {"type": "object", "properties": properties}, value


def read_back(parameter: Parameter, value: Json) -> Json:
    path = f"/x/{{{parameter.name}}}" if parameter.location == "path" else "/x"
    one = Operation("x", "get", path, "", "", (parameter,), None, {}, (), "")
    sent = request(one, {(parameter.location, parameter.name): value})
    holder: Any = SimpleNamespace(operations={"x": one})
    route = Router(holder).find(sent.target)
    assert route is not None
    found = RequestReader(one, {}).read(sent, route.texts, route.raw)
    assert found.invalid == ()
    asked = found.request
    return {**asked.path, **asked.query, **asked.headers, **asked.cookies}[parameter.name]


@pytest.mark.parametrize(("place", "style", "explode"), WAYS)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_what_a_style_can_say_comes_back(
    place: str,
    style: str,
    explode: bool | None,  # noqa: FBT001
    data: st.DataObject,
) -> None:
    schema, value = data.draw(said(place, style, explode))
    reserved = isinstance(value, int) and data.draw(st.booleans())
    parameter = Parameter(
        "p",
        place,
        required=True,
        schema=schema,
        style=style,
        explode=explode,
        allow_reserved=reserved,
    )

    assert read_back(parameter, value) == value


DEEP: JsonObject = {
    "type": "object",
    "properties": {
        "a": {"type": "object", "properties": {"b": INTEGER}},
        "ids": {"type": "array", "items": INTEGER},
        "all": {"type": "array", "items": {"type": "object", "properties": {"n": INTEGER}}},
        "text": {"type": "string"},
    },
}


@pytest.mark.parametrize(
    "value",
    [
        {"a": {"b": 1}, "text": "x"},
        {"ids": [1, 2]},
        {"ids": [1]},
        {"all": [{"n": 1}, {"n": 2}]},
        {"text": "[a]=&"},
    ],
)
def test_a_deep_object_is_as_deep_as_its_schema(value: Json) -> None:
    parameter = Parameter("f", "query", True, DEEP, style="deepObject")  # noqa: FBT003

    assert read_back(parameter, value) == value


IDS: JsonObject = {"type": "array", "items": INTEGER}
WORDS: JsonObject = {"type": "array", "items": {"type": "string"}}
RANGE: JsonObject = {"type": "object", "properties": {"gt": INTEGER}}


def read(
    query: bytes, schema: Json, *more: Parameter, style: str = "", **how: Any
) -> tuple[Json, list[Invalid]]:
    """Return the value of the query parameter `p`, absent as `...`, and what is wrong."""
    parameters = Parameters([Parameter("p", "query", False, schema, style=style, **how), *more], {})  # noqa: FBT003
    invalid: list[Invalid] = []
    return parameters.read({}, query, [], invalid).query.get("p", ...), invalid


@pytest.mark.parametrize(
    ("query", "schema", "how", "value"),
    [
        (b"p=1,2", IDS, {"explode": False}, [1, 2]),
        (b"p=1%2C2", IDS, {"explode": False}, [1, 2]),
        (b"p=a%2Cb", WORDS, {"explode": False}, ["a,b"]),
        (b"p=a%2Cb,c", WORDS, {"explode": False}, ["a,b", "c"]),
        (b"p=", IDS, {"explode": False}, []),
        (b"p=", WORDS, {"explode": False}, [""]),
        (b"p=1+2%203", IDS, {"style": "spaceDelimited"}, [1, 2, 3]),
        (b"p=1|2%7C3", IDS, {"style": "pipeDelimited"}, [1, 2, 3]),
        (b"p=1&p=2", IDS, {"style": "pipeDelimited", "explode": True}, [1, 2]),
        (b"p=R,1,G,2", {"type": "object"}, {"explode": False}, {"R": "1", "G": "2"}),
        (b"gt=5", RANGE, {}, {"gt": 5}),
        (b"p%5Bgt%5D=5", RANGE, {"style": "deepObject"}, {"gt": 5}),
        (b"p[gt]=5", {"anyOf": [RANGE, INTEGER]}, {"style": "deepObject"}, {"gt": 5}),
        (b"p=5", {"anyOf": [RANGE, INTEGER]}, {"style": "deepObject"}, 5),
        (b"p[]=1&p[]=2", IDS, {"style": "deepObject"}, [1, 2]),
        (b"p[1]=1&p[0]=2", IDS, {"style": "deepObject"}, [2, 1]),
        (b"p=5", {"type": ["integer", "string"]}, {}, 5),
        (b"p=x", {"type": ["integer", "string"]}, {}, "x"),
        (b"p=5", {"enum": ["5", 6]}, {}, "5"),
        (b"p=a", {"oneOf": [{"type": "string"}, WORDS]}, {}, "a"),
        (b"p=a&p=b", {"oneOf": [{"type": "string"}, WORDS]}, {}, ["a", "b"]),
        (b'p={"a":[1]}', {}, {"style": "content", "media_type": "application/json"}, {"a": [1]}),
        (b"p=1+2", {}, {"style": "content", "media_type": "text/plain"}, "1 2"),
    ],
)
def test_a_query_parameter_is_read_by_its_style(
    query: bytes, schema: Json, how: Any, value: Json
) -> None:
    assert read(query, schema, **how) == (value, [])


@pytest.mark.parametrize(
    ("query", "schema", "how", "keyword"),
    [
        (b"p=1,x", IDS, {"explode": False}, "integer"),
        (b"p=1&p=2", IDS, {"explode": False}, "repeated"),
        (b"p=R,1,G", {"type": "object"}, {"explode": False}, "style"),
        (b"p=%FF,1", WORDS, {"explode": False}, "encoding"),
        (b"p[a]=1&p[a][b]=2", DEEP, {"style": "deepObject"}, "style"),
        (b"p[a=1", DEEP, {"style": "deepObject"}, "style"),
        (b"p" + b"[a]" * 50 + b"=1", DEEP, {"style": "deepObject"}, "style"),
        (b"p[ids]=x", DEEP, {"style": "deepObject"}, "integer"),
        (b"gt=x", RANGE, {}, "integer"),
        (b"p={", {}, {"style": "content", "media_type": "application/json"}, "syntax"),
        (b"p=1&p=2", {}, {"style": "content", "media_type": "application/json"}, "repeated"),
    ],
)
def test_what_is_not_written_in_its_style_is_refused(
    query: bytes, schema: Json, how: Any, keyword: str
) -> None:
    value, invalid = read(query, schema, **how)

    assert (value, [one.keyword for one in invalid]) == (..., [keyword])


def test_an_exploded_object_takes_the_names_that_no_other_parameter_has() -> None:
    schema = {"type": "object", "additionalProperties": INTEGER}
    limit = Parameter("limit", "query", required=False, schema=INTEGER)
    deep = Parameter("f", "query", required=False, schema=RANGE, style="deepObject")

    assert read(b"limit=5&a=1&f[gt]=2&b=2", schema, limit, deep) == ({"a": 1, "b": 2}, [])
    assert read(b"a=1&x=y", RANGE) == (..., [])


def test_a_querystring_is_one_value() -> None:
    schema = {"type": "object", "properties": {"a": IDS}}
    for kind, query in (
        ("application/json", b"%7B%22a%22%3A%5B1,2%5D%7D"),
        ("application/x-www-form-urlencoded", b"a=1&a=2"),
    ):
        one = Parameter("q", "querystring", True, schema, style="content", media_type=kind)  # noqa: FBT003
        invalid: list[Invalid] = []

        assert Parameters([one], {}).read({}, query, [], invalid).query == {"q": {"a": [1, 2]}}
        assert invalid == []
        assert read_back(one, {"a": [1, 2]}) == {"a": [1, 2]}


def test_cookies_are_returned() -> None:
    one = Parameter("c", "cookie", required=True, schema=IDS)
    invalid: list[Invalid] = []

    asked = Parameters([one], {}).read({}, b"", [(b"cookie", b"c=1; b=x; c=2")], invalid)

    assert (asked.cookies, invalid) == ({"c": [1, 2]}, [])


@given(st.binary(), st.sampled_from(STYLES["query"]), st.booleans())
@settings(deadline=None)
def test_no_query_is_fatal_in_any_style(query: bytes, style: str, explode: bool) -> None:  # noqa: FBT001
    for schema in (IDS, DEEP, {"type": ["object", "array", "integer"]}):
        read(b"p=" + query, schema, style=style, explode=explode)
        read(b"p[" + query, schema, style=style, explode=explode)
        read(query, schema, style=style, explode=explode)
