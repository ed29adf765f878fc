"""Compare two contracts: what changes for clients that were written for the old one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from understudy.codec import dumps
from understudy.contract import pointers
from understudy.contract.compare.access import of_access
from understudy.contract.compare.changes import LEVELS, Change, Difference, Level, Site
from understudy.contract.compare.requests import of_body, of_parameters
from understudy.contract.compare.responses import of_responses
from understudy.contract.compare.schemas import differences
from understudy.contract.compare.sides import Side, Sides
from understudy.contract.model import Contract, Operation
from understudy.types import Json


def compare(old: Contract, new: Contract) -> list[Change]:
    """Return what changes from `old` to `new`, the worst first."""
    found = [*_of_operations(old, new), *_of_behaviour(old, new)]
    return sorted(dict.fromkeys(found), key=_order)


def counts(changes: Sequence[Change]) -> dict[Level, int]:
    """Return how many changes there are of each level."""
    found = Counter(one.level for one in changes)
    return {level: found[level] for level in LEVELS}


def _order(one: Change) -> tuple[int, str, str, str, int, str]:
    return LEVELS.index(one.level), one.operation, one.rule, one.file, one.line, one.message


def _of_operations(old: Contract, new: Contract) -> Iterator[Change]:
    """Yield what changes in the operations, which are known by method and full path.

    Where no operation has kept its full path but the base path is another, that is told once.
    """
    before, now = _by_address(old, old.base_path), _by_address(new, new.base_path)
    if old.base_path != new.base_path and not before.keys() & now.keys():
        before, now = _by_address(old, ""), _by_address(new, "")
        message = f"the base path was {old.base_path or '/'} and is now {new.base_path or '/'}"
        site = Site(new.document, "", "/servers")
        yield site.change("breaking", "base-path-changed", message)
    cache = _Cache(old, new)
    for address, operation in before.items():
        if address in now:
            sides = Sides(Side(old, operation), Side(new, now[address]), cache.differences)
            yield from _of_operation(sides)
        else:
            site = Side(old, operation).at()
            message = f"{operation.label} is gone"
            yield site.change("breaking", "operation-removed", message)
    for address, operation in now.items():
        if address not in before:
            site = Side(new, operation).at()
            yield site.change("safe", "operation-added", f"{operation.label} is new")


def _by_address(contract: Contract, base_path: str) -> dict[tuple[str, str], Operation]:
    """Return the operations by method and path, in which parameters have no names."""
    return {
        (one.method, re.sub(r"\{[^}]*\}", "{}", base_path + one.path)): one
        for one in contract.operations.values()
    }


class _Cache:
    """Remembers how schemas differ: many operations speak of the same ones."""

    def __init__(self, old: Contract, new: Contract) -> None:
        self._old, self._new = old.schemas, new.schemas
        self._found: dict[bytes, list[Difference]] = {}

    def differences(self, old: Json, new: Json) -> list[Difference]:
        key = dumps([old, new])
        if key not in self._found:
            self._found[key] = differences(old, new, self._old, self._new)
        return self._found[key]


def _of_operation(sides: Sides) -> Iterator[Change]:
    before, now = sides.old.written, sides.new.written
    was, is_ = before.get("operationId"), now.get("operationId")
    if was and was != is_:
        message = f"the operationId was {was} and is now {is_ or 'gone'}: generated code is renamed"
        yield sides.new.at("operationId").change("risky", "operation-id-changed", message)
    if now.get("deprecated") is True and before.get("deprecated") is not True:
        message = "the operation is deprecated"
        yield sides.new.at("deprecated").change("safe", "operation-deprecated", message)
    yield from of_access(sides)
    yield from of_parameters(sides)
    yield from of_body(sides)
    yield from of_responses(sides)


def _of_behaviour(old: Contract, new: Contract) -> Iterator[Change]:
    """Yield the relations between fields that one contract alone declares."""
    before, now = _relations(old), _relations(new)
    for key, (site, said) in before.items():
        if key not in now:
            yield site.change("risky", "relation-removed", f"it is no longer promised that {said}")
    for key, (site, said) in now.items():
        if key not in before:
            yield site.change("risky", "relation-added", f"it is now promised that {said}")


def _relations(contract: Contract) -> dict[bytes, tuple[Site, str]]:
    """Return the relations as written: where each stands, and what it says."""
    document = contract.behaviour.document
    if document is None:
        return {}
    return {
        dumps([schema, one]): (
            Site(document, "", pointers.join("/relations", schema, index)),
            f"{schema} has {dumps(one).decode()}",
        )
        for schema, listed in document.data.get("relations", {}).items()
        for index, one in enumerate(listed)
    }
