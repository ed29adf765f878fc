import json

import pytest

from understudy.contract.expressions import parse_relative
from understudy.contract.nodes import Node, first_value, instant, values
from understudy.contract.relations import KINDS, Relation, breaches, parse_relation, related
from understudy.types import Json, JsonObject

EARLY, LATE = "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"
CLOCK = {"epoch": "2026-01-01T00:00:00Z", "shift": 4, "low": 1}


def nodes(document: Json) -> list[Node]:
    """Return the items of `document` as instances of one schema, each knowing its list."""
    root = Node(document)
    return [Node(item, root, index) for index, item in enumerate(document)]


def pointers_of_breaches(relation: JsonObject, document: Json) -> list[str]:
    return [b.pointer for b in breaches(parse_relation("Item", relation, "/at"), nodes(document))]


CASES: tuple[tuple[JsonObject, Json, Json], ...] = (
    ({"equal": ["/a", "/b"]}, {"a": 1, "b": 1}, {"a": 1, "b": 2}),
    ({"equal": ["/a", ["/b", "/c"]]}, {"a": 1, "b": None, "c": 1}, {"a": 1, "b": 2, "c": 1}),
    ({"equal": ["/a", "/b/*"]}, {"a": 1, "b": [1, 2]}, {"a": 2, "b": [1, 2]}),
    ({"different": ["/a", "/b"]}, {"a": 1, "b": 2}, {"a": 1, "b": 1}),
    ({"different": ["/a", "/b/*"]}, {"a": 3, "b": [1, 2]}, {"a": 2, "b": [1, 2]}),
    ({"in_order": ["/a", "/b"]}, {"a": EARLY, "b": EARLY}, {"a": LATE, "b": EARLY}),
    (
        {"in_order": ["/a", "/b", "/c"]},
        {"a": EARLY, "b": None, "c": LATE},
        {"a": LATE, "b": None, "c": EARLY},
    ),
    (
        {"in_order": ["/a", "/b/*", "/c"]},
        {"a": EARLY, "b": [LATE, EARLY], "c": LATE},
        {"a": EARLY, "b": [LATE, EARLY], "c": EARLY},
    ),
    (
        {"in_order": ["/a", "/b"]},
        {"a": "2026-01-01T01:00:00+01:00", "b": EARLY},
        {"a": "2026-01-01T00:00:00.5Z", "b": EARLY},
    ),
    ({"at_most": [["/a", "/b"], "/c"]}, {"a": 1, "b": 2, "c": 3}, {"a": 2, "b": 2, "c": 3}),
    ({"at_most": [["/a", "/b"], "/c"]}, {"a": 3, "b": None, "c": 3}, {"a": 4, "c": 3}),
    ({"holds": {"required": ["a"]}}, {"a": None}, {"b": 1}),
    (
        {"renders": ["/html", "/text"]},
        {
            "html": "<p>Fish &amp; <b>chips</b></p><ol><li>One</li></ol>",
            "text": "Fish & **chips**\n1. One",
        },
        {"html": "<p>Fish</p>", "text": "Fish & chips"},
    ),
    (
        {"clock_id": ["/id", "/at"], **CLOCK},
        {"id": str(1000 << 4 | 1), "at": LATE},
        {"id": str(5000 << 4 | 1), "at": LATE},
    ),
    ({"identified_by": "/id"}, {"id": 1, "a": 1}, None),
    ({"unique": ["/code", "/id"]}, {"code": 1, "id": 1}, None),
)


@pytest.mark.parametrize(("relation", "holding", "breaking"), CASES)
def test_a_relation_tells_what_holds_from_what_does_not(
    relation: JsonObject, holding: Json, breaking: Json
) -> None:
    assert pointers_of_breaches(relation, [holding, holding]) == []
    if breaking is not None:
        assert pointers_of_breaches(relation, [holding, breaking]) == ["/1"]


