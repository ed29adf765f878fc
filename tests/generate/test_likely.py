from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from understudy.codec import dumps, identity
from understudy.contract.document import read_document
from understudy.contract.load import load_contract
from understudy.contract.validate import Validator
from understudy.errors import ContractError, GenerationError
from understudy.generate import likely
from understudy.generate.feasible import infeasible
from understudy.generate.places import places
from understudy.generate.vocabulary import known_provider, locales, persons, pool
from understudy.generate.world import World
from understudy.types import Json

INSTANT = {"type": "string", "format": "date-time"}
TABLE = read_document(Path(likely.__file__).with_name("likely.yaml")).data
NAMES = {section: " ".join(rows).split() for section, rows in TABLE.items()}
ROWS = [row for rows in TABLE.values() for row in rows.values()]
SHAPES = load_contract(Path(__file__).parents[1] / "specs" / "shapes.yaml")
WORLD = World(SHAPES)
GERMAN = World(SHAPES, locale="de_DE")


def made(properties: Mapping[str, Json], *, times: int = 50, world: World = WORLD) -> list[Json]:
    schema = {"type": "object", "properties": dict(properties), "required": list(properties)}
    return [world.value(schema, index) for index in range(times)]


def only(name: str, schema: Json, *, times: int = 50, world: World = WORLD) -> list[Json]:
    return [one[name] for one in made({name: schema}, times=times, world=world)]


# Laws ----------------------------------------------------------------------------------------

TEXTS = st.fixed_dictionaries(
    {"type": st.sampled_from(["string", ["string", "null"]])},
    optional={
        "minLength": st.integers(0, 12),
        "maxLength": st.integers(12, 40),
        "pattern": st.sampled_from(["^[A-Za-z0-9.@ ]*$", "[a-z]", "^[A-Z]"]),
        "example": st.text(max_size=20),
        "x-faker": st.sampled_from(["first_name", "random_int", "profile"]),
    },
) | st.fixed_dictionaries(
    {"type": st.just("string")},
    optional={"format": st.sampled_from(["email", "uri", "uuid", "date-time", "ipv4", "phone"])},
)
NUMBERS = st.fixed_dictionaries(
    {"type": st.sampled_from(["integer", "number", ["integer", "null"]])},
    optional={
        "minimum": st.integers(-100, 43),  # below, there is a multiple of each up to 50
        "maximum": st.integers(50, 5000),
        "multipleOf": st.sampled_from([1, 5, 7]),
        "x-faker": st.sampled_from(["random_int", "latitude", "first_name"]),
    },
)
BOUNDS = st.sampled_from([{}, {"maxLength": 300}, {"format": "date-time"}])
PROPERTIES = st.tuples(st.sampled_from(NAMES["text"]), TEXTS) | st.tuples(
    st.sampled_from(NAMES["number"]), NUMBERS
)


@settings(deadline=None, max_examples=150)
@example([("at", {"type": "string", "format": "email"})], WORLD)
@example([("id", {"type": "integer", "minimum": 43, "maximum": 50, "multipleOf": 7})], WORLD)
@given(st.lists(PROPERTIES, min_size=1, max_size=6), st.sampled_from([WORLD, GERMAN]))
def test_whatever_a_property_is_called_its_schema_has_the_last_word(
    properties: list[tuple[str, Json]], world: World
) -> None:
    asked = {name.rpartition(".")[2]: schema for name, schema in properties}
    validator = Validator({"properties": asked})

    assert [v for one in made(asked, times=5, world=world) for v in validator.violations(one)] == []


