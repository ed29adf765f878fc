"""Python source under construction, and what is known of the values it computes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

from understudy.generate.source import BITS, HALF, LARGE, MASK, START, salted
from understudy.types import Json

T = TypeVar("T")

_LONGEST = 4000
_DEEPEST = 30


class NotWrittenError(Exception):
    """Something cannot be said in generated code; its makers are used instead."""


@dataclass(frozen=True, slots=True)
class Value:
    """An expression without side effects, and what is known of its value.

    `options` are all values it can have, if they are known. `instant` tells that it may be a
    number of microseconds, which is written as text when all are known; `absent` that it may
    stand for a member that is left out.
    """

    code: str
    options: tuple[Json, ...] | None = None
    text: bool = False
    null: bool = True
    instant: bool = False
    absent: bool = False


def literal(value: Json, code: str) -> Value:
    """Return a constant."""
    return one_of((value,), code)


def one_of(options: tuple[Json, ...], code: str) -> Value:
    """Return one of several constants."""
    if options and isinstance(options[0], str) and len(set(map(repr, options))) == 1:
        code = repr(options[0])
    return Value(code, options, all(isinstance(one, str) for one in options), None in options)


NULL = literal(None, "None")


@dataclass(slots=True)
class Frame:
    """A container that is being made: an object with its members so far, or a list.

    `list` and `index` are variables; they are empty for an object.
    """

    members: dict[str, Value] = field(default_factory=dict)
    list: str = ""
    index: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where code is being written: names, containers around, and a source known by its path.

    `path` leads to the value being made; `*` stands for an item of a list. `frames` has the
    container at each length of it.
    """

    base: str
    names: Mapping[str, Value]
    salt: int = START
    frames: tuple[Frame, ...] = ()
    path: tuple[str, ...] = ()

    def at(self, label: str) -> Scope:
        """Return the scope that draws from the child of this name."""
        return replace(self, salt=salted(self.salt, label))

    def into(self, frame: Frame) -> Scope:
        """Return the scope within a container that stands at `path`."""
        return replace(self, frames=(*self.frames, frame))

    def key(self, token: str) -> Scope:
        """Return the scope of the member or item that `token` leads to."""
        return replace(self, path=(*self.path, token))

    def aside(self) -> Scope:
        """Return the scope of a value that is used here, but stands nowhere in the object."""
        return self.key(" ")

    def bound(self, name: str, value: Value) -> Scope:
        """Return the scope with one more name."""
        return replace(self, names={**self.names, name: value})

    @property
    def source(self) -> str:
        """Return code for the Source of this scope."""
        return f"Source({self.base}, {self.salt})"

    @property
    def product(self) -> str:
        """Return code for the product that is drawn from."""
        return f"{self.base} * {self.salt}"

    def below(self, bound: int) -> str:
        """Return code that draws an integer in [0, bound)."""
        if bound >> LARGE:
            return f"(({self.product} >> {HALF} & {MASK}) * {bound} >> {BITS})"
        return f"({self.product} >> {BITS}) % {bound}"


class Lines:
    """The body of a function, with the constants it uses."""

    def __init__(self) -> None:
        self.constants: dict[str, object] = {}
        self._known: dict[int, str] = {}
        self._lists: list[str] = []
        self._values: list[dict[str, str]] = [{}]
        self._lines: list[str] = []
        self._depth = 1
        self._count = 0

    def add(self, line: str) -> None:
        """Add a statement."""
        if len(self._lines) == _LONGEST:
            raise NotWrittenError("too long")
        self._lines.append("    " * self._depth + line)

    @contextmanager
    def block(self, *opening: str) -> Iterator[None]:
        """Indent what is added in a `with` block, below the lines that open it."""
        if self._depth > _DEEPEST:
            raise NotWrittenError("nested too deep for Python")
        for line in opening:
            self.add(line)
        self._depth += 1
        self._values.append({})
        size = len(self._lines)
        yield
        if len(self._lines) == size:
            self.add("pass")
        self._depth -= 1
        self._values.pop()

    def fresh(self, stem: str) -> str:
        """Return a new variable."""
        self._count += 1
        return f"{stem}{self._count}"

    def kept(self, value: Value, stem: str = "v") -> Value:
        """Return `value` as a variable, so that it is computed once in a block and its blocks."""
        if value.code.isidentifier():
            return value
        known = (values[value.code] for values in self._values if value.code in values)
        variable = next(known, "")
        if variable:
            return replace(value, code=variable)
        made = self.made(value, stem)
        self._values[-1][value.code] = made.code
        return made

    def made(self, value: Value, stem: str) -> Value:
        """Return `value` as a variable of its own, as a container has to be."""
        variable = self.fresh(stem)
        self.add(f"{variable} = {value.code}")
        return replace(value, code=variable)

    def constant(self, value: object) -> str:
        """Return a name for a constant."""
        if id(value) not in self._known:
            name = self.fresh("K")
            self._known[id(value)] = name
            self.constants[name] = value  # which keeps it alive, and its id its own
        return self._known[id(value)]

    def gathered(self, found: dict[str, str], key: str, value: str) -> str:
        """Return code that adds to the list of this key, which is there from the start."""
        if key not in found:
            found[key] = self.fresh("a")
            self._lists.append(found[key])
        return f"{found[key]}.append({value})"

    def text(self, signature: str) -> str:
        """Return the source of the function."""
        start = [f"    {variable} = []" for variable in self._lists]
        return "\n".join([f"def {signature}:", *start, *self._lines, ""])


def branches(cases: Sequence[tuple[str, T]]) -> Iterator[tuple[str, T]]:
    """Yield the line that opens each of several cases; the last needs no condition."""
    for index, (condition, what) in enumerate(cases):
        last = index == len(cases) - 1
        known = "else" if index else "if True"
        word = "elif" if index else "if"
        yield f"{known}:" if last else f"{word} {condition}:", what
