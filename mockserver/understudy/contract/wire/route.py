"""Find the operation that a request is for, by method and path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import quote, unquote_to_bytes

from understudy.contract.model import Contract, Operation

_PARAMETER = re.compile(r"\{([^}]*)\}")
_TRIPLET = re.compile("%[0-9A-Fa-f]{2}")
_RESERVED = "%:?#[]@!$&'()*+,;="

_Literals: TypeAlias = tuple[str, ...]
"""The texts of a segment around and between its parameters."""

_WHOLE: _Literals = ("", "")
_NO_PAIRS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Route:
    """The operations of one path template, by upper-case method, and its parameters' texts.

    `raw` are the same texts percent-encoded, as they were sent.
    """

    template: str
    operations: Mapping[str, Operation]
    texts: Mapping[str, str | None]
    raw: Mapping[str, str] = field(default_factory=dict)

    def operation(self, method: str) -> Operation | None:
        """Return the operation of a method, if there is one; HEAD is for that of GET."""
        found = self.operations.get(method)
        return self.operations.get("GET") if found is None and method == "HEAD" else found


@dataclass(slots=True)
class _Template:
    """One key of the Paths Object; `pairs` are those of a query that is part of it.

    `needs` are those without which the template does not match: not a fragment, as no client
    sends one.
    """

    text: str
    names: tuple[str, ...]
    pairs: frozenset[str]
    needs: frozenset[str]
    operations: dict[str, Operation]


@dataclass(slots=True)
class _Node:
    """What may follow a number of segments: concrete ones, templated ones, and the end."""

    concrete: dict[str, _Node] = field(default_factory=dict)
    templated: dict[_Literals, _Node] = field(default_factory=dict)
    ends: list[_Template] = field(default_factory=list)


class Router:
    """The path templates of one contract, as a tree of segments.

    From left to right, a concrete segment goes before a templated one, and among those the one
    that says more. Templates that differ in the names of their parameters only are one route. A
    value is never empty and never spans a slash, but may hold one percent-encoded; the last slash
    counts. A template may end in a query, as in `/messages?beta=true`, which some write with `#`
    to tell apart what OpenAPI calls one path; `/messages#beta` is that path under another name.
    Source: OpenAPI 3.1.1, "Paths Object".
    """

    def __init__(self, contract: Contract) -> None:
        self._root = _Node()
        templates: dict[str, _Template] = {}
        for operation in contract.operations.values():
            if operation.path not in templates:
                templates[operation.path] = self._added(operation.path)
            templates[operation.path].operations[operation.method.upper()] = operation
        self._methods = sorted({method for one in templates.values() for method in one.operations})
        _sort(self._root)

    def find(self, target: str, method: str = "") -> Route | None:
        """Return the route of a percent-encoded path below the address of the API, or None.

        A query may follow, which some templates ask for. A template without `method` steps back
        where another one has it: `/users/{id}` may be read though `/users/me` is only written.
        Where none has it, the operations are those of all that match.
        Where several templates are one route, the texts go by the names of the one that has
        `method`.
        """
        path, _, query = target.partition("?")
        if "%" in path or not path.isascii():
            path = _normal(path)
        values: list[str] = []
        pairs = frozenset(query.split("&")) if query else _NO_PAIRS
        segments = path.split("/")
        ends = _ends(self._root, segments, 0, values, pairs)
        refused: Mapping[str, Operation] = {}
        if method and ends and not any(_has(end, method) for end in ends):
            others: list[str] = []
            found = _ends(self._root, segments, 0, others, pairs, method)
            ends, values = (found, others) if found else (ends, values)
            refused = {} if found else self._answered(segments, pairs)
        if not ends:
            return None
        chosen, operations = ends[0], refused or ends[0].operations
        if len(ends) > 1 and not refused:
            having = [end for end in ends if _has(end, method)]
            chosen = next((end for end in having if method in end.operations), [*having, chosen][0])
            operations = {k: v for end in reversed(ends) for k, v in end.operations.items()}
        raw = dict(zip(chosen.names, values, strict=True))
        texts = {k: _decoded(v) if "%" in v else v for k, v in raw.items()}
        return Route(chosen.text, operations, texts, raw)

    def _answered(self, segments: list[str], pairs: frozenset[str]) -> Mapping[str, Operation]:
        """Return the operations of all templates that the segments lead to, by method."""
        found: dict[str, Operation] = {}
        for method in self._methods:
            for end in reversed(_ends(self._root, segments, 0, [], pairs, method)):
                found |= {method: end.operations[method]} if method in end.operations else {}
        return found

    def _added(self, text: str) -> _Template:
        path, _, query = text.replace("#", "?", 1).partition("?")
        node, names = self._root, []
        for segment in path.split("/"):
            parts = _PARAMETER.split(segment)
            literals = tuple(_normal(part) for part in parts[::2])
            names += parts[1::2]
            if len(literals) == 1:
                node = node.concrete.setdefault(literals[0], _Node())
            else:
                node = node.templated.setdefault(literals, _Node())
        pairs = frozenset(query.split("&")) if query else frozenset()
        needs = frozenset() if "#" in text and "=" not in query else pairs
        template = _Template(text, tuple(names), pairs, needs, {})
        node.ends.append(template)
        return template


def _sort(node: _Node) -> None:
    """Put what says more before what says less."""
    said = sorted(node.templated.items(), key=lambda pair: -sum(map(len, pair[0])))
    node.templated = dict(said)
    node.ends.sort(key=lambda end: -len(end.pairs))
    for child in (*node.concrete.values(), *node.templated.values()):
        _sort(child)


def _ends(
    node: _Node,
    segments: list[str],
    index: int,
    values: list[str],
    pairs: frozenset[str],
    method: str = "",
) -> list[_Template]:
    """Return the templates that the segments from `index` lead to, the best of each shape.

    With `method`, only those that have it.
    """
    for place in range(index, len(segments)):
        segment = segments[place]
        concrete = node.concrete.get(segment)
        if concrete is not None and not node.templated:
            node = concrete
            continue
        if concrete is not None:
            found = _ends(concrete, segments, place + 1, values, pairs, method)
            if found:
                return found
        return _templated(node, segments, place, values, pairs, method)
    if len(node.ends) == 1 and not node.ends[0].pairs and not method:
        return node.ends
    found = [one for one in node.ends if one.needs <= pairs and _has(one, method)]
    return sorted(found, key=lambda one: not one.pairs <= pairs)


def _templated(
    node: _Node,
    segments: list[str],
    index: int,
    values: list[str],
    pairs: frozenset[str],
    method: str,
) -> list[_Template]:
    """Return the templates to which the templated segments below `node` lead."""
    for literals, child in node.templated.items():
        matched = _matched(literals, segments[index])
        if matched:
            values += matched
            found = _ends(child, segments, index + 1, values, pairs, method)
            if found:
                return found
            del values[-len(matched) :]
    return []


def _has(template: _Template, method: str) -> bool:
    """Tell whether a template has a method; GET answers HEAD too, and no method is any."""
    known = template.operations
    return not method or method in known or (method == "HEAD" and "GET" in known)


def _matched(literals: _Literals, segment: str) -> list[str]:
    """Return what stands between `literals`, as much as can be for the first; none if nothing."""
    if literals == _WHOLE:
        return [segment] if segment else []
    start, end = len(literals[0]), len(segment) - len(literals[-1])
    if not (segment.startswith(literals[0]) and segment.endswith(literals[-1])):
        return []
    found: list[str] = []
    for literal in reversed(literals[1:-1]):
        place = segment.rfind(literal, start + 1, end - 1)
        if place < 0:
            return []
        found.append(segment[place + len(literal) : end])
        end = place
    return [segment[start:end], *reversed(found)] if start < end else []


def _normal(path: str) -> str:
    """Return a path in which only what must be percent-encoded is (RFC 3986, section 6.2.2)."""
    return _TRIPLET.sub(_unreserved, quote(path, safe=f"/{_RESERVED}"))


def _unreserved(triplet: re.Match[str]) -> str:
    plain = chr(int(triplet[0][1:], 16))
    return plain if plain.isascii() and (plain.isalnum() or plain in "-._~") else triplet[0].upper()


def _decoded(text: str) -> str | None:
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        return None
