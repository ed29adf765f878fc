"""Templates as generated code; `generate.templates` says the same as functions."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from understudy.contract.expressions import Name, Reference, Relative, Runtime
from understudy.contract.recipe_syntax import parse_template
from understudy.contract.recipes import Template
from understudy.generate.program.lines import NULL, NotWrittenError, Scope, Value, literal, one_of
from understudy.generate.templates import draw, is_weights
from understudy.types import Json

if TYPE_CHECKING:
    from understudy.generate.program.writer import Writer

_PLAIN = (bool, str, type(None))


def points(table: Json) -> bool:
    """Tell whether a text in `table` is a template that looks at the values around it."""
    if isinstance(table, str):
        found = parse_template(table) if "{" in table else None
        parts = found.parts if isinstance(found, Template) else ()
        return any(isinstance(part, Relative) and part.tokens for part in parts)
    within = table.values() if isinstance(table, dict) else table
    return isinstance(table, dict | list) and any(map(points, within))


def constant(value: Json, w: Writer) -> Value:
    """Return a value that is always the same."""
    plain = type(value) in _PLAIN or (type(value) is int and abs(value) < 1 << 62)
    return literal(value, repr(value) if plain else w.lines.constant(value))


def template(recipe: Template, w: Writer, scope: Scope) -> Value:
    """Return what `recipe` spells; one reference alone is the value itself."""
    if len(recipe.parts) == 1:
        return _part(recipe.parts[0], w, scope)
    found = [_part(part, w, scope.at(f"part {i}")) for i, part in enumerate(recipe.parts)]
    pieces = [v.code if v.text else f"spell({v.code})" for v in found]
    return Value(f"''.join(({', '.join(pieces)}))", text=True, null=False)


def _part(part: str | Reference, w: Writer, scope: Scope) -> Value:
    if isinstance(part, str):
        return literal(part, repr(part))
    if isinstance(part, Relative):
        found = w.related(part, scope)
        if found.code in w.copies:  # makers see what is there before it is made equal
            raise NotWrittenError(f"{part} is a copy")
        return found
    if isinstance(part, Runtime):
        return Value("lexicon.now()", text=True, null=False) if part.location == "now" else NULL
    return _named(part, w, scope)


def _named(name: Name, w: Writer, scope: Scope) -> Value:
    if name.head not in scope.names:
        return w.rendered(drawn(w.table(name.head), name.members, w, scope), scope)
    if not name.members:
        return scope.names[name.head]
    return w.rendered(followed(name, w, scope), scope)


def followed(name: Name, w: Writer, scope: Scope) -> Value:
    """Return what a bound name and its members lead to."""
    found = w.name(scope, name.head)
    for token in name.members:
        found = _member_of(found, token)
    return found


def _member_of(value: Value, token: str) -> Value:
    if token.isdecimal():
        raise NotWrittenError(f"{token} may be an index")
    if value.options is None or not all(isinstance(one, dict) for one in value.options):
        return Value(f"reach({value.code}, {token!r})")
    found = tuple(one.get(token) for one in value.options)
    if all(token in one for one in value.options):
        return one_of(found, f"{value.code}[{token!r}]")
    return one_of(found, f"{value.code}.get({token!r})")


def drawn(table: Json, members: tuple[str, ...], w: Writer, scope: Scope) -> Value:
    """Return what is drawn from a table, as `templates.draw` does."""
    if isinstance(table, dict) and table and members:
        return drawn(table.get(members[0]), members[1:], w, scope)
    if isinstance(table, dict) and is_weights(table):
        weights, keys = [*accumulate(table.values())], tuple(table)
        index = f"bisect({w.lines.constant(weights)}, {scope.below(weights[-1])})"
        return one_of(keys, f"{w.lines.constant(keys)}[{index}]")
    if not isinstance(table, list) or not table:
        return constant(table, w)
    if not members and not any(isinstance(e, list) or is_weights(e) for e in table):
        return one_of(tuple(table), f"{w.lines.constant(table)}[{scope.below(len(table))}]")
    function = w.lines.constant(draw)
    return Value(f"{function}({w.lines.constant(table)}, {members!r}, {scope.source})")
