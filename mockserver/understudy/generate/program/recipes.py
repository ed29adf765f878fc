"""Recipes as generated code; `generate.recipes` says the same as functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from understudy.contract import recipes as r
from understudy.contract.pointers import follow
from understudy.contract.schemas import ANYTHING
from understudy.generate.formats import FORMATS, uuid_of
from understudy.generate.program.lines import (
    Frame,
    NotWrittenError,
    Scope,
    Value,
    branches,
    one_of,
)
from understudy.generate.program.loops import each, repeat
from understudy.generate.program.runtime import between
from understudy.generate.program.templates import constant, drawn, followed, template
from understudy.generate.recipes import Cap, spelled, turn_start
from understudy.generate.templates import draw
from understudy.generate.texts import whole
from understudy.generate.vocabulary import pool
from understudy.types import Json

if TYPE_CHECKING:
    from understudy.generate.program.writer import Writer

_FOUND = (r.From, r.Literal, r.Member, r.Template)
"""What may be an object that was made elsewhere."""

_MICROSECONDS = 1_000_000


def write(
    recipe: r.Recipe, w: Writer, scope: Scope, schema: Json = ANYTHING, cap: Cap | None = None
) -> Value:
    """Write the code of `recipe` for a value of `schema`, and return it."""
    if isinstance(recipe, _FOUND) and not (isinstance(recipe, r.Literal) and not recipe.value):
        w.found.others.add(scope.path)
    return _WRITERS[type(recipe)](recipe, w, scope, schema, cap)


def _literal(recipe: r.Literal, w: Writer, *_: Any) -> Value:
    return constant(recipe.value, w)


def _list_of(recipe: r.ListOf, w: Writer, scope: Scope, *_: Any) -> Value:
    inner = scope.into(Frame())
    found = [write(r_, w, inner.at(f"item {i}").key(str(i))) for i, r_ in enumerate(recipe.items)]
    if any(one.instant for one in found):
        raise NotWrittenError("an instant in a list")
    return w.lines.made(Value(f"[{', '.join(one.code for one in found)}]", null=False), "l")


def _object_of(
    recipe: r.ObjectOf, w: Writer, scope: Scope, schema: Json, _cap: Cap | None
) -> Value:
    shaped = w.compiler.shaped(schema, dict(recipe.members))
    if shaped:
        return w.object(shaped, scope)
    frame = Frame()
    for name, of in recipe.members:
        frame.members[name] = w.lines.kept(write(of, w, scope.into(frame).at(name).key(name)))
    return w.container(frame.members, [name for name, _ in recipe.members], scope.path)


def _weighted(recipe: r.Weighted, w: Writer, scope: Scope, schema: Json, cap: Cap | None) -> Value:
    totals = [*accumulate(weight for weight, _ in recipe.options)]
    drawn = w.lines.kept(Value(scope.at("which").below(totals[-1])), "w").code
    cases = [
        (f"{drawn} < {total}", (scope.at(f"option {index}"), option))
        for index, (total, (weight, option)) in enumerate(zip(totals, recipe.options, strict=True))
        if weight
    ]
    return _choice(cases, w, schema, cap)


def _switch(recipe: r.Switch, w: Writer, scope: Scope, schema: Json, cap: Cap | None) -> Value:
    on = w.lines.kept(write(recipe.on, w, scope.at("on").aside()), "w")
    if on.text and len(set(on.options or ())) == 1:
        case = recipe.cases.get(str((on.options or ())[0]), recipe.default)
        return write(case, w, scope, schema, cap)
    if not on.text:
        on = w.lines.kept(Value(f"{w.lines.constant(spelled)}({on.code})"), "w")
    cases = [(f"{on.code} == {case!r}", (scope, of)) for case, of in recipe.cases.items()]
    return _choice([*cases, ("", (scope, recipe.default))], w, schema, cap)


def _choice(
    cases: Sequence[tuple[str, tuple[Scope, r.Recipe]]], w: Writer, schema: Json, cap: Cap | None
) -> Value:
    """Write one branch for each case; the last needs no condition."""
    found: list[Value] = []
    variable = w.lines.fresh("v")
    for branch, (scope, recipe) in branches(cases):
        with w.lines.block(branch):
            found.append(write(recipe, w, scope, schema, cap))
            w.lines.add(f"{variable} = {found[-1].code}")
    instant = any(one.instant for one in found)
    if instant and not all(one.instant or one.code in ("None", "ABSENT") for one in found):
        raise NotWrittenError("an instant or something else")
    return Value(
        variable,
        _all_options(found),
        all(one.text for one in found),
        any(one.null for one in found),
        instant,
        any(one.absent for one in found),
    )


def _all_options(found: Iterable[Value]) -> tuple[Json, ...] | None:
    options = [one.options for one in found]
    return None if None in options else tuple(v for some in options for v in some or ())


def _from(recipe: r.From, w: Writer, scope: Scope, *_: Any) -> Value:
    head, members = recipe.table.head, recipe.table.members
    bound = scope.names.get(head)
    if recipe.unique:
        return _turn(bound or constant(w.table(head), w), w, scope)
    if bound is None and recipe.at is None:
        return w.rendered(drawn(w.table(head), members, w, scope.at("from")), scope)
    table = bound.code if bound else w.lines.constant(w.table(head))
    tokens = [repr(member) for member in members]
    if recipe.at:
        tokens.append(f"str({write(recipe.at, w, scope).code})")
    path = f"({', '.join([*tokens, ''])})" if tokens else "()"
    function = w.lines.constant(draw)
    return w.rendered(Value(f"{function}({table}, {path}, {scope.at('from').source})"), scope)


def _turn(table: Value, w: Writer, scope: Scope) -> Value:
    key, ordinal = w.name(scope, "key").code, w.name(scope, "ordinal").code
    size = f"len({table.code})"
    start = f"{w.lines.constant(turn_start)}({key}, {size})"
    entries = table.options[0] if table.options and len(table.options) == 1 else None
    code = f"{table.code}[({start} + ({ordinal} or 0)) % {size}]"
    return one_of(tuple(entries), code) if isinstance(entries, list) else Value(code)


def _number(recipe: r.Number, w: Writer, scope: Scope, _schema: Json, cap: Cap | None) -> Value:
    low, high = (write(end, w, scope) for end in (recipe.low, recipe.high))
    drawn = scope.at("number")
    if not cap and isinstance(recipe.low, r.Literal) and isinstance(recipe.high, r.Literal):
        first, last = recipe.low.value, recipe.high.value
        return Value(f"({first} + {drawn.below(last - first + 1)})", null=False)
    last = f"min({high.code}, {w.left(cap, scope)})" if cap else high.code
    code = f"{w.lines.constant(between)}({drawn.product}, {low.code}, {last}, {scope.path[-1]!r})"
    return Value(code, null=False)


def _pattern(recipe: r.Pattern, w: Writer, scope: Scope, *_: Any) -> Value:
    drawn = w.lines.constant(whole(recipe.pattern).draw)
    return Value(f"{drawn}({scope.source})", text=True, null=False)


def _matching(recipe: r.Matching, w: Writer, scope: Scope, *_: Any) -> Value:
    found = followed(recipe.pattern, w, scope)
    code = f"{w.lines.constant(whole)}(str({found.code})).draw({scope.source})"
    return Value(code, text=True, null=False)


def _format(recipe: r.Format, w: Writer, scope: Scope, *_: Any) -> Value:
    if recipe.format == "uuid":
        code = f"{w.lines.constant(uuid_of)}({scope.product})"
    else:
        code = f"{w.lines.constant(FORMATS[recipe.format])}({scope.source})"
    return Value(code, text=True, null=False)


def _fake(recipe: r.Fake, w: Writer, scope: Scope, *_: Any) -> Value:
    if isinstance(recipe.locale, r.Literal):
        words = pool(recipe.provider, str(recipe.locale.value))
        return one_of(words, f"{w.lines.constant(words)}[{scope.below(len(words))}]")
    locale = write(recipe.locale, w, scope).code
    code = f"{scope.source}.pick({w.lines.constant(pool)}({recipe.provider!r}, {locale}))"
    return Value(code, text=True, null=False)


def _member(recipe: r.Member, w: Writer, scope: Scope, *_: Any) -> Value:
    if recipe.id:
        wanted = w.lines.kept(write(recipe.id, w, scope), "w").code
        found = f"lexicon.member({recipe.resource!r}, outer, {wanted})"
        return Value(f"(None if {wanted} is None else {found})")
    members = w.lines.fresh("m")
    w.lines.add(f"{members} = lexicon.members({recipe.resource!r}, outer)")
    for tokens, of in recipe.where:
        value = w.lines.kept(write(of, w, scope), "w").code
        reached = f"{w.lines.constant(follow)}(m, {tokens!r})"
        w.lines.add(f"{members} = [m for m in {members} if {reached} == {value}]")
    drawn = f"{scope.at('member').source}.pick({members})"
    return Value(f"({drawn} if {members} else None)")


def _after(recipe: r.After, w: Writer, scope: Scope, *_: Any) -> Value:
    low, high = recipe.low * _MICROSECONDS, recipe.high * _MICROSECONDS
    gap = f"{low} + {scope.below(high - low + 1)}" if high > low else str(low)
    known, made = w.preceding(scope), w.lines.fresh("t")
    w.lines.add(f"{made} = {known[0] if known else 0}")
    for code in known[1:]:
        other = w.lines.kept(Value(code), "x").code
        w.lines.add(f"if {other} > {made}: {made} = {other}")
    w.lines.add(f"{made} += {gap}")
    return Value(made, null=False, instant=True)


def _as_schema(_recipe: r.AsSchema, w: Writer, scope: Scope, schema: Json, _cap: Any) -> Value:
    return w.present(schema, scope)


def _absent(*_: Any) -> Value:
    return Value("ABSENT", absent=True)


_WRITERS: Mapping[type, Callable[..., Value]] = {
    r.Absent: _absent,
    r.After: _after,
    r.AsSchema: _as_schema,
    r.Each: each,
    r.Fake: _fake,
    r.Format: _format,
    r.From: _from,
    r.ListOf: _list_of,
    r.Literal: _literal,
    r.Matching: _matching,
    r.Member: _member,
    r.Number: _number,
    r.ObjectOf: _object_of,
    r.Pattern: _pattern,
    r.Repeat: repeat,
    r.Switch: _switch,
    r.Template: lambda recipe, w, scope, *_: template(recipe, w, scope),
    r.Weighted: _weighted,
}