def test_every_kind_of_relation_is_among_those_tested() -> None:
    tested = {next(iter(relation)) for relation, _, _ in CASES} | {one.kind for one, _, _ in TOLD}
    assert tested == set(KINDS)


TIMES = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z")
TOLD = (
    (related("counts", "T", "/n", "/parts"), {"n": 2, "parts": [1, 2]}, {"n": 3, "parts": [1]}),
    (related("distinct", "T", "/*/id"), [{"id": 1}, {"id": "1"}], [{"id": 1}, {"id": 1.0}]),
    (related("sorted", "T", "/*", direction="ascending"), TIMES, TIMES[::-1]),
    (related("sorted", "T", "/*", direction="descending"), TIMES[::-1], TIMES),
    (related("sorted", "T", "/*", direction="either"), TIMES[::-1], (*TIMES, TIMES[0])),
)


@pytest.mark.parametrize(("relation", "holding", "breaking"), TOLD)
def test_a_relation_that_names_tell_of_is_checked_as_well(
    relation: Relation, holding: Json, breaking: Json
) -> None:
    holding, breaking = json.loads(json.dumps([holding, breaking]))

    assert list(breaches(relation, [Node(holding)])) == []
    assert len(list(breaches(relation, [Node(breaking)]))) == 1


def test_which_way_lists_are_sorted_is_for_the_first_to_say() -> None:
    relation = related("sorted", "T", "/*", direction="either")
    up, down = list(TIMES), list(TIMES[::-1])

    assert len(list(breaches(relation, [Node(up), Node(up), Node(down)]))) == 1


@pytest.mark.parametrize(
    ("relation", "document", "broken"),
    [
        ({"identified_by": "/id"}, [{"id": 1, "a": 1}, {"id": 2, "a": 2}], []),
        ({"identified_by": "/id"}, [{"id": 1, "a": 1}, {"id": 1, "a": 2}], ["/1"]),
        ({"unique": ["/code", "/id"]}, [{"code": "x", "id": 1}, {"code": "y", "id": 2}], []),
        ({"unique": ["/code", "/id"]}, [{"code": "x", "id": 1}, {"code": "x", "id": 2}], ["/1"]),
        ({"unique": ["/code", "/id"]}, [{"code": None, "id": 1}, {"code": None, "id": 2}], []),
        ({"unique": ["/code", "/id"]}, [{"id": 1}, {"id": 2}], []),
        ({"identified_by": "/id"}, [{"a": 1}, {"a": 2}], []),
        ({"identified_by": "/id"}, [{"id": None, "a": 1}, {"id": None, "a": 2}], []),
    ],
)
def test_some_relations_hold_between_instances(
    relation: JsonObject, document: Json, broken: list[str]
) -> None:
    assert pointers_of_breaches(relation, document) == broken


@pytest.mark.parametrize(
    "relation",
    [
        {"equal": ["/a", "/b"]},
        {"different": ["/a", "/b"]},
        {"in_order": ["/a", "/b"]},
        {"at_most": [["/a"], "/b"]},
        {"renders": ["/a", "/b"]},
        {"clock_id": ["/a", "/b"], **CLOCK},
        {"unique": ["/a", "/b"]},
        {"equal": ["/a", "5/b"]},
        {"equal": ["/a", "0-1/b"]},
        {"equal": ["/a", "0+1/b"]},
    ],
)
@pytest.mark.parametrize("instance", [{}, {"a": None}, {"b": None}, {"a": None, "b": None}])
def test_a_term_that_leads_nowhere_or_to_null_promises_nothing(
    relation: JsonObject, instance: Json
) -> None:
    assert pointers_of_breaches(relation, [instance]) == []


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("0", [{"id": 2, "tags": ["x", "y"]}]),
        ("/id", [2]),
        ("/tags/*", ["x", "y"]),
        ("/tags/1", ["y"]),
        ("/tags/2", []),
        ("/nothing", []),
        ("0-1/id", [1]),
        ("0+1/id", [3]),
        ("0-2/id", []),
        ("0+2/id", []),
        ("1/0/id", [1]),
        ("1/*/id", [1, 2, 3]),
        ("2/name", ["root"]),
        ("2", [{"name": "root", "items": [{"id": 1}, {"id": 2, "tags": ["x", "y"]}, {"id": 3}]}]),
        ("2-1", []),
        ("3", []),
    ],
)
def test_a_relative_pointer_climbs_shifts_and_descends(where: str, found: list[Json]) -> None:
    items = [{"id": 1}, {"id": 2, "tags": ["x", "y"]}, {"id": 3}]
    root = Node({"name": "root", "items": items})
    node = Node(items[1], Node(items, root, "items"), 1)

    parsed = parse_relative(where)

    assert parsed is not None
    assert values(node, parsed) == found


