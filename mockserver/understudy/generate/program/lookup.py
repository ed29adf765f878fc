"""Code that looks up what was made already: members around, neighbours, the latest of instants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from understudy.generate.program.layout import Edge, End
from understudy.generate.program.lines import Frame, NotWrittenError, Scope, Value

Always: TypeAlias = Callable[[tuple[str, ...]], bool]
"""Tells whether a member is there whenever the object is that it is in."""


def value_at(found: End, scope: Scope, *, timed: bool) -> Value:
    """Return what is at `found`, or null."""
    rest = found.path[found.bound :]
    tokens = "".join(f", {token!r}" for token in rest[0 if found.shift else 1 :])
    if "*" in rest or found.shift > 0:
        raise NotWrittenError("several values")
    if found.shift:
        frame, back = scope.frames[found.bound - 1], -found.shift
        item = f"{frame.list}[{frame.index} - {back}]"
        code = f"reach({item}{tokens}) if {frame.index} >= {back} else None"
        return Value(f"({code})", instant=timed)
    value = _known(scope.frames[found.bound], rest)
    if not tokens:
        return value
    return Value(f"reach({value.code}{tokens})", instant=timed)


def _known(frame: Frame, rest: Sequence[str]) -> Value:
    if not rest or frame.list or rest[0] not in frame.members or frame.members[rest[0]].absent:
        raise NotWrittenError("a value that is not known yet")
    return frame.members[rest[0]]


def latest(edge: Edge, scope: Scope, always: Always) -> str:
    """Return code for the latest of the instants that come first, 0 if there is none."""
    first, then = edge.first, edge.then
    if then.shift or first.shift not in (0, -1) or (first.shift and then.bound < first.bound):
        raise NotWrittenError("an order among neighbours")
    if first.shift:
        frame = scope.frames[first.bound - 1]
        item = Value(f"{frame.list}[-1]", null=False)
        found = _descended(item, first.path, first.bound, always)
        return f"({found} if {frame.list} else 0)"
    value = _known(scope.frames[edge.shared], first.path[edge.shared :])
    return _descended(value, first.path, edge.shared + 1, always)


def first_of(values: Sequence[Value]) -> Value:
    """Return the first of `values` that is not null."""
    if len(values) == 1:
        return values[0]
    code = values[-1].code
    for value in reversed(values[:-1]):
        code = f"{value.code} if {value.code} is not None else {code}"
    return Value(
        f"({code})",
        text=all(value.text for value in values),
        null=all(value.null for value in values),
        instant=all(value.instant for value in values),
    )


def _descended(value: Value, path: tuple[str, ...], start: int, always: Always) -> str:
    """Return code for the latest instant at `path`, of which `value` is at `start`, else 0."""
    current, tokens, clauses = value.code, path[start:], []
    for index, token in enumerate(tokens, start):
        if token == "*":
            clauses.append(f"for x{index} in {current}")
            current = f"x{index}"
        elif always(path[: index + 1]):
            current = f"{current}[{token!r}]"
        elif "*" in tokens:
            clauses.append(f"for x{index} in ({current}.get({token!r}),) if x{index}")
            current = f"x{index}"
        else:
            return f"(reach({value.code}, {', '.join(map(repr, tokens))}) or 0)"
    if value.options is not None and not any(value.options):
        return "0"
    if clauses:
        found = f"max([{current} {' '.join(clauses)}], default=0)"
        return f"({found} if {value.code} else 0)"
    if value.null:
        return f"({current} if {value.code} else 0)"
    return current
