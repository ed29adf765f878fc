"""Turn the maker of a resource into a program, or say that it has to do without one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from understudy.generate.compile import Compiler
from understudy.generate.obey import obey_clock_id, render
from understudy.generate.objects import ObjectMaker
from understudy.generate.place import ABSENT, Place
from understudy.generate.program.lines import Frame, Lines, NotWrittenError, Scope, Value
from understudy.generate.program.runtime import reach, spell
from understudy.generate.program.writer import Writer
from understudy.generate.source import Source
from understudy.generate.templates import Lexicon, rendered
from understudy.generate.times import ended, settle
from understudy.types import Json

Program: TypeAlias = Callable[[int, Json, Json, Mapping[str, Json], Mapping[str, Json], Place], Any]
"""Takes base, id, parent's key, names of the member, names of the parent and its place."""

IDENTIFIER = Value("identifier", null=False)
PARENT = Value("parent", null=False)

_SIGNATURE = "(base, identifier, parent, names, home, outer)"


@dataclass(frozen=True, slots=True)
class Clock:
    """The time in microseconds since 1970, and how many digits of a second are written."""

    now: int
    fraction: int


def member_names(
    own: Mapping[str, Sequence[Json] | None], bound: Iterable[str]
) -> Mapping[str, Value]:
    """Return the names of a member with the values they can have, and those of its parent."""
    names = {name: Value(f"home[{name!r}]") for name in bound}
    for name, values in own.items():
        names[name] = Value(f"names[{name!r}]", None if values is None else tuple(values))
    return names


def program(
    maker: ObjectMaker,
    compiler: Compiler,
    lexicon: Lexicon,
    *,
    names: Mapping[str, Value],
    own: Collection[str],
    fixed: Mapping[str, Value],
    clock: Clock,
) -> Program | None:
    """Return generated code that makes what `maker` makes from the same base, or None.

    `names` are bound, its `own` for good, and the members in `fixed` given, see `member_names`
    and `Program`. None where a recipe or relation is beyond generated code.
    """
    scope = Scope("base", names)
    try:
        first = Writer(compiler, lexicon.tables)
        first.object(maker, scope, fixed, own)
        writer = Writer(compiler, lexicon.tables, first.found)
        made = writer.object(maker, scope, fixed, own)
    except NotWrittenError:
        return None
    lines = writer.lines
    objects = ", ".join(f"{key!r}: {found}" for key, found in writer.timed.items())
    if objects:
        latest = f"ended({scope.at('age').product}, {clock.now})"
        last = f"{made.code}[{writer.last!r}]" if writer.last else None
        lines.add(f"settle({{{objects}}}, {last}, {latest}, {clock.fraction})")
    for relation, found in writer.clocked.items():
        lines.add(f"for one in {found}: obey_clock_id({relation}, Place(one))")
    lines.add(f"return {made.code}")
    return _compiled(lines, lexicon)


def id_program(
    maker: ObjectMaker,
    key: str,
    compiler: Compiler,
    lexicon: Lexicon,
    names: Mapping[str, Value],
) -> Program | None:
    """Return generated code that makes the member `key` alone, from a base of its own, or None."""
    recipe = maker.declared.recipes.get(key)
    if recipe is None:
        return None
    writer = Writer(compiler, lexicon.tables)
    try:
        made = writer.write(recipe, Scope("base", names).into(Frame()).key(key))
    except NotWrittenError:
        return None
    writer.lines.add(f"return {made.code}")
    return _compiled(writer.lines, lexicon)


def _compiled(lines: Lines, lexicon: Lexicon) -> Program:
    text = lines.text(f"make{_SIGNATURE}")
    known: dict[str, Any] = {
        "ABSENT": ABSENT,
        "Place": Place,
        "Source": Source,
        "bisect": bisect_right,
        "ended": ended,
        "obey_clock_id": obey_clock_id,
        "reach": reach,
        "render": render,
        "rendered": rendered,
        "settle": settle,
        "spell": spell,
        "lexicon": lexicon,
        **lines.constants,
    }
    exec(compile(text, "<program>", "exec"), known)  # noqa: S102 - the text is our own
    made: Program = known["make"]
    return made