def test_the_first_value_of_a_term_that_is_not_null_counts() -> None:
    relation = parse_relation("Item", {"equal": ["/a", ["/b", "/c", "/d"]]}, "")

    assert first_value(Node({"b": None, "c": False, "d": 1}), relation.terms[1]) is False


def test_a_breach_says_where_and_what() -> None:
    relation = parse_relation("Item", {"equal": ["/a", "0-1/a"]}, "/relations/Item/0")

    (breach,) = breaches(relation, nodes([{"a": 1}, {"a": 2}]))

    assert breach.relation is relation
    assert (breach.pointer, breach.message) == ("/1", "/a is 2, not 1 as 0-1/a is")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "unknown relation ''"),
        ({"same": ["/a", "/b"]}, "unknown relation 'same'"),
        ({"equal": ["/a"]}, "equal does not take 1 terms"),
        ({"equal": ["/a", "/b", "/c"]}, "equal does not take 3 terms"),
        ({"in_order": "/a"}, "in_order does not take 1 terms"),
        ({"identified_by": ["/a", "/b"]}, "identified_by does not take 2 terms"),
        ({"equal": ["a", "/b"]}, "'a' is not a relative JSON pointer"),
        ({"equal": ["/a", ["/b", "x y"]]}, "is not a relative JSON pointer"),
        ({"equal": ["/a", []]}, "is not a relative JSON pointer"),
        ({"equal": [["/a", "/b"], "/c"]}, "equal takes one pointer"),
        ({"different": ["/a", ["/b", "/c"]]}, "different takes one pointer"),
        ({"clock_id": ["/a", "/b"]}, "clock_id needs epoch"),
        ({"clock_id": ["/a", "/b"], **CLOCK, "epoch": "then"}, "clock_id needs epoch"),
        ({"clock_id": ["/a", "/b"], **CLOCK, "shift": "4"}, "clock_id needs shift"),
        ({"equal": ["/a", "/b"], "shift": 1}, "equal does not know shift"),
        ({"holds": {"type": "nothing"}}, "nothing"),
    ],
)
def test_a_relation_that_is_not_well_written_is_refused(data: JsonObject, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_relation("Item", data, "")


@pytest.mark.parametrize(
    ("text", "is_instant"),
    [
        ("2026-01-01T00:00:00Z", True),
        ("2026-01-01T00:00:00.123456+02:00", True),
        ("2026-01-01T00:00:00", False),
        ("2026-01-01", False),
        ("yesterday", False),
        (None, False),
        (5, False),
    ],
)
def test_only_date_times_are_instants(text: Json, is_instant: bool) -> None:  # noqa: FBT001
    assert (instant(text) is not None) == is_instant


def test_what_is_unique_to_itself_comes_once() -> None:
    relation = {"unique": ["/id", "/id"]}

    assert pointers_of_breaches(relation, [{"id": 1}, {"id": 2}, {"id": None}, {"id": None}]) == []
    assert pointers_of_breaches(relation, [{"id": 1}, {"id": 2}, {"id": 1}]) == ["/2"]
