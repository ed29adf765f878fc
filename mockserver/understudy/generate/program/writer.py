"""Objects as generated code: members in the order in which they need each other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from understudy.contract.expressions import Relative
from understudy.contract.recipes import (
    After,
    AsSchema,
    Each,
    Fake,
    Format,
    ListOf,
    Number,
    ObjectOf,
    Pattern,
    Recipe,
    Repeat,
)
from understudy.contract.relations import Relation
from understudy.contract.schemas import ANYTHING
from understudy.generate.compile import Compiler
from understudy.generate.obey import render
from understudy.generate.objects import ObjectMaker
from understudy.generate.place import Maker
from understudy.generate.program.layout import End, Layout, end
from understudy.generate.program.lines import NULL, Frame, Lines, NotWrittenError, Scope, Value
from understudy.generate.program.lookup import first_of, latest, value_at
from understudy.generate.program.recipes import write
from understudy.generate.program.templates import points
from understudy.generate.recipes import Cap
from understudy.types import Json

_DEEPEST = 16
_COPIES = ("equal", "renders")
_NEVER_NULL = (After, Each, Fake, Format, ListOf, Number, ObjectOf, Pattern, Repeat)


class Writer:
    """Writes the code of one resource; what it finds on a first pass, it obeys on the second.

    `timed` names the lists of objects by the member that is an instant, `clocked` those by the
    relation that makes an id of a time; `copies` are variables that were made equal.
    """

    def __init__(
        self, compiler: Compiler, tables: Mapping[str, Json], layout: Layout | None = None
    ) -> None:
        self.compiler = compiler
        self.lines = Lines()
        self.found = Layout()
        self.timed: dict[str, str] = {}
        self.clocked: dict[str, str] = {}
        self.copies: set[str] = set()
        self._tables = tables
        self._layout = layout
        self._ordered = tuple(layout.ordered()) if layout else ()
        self.last = layout.last() if layout else ""
        self._edges = (*self._ordered, *layout.copied()) if layout else ()

    def object(
        self,
        maker: ObjectMaker,
        scope: Scope,
        fixed: Mapping[str, Value] | None = None,
        own: Collection[str] = (),
    ) -> Value:
        """Write an object, of which some members and names of its own are given, and return it."""
        if len(scope.path) > _DEEPEST or not _is_plain(maker):
            raise NotWrittenError(f"{maker.name} is beyond generated code")
        declared, fixed = maker.declared, fixed or {}
        self.found.objects.append((scope.path, declared.relations))
        frame = Frame()
        inner = scope.into(frame)
        for name, recipe in declared.let.items():
            if name in own:
                continue
            value = self.lines.kept(self.write(recipe, inner.at(name).at("let").aside()))
            inner = inner.bound(name, value)
        for key in self._order(maker, scope.path):
            frame.members[key] = self._member(key, maker, inner, fixed)
        made = self.container(frame.members, maker.keys, scope.path)
        for relation in declared.relations:
            if relation.kind == "clock_id":
                self._later(relation, made)
        return made

    def write(
        self, recipe: Recipe, scope: Scope, schema: Json = ANYTHING, cap: Cap | None = None
    ) -> Value:
        """Write the code of `recipe` for a value of `schema`, and return it."""
        return write(recipe, self, scope, schema, cap)

    def container(
        self, members: Mapping[str, Value], keys: Sequence[str], path: tuple[str, ...]
    ) -> Value:
        """Write an object of these members in this order, and return it."""
        self.found.made[path] += 1
        listed = ", ".join(f"{key!r}: {members[key].code}" for key in keys)
        made = self.lines.made(Value(f"{{{listed}}}", null=False), "o")
        for key in keys:
            value = members[key]
            self.found.there[*path, key] += not (value.null or value.absent)
            if value.absent:
                self.lines.add(f"if {value.code} is ABSENT: del {made.code}[{key!r}]")
            if value.instant:
                guard = f"if {value.code}.__class__ is int: " if value.null else ""
                self.lines.add(guard + self.lines.gathered(self.timed, key, made.code))
        return made

    def maker(self, schema: Json) -> ObjectMaker | None:
        """Return the maker of what `schema` says, if that is an object."""
        maker = self.compiler.present(schema)
        return maker if isinstance(maker, ObjectMaker) else None

    def present(self, schema: Json, scope: Scope) -> Value:
        """Write what `schema` alone says, null excepted."""
        return self._by_schema(self.compiler.present(schema), schema, scope)

    def table(self, name: str) -> Json:
        """Return a table of the vocabulary."""
        if name not in self._tables:
            raise NotWrittenError(f"{name} is bound nowhere")
        return self._tables[name]

    def name(self, scope: Scope, name: str) -> Value:
        """Return what a name is bound to."""
        if name not in scope.names:
            raise NotWrittenError(f"{name} is bound nowhere")
        return scope.names[name]

    def related(self, where: Relative, scope: Scope) -> Value:
        """Return the value that a pointer from the innermost container leads to, or null."""
        found = end(where, scope.path[: len(scope.frames) - 1])
        return value_at(found, scope, timed=self._timed(found)) if found else NULL

    def rendered(self, value: Value, scope: Scope) -> Value:
        """Return `value`; text with braces is a template in its own right."""
        if value.options is not None and not any(map(_braced, value.options)):
            return value
        if self._points:
            raise NotWrittenError("texts of the vocabulary look at what is around them")
        made = self.lines.fresh("v")
        names = ", ".join(f"{name!r}: {bound.code}" for name, bound in scope.names.items())
        place = f"Place(None, names={{{names}}}, outer=outer)"
        self.lines.add(f"{made} = {value.code}")
        with self.lines.block(f"if {made}.__class__ is str and '{{' in {made}:"):
            self.lines.add(f"{made} = rendered({made}, lexicon, {scope.source}, {place}, '')")
        return Value(made, null=value.null)

    @cached_property
    def _points(self) -> bool:
        return any(map(points, self._tables.values()))

    def left(self, cap: Cap, scope: Scope) -> str:
        """Return code for the highest integer that relations leave."""
        members = scope.frames[-1].members
        return " - ".join(members[name].code for name in (cap.bound, *cap.spent))

    def preceding(self, scope: Scope) -> list[str]:
        """Return code for each instant, or the latest of several, that precedes the one here."""
        self.found.instants.add(scope.path)
        edges = (edge for edge in self._ordered if edge.then.path == scope.path)
        always = self._layout.always if self._layout else lambda _path: False
        found = dict.fromkeys(latest(edge, scope, always) for edge in edges)
        return [code for code in found if code != "0"]

    def _member(
        self,
        key: str,
        maker: ObjectMaker,
        scope: Scope,
        fixed: Mapping[str, Value],
    ) -> Value:
        """Write the member `key` of the object whose members `scope` is for."""
        recipe = maker.declared.recipes.get(key)

        def own() -> Value:
            inner = scope.at(key).key(key)
            if key in fixed:
                return fixed[key]
            schema, cap = maker.declared.schemas[key], maker.declared.caps.get(key)
            if recipe is None or isinstance(recipe, AsSchema):
                return self._by_schema(maker.maker(key), schema, inner)
            return self.write(recipe, inner, schema, cap)

        copies = [
            one
            for one in (maker.declared.relations if self._layout else ())
            if one.kind in _COPIES and one.terms[0][0].tokens == (key,)
        ]
        if len(copies) > 1:
            raise NotWrittenError(f"{key} is a copy twice")
        if copies:
            made = self._copy(key, copies[0], maker, scope, own)
            self.copies.add(made.code)
            return made
        return self.lines.kept(own())

    def _copy(
        self,
        key: str,
        relation: Relation,
        maker: ObjectMaker,
        scope: Scope,
        own: Callable[[], Value],
    ) -> Value:
        """Write a member that is the same as others, or a rendering of them."""
        others = [self.related(where, scope) for where in relation.terms[1]]
        if relation.kind == "renders":
            return self._rendering(own(), others)
        sure = isinstance(maker.declared.recipes.get(key), _NEVER_NULL)
        made = self._equal(own, others, sure=sure)
        ends = (end(where, scope.path) for where in relation.terms[1])
        if made.instant and not self._precede(scope.key(key).path, {e.path for e in ends if e}):
            raise NotWrittenError(f"{key} is in order on its own")
        return made

    def _precede(self, subject: tuple[str, ...], others: Set[tuple[str, ...]]) -> bool:
        """Tell whether what precedes an instant that equals others precedes all of these too."""
        needed, *found = (
            {edge.first.path for edge in self._ordered if edge.then.path == path}
            for path in (subject, *others)
        )
        return all(needed - others <= first for first in found)

    def _equal(self, own: Callable[[], Value], others: Sequence[Value], *, sure: bool) -> Value:
        """Write the first of `others` that is not null, else the own value, or its null."""
        wanted = self.lines.kept(first_of(others))
        if sure and not wanted.null and not wanted.instant:
            return wanted
        made = self.lines.fresh("v")
        if sure:
            with self.lines.block(f"if {wanted.code} is None:"):
                alone = own()
                self.lines.add(f"{made} = {alone.code}")
            with self.lines.block("else:"):
                self.lines.add(f"{made} = {wanted.code}")
        else:
            alone = self.lines.kept(own())
            either = f"{alone.code} is None or {wanted.code} is None"
            self.lines.add(f"{made} = {alone.code} if {either} else {wanted.code}")
        if alone.instant != wanted.instant or alone.absent:
            raise NotWrittenError("an instant equals something else")
        return Value(made, text=alone.text and wanted.text, null=alone.null, instant=alone.instant)

    def _rendering(self, own: Value, others: Sequence[Value]) -> Value:
        text = self.lines.kept(first_of(others))
        code = f"render({text.code})"
        if text.text and text.options is not None:
            known = {one: render(one) for one in text.options}
            code = f"{self.lines.constant(known)}[{text.code}]"
        if not text.text:
            code = f"{code} if {text.code}.__class__ is str else {own.code}"
        if own.null:
            code = f"None if {own.code} is None else {code}"
        return self.lines.kept(Value(f"({code})", null=own.null))

    def _by_schema(self, maker: Maker, schema: Json, scope: Scope) -> Value:
        """Write what a schema alone says."""
        if isinstance(maker, ObjectMaker):
            return self.object(maker, scope)
        if not self.compiler.is_scalar(schema):
            raise NotWrittenError("a container without recipes")
        made = f"{self.lines.constant(maker)}({scope.source}, Place(None), {scope.path[-1]!r})"
        return Value(made)

    def _order(self, maker: ObjectMaker, path: tuple[str, ...]) -> tuple[str, ...]:
        """Return the members of the object at `path` so that each can use those before it."""
        needs = {key: {*maker.declared.needs[key]} for key in maker.keys}
        for edge in self._edges:
            here, first, then = edge.shared, edge.first.path, edge.then.path
            if edge.first.shift or first[:here] != path or first[here] == then[here]:
                continue
            if first[here] in needs:
                needs[then[here]].add(first[here])
        try:
            return tuple(TopologicalSorter(needs).static_order())
        except CycleError as error:
            raise NotWrittenError("members need each other") from error

    def _timed(self, found: End) -> bool:
        return self._layout is not None and found.path in self._layout.instants

    def _later(self, relation: Relation, made: Value) -> None:
        """Write that an identifier is made of a time when all times are known."""
        if any(where.up for term in relation.terms for where in term):
            raise NotWrittenError("a time elsewhere")
        clocked = self.lines.constant(relation)
        self.lines.add(self.lines.gathered(self.clocked, clocked, made.code))


def _is_plain(maker: ObjectMaker) -> bool:
    """Tell whether there always are the same members, and copies are among them."""
    copies = (one.terms[0][0] for one in maker.declared.relations if one.kind in _COPIES)
    own = all(not where.up and not where.shift and len(where.tokens) == 1 for where in copies)
    own = own and len(maker.let) == len(maker.declared.let)
    always = len(maker.required) == len(maker.keys) >= maker.least
    return own and always and not maker.extras.forced and not maker.extras.usual


def _braced(value: Json) -> bool:
    return isinstance(value, str) and "{" in value
