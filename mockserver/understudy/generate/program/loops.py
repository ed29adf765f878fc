"""Lists as generated code: a loop over entries, each item from a base of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from understudy.contract import recipes as r
from understudy.contract.expressions import Name
from understudy.generate.objects import ObjectMaker
from understudy.generate.program.lines import (
    Frame,
    NotWrittenError,
    Scope,
    Value,
    branches,
    one_of,
)
from understudy.generate.program.templates import followed
from understudy.generate.source import FOLD, HALF, MASK, SPREAD, START
from understudy.types import Json

if TYPE_CHECKING:
    from understudy.generate.program.writer import Writer

_CASES = 4
"""Into how many bodies a loop is split at most."""


def each(recipe: r.Each, w: Writer, scope: Scope, schema: Json, *_: Any) -> Value:
    """Write a list with one item for each entry of another."""
    entries = followed(recipe.entries, w, scope)
    options: tuple[Json, ...] | None = None
    if entries.options is not None:
        options = tuple(one for some in entries.options for one in some or ())
    if options == ():
        return w.lines.made(one_of(([],), "[]"), "l")
    entries = w.lines.kept(entries, "e")
    entry, index = w.lines.fresh("e"), w.lines.fresh("i")
    loop = f"for {index}, {entry} in enumerate({entries.code}):"
    items = w.compiler.items(schema)
    token = _switched(w.maker(items), recipe.name, options or ())

    def item(bound: Value, inner: Scope) -> Value:
        text = w.rendered(bound, inner.at(recipe.name))
        return w.write(recipe.of, inner.bound(recipe.name, text), items)

    every = Value(entry, options, null=options is None or None in options)
    split = _split(entry, token, options or ()) if token else [("", every)]
    bodies = [(condition, partial(item, bound)) for condition, bound in split]
    return _loop(entries.code, loop, index, w, scope, bodies)


def _switched(maker: ObjectMaker | None, name: str, options: Sequence[Json]) -> str:
    """Return the member of an entry on which several members of an object depend, or nothing."""
    recipes = maker.declared.recipes.values() if maker else ()
    switches = (one.on for one in recipes if isinstance(one, r.Switch))
    parts = (on.parts[0] for on in switches if isinstance(on, r.Template) and len(on.parts) == 1)
    names = [p for p in parts if isinstance(p, Name) and p.head == name and len(p.members) == 1]
    tokens = Counter(one.members[0] for one in names)
    for token, count in tokens.most_common(1):
        texts = [o.get(token) if isinstance(o, dict) else None for o in options]
        if count > 1 and all(isinstance(text, str) for text in texts) and len({*texts}) <= _CASES:
            return token
    return ""


def _split(entry: str, token: str, options: Sequence[Json]) -> Iterator[tuple[str, Value]]:
    """Yield the entries by what they have for a member, each group with its condition."""
    for text in dict.fromkeys(one[token] for one in options):
        same = tuple(one for one in options if one[token] == text)
        yield f"{entry}[{token!r}] == {text!r}", one_of(same, entry)


def repeat(recipe: r.Repeat, w: Writer, scope: Scope, schema: Json, *_: Any) -> Value:
    """Write a list of so many items."""
    index = w.lines.fresh("i")
    drawn = f"{recipe.low} + {scope.at('count').below(recipe.high - recipe.low + 1)}"
    count = w.lines.kept(Value(drawn), "n").code
    items = w.compiler.items(schema)
    loop = f"for {index} in range({count}):"
    bodies = [("", lambda inner: w.write(recipe.of, inner, items))]
    return _loop(count, loop, index, w, scope, bodies)


def _loop(
    some: str,
    loop: str,
    index: str,
    w: Writer,
    scope: Scope,
    bodies: Sequence[tuple[str, Callable[[Scope], Value]]],
) -> Value:
    """Write a loop that makes the items of a list, if there are `some`, each from its own base.

    Of several `bodies`, the one applies whose condition does.
    """
    made, base, start = w.lines.fresh("l"), w.lines.fresh("b"), w.lines.fresh("p")
    w.lines.add(f"{made} = []")
    with w.lines.block(f"if {some}:"), w.lines.block(f"{start} = {scope.product} >> {HALF}", loop):
        w.lines.add(f"{base} = ({start} ^ {index}) * {SPREAD} & {MASK}")
        w.lines.add(f"{base} ^= {base} >> {FOLD}")
        frame = Frame(list=made, index=index)
        within = replace(scope.into(frame).key("*"), base=base, salt=START)
        for branch, body in branches(bodies):
            with w.lines.block(branch):
                found = body(within)
                if found.instant:
                    raise NotWrittenError("an instant in a list")
                w.lines.add(f"{made}.append({found.code})")
    return Value(made, null=False)
