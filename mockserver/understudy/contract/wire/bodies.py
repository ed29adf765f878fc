"""Read request bodies: media type, bytes, what they say, schema, in this order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from understudy.codec import loads
from understudy.contract.model import RequestBody
from understudy.contract.validate import Validator, Violation
from understudy.contract.wire.invalid import Invalid
from understudy.contract.wire.media import Decoder
from understudy.contract.wire.media_types import bare, best, is_json
from understudy.contract.wire.typed import DECODERS
from understudy.types import Json

DEPTH_LIMIT = 200  # far from where writing the same value again would exhaust the stack
_REMEMBERED = 64
_OCTETS = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class _Way:
    """How bodies of one media type are read; `kind` is what they came as."""

    kind: str
    decoder: Decoder
    validator: Validator | None
    is_json: bool = False


class Body:
    """The request body of one operation, compiled once.

    `validators` are by documented media type, in lower case; those of ranges are among them.
    """

    def __init__(self, body: RequestBody, schemas: Mapping[str, Json]) -> None:
        self.required = body.required
        self._schemas = schemas
        self.validators = {
            name.lower(): Validator(schema, schemas) for name, schema in body.schemas.items()
        }
        self._decoders = {
            name.lower(): Decoder(media, schemas) for name, media in body.content.items()
        }
        self._ways: dict[str, _Way | None] = {}

    def understands(self, content_type: str) -> bool:
        """Tell whether a body of this media type is documented; none given stands for the first."""
        return not content_type or self._way(content_type) is not None

    def speaks(self, content_type: str) -> bool:
        """Tell whether bodies of a documented media type are held against its schema."""
        way = self._way(content_type)
        return way is not None and way.validator is not None and way.kind != _OCTETS

    def read(self, raw: bytes, content_type: str, invalid: list[Invalid]) -> Json:
        """Return the decoded body; what is wrong with it is added to `invalid`."""
        if not raw:
            if self.required:
                invalid.append(Invalid("missing", ("body",), "is required"))
            return None
        way = self._way(content_type)
        if way is None:
            return raw.decode("utf-8", "replace")
        if not way.is_json:
            return self._read_other(raw, content_type or way.kind, way, invalid)
        try:
            value = loads(raw)
        except ValueError as error:
            invalid.append(_not_json(error))
            return None
        if _too_deep(raw, value, invalid):
            return None
        if way.validator is not None:
            invalid.extend(map(_invalid, way.validator.violations(value)))
        return value

    def _read_other(self, raw: bytes, content_type: str, way: _Way, invalid: list[Invalid]) -> Json:
        kind = way.kind if way.kind == _OCTETS else content_type
        try:
            value = way.decoder.read(raw, kind)
        except UnicodeDecodeError as error:
            invalid.append(Invalid("encoding", ("body",), f"is not {error.encoding} text"))
            return None
        except ValueError as error:
            invalid.append(Invalid("syntax", ("body",), str(error)))
            return None
        if _too_deep(raw, value, invalid):
            return None
        if way.validator is not None:
            invalid.extend(map(_invalid_text, way.validator.violations(value)))
        return value

    def _way(self, content_type: str) -> _Way | None:
        """Return how a body is read, or None where its media type is not documented."""
        known = self._ways.get(content_type, ...)
        if known is not ...:
            return known
        name = best(self.validators, content_type or next(iter(self.validators), ""))
        found = self._compiled(name, bare(content_type or name)) if name else None
        if len(self._ways) < _REMEMBERED:
            self._ways[content_type] = found
        return found

    def _compiled(self, name: str, kind: str) -> _Way:
        decoder, validator = self._decoders[name], self.validators[name]
        if "*" in kind or ("*" in name and decoder.is_text and not kind.startswith("text/")):
            kind = _OCTETS
        if is_json(kind):
            return _Way(kind, decoder, validator, is_json=True)
        whole = decoder.whole(kind)
        if whole is not validator.schema:
            validator = Validator(whole, self._schemas)
        return _Way(kind, decoder, validator if decoder.validates(kind) else None)


def compile_body(body: RequestBody | None, schemas: Mapping[str, Json]) -> Body | None:
    """Return the reader of `body`, or None when the operation takes none."""
    return None if body is None else Body(body, schemas)


def _not_json(error: Exception) -> Invalid:
    position = getattr(error, "pos", 0)
    message = getattr(error, "msg", "the document is too deep or a number too long")
    return Invalid("json", ("body", position), message, {})


def _too_deep(raw: bytes, value: Json, invalid: list[Invalid]) -> bool:
    if raw.count(b"{") + raw.count(b"[") <= DEPTH_LIMIT or not is_deep(value):
        return False
    message = f"nested more than {DEPTH_LIMIT} levels deep"
    invalid.append(Invalid("json", ("body", 0), message, {}))
    return True


def is_deep(value: Json) -> bool:
    """Tell whether arrays and objects in `value` are nested beyond the limit, level by level."""
    level = _containers([value])
    for _ in range(DEPTH_LIMIT):
        level = [child for parent in level for child in _containers(parent)]
        if not level:
            return False
    return True


def _containers(parent: Json) -> list[Json]:
    children = parent.values() if isinstance(parent, dict) else parent
    return [child for child in children if isinstance(child, dict | list)]


def _invalid(violation: Violation) -> Invalid:
    path: tuple[str | int, ...] = ("body", *violation.path)
    if violation.keyword == "required":
        path = (*path, violation.limit)
    return Invalid(violation.keyword, path, violation.message, violation.value, violation.limit)


def _invalid_text(violation: Violation) -> Invalid:
    """Return what is wrong with a body that is text: text that is no number says so."""
    found = _invalid(violation)
    if found.keyword != "type" or not isinstance(found.value, str):
        return found
    kinds = [kind for kind in found.limit or () if kind in DECODERS]
    if not kinds:
        return found
    return Invalid(kinds[-1], found.path, f"is not a valid {kinds[-1]}", found.value)
