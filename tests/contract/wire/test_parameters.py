import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from understudy.contract.model import Parameter
from understudy.contract.wire.invalid import Invalid
from understudy.contract.wire.parameters import Parameters, query_texts
from understudy.exchange import Request
from understudy.types import Json, JsonObject


def read(schema: Json, query: bytes, *, required: bool = False) -> tuple[Json, list[Invalid]]:
    """Return the value of the query parameter `x`, absent as `...`, and what is wrong with it."""
    parameters = Parameters([Parameter("x", "query", required, schema)], {})
    invalid: list[Invalid] = []
    request = parameters.read({}, query, [], invalid)
    return request.query.get("x", ...), invalid


INTEGER: JsonObject = {"type": "integer"}
NUMBER: JsonObject = {"type": "number"}
BOOLEAN: JsonObject = {"type": "boolean"}
STRING: JsonObject = {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "query", "value"),
    [
        (INTEGER, b"x=5", 5),
        (INTEGER, b"x=-5", -5),
        (INTEGER, b"x=007", 7),
        (INTEGER, b"x=%35", 5),
        (INTEGER, b"y=1&x=5&z", 5),
        (INTEGER, b"&&x=5&", 5),
        (INTEGER, b"x=" + b"9" * 100, int("9" * 100)),
        ({"type": ["integer", "null"]}, b"x=5", 5),
        (NUMBER, b"x=1.5", 1.5),
        (NUMBER, b"x=-2e3", -2000.0),
        (BOOLEAN, b"x=true", True),
        (BOOLEAN, b"x=false", False),
        (STRING, b"x=a+b%20c%2B", "a b c+"),
        (STRING, b"x=a=b", "a=b"),
        (STRING, b"x=%C3%A9%F0%9F%90%88", "é🐈"),
        (STRING, b"x=", ""),
        (STRING, b"x", ""),
        (STRING, b"x=true", "true"),
        (
            {"type": "string", "format": "uuid"},
            b"x=" + b"A" * 8 + b"-0000-4000-8000-000000000000",
            "aaaaaaaa-0000-4000-8000-000000000000",
        ),
        ({"type": "array", "items": INTEGER}, b"x=1&x=2", [1, 2]),
        ({"type": "array", "items": INTEGER}, b"x=1", [1]),
        ({"type": "array", "items": STRING}, b"x=a&y=b&x=c", ["a", "c"]),
        (INTEGER, b"", ...),
        (INTEGER, b"X=5", ...),
        ({**INTEGER, "default": 10}, b"", 10),
        ({**INTEGER, "default": 0}, b"", 0),
        ({**BOOLEAN, "default": False}, b"", False),
        ({**INTEGER, "default": 10}, b"x=3", 3),
        ({"type": "array", "items": INTEGER, "default": [1]}, b"", [1]),
    ],
)
def test_a_parameter_is_decoded_by_its_schema(schema: Json, query: bytes, value: Json) -> None:
    assert read(schema, query) == (value, [])


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1_0",
            " 5",
            "5 ",
            "+5",
            "\uff15",
            "\u0665",
            "\u00b2",
            "",
            "5.0",
            "1e3",
            "0x5",
            "--5",
            "-",
            "null",
        ),
        *("true", "five", "5\n", "\n5", "5\x00", "\u22125", "9" * 4001, "9" * 5000),
    ],
)
def test_only_an_integer_is_an_integer(text: str) -> None:
    parameters = Parameters([Parameter("x", "path", required=True, schema=INTEGER)], {})
    invalid: list[Invalid] = []

    request = parameters.read({"x": text}, b"", [], invalid)

    assert request == Request()
    assert invalid == [Invalid("integer", ("path", "x"), "is not a valid integer", text)]


@pytest.mark.parametrize(
    "text",
    ["", "1_0.5", " 1.5", "+1.5", "\uff11.5", ".5", "5.", "NaN", "Infinity", "inf", "1e9999"],
)
def test_only_a_number_is_a_number(text: str) -> None:
    assert [one.keyword for one in read(NUMBER, f"x={text.replace('+', '%2B')}".encode())[1]] == [
        "number"
    ]


def test_a_number_too_large_for_a_float_is_refused() -> None:
    for query in (b"x=1e999", b"x=-1e999", b"x=" + b"9" * 400):
        assert [one.keyword for one in read(NUMBER, query)[1]] == ["number"]


