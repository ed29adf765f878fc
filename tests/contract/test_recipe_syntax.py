from typing import get_args

import pytest

from understudy.contract import recipes as r
from understudy.contract.expressions import Name, Relative, Runtime
from understudy.contract.recipe_syntax import parse_recipe
from understudy.types import Json

A, B = r.Literal("a"), r.Literal("b")
KIND = r.Template((Name("kind"),))


def parsed(data: Json) -> tuple[r.Recipe, list[tuple[str, str]]]:
    """Return the recipe in `data`, and pointer and message of every mistake."""
    mistakes: list[tuple[str, str]] = []
    recipe = parse_recipe(data, "/at", lambda at, message, _hint: mistakes.append((at, message)))
    return recipe, mistakes


RECIPES: tuple[tuple[Json, r.Recipe], ...] = (
    (None, r.Literal(None)),
    (1.5, r.Literal(1.5)),
    ("plain", r.Literal("plain")),
    ("", r.Literal("")),
    ("{kind}", KIND),
    ("{a.b}-{/c}", r.Template((Name("a", ("b",)), "-", Relative(0, 0, ("c",))))),
    ("{$request.body#/name}!", r.Template((Runtime("body", "", ("name",)), "!"))),
    ("$request.query.id", r.Template((Runtime("query", "id"),))),
    ("$now", r.Template((Runtime("now"),))),
    ("costs $now", r.Literal("costs $now")),
    (["a", "{kind}"], r.ListOf((A, KIND))),
    ({}, r.ObjectOf(())),
    ({"x": "a", "y": ["b"]}, r.ObjectOf((("x", A), ("y", r.ListOf((B,)))))),
    ({"$pick": ["a", "b"]}, r.Weighted(((1, A), (1, B)))),
    ({"$weigh": [[9, "a"], [1, None]]}, r.Weighted(((9, A), (1, r.Literal(None))))),
    ({"$from": "table"}, r.From(Name("table"), None)),
    ({"$from": "area.places", "at": "{kind}"}, r.From(Name("area", ("places",)), KIND)),
    ({"$number": [1, "{kind}"]}, r.Number(r.Literal(1), KIND)),
    ({"$pattern": "[0-9]{3}"}, r.Pattern("[0-9]{3}", "/at")),
    ({"$matching": "place.code"}, r.Matching(Name("place", ("code",)))),
    ({"$format": "uuid"}, r.Format("uuid", "/at")),
    ({"$faker": "city"}, r.Fake("city", r.Literal("en_US"), "/at")),
    ({"$faker": "city", "locale": "{kind}"}, r.Fake("city", KIND, "/at")),
    ({"$each": "talk", "as": "turn"}, r.Each(Name("talk"), "turn", r.AsSchema())),
    ({"$each": "talk", "as": "turn", "of": "a"}, r.Each(Name("talk"), "turn", A)),
    ({"$repeat": [0, 3]}, r.Repeat(0, 3, r.AsSchema())),
    ({"$repeat": [2, 2], "of": "a"}, r.Repeat(2, 2, A)),
    ({"$switch": "{kind}", "cases": {"x": "a"}}, r.Switch(KIND, {"x": A}, r.Literal(None))),
    ({"$switch": "{kind}", "cases": {}, "default": "b"}, r.Switch(KIND, {}, B)),
    ({"$resource": "cat"}, r.Member("cat", None, ())),
    (
        {"$resource": "cat", "id": "{kind}", "where": {"/a/b": "a"}},
        r.Member("cat", KIND, ((("a", "b"), A),)),
    ),
    ({"$after": [5, 240]}, r.After(5, 240)),
    ({"$schema": True}, r.AsSchema()),
    ({"$absent": True}, r.Absent()),
)


@pytest.mark.parametrize(("data", "recipe"), RECIPES)
def test_every_recipe_has_its_notation(data: Json, recipe: r.Recipe) -> None:
    assert parsed(data) == (recipe, [])


def test_every_recipe_of_the_module_is_among_those_tested() -> None:
    assert {type(recipe) for _, recipe in RECIPES} == set(get_args(r.Recipe))


@pytest.mark.parametrize(
    ("data", "mistakes"),
    [
        ("{a b}", [("/at", "{a b} refers to nothing")]),
        ("{}", [("/at", "{} refers to nothing")]),
        ({"$unknown": 1}, [("/at", "unknown recipe $unknown")]),
        ({"$number": [1]}, [("/at", "$number is not written as it should be")]),
        ({"$number": 5}, [("/at", "$number is not written as it should be")]),
        ({"$weigh": ["a", "b"]}, [("/at", "$weigh is not written as it should be")]),
        ({"$weigh": [["x", "b"]]}, [("/at", "$weigh is not written as it should be")]),
        ({"$from": "no table"}, [("/at", "$from is not written as it should be")]),
        ({"$each": "talk"}, [("/at", "$each is not written as it should be")]),
        ({"$switch": "{kind}"}, [("/at", "$switch is not written as it should be")]),
        ({"$after": 5}, [("/at", "$after is not written as it should be")]),
        (
            {"x": ["{}", {"$oops": 1}], "y": {"$pick": ["a", "{a b}"]}},
            [
                ("/at/x/0", "{} refers to nothing"),
                ("/at/x/1", "unknown recipe $oops"),
                ("/at/y/$pick/1", "{a b} refers to nothing"),
            ],
        ),
    ],
)
def test_what_cannot_be_understood_is_reported_where_it_stands(
    data: Json, mistakes: list[tuple[str, str]]
) -> None:
    assert parsed(data)[1] == mistakes
