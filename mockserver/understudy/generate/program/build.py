"""Turn the maker of a resource into a program, or say that it has to do without one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from understudy.generate.compile import Compiler
from understudy.generate.obey import obey_clock_id, render
from understudy.generate.objects import ObjectMaker
from understudy.generate.place import ABSENT, Place
from understudy.generate.program.layout import Layout
from understudy.generate.program.lines import NotWrittenError, Scope, Value
from understudy.generate.program.runtime import reach, settle, spell
from understudy.generate.program.writer import Writer
from understudy.generate.source import Source
from understudy.generate.templates import Lexicon, rendered
from understudy.types import Json, JsonObject

Program: TypeAlias = Callable[..., JsonObject]
"""Takes base, fixed members, names of the member and of its parent, place and latest instant."""

_SIGNATURE = "make(base, fixed, names, home, outer, latest)"


def program(
    maker: ObjectMaker,
    compiler: Compiler,
    lexicon: Lexicon,
    *,
    own: Mapping[str, Sequence[Json] | None],
    bound: Sequence[str],
    fixed: Sequence[str],
    fraction: int,
) -> Program | None:
    """Return generated code that makes what `maker` makes from the same base, or None.

    `own` are the names of each member with the values they can have, `bound` those of its parent;
    the members in `fixed` are given. None where a recipe or relation is beyond generated code.
    """
    names = {name: Value(f"home[{name!r}]") for name in bound}
    for name, values in own.items():
        options = None if values is None else tuple(values)
        names[name] = Value(f"names[{name!r}]", options)
    scope = Scope("base", names)
    given = {key: Value(f"fixed[{key!r}]", null=False) for key in fixed}
    layout: Layout | None = None
    try:
        for _ in range(2):
            writer = Writer(compiler, lexicon.tables, layout)
            made = writer.object(maker, scope, given)
            layout = writer.found
    except NotWrittenError:
        return None
    lines = writer.lines
    lines.add(f"if instants: settle(instants, latest, {fraction})")
    lines.add("for one, relation in clocked: obey_clock_id(relation, Place(one))")
    lines.add(f"return {made.code}")
    return _compiled(lines.text(_SIGNATURE), maker.name, {**lines.constants, "lexicon": lexicon})


def _compiled(text: str, name: str, constants: Mapping[str, object]) -> Program:
    known: dict[str, Any] = {
        "ABSENT": ABSENT,
        "NOWHERE": Place(None),
        "Place": Place,
        "Source": Source,
        "bisect": bisect_right,
        "obey_clock_id": obey_clock_id,
        "reach": reach,
        "render": render,
        "rendered": rendered,
        "settle": settle,
        "spell": spell,
        **constants,
    }
    exec(compile(text, f"<{name}>", "exec"), known)  # noqa: S102 - the text is our own
    made: Program = known["make"]
    return made