@settings(deadline=None, max_examples=60)
@example("at", 2, {})
@example("some", 40, {"format": "date-time"})
@given(st.sampled_from(NAMES["text"]), st.integers(0, 40), BOUNDS)
def test_distinct_items_are_there_for_every_name(name: str, least: int, bound: Json) -> None:
    items = {"type": "string", **bound}
    array = {"type": "array", "uniqueItems": True, "minItems": least, "items": items}

    for value in only(name, array, times=3):
        assert len({identity(item) for item in value}) == len(value) >= least


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "ja_JP", "ar_EG", "zh_CN", "de"])
def test_persons_and_places_of_a_locale_agree_with_themselves(locale: str) -> None:
    for person in persons(locale):
        assert person["name"] == f"{person['first_name']} {person['last_name']}"
        assert person["email"].startswith(f"{person['username']}@example.")
        assert person["email"].isascii()
    known = {(p["city"], p["country"]): (p["country_code"], p["currency"]) for p in places(locale)}
    assert {(p["city"], p["country"]): (p["country_code"], p["currency"]) for p in places("en_US")}
    assert all(
        (p["country_code"], p["currency"]) == known[p["city"], p["country"]] for p in places(locale)
    )


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_every_row_of_the_table_can_be_followed(row: Json) -> None:
    assert row.get("person", "email") in persons("en_US")[0]
    assert row.get("place", "city") in places("en_US")[0]
    assert known_provider(row.get("faker", "name"))


# What comes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["firstName", "first_name", "FIRST-NAME", "billing first name"])
def test_a_name_is_known_however_it_is_spelt(name: str) -> None:
    assert {*only(name, {"type": "string"})} <= {*pool("first_name", "en_US")}


@pytest.mark.parametrize(
    ("name", "schema", "low", "high"),
    [
        ("age", {"type": "integer"}, 18, 90),
        ("totalPrice", {"type": "number"}, 1, 999.99),
        ("latitude", {"type": "number"}, -90, 90),
        ("rating", {"type": "integer", "maximum": 3}, 1, 3),
        ("age", {"type": "integer", "minimum": 200}, 200, 10_000),
    ],
)
def test_numbers_are_where_one_expects_them(
    name: str, schema: Json, low: float, high: float
) -> None:
    values = only(name, schema)

    assert len({*values}) > 2
    assert all(low <= value <= high and round(value, 4) == value for value in values)


def test_who_has_a_name_decides_what_it_is() -> None:
    company, customer = ({"type": "object", "properties": {"name": {"type": "string"}}},) * 2
    values = made({"company": company, "customers": {"type": "array", "items": customer}})

    names = {one["company"]["name"] for one in values if one["company"]}
    people = {one["name"] for value in values for one in value["customers"] if one}
    assert names <= {*pool("company", "en_US")}
    assert people <= {person["name"] for person in persons("en_US")}
    assert names
    assert people


def test_what_belongs_to_one_person_or_place_goes_together() -> None:
    text = {"type": "string"}
    names = ["fullName", "firstName", "last_name", "city", "country", "zip", "currency"]
    properties = dict.fromkeys(names, text) | {
        "email": {"type": ["string", "null"], "format": "email"},
        "countryCode": {"type": "string", "enum": ["DE", "FR", "US"]},
        "lastName": {"type": "string", "maxLength": 6},
    }
    people = {(p["first_name"], p["last_name"]): p["name"] for p in persons("en_US")}
    places_known = {(p["city"], p["postal_code"]): p for p in places("en_US")}

    for one in made(properties):
        place = places_known[one["city"], one["zip"]]
        assert people[one["firstName"], one["last_name"]] == one["fullName"]
        assert one["lastName"] == one["last_name"]
        assert one["email"] is None or one["last_name"].lower() in one["email"]
        assert (place["country"], place["country_code"]) == (one["country"], one["countryCode"])
        assert place["currency"] == one["currency"]


def test_a_provider_that_a_schema_names_comes_first() -> None:
    values = only("email", {"type": "string", "x-faker": "color_name"})
    numbers = only("age", {"type": "integer", "x-faker": "random_int"})

    assert {*values} <= {*pool("color_name", "en_US")}
    assert {str(number) for number in numbers} <= {*pool("random_int", "en_US")}


