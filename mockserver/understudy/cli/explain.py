"""`understudy explain`: say what is taken to be true of a contract, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from understudy.cli.ending import fail
from understudy.cli.loading import loading_options
from understudy.contract.load import Loading
from understudy.errors import ContractError, ExitCode

if TYPE_CHECKING:
    from understudy.contract.meaning.kinds import Kind
    from understudy.contract.meaning.model import Fact, Meaning
    from understudy.contract.model import Contract
    from understudy.types import JsonObject

_HOW = """\
What is told from names is a guess. To take one back, list its id, or a pattern such as
"* echo *", in a behaviour.yaml beside the document:

veto:
"""


@click.command()
@click.argument("source", metavar="NAME_OR_FILE")
@click.option("--format", "kind", default="text", type=click.Choice(["text", "json"]), help="How.")
@loading_options
def explain(source: str, kind: str, loading: Loading) -> None:
    """Say what a contract is taken to promise beyond its schemas.

    Which operations list, read, create, change and delete what; how lists are paged, filtered
    and ordered; what holds between the members of a schema. Each with the id by which it can be
    vetoed, and where it comes from: behaviour.yaml, or the names in the contract.

    \b
    Examples:
      understudy explain thena
      understudy explain ./openapi.yaml --format json
    """
    from understudy.contract.meaning.infer import meaning  # slow to import

    try:
        contract = loading.load(source)
    except ContractError as error:
        fail("\n".join(map(str, error.problems)), ExitCode.CONTRACT)
    found = meaning(contract)
    if kind == "json":
        from understudy.codec import dumps

        click.echo(dumps(_as_json(contract, found)))
    else:
        click.echo("\n".join(_lines(contract, found)))


def _as_json(contract: Contract, found: Meaning) -> JsonObject:
    some_of = _some_of(contract, found)
    told = [(fact, False) for fact in found.facts] + [(fact, True) for fact in found.vetoed]
    return {
        "contract": contract.name,
        "facts": [
            {
                "id": fact.id,
                "about": fact.about,
                "says": fact.says,
                "why": fact.why,
                "declared": fact.declared,
                "vetoed": vetoed,
            }
            for fact, vetoed in told
        ],
        "resources": [
            {
                "name": one.name,
                "path": one.path,
                "scope": list(one.scope),
                "count": one.count,
                "references": dict(one.references),
                "some_of": some_of.get(one.name),
            }
            for one in _kept(contract, found)
        ],
        "echoes": [
            {"id": one.id, "says": one.says}
            for one in _echoes(contract, found, contract.behaviour.vetoes)
        ],
        "scenarios": dict(_scenarios(contract)),
        "untold": _untold(contract, found),
        "unused_vetoes": list(_unused(contract, found)),
    }


def _lines(contract: Contract, found: Meaning) -> Iterator[str]:
    yield f"{contract.title} {contract.version}".rstrip()
    labels = {operation.id: operation.label for operation in contract.operations.values()}
    for about in dict.fromkeys(fact.about for fact in found.facts):
        label = labels.get(about, "")
        yield ""
        yield f"{label}  {about}" if label not in ("", about) else label or about
        yield from _listed([fact for fact in found.facts if fact.about == about])
    kept = _kept(contract, found)
    if kept:
        yield from ("", "What the stand-in keeps, since behaviour.yaml does not say")
        some_of = _some_of(contract, found)
        yield from (f"  {_resource(one, some_of.get(one.name, ''))}" for one in kept)
    echoes = _echoes(contract, found, contract.behaviour.vetoes)
    if echoes:
        yield from ("", "What the stand-in repeats in other answers")
        yield from _listed(echoes)
    if found.vetoed:
        yield from ("", "Vetoed")
        yield from _listed(found.vetoed)
    for title, listed in (
        ("Scenarios", [f"{name}: {says}" for name, says in _scenarios(contract)]),
        ("Nothing is told of", [labels[id_] for id_ in _untold(contract, found)]),
        ("Vetoes that are about nothing", list(_unused(contract, found))),
    ):
        if listed:
            yield from ("", title, *(f"  {one}" for one in listed))
    guessed = next((fact.id for fact in found.facts if not fact.declared), None)
    if guessed is not None:
        yield from ("", f"{_HOW}  - {_quoted(guessed)}")


def _kept(contract: Contract, found: Meaning) -> list[Kind]:
    """Return the resources that names tell of, which the stand-in keeps."""
    from understudy.contract.meaning.kinds import kinds  # slow to import
    from understudy.contract.meaning.shape import shapes_of

    told = kinds(found, shapes_of(contract.schemas)).values()
    return [kind for kind in told if kind.name not in contract.behaviour.resources]


def _some_of(contract: Contract, found: Meaning) -> Mapping[str, str]:
    from understudy.contract.meaning.kinds import homes  # slow to import
    from understudy.contract.meaning.shape import shapes_of

    return homes(found, shapes_of(contract.schemas), contract.behaviour)


def _resource(kind: Kind, home: str) -> str:
    """Return a resource in one line: `toy: 25 for each petid, at /pets/{petId}/toys/{id}`."""
    if home:
        return f"{kind.name}: those of {home} with the same {' and '.join(kind.scope)}"
    each = f" for each {' and '.join(kind.scope)}" if kind.scope else ""
    count = f" {kind.count} in a list" if kind.count else " read by id"
    named = "".join(f"; {member}: of a {name}" for member, name in kind.references.items())
    return f"{kind.name}:{count}{each}" + (f", at {kind.path}" if kind.path else "") + named


def _echoes(contract: Contract, found: Meaning, vetoes: Sequence[str]) -> list[Fact]:
    """Return what is repeated by operations of which nothing else is told."""
    from understudy.contract.meaning.echoes import facts_of  # slow to import
    from understudy.contract.meaning.shape import shapes_of

    shapes = shapes_of(contract.schemas)
    untold = [contract.operations[id_] for id_ in _untold(contract, found)]
    return [fact for one in untold for fact in facts_of(one, shapes, vetoes)]


def _scenarios(contract: Contract) -> Iterator[tuple[str, str]]:
    """Yield the scenarios beside a contract with what they are about."""
    from understudy.scenario.library import Scenarios  # slow to import

    found = Scenarios(contract)
    for name in found.names:
        yield name, found.about(name)


def _listed(facts: Sequence[Fact]) -> Iterator[str]:
    for fact in facts:
        yield f"  {fact.says}"
        yield f"      {fact.why}: {fact.id}"


def _untold(contract: Contract, found: Meaning) -> list[str]:
    told = {fact.about for fact in found.facts}
    return [id_ for id_ in contract.operations if id_ not in told]


def _unused(contract: Contract, found: Meaning) -> Iterator[str]:
    """Yield the vetoes that no guess is about."""
    from understudy.contract.meaning.infer import is_vetoed  # slow to import

    echoes = _echoes(contract, found, ())
    for veto in contract.behaviour.vetoes:
        if not any(is_vetoed(fact.id, veto) for fact in (*found.vetoed, *echoes)):
            yield veto


def _quoted(text: str) -> str:
    """Return text as YAML takes it in a list."""
    plain = text[:1].isalpha() and not set(text) & set(":#{}[],'\"*")
    return text if plain else "'{}'".format(text.replace("'", "''"))
