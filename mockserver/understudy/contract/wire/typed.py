"""Text, and trees of text, read as the values that a schema means.

Strict: only what JSON would write as a number is one. Of several types the first is taken in
which the text is valid, so that 5 is an integer where integers and texts are allowed. Text says
no null: what is null is left out (RFC 6570, section 2.3).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias, Union

from understudy.codec import loads
from understudy.contract.validate import Validator
from understudy.contract.wire.invalid import Invalid
from understudy.contract.wire.shapes import Shape, Shapes
from understudy.types import Json

_INTEGER = re.compile(r"-?[0-9]{1,4000}")
_NUMBER = re.compile(r"-?[0-9]{1,4000}(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")
_BOOLEANS = {"true": True, "false": False}
_INDEX = re.compile("[0-9]{1,9}")

Tree: TypeAlias = Union[str, list["Tree"], dict[str, "Tree"]]  # noqa: UP007 - names itself
"""Text as it came, in the arrays and objects in which it was said."""

Pairs: TypeAlias = Sequence[tuple[str, str]]
"""Names, decoded, and values as they were sent, of a query, a form or cookies, in order."""

Decode: TypeAlias = Callable[[str], Json]
Path: TypeAlias = tuple[str | int, ...]


def integer(text: str) -> int:
    """Return the integer in `text`; raises ValueError where it is none."""
    if not _INTEGER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def number(text: str) -> float:
    """Return the number in `text`; raises ValueError where it is none that a double can hold."""
    found = float(text) if _NUMBER.fullmatch(text) else math.inf
    if math.isinf(found):
        raise ValueError(text)
    return found


def boolean(text: str) -> bool:
    """Return what `true` and `false` say; raises ValueError for all else."""
    if text not in _BOOLEANS:
        raise ValueError(text)
    return _BOOLEANS[text]


DECODERS: Final[Mapping[str, Decode]] = {
    "boolean": boolean,
    "integer": integer,
    "number": number,
    "string": str,
}


class Reader:
    """Reads trees of text by schemas."""

    def __init__(self, schemas: Mapping[str, Json]) -> None:
        self.shapes = Shapes(schemas)
        self._validators: dict[int, tuple[Json, Validator]] = {}

    def read(self, tree: Tree, schema: Json, wrong: list[Invalid], path: Path = ()) -> Json:
        """Return what `tree` says; text that is not of its type stays text and is told."""
        shape = self.shapes.of(schema)
        if isinstance(tree, dict):
            items = _items(tree) if "array" in shape.kinds else None
            if items is None:
                return {
                    name: self.read(part, shape.member(name), wrong, (*path, name))
                    for name, part in tree.items()
                }
            tree = items
        if isinstance(tree, str) and not shape.scalars:
            return self._nested(tree, shape, wrong, path)
        if isinstance(tree, str):
            return self._scalar(tree, schema, shape, wrong, path)
        if shape.kinds and "array" not in shape.kinds:
            wrong.append(Invalid("repeated", path, f"is given {len(tree)} times", tree))
            return tree
        return [
            self.read(part, shape.item(index), wrong, (*path, index))
            for index, part in enumerate(tree)
        ]

    def _scalar(
        self, text: str, schema: Json, shape: Shape, wrong: list[Invalid], path: Path
    ) -> Json:
        kinds = shape.scalars
        values = [value for kind in kinds if (value := _tried(kind, text)) is not None]
        if not values:
            kind = kinds[-1]
            wrong.append(Invalid(kind, path, f"is not a valid {kind}", text))
            return text
        if len(kinds) == 1:
            return values[0].lower() if "uuid" in shape.formats else values[0]
        accepts = self._validator(schema).accepts
        if "array" in shape.kinds and not any(map(accepts, values)):
            return [self.read(text, shape.item(0), wrong, (*path, 0))]
        return next(filter(accepts, values), values[-1])

    def _nested(self, text: str, shape: Shape, wrong: list[Invalid], path: Path) -> Json:
        """Return an array or object that came as one text: a single item, or JSON."""
        try:
            value = loads(text.encode()) if text[:1] in ("[", "{") else None
        except ValueError:
            value = None
        if isinstance(value, list | dict) and isinstance(value, dict) == ("object" in shape.kinds):
            return value
        if "array" in shape.kinds:
            return [self.read(text, shape.item(0), wrong, (*path, 0))]
        return text

    def _validator(self, schema: Json) -> Validator:
        known = self._validators.get(id(schema))
        if known is None:
            known = (schema, Validator(schema, self.shapes.schemas))
            self._validators[id(schema)] = known
        return known[1]


def _tried(kind: str, text: str) -> Json:
    try:
        return DECODERS[kind](text)
    except ValueError:
        return None


def _items(tree: dict[str, Tree]) -> list[Tree] | None:
    """Return the items that are named by indexes, or by nothing at all, in order."""
    if tree.keys() == {""}:
        found = tree[""]
        return found if isinstance(found, list) else [found]
    if not all(map(_INDEX.fullmatch, tree)):
        return None
    return [part for _, part in sorted(tree.items(), key=lambda pair: int(pair[0]))]