def test_examples_come_but_are_not_all_that_comes() -> None:
    values = only("model", {"type": "string", "examples": ["m-1", "m-2"], "default": 5})

    assert {"m-1", "m-2"} < {*values}
    assert 5 not in values


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"type": "string", "format": "uuid"},
        {"type": "string", "format": "uuid", "pattern": "^[a-f]"},
    ],
)
def test_the_example_of_an_id_is_not_repeated(schema: Json) -> None:
    example = "3c90c3cc-0d44-4b50-8888-8dd25736052a"

    assert len({*only("id", {**schema, "example": example})}) == 50


def test_a_locale_has_words_of_its_own_and_keeps_everything_else() -> None:
    properties = {name: {"type": "string"} for name in ("company", "city", "id", "status")}
    english, german = made(properties), made(properties, world=GERMAN)

    assert {one["company"] for one in german} <= {*pool("company", "de_DE")}
    assert sum(one["city"] in ("Berlin", "Hamburg", "Munich") for one in german) > 25
    assert [(one["id"], one["status"]) for one in english] == [
        (one["id"], one["status"]) for one in german
    ]


def test_every_locale_is_known_by_name() -> None:
    assert {"en_US", "de_DE", "ja_JP"} < {*locales()}


# Arrays and what cannot be -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "count"),
    [
        ({"type": "boolean"}, 2),
        ({"type": "integer", "minimum": 1, "maximum": 30}, 30),
        ({"type": "string", "pattern": "^[ab]{3}$"}, 8),
        ({"enum": ["a", 1, None, True]}, 4),
        ({"type": "string"}, 100),
        ({"type": "integer"}, 3000),
        ({"type": "object", "required": ["at"], "properties": {"at": INSTANT}}, 40),
    ],
)
def test_all_the_distinct_items_that_there_are_can_be_asked_for(items: Json, count: int) -> None:
    array = {"type": "array", "uniqueItems": True, "minItems": count, "items": items}

    values = only("some", array, times=5)

    assert all(len({identity(item) for item in value}) == len(value) for value in values)
    assert len({dumps(value) for value in values}) > 1


@pytest.mark.parametrize("items", [INSTANT, {"type": "string"}, {"type": "number"}])
def test_what_must_be_there_twice_is(items: Json) -> None:
    array = {"type": "array", "not": {"uniqueItems": True}, "minItems": 3, "items": items}

    for value in only("some", array):
        assert len({identity(item) for item in value}) < len(value)


def test_likely_values_are_no_trials() -> None:
    text = {"type": "string", "maxLength": 300}
    schema = {"type": "object", "properties": dict.fromkeys(NAMES["text"], text)}

    assert World(SHAPES).trials(schema) == ()


DOCUMENT = """\
openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /things:
    get: {operationId: listThings, responses: {"204": {description: Nothing.}}}
components:
  schemas:
    Thing:
      type: object
      example: {x-faker: data_and_no_keyword}
      properties:
        email:
          type: string
          x-faker: internet.email
        codes:
          type: array
          uniqueItems: true
          minItems: 5
          items: {type: string, pattern: "^[ab]{2}$"}
"""


def test_what_cannot_be_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(DOCUMENT)

    with pytest.raises(ContractError) as told:
        World(load_contract(path))

    assert [(one.line, one.pointer, one.message) for one in told.value.problems] == [
        (
            14,
            "/components/schemas/Thing/properties/email/x-faker",
            "Faker has no provider 'internet.email'",
        ),
        (
            16,
            "/components/schemas/Thing/properties/codes",
            "5 distinct items are asked for, there are 4",
        ),
    ]


def test_a_tolerant_world_makes_all_that_can_be_made(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(DOCUMENT)

    contract = load_contract(path)
    world = World(contract, tolerant=True)

    assert len([*infeasible(contract)]) == 2
    value = world.value({"type": "string", "x-faker": "internet.email"})
    assert isinstance(value, str)
    with pytest.raises(GenerationError):
        world.value({"type": "integer", "minimum": 5, "maximum": 3})
