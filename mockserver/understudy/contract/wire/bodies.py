"""Read request bodies: media type, bytes, JSON, schema, in this order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from understudy.codec import loads
from understudy.contract.model import RequestBody
from understudy.contract.validate import Validator, Violation
from understudy.contract.wire.invalid import Invalid
from understudy.types import Json

_JSON_MEDIA_TYPE = re.compile(r"application/(?:[\w.-]+\+)?json")
DEPTH_LIMIT = 200  # far from where writing the same value again would exhaust the stack


@dataclass(frozen=True, slots=True)
class Body:
    """The request body of one operation, compiled once."""

    required: bool
    validators: Mapping[str, Validator]

    def understands(self, content_type: str) -> bool:
        """Tell whether a body of this media type is documented; none given stands for the first."""
        return not content_type or _media_type(content_type) in self.validators

    def read(self, raw: bytes, content_type: str, invalid: list[Invalid]) -> Json:
        """Return the decoded body; what is wrong with it is added to `invalid`."""
        if not raw:
            if self.required:
                invalid.append(Invalid("missing", ("body",), "is required"))
            return None
        media_type = _media_type(content_type) or next(iter(self.validators), "")
        if not _JSON_MEDIA_TYPE.fullmatch(media_type):
            return raw.decode("utf-8", "replace")
        try:
            value = loads(raw)
        except ValueError as error:
            invalid.append(_not_json(error))
            return None
        if raw.count(b"{") + raw.count(b"[") > DEPTH_LIMIT and is_deep(value):
            message = f"nested more than {DEPTH_LIMIT} levels deep"
            invalid.append(Invalid("json", ("body", 0), message, {}))
            return None
        for violation in self.validators[media_type].violations(value):
            invalid.append(_invalid(violation))
        return value


def is_json(content_type: str) -> bool:
    """Tell whether bodies of a media type, which may have parameters, are JSON."""
    return _JSON_MEDIA_TYPE.fullmatch(_media_type(content_type)) is not None


def compile_body(body: RequestBody | None, schemas: Mapping[str, Json]) -> Body | None:
    """Return the reader of `body`, or None when the operation takes none."""
    if body is None:
        return None
    validators = {
        media_type.lower(): Validator(schema, schemas)
        for media_type, schema in body.schemas.items()
    }
    return Body(body.required, validators)


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _not_json(error: Exception) -> Invalid:
    position = getattr(error, "pos", 0)
    message = getattr(error, "msg", "the document is too deep or a number too long")
    return Invalid("json", ("body", position), message, {})


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
