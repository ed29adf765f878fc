"""Places in a value that a schema speaks of: found by steps, changed without a deep copy."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from understudy.contract.pointers import MISSING, join
from understudy.generate.source import Source
from understudy.types import Json

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A way into a container: `into` tells the keys there, `text` is what pointers show of it.

    `name` is the one key that may as well be added where it is absent, if there is one.
    """

    text: str
    into: Callable[[Json], Sequence[str | int]]
    name: str | int | None = None


def member(name: str) -> Step:
    """Return the step to the member `name` of an object."""

    def into(value: Json) -> Sequence[str | int]:
        return (name,) if isinstance(value, dict) and name in value else ()

    return Step(name, into, name)


def members(fits: Callable[[str], bool]) -> Step:
    """Return the step to any member whose name fits."""

    def into(value: Json) -> Sequence[str | int]:
        return [name for name in value if fits(name)] if isinstance(value, dict) else ()

    return Step("*", into)


def other_members(names: Container[str], taken: Callable[[str], bool]) -> Step:
    """Return the step to any member that is neither among `names` nor taken."""
    return members(lambda name: name not in names and not taken(name))


def item(index: int) -> Step:
    """Return the step to the item at `index`."""

    def into(value: Json) -> Sequence[str | int]:
        return (index,) if isinstance(value, list) and index < len(value) else ()

    return Step(str(index), into, index)


def items(first: int = 0) -> Step:
    """Return the step to any item from the index `first` on."""

    def into(value: Json) -> Sequence[str | int]:
        return range(first, len(value)) if isinstance(value, list) else ()

    return Step("*", into)


def template(steps: Sequence[Step]) -> str:
    """Return the JSON Pointer that `steps` follow, `*` for any item or member."""
    return join("", *(step.text for step in steps))


def places(value: Json, steps: Sequence[Step], source: Source) -> Iterator[tuple[Path, Json]]:
    """Yield where `steps` lead to in `value` and what is there, beginning anywhere."""
    ahead: list[tuple[Path, Json]] = [((), value)]
    while ahead:
        path, here = ahead.pop()
        if len(path) == len(steps):
            yield path, here
            continue
        keys = steps[len(path)].into(here)
        turn = source.at(len(path)).below(len(keys)) if len(keys) > 1 else 0
        for key in reversed((*keys[turn:], *keys[:turn])):
            ahead.append(((*path, key), here[key]))


def vacancies(value: Json, steps: Sequence[Step], source: Source) -> Iterator[Path]:
    """Yield where the last of `steps` would lead to if something were there."""
    name = steps[-1].name if steps else None
    if name is None:
        return
    for path, here in places(value, steps[:-1], source):
        if isinstance(here, dict) and isinstance(name, str) and name not in here:
            yield (*path, name)
        if isinstance(here, list) and name == len(here):
            yield (*path, name)


def at(value: Json, path: Path) -> Json:
    """Return what is at `path`, which must lead somewhere."""
    for key in path:
        value = value[key]
    return value


def replaced(value: Json, path: Path, new: Json) -> Json:
    """Return `value` with `new` at `path`, or without it if MISSING; the rest is shared."""
    if not path:
        return new
    root = here = value.copy()
    for key in path[:-1]:
        here[key] = here[key].copy()
        here = here[key]
    last = path[-1]
    if new is MISSING:
        del here[last]
    elif isinstance(here, list) and last == len(here):
        here.append(new)
    else:
        here[last] = new
    return root
