from understudy.contract.directions import directions
from understudy.types import Json

SCHEMAS: dict[str, Json] = {
    "User": {
        "required": ["id", "name", "secret"],
        "properties": {
            "id": {"readOnly": True},
            "name": {},
            "secret": {"writeOnly": True},
        },
    },
    "Team": {"properties": {"lead": {"$ref": "#/components/schemas/User"}}},
    "Plain": {"type": "string"},
}


def test_schemas_that_differ_by_direction_get_a_name_for_requests() -> None:
    found = directions(SCHEMAS)

    assert found.schemas == {
        "User": {"required": ["id", "name"], "properties": {"id": {"readOnly": True}, "name": {}}},
        "Team": SCHEMAS["Team"],
        "Plain": SCHEMAS["Plain"],
        "User.request": {
            "required": ["name", "secret"],
            "properties": {"name": {}, "secret": {"writeOnly": True}},
        },
        "Team.request": {"properties": {"lead": {"$ref": "#/components/schemas/User.request"}}},
    }


def test_what_is_required_beside_the_schema_that_marks_it_is_required_no_more() -> None:
    child = {"allOf": [{"$ref": "#/components/schemas/User"}], "required": ["id", "age"]}

    assert directions(SCHEMAS).request(child) == {
        "allOf": [{"$ref": "#/components/schemas/User.request"}],
        "required": ["age"],
    }


def test_properties_that_bear_the_names_of_keywords_are_properties() -> None:
    schema = {"properties": {"readOnly": {"type": "boolean"}, "writeOnly": {"const": True}}}

    assert directions({}).request(schema) == schema
    assert directions({}).response(schema) == schema


def test_schemas_without_the_keywords_stay_as_they_are() -> None:
    plain = {"Plain": SCHEMAS["Plain"], "List": {"items": {"$ref": "#/components/schemas/Plain"}}}

    assert directions(plain).schemas == plain


def test_a_name_that_is_taken_is_not_taken_again() -> None:
    found = directions({**SCHEMAS, "User.request": {"type": "null"}})

    assert found.schemas["User.request"] == {"type": "null"}
    assert found.schemas["User.request_"]["required"] == ["name", "secret"]


def test_what_a_property_says_itself_goes_before_what_it_combines() -> None:
    place = {"Place": {"type": "object", "writeOnly": True}}
    at = {"allOf": [{"$ref": "#/components/schemas/Place"}], "readOnly": True}
    found = directions({**place, "Part": {"required": ["at"], "properties": {"at": at}}})

    assert found.schemas["Part"]["required"] == ["at"]
    assert found.schemas["Part.request"]["required"] == []
