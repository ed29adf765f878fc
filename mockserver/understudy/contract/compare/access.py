"""Compare what clients must show to be let in: security requirements and their scopes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from understudy.contract.compare.changes import Change
from understudy.contract.compare.sides import Side, Sides
from understudy.types import JsonObject

Credentials: TypeAlias = frozenset[tuple[str, str, str, str]]
"""What is shown together: kind, location and parameter of each scheme, and each of its scopes."""


def of_access(sides: Sides) -> Iterator[Change]:
    """Yield what changes for clients that show what the old contract asks for, and for others."""
    before, now = _alternatives(sides.old), _alternatives(sides.new)
    site = sides.new.at("security")
    shut = [one for one in before if not any(other <= one for other in now)]
    opened = [one for one in now if not any(other <= one for other in before)]
    if shut:
        message = f"clients with {_shown(shut)} are no longer let in; needed now: {_shown(now)}"
        yield site.change("breaking", "security-stricter", message)
    if opened:
        message = f"clients with {_shown(opened)} are now let in"
        yield site.change("safe", "security-looser", message)


def _alternatives(side: Side) -> list[Credentials]:
    """Return the sets of credentials of which any one is enough; the empty set is no credential."""
    source = side.written if "security" in side.written else side.root
    written: list[JsonObject] = source.get("security", [])
    found = [
        frozenset(
            (scheme.kind, scheme.location, scheme.parameter, scope)
            for scheme, scopes in zip(alternative, requirement.values(), strict=True)
            for scope in ("", *scopes)
        )
        for alternative, requirement in zip(side.operation.security, written, strict=True)
    ]
    return found or [frozenset()]


def _shown(alternatives: list[Credentials]) -> str:
    return " or ".join(_shown_together(one) for one in alternatives)


def _shown_together(credentials: Credentials) -> str:
    told = [
        f"the scope {scope}" if scope else f"{kind} in {location} {parameter}"
        for kind, location, parameter, scope in sorted(credentials)
    ]
    return " and ".join(told) or "no credential"
