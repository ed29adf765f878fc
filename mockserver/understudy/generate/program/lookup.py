"""Code that looks up what was made already: members around, neighbours, the latest of instants."""

from __future__ import annotations

from collections.abc import Sequence

from understudy.generate.program.layout import Edge, End
from understudy.generate.program.lines import Frame, NotWrittenError, Scope, Value


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


def latest(edge: Edge, scope: Scope) -> str:
    """Return code for the latest of the instants that come first, 0 if there is none."""
    first, then = edge.first, edge.then
    if first.shift:
        if first.shift != -1 or then.shift or then.bound < first.bound:
            raise NotWrittenError("an order among neighbours")
        frame = scope.frames[first.bound - 1]
        item = Value(f"{frame.list}[{frame.index} - 1]", null=False)
        return f"({_descended(item, first.path[first.bound :])} if {frame.index} else 0)"
    if then.shift:
        raise NotWrittenError("an order among neighbours")
    rest = first.path[edge.shared :]
    return _descended(_known(scope.frames[edge.shared], rest), rest[1:])


def first_of(values: Sequence[Value]) -> Value:
    """Return the first of `values` that is not null."""
    code = values[-1].code
    for value in reversed(values[:-1]):
        code = f"{value.code} if {value.code} is not None else {code}"
    return Value(
        f"({code})" if len(values) > 1 else code,
        text=all(value.text for value in values),
        null=all(value.null for value in values),
        instant=all(value.instant for value in values),
    )


def _descended(value: Value, tokens: Sequence[str]) -> str:
    """Return code for the latest instant that `tokens` lead to from `value`, 0 if there is none."""
    if not tokens:
        return f"({value.code} or 0)" if value.null else value.code
    if len(tokens) == 1 and not value.null and tokens[0] != "*":
        return f"({value.code}.get({tokens[0]!r}) or 0)"
    if "*" not in tokens:
        return f"(reach({value.code}, {', '.join(map(repr, tokens))}) or 0)"
    clauses, current = [], value.code
    for index, token in enumerate(tokens):
        source = current if token == "*" else f"({current}.get({token!r}),) if x{index}"
        clauses.append(f"for x{index} in {source}")
        current = f"x{index}"
    return f"(max([{current} {' '.join(clauses)}], default=0) if {value.code} else 0)"
