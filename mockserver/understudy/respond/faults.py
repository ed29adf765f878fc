"""Tell a fault in an error body of any shape, by the names of its properties.

Only what the schema allows is said; where it allows nothing better, the body stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from understudy.contract.wire.invalid import Invalid
from understudy.respond.content import Content
from understudy.respond.problems import Fault, detail, details, phrase
from understudy.types import Json, JsonObject

_DEPTH = 3
_MOST = 20
_Path = tuple[str, ...]


def filled(value: Json, fault: Fault, schema: Json, content: Content) -> Json:
    """Return an error body that tells `fault`, as far as `schema` has names and room for it."""
    for path, words in list(_places(value, fault, schema, content)):
        for word in words:
            changed = _with(value, path, word)
            if content.accepts(schema, changed):
                value = changed
                break
    return value


def _places(
    value: Json, fault: Fault, schema: Json, content: Content, path: _Path = ()
) -> Iterator[tuple[_Path, list[Json]]]:
    """Yield the members that are told by their names, each with what it may say, best first."""
    if not isinstance(value, dict) or len(path) > _DEPTH:
        return
    declared = content.properties(schema)
    for name in {**value, **declared}:
        member, part = value.get(name), declared.get(name, {})
        if isinstance(member, dict):
            yield from _places(member, fault, part, content, (*path, name))
        elif _plain(name) in _LISTS and (isinstance(member, list) or content.items(part)):
            items = content.items(part)
            entries = _entries(member or [], fault, content.properties(items))
            yield (*path, name), [entries, [_sentence_of(one) for one in fault.found[:_MOST]]]
        elif _plain(name) in _WORDS:
            yield (*path, name), _WORDS[_plain(name)](fault)


def _entries(members: list[Json], fault: Fault, declared: Mapping[str, Json]) -> list[Json]:
    """Return findings as objects with the properties that the members of a list have."""
    found = next(iter(members), None)
    shape = found if isinstance(found, dict) else {}
    if not shape and not declared:
        return details(fault.found)
    return [_entry({**dict.fromkeys(declared), **shape}, shape, one) for one in fault.found[:_MOST]]


def _entry(names: JsonObject, shape: JsonObject, one: Invalid) -> JsonObject:
    """Return an object that tells one finding under the names of a list's members."""
    finding = {**detail(one), "field": ".".join(map(str, one.path[1:]))}
    entry = dict(shape)
    for name in names:
        told = next((key for key, words in _FINDING.items() if _plain(name) in words), None)
        if isinstance(shape.get(name), list):
            entry[name] = list(one.path)
        elif told in finding:
            entry[name] = finding[told]
    return entry


def _with(value: Json, path: _Path, word: Json) -> Json:
    name, *rest = path
    return {**value, name: _with(value[name], tuple(rest), word) if rest else word}


def _plain(name: str) -> str:
    return re.sub("[^a-z]", "", name.lower())


def _code(fault: Fault) -> list[Json]:
    name = fault.kind.name if fault.kind else phrase(fault.status).lower()
    loud = re.sub("[^A-Z]", "_", name.upper())
    return [fault.status, str(fault.status), loud, name]


def _detail(fault: Fault) -> list[Json]:
    told = "; ".join(_sentence_of(one) for one in fault.found[:3])
    whole = f"{fault.detail}: {told}" if told else fault.detail
    return [whole, fault.detail, phrase(fault.status)]


def _sentence_of(one: Invalid) -> str:
    if one.keyword == "json":  # of which the path says where in the text
        return f"{one.path[0]}: {one.message} (at {one.path[1]})"
    return f"{'.'.join(map(str, one.path))}: {one.message}"


def _title(fault: Fault) -> list[Json]:
    return [phrase(fault.status)]


def _type(fault: Fault) -> list[Json]:
    return [fault.kind.type if fault.kind else "about:blank"]


def _no(_fault: Fault) -> list[Json]:
    return [False]


_WORDS: Final[Mapping[str, Callable[[Fault], list[Json]]]] = {
    **dict.fromkeys(
        "message msg detail details description errordescription errormessage reason".split(),
        _detail,
    ),
    **dict.fromkeys("title error summary statustext".split(), _title),
    **dict.fromkeys("code status statuscode httpstatus httpcode errorcode".split(), _code),
    "type": _type,
    **dict.fromkeys(("ok", "success"), _no),
}
_LISTS: Final = frozenset(
    "details errors fielderrors invalidparams issues messages validation violations".split()
)
_FINDING: Final[Mapping[str, frozenset[str]]] = {
    "message": frozenset("message msg detail description reason title error".split()),
    "location": frozenset("in location source".split()),
    "pointer": frozenset("path pointer".split()),
    "field": frozenset("field loc name parameter param property".split()),
    "expected": frozenset("expected code rule type".split()),
    "got": frozenset("got input rejectedvalue value".split()),
}
