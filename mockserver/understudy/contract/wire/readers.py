"""What reads one parameter off the wire: plain text, a style, or a media type of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import TypeAlias

from understudy.contract.model import MediaType, Parameter
from understudy.contract.schemas import resolve
from understudy.contract.validate import Validator
from understudy.contract.wire import deep, media
from understudy.contract.wire.invalid import Invalid
from understudy.contract.wire.shapes import Shape, Shapes
from understudy.contract.wire.styles import (
    RepeatedError,
    Style,
    read_pairs,
    read_text,
    style_of,
)
from understudy.contract.wire.typed import DECODERS, Decode, Pairs, Reader, Tree
from understudy.types import Json, JsonObject

_CONTAINERS = frozenset({"array", "object"})
_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Plain:
    """Reads one parameter that is text, or an array with one text for each item."""

    name: str
    location: str
    required: bool
    default: Json
    many: bool
    kind: str
    decode: Decode
    validator: Validator

    def read(self, texts: Sequence[str | None], into: JsonObject, invalid: list[Invalid]) -> None:
        """Put the value of `texts` into `into`, or say what is wrong with it."""
        path = (self.location, self.name)
        if not texts:
            _absent(self, into, invalid)
            return
        found = self._decoded(texts, path)
        if isinstance(found, Invalid):
            invalid.append(found)
        elif self.validator.accepts(found):
            into[self.name] = found
        else:
            invalid.extend(self._violations(found, texts, path))

    def _decoded(self, texts: Sequence[str | None], path: tuple[str, str]) -> Json | Invalid:
        known = [text for text in texts if text is not None]
        if len(known) < len(texts):
            return Invalid("encoding", path, "is not UTF-8 text")
        if len(known) > 1 and not self.many:
            return Invalid("repeated", path, f"is given {len(known)} times", known)
        values: list[Json] = []
        for index, text in enumerate(known):
            try:
                values.append(self.decode(text))
            except ValueError:
                where = (*path, index) if self.many else path
                return Invalid(self.kind, where, f"is not a valid {self.kind}", text)
        return values if self.many else values[0]

    def _violations(
        self, value: Json, texts: Sequence[str | None], path: tuple[str, str]
    ) -> Iterator[Invalid]:
        """Yield what the schema refuses, with the text as it was sent."""
        for violation in self.validator.violations(value):
            raw = violation.value if self.many else texts[0]
            where = (*path, *violation.path)
            yield Invalid(violation.keyword, where, violation.message, raw, violation.limit)


@dataclass(frozen=True, slots=True)
class Styled:
    """Reads one parameter by its style: arrays, objects, and values of several types."""

    name: str
    location: str
    required: bool
    default: Json
    schema: Json
    style: Style
    kinds: tuple[str, ...]
    mine: Callable[[str], bool]
    reader: Reader
    validator: Validator

    def read_text(self, raw: str | None, into: JsonObject, invalid: list[Invalid]) -> None:
        """Put the value of a text in `into`, or say what is wrong with it; None is none."""
        found = [] if raw is None else [partial(read_text, self.style, raw, k) for k in self.kinds]
        self._read(found, into, invalid)

    def read_pairs(self, pairs: Pairs, into: JsonObject, invalid: list[Invalid]) -> None:
        """Put what `pairs` say in `into`, or say what is wrong with it."""
        self._read(
            [partial(read_pairs, self.style, pairs, k, self.mine) for k in self.kinds],
            into,
            invalid,
        )

    def _read(self, readings: Sequence[_Reading], into: JsonObject, invalid: list[Invalid]) -> None:
        """Take the first reading that is valid; else tell what is wrong with the first."""
        wrong: list[Invalid] = []
        alone: list[Json] = []
        for values, found in chain.from_iterable(map(self._outcomes, readings)):
            if values and not self._is_alone(values[0]):
                into[self.name] = values[0]
                return
            alone, wrong = alone or values, wrong or found
        if alone:
            into[self.name] = alone[0]
            return
        if not wrong:
            _absent(self, into, invalid)
        path = (self.location, self.name)
        invalid.extend(replace(one, path=(*path, *one.path)) for one in wrong)

    def _outcomes(self, reading: _Reading) -> Iterator[tuple[list[Json], list[Invalid]]]:
        """Yield for each way to read the value itself if it is valid, or what is wrong."""
        try:
            for tree in reading() or ():
                found: list[Invalid] = []
                value = self.reader.read(tree, self.schema, found)
                if not found and self.validator.accepts(value):
                    yield [value], []
                else:
                    yield [], found or self._violations(value)
        except RepeatedError as error:
            message = f"is given {len(error.values)} times"
            yield [], [Invalid("repeated", (), message, error.values)]
        except UnicodeDecodeError:
            yield [], [Invalid("encoding", (), "is not UTF-8 text")]
        except ValueError as error:
            yield [], [Invalid("style", (), str(error))]

    def _is_alone(self, value: Json) -> bool:
        """Tell whether a value is one item, which is better read as no array if it may be."""
        is_union = "string" in self.kinds and "array" in self.kinds
        return is_union and isinstance(value, list) and len(value) < _SEVERAL

    def _violations(self, value: Json) -> list[Invalid]:
        return [
            Invalid(one.keyword, one.path, one.message, one.value, one.limit)
            for one in self.validator.violations(value)
        ]


@dataclass(frozen=True, slots=True)
class Content:
    """Reads one parameter that is a text of a media type of its own, such as JSON."""

    name: str
    location: str
    required: bool
    default: Json
    media_type: str
    media: MediaType
    schemas: Mapping[str, Json]
    validator: Validator

    def read(self, raws: Sequence[bytes], into: JsonObject, invalid: list[Invalid]) -> None:
        """Put the value of the only one of `raws` in `into`, or say what is wrong with it."""
        path = (self.location, self.name)
        if not raws:
            _absent(self, into, invalid)
        elif len(raws) > 1:
            invalid.append(Invalid("repeated", path, f"is given {len(raws)} times"))
        else:
            kind = self.media_type
            try:
                value = media.decode(raws[0], kind, kind, self.media, self.schemas)
            except ValueError as error:
                invalid.append(Invalid("syntax", path, str(error)))
                return
            into[self.name] = value
            for one in self.validator.violations(value):
                where = (*path, *one.path)
                invalid.append(Invalid(one.keyword, where, one.message, one.value, one.limit))


AnyReader: TypeAlias = Plain | Styled | Content
_Reading: TypeAlias = Callable[[], Iterator[Tree] | None]


def _absent(reader: AnyReader, into: JsonObject, invalid: list[Invalid]) -> None:
    if reader.required:
        invalid.append(Invalid("missing", (reader.location, reader.name), "is required"))
    elif reader.default is not None:
        into[reader.name] = reader.default


def is_plain(parameter: Parameter, schemas: Mapping[str, Json]) -> bool:
    """Tell whether values of a parameter travel in a way that is read and written here."""
    if parameter.style == "content":
        name = parameter.media_type
        return bool(name) and media.is_spoken(name, parameter.schema, schemas)
    return style_of(parameter.name, parameter.location, parameter.style, explode=None) is not None


class Compiler:
    """Makes readers of parameters that know of each other."""

    def __init__(self, parameters: tuple[Parameter, ...], schemas: Mapping[str, Json]) -> None:
        self.parameters = parameters
        self._schemas = schemas
        self._shapes = Shapes(schemas)
        self._reader = Reader(schemas)

    def reader(self, parameter: Parameter) -> AnyReader:
        """Return the reader of one parameter."""
        name, location, required = parameter.name, parameter.location, parameter.required
        default = resolve(parameter.schema, self._schemas).get("default")
        validator = Validator(parameter.schema, self._schemas)
        style = style_of(
            name,
            location,
            parameter.style,
            explode=parameter.explode,
            allow_reserved=parameter.allow_reserved,
        )
        if style is None:
            kind, content = parameter.media_type, MediaType(parameter.schema)
            return Content(
                name, location, required, default, kind, content, self._schemas, validator
            )
        shape = self._shapes.of(parameter.schema)
        text = self._plain_text(shape, style)
        if text is not None:
            kind, decode, many = text
            return Plain(name, location, required, default, many, kind, decode, validator)
        kinds: list[str] = [kind for kind in ("object", "array") if kind in shape.kinds]
        kinds += ["string"] if shape.scalars else []
        mine = self._mine(parameter, shape)
        schema = parameter.schema
        return Styled(
            name, location, required, default, schema, style, tuple(kinds), mine,
            self._reader, validator,
        )  # fmt: skip

    def _plain_text(self, shape: Shape, style: Style) -> tuple[str, Decode, bool] | None:
        """Return type, decoder and whether it is an array, of what needs no style to be read."""
        many = shape.kinds - {"null"} == {"array"} and not shape.prefix
        if many and style.location == "query" and style.style == "form" and style.explode:
            found = self._plain_text(self._shapes.of(shape.items), replace(style, explode=False))
            return None if found is None else (found[0], found[1], True)
        if shape.kinds & _CONTAINERS or len(shape.scalars) > 1:
            return None
        if style.style in ("label", "matrix", "cookie"):
            return None
        kind = next(iter(shape.scalars), "string")
        return kind, str.lower if "uuid" in shape.formats else DECODERS[kind], False

    def _mine(self, parameter: Parameter, shape: Shape) -> Callable[[str], bool]:
        """Return what tells which names are properties of an object that is exploded."""
        near = [one for one in self.parameters if one.location == parameter.location]
        others = {one.name for one in near} - {parameter.name}
        bracketed = [one.name for one in near if one.style == "deepObject"]
        is_open = shape.others not in (None, False) or not shape.properties

        def mine(name: str) -> bool:
            if name in shape.properties:
                return name not in others
            return (
                is_open
                and name not in others
                and not any(deep.is_part(name, of) for of in bracketed)
            )

        return mine
