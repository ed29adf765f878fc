"""A program gives the same bytes as the makers it stands for; contracts and made-up behaviours."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.codec import dumps
from understudy.contract.instances import instances
from understudy.contract.load import bundled_names, load_contract
from understudy.contract.model import Contract
from understudy.contract.relations import breaches
from understudy.errors import GenerationError
from understudy.generate.program.build import Program
from understudy.generate.world import World
from understudy.types import Json

CONTRACTS = {name: load_contract(name) for name in bundled_names()}
RESOURCES = [(name, kind) for name, c in CONTRACTS.items() for kind in c.behaviour.resources]

DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Things", "version": "1"},
    "paths": {
        "/things": {
            "get": {
                "operationId": "listThings",
                "parameters": [
                    {"name": "owner", "in": "query", "required": True, "schema": {"type": "string"}}
                ],
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "array",
                                    "items": {"$ref": "#/components/schemas/Thing"},
                                }
                            }
                        },
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "kind": {"type": "string", "nullable": True},
                    "title": {"type": "string", "nullable": True},
                    "html": {"type": "string", "nullable": True},
                    "total": {"type": "integer", "minimum": 0},
                    "part": {"type": "integer", "minimum": 0},
                    "rest": {"type": "integer", "minimum": 0},
                    "made": {"type": "string", "format": "date-time", "nullable": True},
                    "done": {"type": "string", "format": "date-time", "nullable": True},
                    "note": {"type": "object", "nullable": True},
                    "pieces": {
                        "type": "array",
                        "items": {"$ref": "#/components/schemas/Piece"},
                        "nullable": True,
                    },
                },
            },
            "Piece": {
                "type": "object",
                "properties": {
                    "thing": {"type": "string", "nullable": True},
                    "name": {"type": "string", "nullable": True},
                    "made": {"type": "string", "format": "date-time", "nullable": True},
                    "done": {"type": "string", "format": "date-time", "nullable": True},
                },
            },
        }
    },
}
TABLES = {
    "words": ["one", "two {ordinal}", "three {plain}", "four {five"],
    "plain": ["red", "green", "blue"],
    "heavy": {"iron": 3, "lead": 1},
    "by": {"one": ["a", "b"], "two": ["c"], "red": ["x {plain}"]},
    "sets": [
        {"name": "first", "rows": [{"word": "w {plain}", "n": 1}, {"word": None}]},
        {"name": "second", "rows": []},
        {"name": "third"},
    ],
}


@pytest.mark.parametrize(("name", "resource"), RESOURCES)
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 1 << 64), start=st.integers(0, 1 << 20))
def test_resources_of_the_contracts_have_programs_that_agree_with_their_makers(
    name: str, resource: str, seed: int, start: int
) -> None:
    contract = CONTRACTS[name]

    assert agree(contract, resource, seed, range(start, start + 3))


LEAVES = [
    None,
    "plain",
    "{words}",
    "{plain}",
    "{heavy}",
    "{set.name}",
    "{set.missing}",
    "{key}",
    "{shared}",
    "{bound}",
    {"$format": "uuid"},
    {"$format": "email"},
    {"$pattern": "[a-f]{2,5}"},
    {"$faker": "first_name"},
    {"$faker": "first_name", "locale": "de_DE"},
    {"$from": "plain"},
    {"$from": "plain", "unique": True},
    {"$from": "by", "at": "{plain}"},
    {"$from": "by", "at": "one"},
]


def texts(*own: Json) -> st.SearchStrategy[Json]:
    return st.recursive(
        st.sampled_from([*LEAVES, *own]),
        lambda inner: (
            st.lists(st.tuples(st.integers(1, 4), inner).map(list), min_size=1, max_size=3).map(
                lambda options: {"$weigh": options}
            )
            | st.tuples(inner, inner, inner).map(
                lambda found: {"$switch": found[0], "cases": {"red": found[1]}, "default": found[2]}
            )
        ),
        max_leaves=5,
    )


INSTANTS = st.sampled_from(
    [{"$after": [0, 0]}, {"$after": [1, 90000]}, {"$weigh": [[1, {"$after": [2, 9]}], [1, None]]}]
)
NUMBERS = st.sampled_from([0, {"$number": [0, 9]}, {"$number": [0, 10**12]}])
NOTES = st.sampled_from(
    [
        None,
        {"a": {"$number": [1, 3]}, "b": ["{plain}", {"$format": "date"}], "c": {"d": "{words}"}},
        {"$weigh": [[1, {"x": {"$absent": True}}], [1, {"x": {"$pick": [1, "{plain}"]}}]]},
    ]
)
PIECES = st.sampled_from(
    [
        None,
        [],
        {"$repeat": [0, 3]},
        {"$each": "set.rows", "as": "row"},
        {"$weigh": [[3, {"$each": "set.rows", "as": "row"}], [1, None]]},
    ]
)
RELATIONS = {
    "Thing": [
        {"in_order": ["/made", "/done"]},
        {"in_order": ["/made", "/pieces/*/made", "/pieces/*/done", "/done"]},
        {"in_order": ["/pieces/*/done", "/done"]},
        {"equal": ["/title", "/kind"]},
        {"equal": ["/title", ["/kind", "/id"]]},
        {"equal": ["/done", "/made"]},
        {"at_most": [["/part", "/rest"], "/total"]},
        {"renders": ["/html", "/title"]},
    ],
    "Piece": [
        {"equal": ["/thing", "2/id"]},
        {"equal": ["/name", ["2/title", "2/id"]]},
        {"equal": ["/name", "0-1/name"]},
        {"in_order": ["0-1/made", "/made"]},
        {"in_order": ["/made", "/done", "2/done"]},
        {"in_order": ["2/made", "/made"]},
    ],
}
THINGS = {
    "kind": texts("{/id}"),
    "title": texts("{/id}", "{/total} of {words}", "{/kind}"),
    "html": st.sampled_from(["", None]),
    "total": st.just({"$number": [5, 50]}),
    "part": NUMBERS,
    "rest": NUMBERS,
    "made": INSTANTS,
    "done": INSTANTS,
    "note": NOTES,
    "pieces": PIECES,
}
ROWS = {
    "thing": texts("{2/title}", "{row.n}"),
    "name": texts("{row.word}", "{/thing}", "{2/id}"),
    "made": INSTANTS,
    "done": INSTANTS,
}
BEHAVIOURS = st.fixed_dictionaries(
    {
        "let": st.fixed_dictionaries({"shared": st.just("{plain}")}),
        "values": st.fixed_dictionaries(
            {
                "Thing": st.fixed_dictionaries(
                    {
                        "let": st.just(
                            {"set": {"$from": "sets"}, "bound": "{words} {plain}", "row": "-"}
                        ),
                        **THINGS,
                    }
                ),
                "Piece": st.fixed_dictionaries(ROWS),
            }
        ),
        "relations": st.fixed_dictionaries(
            {
                name: st.lists(st.sampled_from(known), max_size=4, unique_by=str)
                for name, known in RELATIONS.items()
            }
        ),
    }
)


@settings(deadline=None, max_examples=150)
@given(behaviour=BEHAVIOURS, seed=st.integers(0, 99))
def test_a_program_of_any_behaviour_agrees_with_the_makers(
    behaviour: dict[str, Any], seed: int
) -> None:
    contract = contract_of(behaviour)

    agree(contract, "thing", seed, range(6))


@settings(deadline=None, max_examples=100)
@given(behaviour=BEHAVIOURS)
def test_relations_hold_in_what_programs_make(behaviour: dict[str, Any]) -> None:
    contract = contract_of(behaviour)
    world = World(contract)
    if program(world, "thing") is None:
        return
    for index in range(4):
        try:
            thing = world.nth("thing", index)
        except GenerationError:
            continue  # a limit that leaves no integer
        found = instances(thing, {"$ref": "#/components/schemas/Thing"}, contract.schemas)
        kinds = ("in_order", "equal", "at_most")
        for name, relations in contract.behaviour.relations.items():
            for relation in relations:
                if relation.kind in kinds:
                    assert list(breaches(relation, found.get(name, []))) == []


def program(world: World, resource: str) -> Program | None:
    return world._members[resource]._written()[0]


def without_programs(world: World) -> World:
    for members in world._members.values():
        members._is_written = True
    return world


def agree(contract: Contract, resource: str, seed: int, indices: range) -> bool:
    """Compare both ways to make members; tell whether there is a program."""
    world, makers = World(contract, seed=seed), without_programs(World(contract, seed=seed))
    for index in indices:
        assert made(world, resource, index) == made(makers, resource, index)
    return program(world, resource) is not None


def made(world: World, resource: str, index: int) -> bytes | str:
    try:
        value: Json = world.nth(resource, index)
    except GenerationError as error:
        return str(error)
    return dumps(value)


def contract_of(behaviour: dict[str, Any]) -> Contract:
    whole = {
        "vocabulary": "vocabulary.yaml",
        "parents": {"owner": {"key": {"$format": "uuid"}}},
        "resources": {
            "thing": {"schema": "Thing", "parent": "owner", "id": "/id", "count": [3, 5]}
        },
        "operations": {"listThings": {"list": "thing", "parent": "$request.query.owner"}},
        **behaviour,
    }
    with TemporaryDirectory() as temporary:
        folder = Path(temporary, "things")
        folder.mkdir()
        files = {"openapi": DOCUMENT, "behaviour": whole, "vocabulary": TABLES}
        for name, data in files.items():
            Path(folder, f"{name}.yaml").write_text(yaml.safe_dump(data, sort_keys=False))
        return load_contract(Path(folder, "openapi.yaml"))


def test_names_and_texts_of_a_behaviour_never_become_code() -> None:
    values = {
        "Thing": {
            "let": {"self": "{plain}", "set": {"$from": "sets"}, "row": "-"},
            "kind": "{self}'); raise SystemExit #",
            "title": '"{self}"\n',
            "html": "",
            "total": 10**40,
            "part": {"$number": [0, 9]},
            "rest": 1,
            "made": {"$after": [0, 0]},
            "done": {"$after": [0, 0]},
            "note": {"a'b\"]": "{self}", "__import__": 1.5},
            "pieces": {"$each": "set.rows", "as": "self"},
        },
        "Piece": {
            "thing": "{self.word}",
            "name": {"$switch": "{self.word}", "cases": {"')": "a", "{": "b"}, "default": "c"},
            "made": {"$after": [0, 1]},
            "done": {"$after": [0, 1]},
        },
    }

    assert agree(contract_of({"values": values}), "thing", 1, range(6))


LETS = {"set": {"$from": "sets"}, "row": "-"}
REST = {"html": "", "total": 1, "part": 0, "rest": 0, "made": None, "done": None, "note": None}
AWKWARD = [
    {"let": {**LETS, "shared": "inner"}, "kind": "{shared}"},
    {"let": LETS, "kind": "{set.rows.0.word}"},
    {"let": LETS, "kind": {"$matching": "set.name"}},
    {"let": LETS, "kind": "x", "pieces": {"$repeat": [1, 1]}},
]


@pytest.mark.parametrize("values", AWKWARD)
def test_programs_agree_with_makers_where_names_are_awkward(values: Json) -> None:
    thing = {**REST, "title": None, "pieces": None, **values}
    piece = {"thing": None, "name": None, "made": None, "done": None}

    behaviour = {"let": {"shared": "outer"}, "values": {"Thing": thing, "Piece": piece}}
    agree(contract_of(behaviour), "thing", 1, range(4))


def test_texts_that_look_around_are_left_to_the_makers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLES, "greetings", ["Hello {/title}"])
    thing = {**REST, "let": LETS, "title": "bob", "kind": "{greetings}", "pieces": None}
    piece = {"thing": None, "name": None, "made": None, "done": None}

    contract = contract_of({"values": {"Thing": thing, "Piece": piece}})

    assert not agree(contract, "thing", 1, range(4))


def test_no_two_members_are_the_same_list() -> None:
    note = {"a": [], "b": [], "c": ["{plain}"], "d": ["{plain}"], "e": {}, "f": {}}
    thing = {**REST, "let": LETS, "title": None, "kind": None, "pieces": [], "note": note}
    piece = {"thing": None, "name": None, "made": None, "done": None}
    world = World(contract_of({"values": {"Thing": thing, "Piece": piece}}))

    made = world.nth("thing", 0)

    containers = [made["pieces"], *made["note"].values()]
    assert program(world, "thing")
    assert len({id(one) for one in containers}) == len(containers)
