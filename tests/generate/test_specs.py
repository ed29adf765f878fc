"""Every schema and body of the small specifications, in each profile."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from understudy.contract.instances import instances
from understudy.contract.load import load_contract
from understudy.contract.model import Contract
from understudy.contract.relations import breaches
from understudy.contract.validate import Validator
from understudy.generate.boundary.profile import boundaries
from understudy.generate.invalid.profile import invalid
from understudy.generate.samples import Subject, of_request, of_response, of_schema, sample
from understudy.generate.world import World
from understudy.types import Json

SPECS = Path(__file__).parents[1] / "specs"
CONTRACTS = {name: load_contract(SPECS / f"{name}.yaml") for name in ("modern", "zoo")}
WORLDS = {name: World(contract) for name, contract in CONTRACTS.items()}


def subjects() -> Iterator[object]:
    for name, contract in CONTRACTS.items():
        found = [of_schema(contract, schema) for schema in contract.schemas]
        for operation in contract.operations.values():
            found.append(of_response(contract, operation.id))
            found += [of_request(contract, operation.id)] if operation.body else []
        for subject in found:
            yield pytest.param(name, subject, id=f"{name}-{subject.name}")


EVERY = pytest.mark.parametrize(("name", "subject"), list(subjects()))


@EVERY
def test_realistic_objects_are_valid(name: str, subject: Subject) -> None:
    validator = Validator(subject.schema, CONTRACTS[name].schemas)
    make = sample(CONTRACTS[name], subject, WORLDS[name])

    assert [made for made in map(make, range(100)) if not validator.accepts(made)] == []


@EVERY
def test_boundaries_are_valid(name: str, subject: Subject) -> None:
    validator = Validator(subject.schema, CONTRACTS[name].schemas)
    found = [one.value for one in boundaries(CONTRACTS[name], subject, WORLDS[name], budget=50)]

    assert found
    assert [value for value in found if not validator.accepts(value)] == []


@EVERY
def test_invalid_objects_break_what_their_label_says(name: str, subject: Subject) -> None:
    validator = Validator(subject.schema, CONTRACTS[name].schemas)
    make = invalid(CONTRACTS[name], subject, WORLDS[name])

    assert make.faults
    for index in range(len(make.faults)):
        made = make(index)
        [violation] = validator.violations(made.value)
        assert violation.keyword == made.label["keyword"]


def made(name: str, subject: Subject) -> list[Json]:
    return list(islice(map(sample(CONTRACTS[name], subject, WORLDS[name]), range(100)), 100))


def test_objects_of_a_union_carry_the_tag_of_their_branch() -> None:
    animals = made("zoo", of_schema(CONTRACTS["zoo"], "Animal"))

    assert {(a["kind"], "weight" in a) for a in animals} == {
        ("brown", True),
        ("polar", True),
        ("Crow", False),
    }


def test_objects_of_a_parent_are_objects_of_its_children() -> None:
    plants = made("zoo", of_schema(CONTRACTS["zoo"], "Plant"))

    assert {(p["species"], "ripe" in p) for p in plants} == {("tree", False), ("Fruit", True)}


def test_requests_and_responses_leave_out_what_is_not_theirs() -> None:
    asked = made("zoo", of_request(CONTRACTS["zoo"], "hireKeeper"))
    told = made("zoo", of_response(CONTRACTS["zoo"], "hireKeeper"))

    assert {key for one in asked for key in one} == {"boss", "name", "password", "pin"}
    assert {key for one in told for key in one} == {"boss", "id", "name", "since"}
    assert all("id" not in one["boss"] for one in asked if "boss" in one)


@pytest.mark.parametrize("name", ["cattix", "sitegpt", "thena"])
def test_objects_made_on_their_own_keep_all_relations(name: str) -> None:
    contract = load_contract(name)
    world = World(contract)

    assert [one for schema in contract.schemas for one in broken(contract, world, schema)] == []


def broken(contract: Contract, world: World, schema: str) -> Iterator[str]:
    subject = {"$ref": f"#/components/schemas/{schema}"}
    for index in range(200):
        value = world.value(subject, schema, index)
        for owner, nodes in instances(value, subject, contract.schemas).items():
            for relation in contract.behaviour.relations.get(owner, ()):
                yield from map(str, breaches(relation, nodes))
