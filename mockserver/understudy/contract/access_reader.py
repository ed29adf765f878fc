"""Read who may call an operation: security requirements and the schemes that they name."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.contract import pointers
from understudy.contract.model import SecurityScheme
from understudy.contract.notes import Notes
from understudy.types import Json, JsonObject

Alternatives = tuple[tuple[SecurityScheme, ...], ...]
"""Sets of schemes wanted together, any one of which will do; none at all means open."""

_PLACES = ("header", "query", "cookie")


class AccessReader:
    """Reads requirements against the schemes of one document."""

    def __init__(self, root: JsonObject, schemes: JsonObject, notes: Notes) -> None:
        self._root = root
        self._schemes = schemes
        self._notes = notes

    def alternatives(self, source: JsonObject, pointer: str) -> Alternatives:
        """Return what an operation asks for: its own requirements, or those of the document."""
        own = "security" in source and isinstance(source["security"], list)
        requirements = source["security"] if own else self._root.get("security", [])
        if not isinstance(requirements, list):
            return ()
        return tuple(self._sets(requirements, pointers.join(pointer if own else "", "security")))

    def _sets(self, requirements: list[Json], pointer: str) -> Iterator[tuple[SecurityScheme, ...]]:
        for index, requirement in enumerate(requirements):
            at = pointers.join(pointer, index)
            if not isinstance(requirement, dict):
                self._notes.warn(at, "is no security requirement", rule="security")
                continue
            found = [self._scheme(name, scopes, at) for name, scopes in requirement.items()]
            known = tuple(scheme for scheme in found if scheme is not None)
            if len(known) == len(found):
                yield known

    def _scheme(self, name: str, scopes: Json, pointer: str) -> SecurityScheme | None:
        data = self._schemes.get(name)
        if not isinstance(data, dict):
            message = f"asks for the undefined security scheme {name!r}"
            self._notes.warn(pointer, message, "the requirement is left out", rule="security")
            return None
        wanted = tuple(map(str, scopes)) if isinstance(scopes, list) else ()
        kind = data.get("type")
        if kind == "apiKey":
            return self._key(name, data, wanted)
        if kind == "mutualTLS":
            return SecurityScheme(name, "mutualTLS", "", "", wanted)
        told = str(data.get("scheme") or "bearer").lower() if kind == "http" else "bearer"
        return SecurityScheme(name, told, "header", "Authorization", wanted)

    def _key(self, name: str, data: JsonObject, scopes: tuple[str, ...]) -> SecurityScheme:
        place, parameter = data.get("in", "header"), data.get("name")
        if place not in _PLACES or not parameter:
            where = pointers.join("/components/securitySchemes", name)
            self._notes.warn(where, "does not say where the key goes", rule="security")
        location = place if place in _PLACES else "header"
        return SecurityScheme(name, "apiKey", location, parameter or name, scopes)