@pytest.mark.parametrize("text", [b"", b"1", b"0", b"True", b"FALSE", b"yes", b"on", b"true+"])
def test_only_true_and_false_are_booleans(text: bytes) -> None:
    assert [one.keyword for one in read(BOOLEAN, b"x=" + text)[1]] == ["boolean"]


@pytest.mark.parametrize(
    ("schema", "query", "invalid"),
    [
        (INTEGER, b"x=1&x=2", Invalid("repeated", ("query", "x"), "is given 2 times", ["1", "2"])),
        (INTEGER, b"x=%ff", Invalid("encoding", ("query", "x"), "is not UTF-8 text")),
        (STRING, b"x=%C3", Invalid("encoding", ("query", "x"), "is not UTF-8 text")),
        (STRING, b"x=\xff", Invalid("encoding", ("query", "x"), "is not UTF-8 text")),
        (
            {"type": "array", "items": INTEGER},
            b"x=1&x=b",
            Invalid("integer", ("query", "x", 1), "is not a valid integer", "b"),
        ),
        (
            {**INTEGER, "minimum": 1},
            b"x=0",
            Invalid("minimum", ("query", "x"), "0 is less than the minimum of 1", "0", 1),
        ),
        (
            {**STRING, "enum": ["a", "b"]},
            b"x=c",
            Invalid("enum", ("query", "x"), '"c" is not one of "a" or "b"', "c", ["a", "b"]),
        ),
        (
            {"type": "array", "items": {**INTEGER, "maximum": 5}},
            b"x=1&x=9",
            Invalid("maximum", ("query", "x", 1), "9 is greater than the maximum of 5", 9, 5),
        ),
    ],
)
def test_what_is_wrong_is_told_with_the_text_as_it_was_sent(
    schema: Json, query: bytes, invalid: Invalid
) -> None:
    assert read(schema, query) == (..., [invalid])


def test_a_required_parameter_that_is_absent_is_missing() -> None:
    assert read(INTEGER, b"", required=True) == (
        ...,
        [Invalid("missing", ("query", "x"), "is required")],
    )


def test_everything_that_is_wrong_is_told_at_once() -> None:
    parameters = Parameters(
        [
            Parameter("id", "path", required=True, schema={"type": "string", "format": "uuid"}),
            Parameter("limit", "query", required=False, schema={"type": "integer", "maximum": 5}),
            Parameter("q", "query", required=True, schema=STRING),
            Parameter("X-Count", "header", required=False, schema=INTEGER),
        ],
        {},
    )
    invalid: list[Invalid] = []

    parameters.read({"id": "x"}, b"limit=9", [(b"x-count", b"many")], invalid)

    assert [(one.keyword, one.path) for one in invalid] == [
        ("format", ("path", "id")),
        ("maximum", ("query", "limit")),
        ("missing", ("query", "q")),
        ("integer", ("header", "X-Count")),
    ]


def test_a_schema_may_be_a_reference() -> None:
    schema = {"$ref": "#/components/schemas/Limit"}
    parameters = Parameters(
        [Parameter("x", "query", required=False, schema=schema)], {"Limit": INTEGER}
    )
    invalid: list[Invalid] = []

    request = parameters.read({}, b"x=5", [], invalid)

    assert (request.query, invalid) == ({"x": 5}, [])


@settings(deadline=None)
@given(st.binary())
@example(b"x=%")
@example(b"x=%zz&%=&=x")
@example(b"x=1;x=2")
def test_no_query_string_is_fatal(query: bytes) -> None:
    for schema in (INTEGER, NUMBER, BOOLEAN, STRING, {"type": "array", "items": INTEGER}):
        read(schema, query)


@given(st.integers(-(10**30), 10**30))
def test_an_integer_arrives_as_it_left(number: int) -> None:
    assert read(INTEGER, f"x={number}".encode()) == (number, [])


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        (b"", {}),
        (b"a=1&b=2&a=3", {"a": ["1", "3"], "b": ["2"]}),
        (b"a%20b=1", {"a b": ["1"]}),
        (b"a", {"a": [""]}),
        (b"=1", {"": ["1"]}),
        (b"a=%ff", {"a": [None]}),
    ],
)
def test_a_query_string_is_read_by_name(query: bytes, texts: Json) -> None:
    assert query_texts(query) == texts
