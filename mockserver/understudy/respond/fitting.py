"""Put into a resource what a request asks for, as far as the resource stays valid.

JSON Merge Patch is RFC 7386, JSON Patch RFC 6902.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from understudy.codec import identity
from understudy.contract import pointers
from understudy.contract.pointers import MISSING, follow
from understudy.types import Json, JsonObject

Accepts: TypeAlias = Callable[[JsonObject], bool]

_GONE = object()
"""Stands for a member that is taken away."""


class PatchError(ValueError):
    """A JSON Patch that cannot be applied to what is there."""


def fitted(value: JsonObject, wanted: Iterable[Mapping[str, Json]], accepts: Accepts) -> JsonObject:
    """Return `value` with all groups of wanted members, or with those that it accepts.

    Of a group that is not accepted, its first member is tried alone.
    """
    groups = [group for group in wanted if group]
    whole = _with(value, {key: one for group in groups for key, one in group.items()})
    if accepts(whole):
        return whole
    for group in groups:
        for part in (group, dict(list(group.items())[:1])):
            trial = _with(value, part)
            if accepts(trial):
                value = trial
                break
    return value


def difference(before: JsonObject, after: JsonObject) -> dict[str, Json]:
    """Return the members that `after` has otherwise; what it lacks is taken away, or else null."""
    changed = {k: v for k, v in after.items() if k not in before or not _same(before[k], v)}
    return {**changed, **{key: _GONE for key in before if key not in after}}


def patched(value: JsonObject, body: Json) -> JsonObject:
    """Return `value` changed by a patch: a list of steps, or an object to be merged."""
    changed = _stepped(value, body) if isinstance(body, list) else merged(value, body)
    return changed if isinstance(changed, dict) else value


def merged(value: Json, patch: Json) -> Json:
    """Return `value` with a merge patch (RFC 7386, section 2); null takes members away."""
    if not isinstance(patch, dict):
        return patch
    found = dict(value) if isinstance(value, dict) else {}
    for key, part in patch.items():
        if part is None:
            found.pop(key, None)
        else:
            found[key] = merged(found.get(key), part)
    return found


def _stepped(value: Json, steps: list[Json]) -> Json:
    """Return `value` after the steps of a JSON Patch (RFC 6902). Raises PatchError."""
    root: JsonObject = {"": copy.deepcopy(value)}
    for step in steps:
        try:
            _STEPS[step["op"]](root, ("", *pointers.split(step["path"])), step)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise PatchError(f"cannot be applied: {step!r}"[:200]) from error
    return root[""]


def _add(root: JsonObject, path: tuple[str, ...], step: JsonObject) -> None:
    box = follow(root, path[:-1])
    if isinstance(box, list):
        index = len(box) if path[-1] == "-" else int(path[-1])
        if not 0 <= index <= len(box):
            raise IndexError(index)
        box.insert(index, copy.deepcopy(step["value"]))
    else:
        box[path[-1]] = copy.deepcopy(step["value"])


def _remove(root: JsonObject, path: tuple[str, ...], _step: JsonObject) -> Json:
    box = follow(root, path[:-1])
    return box.pop(int(path[-1]) if isinstance(box, list) else path[-1])


def _replace(root: JsonObject, path: tuple[str, ...], step: JsonObject) -> None:
    box = follow(root, path[:-1])
    key = int(path[-1]) if isinstance(box, list) else path[-1]
    box[key]
    box[key] = copy.deepcopy(step["value"])


def _move(root: JsonObject, path: tuple[str, ...], step: JsonObject) -> None:
    taken = _remove(root, ("", *pointers.split(step["from"])), step)
    _add(root, path, {"value": taken})


def _copy(root: JsonObject, path: tuple[str, ...], step: JsonObject) -> None:
    found = follow(root, ("", *pointers.split(step["from"])))
    if found is MISSING:
        raise KeyError(step["from"])
    _add(root, path, {"value": found})


def _test(root: JsonObject, path: tuple[str, ...], step: JsonObject) -> None:
    if not _same(follow(root, path), step["value"]):
        raise ValueError(step["path"])


_STEPS: Mapping[str, Callable[[JsonObject, tuple[str, ...], JsonObject], Json]] = {
    "add": _add,
    "copy": _copy,
    "move": _move,
    "remove": _remove,
    "replace": _replace,
    "test": _test,
}


def _with(value: JsonObject, members: Mapping[str, Json]) -> JsonObject:
    found = {**value, **members}
    return {key: one for key, one in found.items() if one is not _GONE}


def _same(one: Json, other: Json) -> bool:
    return MISSING not in (one, other) and identity(one) == identity(other)
