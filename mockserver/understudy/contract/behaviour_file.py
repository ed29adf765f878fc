"""Read behaviour.yaml against its contract and report every mistake in it at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from understudy.contract import pointers
from understudy.contract.behaviour import Action, Behaviour, Parent, Resource, Values
from understudy.contract.dangling import dangling
from understudy.contract.document import Document, read_document
from understudy.contract.expressions import Runtime, parse_runtime
from understudy.contract.instances import relative_leads_somewhere
from understudy.contract.model import Contract
from understudy.contract.recipe_syntax import parse_recipe
from understudy.contract.recipes import Literal, Recipe
from understudy.contract.relations import Relation, parse_relation
from understudy.contract.schemas import leads_somewhere, members
from understudy.errors import ContractError, Problem
from understudy.types import Json, JsonObject

T = TypeVar("T")

DIALECTS = ("fastapi", "problem")
_SECTIONS = frozenset(
    "errors let operations parents relations resources times values veto vocabulary".split()
)
_RESOURCE_KEYS = frozenset("count each id known newest parent parent_field schema".split())
_ACTION_KEYS = frozenset(
    "assign create filters id items last let limit list offset parent read".split()
)
_KINDS = ("list", "read", "create")
_NO_PARENT = Parent("", Literal(""), {})


def read_behaviour(contract: Contract, path: Path) -> Contract:
    """Return `contract` with the behaviour of the file at `path` applied, if there is one.

    Raises ContractError with every mistake: unknown names, pointers that can match nothing,
    recipes and relations that cannot be understood.
    """
    if not path.is_file():
        return contract
    reader = _Reader(contract, read_document(path))
    behaviour = reader.behaviour()
    if reader.problems:
        raise ContractError(reader.problems)
    return replace(contract, behaviour=behaviour)


class _Reader:
    """Reads the sections of one file; a mistake is noted and reading goes on."""

    def __init__(self, contract: Contract, document: Document) -> None:
        self.problems: list[Problem] = []
        self._contract = contract
        self._schemas = contract.schemas
        self._document = document
        self._data: JsonObject = document.data if isinstance(document.data, dict) else {}

    def behaviour(self) -> Behaviour:
        """Return what the file says, as far as it can be understood."""
        self._keys(self._data, _SECTIONS, "")
        behaviour = Behaviour(
            errors=self._errors(),
            fraction=self._fraction(),
            tables=self._tables(),
            let=self._recipes(self._section("let"), "/let"),
            parents={"": _NO_PARENT, **self._entries("parents", self._parent)},
            resources=self._entries("resources", self._resource),
            values=self._entries("values", self._values),
            relations=self._entries("relations", self._relations),
            operations=self._entries("operations", self._action),
            vetoes=self._vetoes(),
            document=self._document,
        )
        for pointer, message, hint in dangling(self._contract, behaviour):
            self._report(pointer, message, hint)
        return behaviour

    def _report(self, pointer: str, message: str, hint: str = "") -> None:
        self.problems.append(self._document.problem(pointer, message, hint, rule="behaviour"))

    def _section(self, name: str) -> JsonObject:
        section = self._data.get(name) or {}
        if isinstance(section, dict):
            return section
        self._report(f"/{name}", "is not a mapping")
        return {}

    def _entries(self, section: str, read: Callable[[str, Any], T]) -> dict[str, T]:
        """Read the entries of a section; one of the wrong shape is reported and left out."""
        found = {}
        for name, data in self._section(section).items():
            try:
                found[name] = read(name, data)
            except (AttributeError, KeyError, TypeError, ValueError):
                at = pointers.join("", section, name)
                self._report(at, "is not written as it should be", "see openapi/README.md")
        return found

    def _keys(self, data: JsonObject, known: Collection[str], pointer: str) -> None:
        for key in data:
            if key not in known:
                where = pointers.join(pointer, key)
                self._report(where, f"unknown key {key!r}", f"known are {', '.join(sorted(known))}")

    def _one_of(self, name: Any, known: Collection[str], what: str, pointer: str) -> str:
        if name not in known:
            self._report(
                pointer, f"unknown {what} {name!r}", f"known are {', '.join(sorted(known))}"
            )
        return str(name)

    def _recipes(self, data: Json, pointer: str) -> dict[str, Recipe]:
        return {
            key: parse_recipe(value, pointers.join(pointer, key), self._report)
            for key, value in (data or {}).items()
        }

    def _vetoes(self) -> tuple[str, ...]:
        listed = self._data.get("veto") or []
        if isinstance(listed, list) and all(isinstance(one, str) for one in listed):
            return tuple(listed)
        self._report("/veto", "is not a list of facts", "`understudy explain` lists them")
        return ()

    def _fraction(self) -> int:
        digits = self._section("times").get("fraction", 0)
        if digits in range(7):
            return int(digits)
        self._report("/times/fraction", "is not a number of digits from 0 to 6")
        return 0

    def _errors(self) -> str | JsonObject:
        errors = self._data.get("errors", "problem")
        if isinstance(errors, dict):
            self._keys(errors, ("body", "invalid", "statuses"), "/errors")
            if "body" not in errors:
                self._report("/errors", "names no body")
            return errors
        return self._one_of(errors, DIALECTS, "error dialect", "/errors")

    def _tables(self) -> Mapping[str, Json]:
        name = str(self._data.get("vocabulary", ""))
        if not name:
            return {}
        if Path(name).name != name:
            self._report("/vocabulary", "lies outside the folder of the contract")
            return {}
        data = read_document(self._document.path.with_name(name)).data
        return data if isinstance(data, dict) else {}

    def _parent(self, name: str, data: JsonObject) -> Parent:
        pointer = pointers.join("/parents", name)
        self._keys(data, ("key", "let"), pointer)
        key = self._recipes({"key": data.get("key", "{ordinal}")}, pointer)["key"]
        return Parent(name, key, self._recipes(data.get("let"), pointers.join(pointer, "let")))

    def _resource(self, name: str, data: JsonObject) -> Resource:
        at = pointers.join("/resources", name)
        self._keys(data, _RESOURCE_KEYS, at)
        schema = self._one_of(data.get("schema"), self._schemas, "schema", f"{at}/schema")
        each = next(iter(data.get("each", {}).items()), None)
        low, high = [len(each[1])] * 2 if each else data.get("count", [1, 1])
        return Resource(
            name=name,
            schema=schema,
            id=self._field(schema, data.get("id", "/id"), f"{at}/id") or (),
            parent=self._parent_name(data, at),
            parent_field=self._field(schema, data.get("parent_field"), f"{at}/parent_field"),
            count=(int(low), int(high)),
            each=(each[0], tuple(each[1])) if each else None,
            newest=self._field(schema, data.get("newest"), f"{at}/newest"),
            known=tuple((parent, identifier) for parent, identifier in data.get("known", [])),
        )

    def _parent_name(self, data: JsonObject, at: str) -> str:
        if "parent" not in data:
            return ""
        return self._one_of(data["parent"], self._section("parents"), "parent", f"{at}/parent")

    def _field(self, schema: str, pointer: Json, at: str) -> tuple[str, ...] | None:
        """Return the tokens of a pointer into instances of `schema`."""
        if pointer is None:
            return None
        tokens = pointers.split(str(pointer))
        known = schema in self._schemas
        if known and not leads_somewhere(self._schemas[schema], tokens, self._schemas):
            self._report(at, f"{pointer} matches nothing in {schema}")
        return tokens

    def _values(self, name: str, data: JsonObject) -> Values:
        at = pointers.join("/values", name)
        self._one_of(name, self._schemas, "schema", at)
        recipes = self._recipes({k: v for k, v in data.items() if k != "let"}, at)
        for property_name in recipes:
            if not any(members(self._schemas.get(name, {}), property_name, self._schemas)):
                where = pointers.join(at, property_name)
                self._report(where, f"{name} has no property {property_name!r}")
        return Values(self._recipes(data.get("let"), f"{at}/let"), recipes)

    def _relations(self, name: str, data: list[Json]) -> tuple[Relation, ...]:
        at = pointers.join("/relations", name)
        self._one_of(name, self._schemas, "schema", at)
        read = (self._relation(name, entry, f"{at}/{i}") for i, entry in enumerate(data))
        return tuple(filter(None, read))

    def _relation(self, schema: str, data: Json, at: str) -> Relation | None:
        try:
            relation = parse_relation(schema, data, at)
        except (TypeError, ValueError) as error:
            self._report(at, str(error))
            return None
        for where in (where for term in relation.terms for where in term):
            if not relative_leads_somewhere(schema, where, self._schemas):
                self._report(at, f"{where} matches nothing from {schema}")
        return relation

    def _action(self, operation: str, data: JsonObject) -> Action:
        at = pointers.join("/operations", operation)
        self._one_of(operation, self._contract.operations, "operation", at)
        self._keys(data, _ACTION_KEYS, at)
        kind = next((kind for kind in _KINDS if kind in data), "")
        resource = self._one_of(data.get(kind), self._section("resources"), "resource", at)
        schema = str(self._section("resources").get(resource, {}).get("schema"))
        belongs = "parent" in self._section("resources").get(resource, {})
        wanted = [key for key in ("parent",) if belongs] + [
            key for key in ("id",) if kind == "read"
        ]
        for key in wanted:
            if data.get(key) is None:
                self._report(at, f"names no {key}")
        return Action(
            kind=kind,
            resource=resource,
            parent=self._parent_key(operation, data.get("parent"), f"{at}/parent"),
            id=self._runtime(operation, data.get("id"), f"{at}/id"),
            filters=self._by_field(operation, schema, data, "filters"),
            offset=self._runtime(operation, data.get("offset"), f"{at}/offset"),
            limit=self._runtime(operation, data.get("limit"), f"{at}/limit"),
            items=self._list_pointer(operation, data, at) if kind == "list" else (),
            last=self._by_field(operation, schema, data, "last"),
            let=self._recipes(data.get("let"), f"{at}/let"),
            assign=self._assigned(schema, data.get("assign"), f"{at}/assign"),
        )

    def _assigned(self, schema: str, data: Json, at: str) -> dict[str, Recipe]:
        """Return the recipes for the properties, given by name, that a creation fixes."""
        recipes = self._recipes(data, at)
        for name in recipes:
            self._field(schema, pointers.join("", name), pointers.join(at, name))
        return recipes

    def _by_field(
        self, operation: str, schema: str, data: JsonObject, key: str
    ) -> dict[tuple[str, ...], Runtime]:
        found = {}
        for pointer, text in data.get(key, {}).items():
            at = pointers.join("/operations", operation, key, pointer)
            expression = self._runtime(operation, text, at)
            tokens = self._field(schema, pointer, at)
            if expression and tokens:
                found[tokens] = expression
        return found

    def _list_pointer(self, operation: str, data: JsonObject, at: str) -> tuple[str, ...]:
        pointer = data.get("items", "")
        tokens = pointers.split(pointer)
        promised = self._contract.operations.get(operation)
        schemas = promised.success.schemas.values() if promised else ()
        if promised and not any(leads_somewhere(s, (*tokens, "*"), self._schemas) for s in schemas):
            self._report(f"{at}/items", f"{pointer!r} leads to no list in the response")
        return tokens

    def _parent_key(self, operation: str, text: Json, at: str) -> Runtime | None:
        """Return the expression for the key of the parent, which every request must name."""
        expression = self._runtime(operation, text, at)
        promised = self._contract.operations.get(operation)
        for parameter in promised.parameters if promised and expression else ():
            if expression and parameter.name == expression.name and not parameter.required:
                self._report(at, f"{text} may be absent, and a parent needs a key")
        return expression

    def _runtime(self, operation: str, text: Json, at: str) -> Runtime | None:
        if text is None:
            return None
        expression = parse_runtime(str(text))
        promised = self._contract.operations.get(operation)
        if expression is None:
            self._report(at, f"{text!r} is not a runtime expression", "such as $request.path.id")
        elif promised and not promised.takes(expression, self._schemas):
            self._report(at, f"{text} is nothing that {operation} takes")
        return expression
