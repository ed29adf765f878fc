"""Values for requests: known ones first, then what the contract shows, what came, what is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any, TypeAlias

from understudy.codec import dumps, identity
from understudy.contract.meaning import names
from understudy.contract.model import Contract, Operation, Parameter
from understudy.contract.pointers import MISSING
from understudy.contract.schemas import members, resolve
from understudy.contract.validate import Validator
from understudy.contract.wire.media import is_spoken
from understudy.contract.wire.writing import Arguments
from understudy.generate.world import World
from understudy.types import Json, JsonObject

Path: TypeAlias = tuple[Any, ...]

_EACH = 6
_TRIED = 24
_DEEP = 3
_LONG = 300
_LARGEST = (1 << 63) - 1


class Supply:
    """Where the values of parameters and bodies come from, best first."""

    def __init__(
        self, contract: Contract, world: World, known: Mapping[str, Sequence[str]]
    ) -> None:
        self._contract = contract
        self._world = world
        self._known = {names.plain(name): list(values) for name, values in known.items()}
        self._seen: dict[str, dict[bytes, Json]] = {}
        self._shown: dict[str, list[Json]] = {}
        self._rich: dict[tuple[str, int], Json] = {}
        for operation in contract.operations.values():
            for one in operation.parameters:
                self._shown.setdefault(names.plain(one.name), []).extend(one.examples)

    def harvest(self, value: Json, resource: str = "", depth: int = 0) -> None:
        """Remember the scalars of what came, by name; `id` of a resource also under its name."""
        if isinstance(value, list):
            for item in value[:20]:
                self.harvest(item, resource, depth + 1)
        if not isinstance(value, dict) or depth > _DEEP:
            return
        for key, member in value.items():
            name = names.plain(key)
            if isinstance(member, str | int) and not isinstance(member, bool):
                self._remember(name, member)
                if name == "id" and resource:
                    self._remember(f"{resource}id", member)
            else:
                self.harvest(member, names.singular((names.words(key) or ("",))[-1]), depth + 1)

    def _remember(self, name: str, value: Json) -> None:
        seen = self._seen.setdefault(name, {})
        if len(seen) < 50:
            seen[identity(value)] = value

    def values(self, parameter: Parameter) -> list[Json]:
        """Return valid values for a parameter, the most promising first."""
        validator = Validator(parameter.schema, self._contract.schemas)
        found: dict[bytes, Json] = {}
        for value in self._candidates(parameter):
            for one in (value, _number(value)):
                if one is not MISSING and validator.accepts(one):
                    found.setdefault(identity(one), one)
                    break
        return list(found.values())

    def _candidates(self, parameter: Parameter) -> Iterator[Json]:
        name = names.plain(parameter.name)
        yield from self._known.get(name, ())
        schema = resolve(parameter.schema, self._contract.schemas)
        yield from parameter.examples
        yield from self._shown.get(name, ())
        yield schema.get("default")
        yield from islice(self._seen.get(name, {}).values(), _EACH)
        yield from schema.get("enum", ())
        for number in range(3):
            yield self._world.value(parameter.schema, "check", parameter.name, number)

    def others(self, parameter: Parameter, taken: Json, count: int) -> list[Json]:
        """Return valid values other than `taken`."""
        values = [one for one in self.values(parameter) if identity(one) != identity(taken)]
        return values[:count]

    def fresh(self, parameter: Parameter, *labels: str | int) -> Json:
        """Return a valid value that surely nobody has used before, as far as there are so many."""
        return self._world.value(parameter.schema, "fresh", parameter.name, *labels)

    def most(self, parameter: Parameter) -> int:
        """Return the largest number that a parameter may be, as far as its own schema says."""
        maximum = resolve(parameter.schema, self._contract.schemas).get("maximum")
        return int(maximum) if isinstance(maximum, int | float) else _LARGEST

    def fits(self, parameter: Parameter, value: Json) -> bool:
        """Tell whether a value is valid for a parameter."""
        return Validator(parameter.schema, self._contract.schemas).accepts(value)

    def arguments(self, operation: Operation, taken: Mapping[str, Json]) -> Iterator[Arguments]:
        """Yield sets of the required arguments of an operation; `taken` are by plain name."""
        required = [p for p in operation.parameters if p.required]
        choices = [
            [taken[names.plain(p.name)]] if names.plain(p.name) in taken else self.values(p)[:_EACH]
            for p in required
        ]
        for values in islice(product(*choices), _EACH * 2):
            yield {(p.location, p.name): value for p, value in zip(required, values, strict=True)}

    def body(self, operation: Operation, number: int) -> Json:
        """Return a valid request body, another for each number; MISSING if there is none."""
        if operation.body is None:
            return MISSING
        for name, media in islice(operation.body.content.items(), 1):
            if not is_spoken(name, media.schema, self._contract.schemas):
                continue
            validator = Validator(media.schema, self._contract.schemas)
            if number == 0 and media.examples and validator.accepts(media.examples[0].value):
                return media.examples[0].value
            return self._world.value(media.schema, "check", operation.id, number)
        return MISSING

    def telling(self, operation: Operation, number: int) -> Json:
        """Return a valid body whose free texts show whether they are kept as they are."""
        body = self.rich(operation, number)
        if not isinstance(body, dict) or operation.body is None:
            return body
        schema = next(iter(operation.body.schemas.values()))
        validator = Validator(schema, self._contract.schemas)
        told: JsonObject = dict(body)
        for path, value in _text_places(body):
            for text in _texts(self._longest(schema, path), number):
                trial = _replaced(told, path, text)
                if value != text and validator.accepts(trial):
                    told = trial
                    break
        return told

    def _longest(self, schema: Json, path: Path) -> int:
        """Return how long the text at a place may be, as far as its own schema tells."""
        found = [schema]
        for token in path:
            found = [m for one in found for m in members(one, str(token), self._contract.schemas)]
        schemas = (resolve(one, self._contract.schemas) for one in found)
        return min((int(one.get("maxLength", _LONG)) for one in schemas), default=_LONG)

    def rich(self, operation: Operation, number: int = 0) -> Json:
        """Return the valid body, of some for each number, that says the most."""
        if (operation.id, number) not in self._rich:
            bodies = [self.body(operation, number * _TRIED + index) for index in range(_TRIED)]
            self._rich[operation.id, number] = max(bodies, key=_said)
        return self._rich[operation.id, number]

    def changes(self, operation: Operation) -> Iterator[JsonObject]:
        """Yield valid bodies that change much, and for each member one that changes it alone."""
        whole = self.telling(operation, 1)
        if not isinstance(whole, dict) or operation.body is None:
            return
        yield whole
        schema = next(iter(operation.body.schemas.values()))
        validator = Validator(schema, self._contract.schemas)
        for number in range(2, 5):
            for key, value in self.telling(operation, number).items():
                if validator.accepts({key: value}) and len(whole) > 1:
                    yield {key: value}


def _said(body: Json) -> tuple[int, int]:
    """Return how many members of a body say something, and how much they say."""
    if body is MISSING:
        return 0, 0
    members = body.values() if isinstance(body, dict) else ()
    return sum(one not in (None, [], {}, "") for one in members), len(dumps(body))


def _text_places(body: JsonObject) -> Iterator[tuple[Path, str]]:
    """Yield the texts of a body, and those of the objects in its arrays."""
    for key, value in body.items():
        if isinstance(value, str):
            yield (key,), value
        for index, item in enumerate(value if isinstance(value, list) else ()):
            for inner, text in item.items() if isinstance(item, dict) else ():
                if isinstance(text, str):
                    yield (key, index, inner), text


def _replaced(value: Json, path: Path, new: Json) -> Json:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _replaced(value[path[0]], path[1:], new)
    return copy


def _texts(longest: int, number: int) -> Sequence[str]:
    """Return texts with blanks around and both cases, as long as may be, and of other scripts."""
    blank, letters = f" Mixed Case {number} ", f"\u00c4\u00df \u0416\u6f22 \U0001f600 {number}"
    long = (f"{number} Long Text " * (longest // 8 + 1))[: longest - 1] + "."
    return ((blank, letters, long), (long, blank), (letters, blank))[number // 2 % 3]


def _number(value: Json) -> Json:
    """Return the number that a known value spells, since those come as text."""
    if isinstance(value, str) and value.lstrip("-").isdecimal() and len(value) < 20:
        return int(value)
    return MISSING
