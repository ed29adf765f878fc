"""The examples of a contract: which are valid, which belong to a request, which are wrong.

Examples of a request and of a response that have a name in common are a pair. An example that
breaks its own schema is told, and not served unless that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from understudy.codec import dumps, identity, loads
from understudy.contract import pointers
from understudy.contract.model import Contract, Example, MediaType, Operation, Response
from understudy.contract.schemas import resolve
from understudy.contract.validate import Validator
from understudy.contract.wire import media_types
from understudy.errors import Problem
from understudy.exchange import Request
from understudy.types import Json

SEQUENTIAL = frozenset(
    """
    application/json-seq application/jsonl application/x-jsonlines application/x-ndjson
    text/event-stream
    """.split()
)
"""Media types that are sequences of items (OpenAPI 3.2.0, "Sequential Media Types")."""


_CONTAINERS = frozenset(("array", "null", "object"))
_SAY_NOTHING = frozenset(
    "$comment deprecated description example examples summary title type".split()
)
_LONG = 160
_INVALID = "the example is not valid: "


@dataclass(frozen=True, slots=True)
class Judged:
    """An example with what is wrong with it; nothing is said of one that is valid."""

    example: Example
    wrong: str = ""

    @property
    def name(self) -> str:
        """Return its key under `examples`."""
        return self.example.name


class Examples:
    """The examples of one media type of a body."""

    def __init__(self, name: str, media: MediaType, schemas: Mapping[str, Json]) -> None:
        self._media = media
        self._name = name
        self._schemas = schemas
        self.sequential = media_types.bare(name) in SEQUENTIAL
        self._validators = [Validator(media.schema, schemas)]
        if self.sequential and media.item is not None:
            self._validators.append(Validator(media.item, schemas))
        self.judged = tuple(self._judged(one) for one in self._written())

    def named(self, name: str) -> Judged | None:
        """Return the example with this key under `examples`."""
        return next((one for one in self.judged if one.name == name), None)

    def first(self, *, invalid: bool) -> Judged | None:
        """Return the example to serve: of a sequence of several, the items that they are."""
        good = [one for one in self.judged if invalid or not one.wrong]
        if self.sequential and len(good) > 1 and all(one.name for one in good):
            return Judged(Example("", [one.example.value for one in good]))
        return next(iter(good), None)

    @cached_property
    def alone(self) -> bool:
        """Tell whether only examples say what a value holds, and the schema no more than its type.

        Any text is JSON's idea of a text, but hardly what a page or a table holds.
        """
        schema = resolve(self._media.schema, self._schemas)
        if self._media.item is not None or not schema.keys() <= _SAY_NOTHING:
            return False
        told = schema.get("type", [])
        kinds = {told} if isinstance(told, str) else {*told}
        if media_types.is_json(self._name):
            return kinds <= _CONTAINERS
        return kinds <= _CONTAINERS | {"string"}

    def _written(self) -> Iterator[Example]:
        yield from self._media.examples
        yield from of_schema(resolve(self._media.schema, self._schemas), "")

    def _judged(self, example: Example) -> Judged:
        """Return an example with what is wrong; JSON within a text is taken for what it says."""
        value = example.value
        if self._is_valid(value):
            return Judged(example)
        if isinstance(value, str):
            if not media_types.is_json(self._name):
                return Judged(example)
            try:
                told = loads(value.encode())
            except ValueError:
                told = value
            if self._is_valid(told):
                return Judged(replace(example, value=told))
        return Judged(example, wrong(self._validators[-1], value))

    def _is_valid(self, value: Json) -> bool:
        if any(one.accepts(value) for one in self._validators):
            return True
        items = value if self.sequential and isinstance(value, list) else None
        return items is not None and all(self._validators[-1].accepts(item) for item in items)


class Pairs:
    """The pairs of request and response examples of one operation."""

    def __init__(self, operation: Operation, names: Iterable[str]) -> None:
        self._places = {name: _places(operation, name) for name in dict.fromkeys(names) if name}

    def names(self, request: Request) -> list[str]:
        """Return the names of the examples that a request equals, the closest first."""
        found = [
            (len(places), name)
            for name, places in self._places.items()
            if places and all(_equals(request, place) for place in places)
        ]
        return [name for _, name in sorted(found, key=lambda one: -one[0])]

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return any(self._places.values())


_Place = tuple[str, str, Json]
"""Location, name and value of one part of a request."""


def _places(operation: Operation, name: str) -> list[_Place]:
    parameters = [
        (parameter.location, parameter.name, example.value)
        for parameter in operation.parameters
        for example in parameter.named
        if example.name == name and parameter.location in _LOCATIONS
    ]
    bodies = [
        ("body", kind, example.value)
        for kind, media in (operation.body.content if operation.body else {}).items()
        for example in media.examples
        if example.name == name
    ]
    return [*parameters, *bodies[:1]]


def _equals(request: Request, place: _Place) -> bool:
    location, name, value = place
    if location == "body":
        return identity(request.body) == identity(value)
    given = _LOCATIONS[location](request)
    return name in given and _text(given[name]) == _text(value)


def _text(value: Json) -> str:
    """Return a value so that a number and its text are the same: parameters are texts."""
    return value if isinstance(value, str) else dumps(value).decode()


_LOCATIONS = {
    "path": lambda request: request.path,
    "query": lambda request: request.query,
    "header": lambda request: request.headers,
    "cookie": lambda request: request.cookies,
    "querystring": lambda request: request.query,
}


def of_schema(schema: Json, pointer: str) -> Iterator[Example]:
    """Yield the examples that a schema itself gives."""
    if not isinstance(schema, dict):
        return
    if "example" in schema:
        yield Example("", schema["example"], pointers.join(pointer, "example"))
    several = schema.get("examples")
    for index, value in enumerate(several if isinstance(several, list) else ()):
        yield Example("", value, pointers.join(pointer, "examples", index))


def wrong(validator: Validator, value: Json) -> str:
    """Return the first reason why a value is not valid, with its pointer."""
    for violation in validator.violations(value):
        told = _ending(violation.message)
        where = pointers.join("", *violation.path)
        return f"{where}: {told}" if where else told
    return ""


def _ending(message: str) -> str:
    """Return a message without most of the value that it begins with, if that is long."""
    return message if len(message) <= _LONG else f"... {message[-_LONG:]}"


def problems(contract: Contract) -> Iterator[Problem]:
    """Yield a warning for each example of a contract that breaks its own schema."""
    found = list(_of_schemas(contract))
    for operation in contract.operations.values():
        found += _of_operation(operation, contract.schemas)
    yield from _told(found, contract)


def problems_of(operation: Operation, contract: Contract) -> Iterator[Problem]:
    """Yield a warning for each example of an operation that breaks its own schema.

    It is asked for while a client waits: pointers say where, lines would have to be counted.
    """
    for pointer, reason in dict(_of_operation(operation, contract.schemas)).items():
        document, place = contract.document.origin(pointer)
        yield _warning(Problem(document.shown, 0, place, _INVALID + reason))


_Wrong = tuple[str, str]
"""Pointer of an example, and what is wrong with it."""


def _told(found: Iterable[_Wrong], contract: Contract) -> Iterator[Problem]:
    for pointer, reason in dict(found).items():
        yield _warning(contract.document.problem(pointer, _INVALID + reason))


def _warning(problem: Problem) -> Problem:
    return replace(problem, severity="warning", rule="invalid-example")


def _of_schemas(contract: Contract) -> Iterator[_Wrong]:
    for name, schema in contract.schemas.items():
        pointer = pointers.join("/components/schemas", name)
        yield from _wrong_ones(schema, of_schema(schema, pointer), contract.schemas)


def _of_operation(operation: Operation, schemas: Mapping[str, Json]) -> Iterator[_Wrong]:
    for parameter in operation.parameters:
        yield from _wrong_ones(parameter.schema, parameter.named, schemas)
    for response in operation.responses.values():
        yield from _of_content(response.content, schemas)
        for header in response.headers:
            yield from _wrong_ones(header.schema, header.examples, schemas)
    if operation.body:
        yield from _of_content(operation.body.content, schemas)


def _of_content(
    content: Mapping[str, MediaType], schemas: Mapping[str, Json]
) -> Iterator[tuple[str, str]]:
    for name, media in content.items():
        for one in Examples(name, media, schemas).judged if media.examples else ():
            if one.wrong and one.example.pointer:
                yield one.example.pointer, one.wrong


def _wrong_ones(
    schema: Json, examples: Iterable[Example], schemas: Mapping[str, Json]
) -> Iterator[tuple[str, str]]:
    found = list(examples)
    validator = Validator(schema, schemas) if found else None
    for one in found:
        if validator and not validator.accepts(one.value):
            yield one.pointer, wrong(validator, one.value)


def names_of(responses: Iterable[Response]) -> Iterator[str]:
    """Yield the names of all examples of the bodies of responses."""
    for response in responses:
        for media in response.content.values():
            yield from (example.name for example in media.examples if example.name)
