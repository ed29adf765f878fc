"""Apply OpenAPI Overlays to documents before they are read. The gate to python-jsonpath.

Source: Overlay Specification 1.0.0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from understudy.contract import pointers
from understudy.contract.document import Document
from understudy.errors import ContractError, Problem
from understudy.types import Json, JsonObject

Path = tuple[str | int, ...]


def is_overlay(document: Document) -> bool:
    """Tell whether a document is an overlay and says which document it is for."""
    data = document.data
    return isinstance(data, dict) and "overlay" in data and isinstance(data.get("extends"), str)


def overlaid(document: Document, overlay: Document) -> Document:
    """Return `document` after all actions of an overlay.

    Raises ContractError with every action that cannot be understood.
    """
    data, problems = document.data, _problems_of(overlay)
    actions = overlay.data.get("actions") if isinstance(overlay.data, dict) else None
    for index, action in enumerate(actions if isinstance(actions, list) else ()):
        at = pointers.join("/actions", index)
        try:
            data = _acted(data, action)
        except _MistakenError as mistake:
            problems.append(overlay.problem(at + mistake.pointer, str(mistake), rule="overlay"))
    if problems:
        raise ContractError(problems)
    return replace(document, data=data, overlays=(*document.overlays, overlay.path))


class _MistakenError(Exception):
    """An action that cannot be understood, and where in it."""

    def __init__(self, pointer: str, message: str) -> None:
        super().__init__(message)
        self.pointer = pointer


def _problems_of(overlay: Document) -> list[Problem]:
    data = overlay.data if isinstance(overlay.data, dict) else {}
    found = []
    version = data.get("overlay")
    if not str(version or "").startswith("1"):
        hint = f"found {version!r}" if version else ""
        found.append(overlay.problem("/overlay", "is not an Overlay 1.x document", hint))
    if not isinstance(data.get("actions"), list):
        found.append(overlay.problem("/actions", "is no list of actions"))
    return [replace(problem, rule="overlay") for problem in found]


def _acted(data: Json, action: Json) -> Json:
    if not isinstance(action, dict) or not isinstance(action.get("target"), str):
        raise _MistakenError("", "has no target")
    paths = _targets(data, action["target"])
    if action.get("remove") is True:
        for path in sorted(paths, key=_order, reverse=True):
            data = _removed(data, path)
        return data
    if "update" not in action:
        raise _MistakenError("", "neither updates nor removes")
    for path in paths:
        data = _changed(data, path, lambda target: _updated(target, action["update"]))
    return data


def _targets(data: Json, query: str) -> list[Path]:
    """Return the paths of what a JSONPath (RFC 9535) selects."""
    import jsonpath  # only overlays need it

    try:
        return [match.parts for match in jsonpath.finditer(query, data)]
    except jsonpath.JSONPathError as error:
        message = f"is no JSONPath: {str(error).splitlines()[0]}"
        raise _MistakenError("/target", message) from error


def _order(path: Path) -> list[tuple[bool, int, str]]:
    return [(isinstance(one, str), one if isinstance(one, int) else 0, str(one)) for one in path]


def _updated(target: Json, update: Json) -> Json:
    """Return what an update makes of a selected value: merged, appended to or replaced."""
    if isinstance(target, list):
        return [*target, update]
    return _merged(target, update)


def _merged(target: Json, update: Json) -> Json:
    if isinstance(target, dict) and isinstance(update, dict):
        new = {key: _merged(target.get(key), value) for key, value in update.items()}
        return {**target, **new}
    if isinstance(target, list) and isinstance(update, list):
        return [*target, *update]
    return update


def _changed(data: Json, path: Sequence[str | int], change: Callable[[Json], Json]) -> Json:
    """Return `data` with what `path` leads to changed; nothing is changed in place."""
    if not path:
        return change(data)
    head, *rest = path
    new = _changed(data[head], rest, change)
    if isinstance(data, list):
        return [new if index == head else one for index, one in enumerate(data)]
    return {**data, head: new}


def _removed(data: Json, path: Path) -> Json:
    if not path:
        raise _MistakenError("/target", "cannot be the whole document")
    *around, last = path

    def without(holder: Json) -> Json:
        if isinstance(holder, list):
            return [one for index, one in enumerate(holder) if index != last]
        found: JsonObject = {key: one for key, one in holder.items() if key != last}
        return found

    try:
        return _changed(data, around, without)
    except (IndexError, KeyError):  # gone with what it was in
        return data
