"""What requests to the forum may say, and which defects forget one of these rules."""

from __future__ import annotations

from collections.abc import Mapping

from tests.implementations.reading import UUID_TEXT, WITHOUT_NUL, Object, Rules

TYPES = ("support", "sales", "feedback")
_UUID = {"type": "string", "pattern": UUID_TEXT}
_NEW_THREAD: Object = {
    "type": "object",
    "required": ["company_id", "type", "title"],
    "properties": {
        "company_id": _UUID,
        "type": {"enum": TYPES},
        "title": {"type": "string", "minLength": 1, "maxLength": 120, "pattern": WITHOUT_NUL},
        "metadata": {
            "type": ["object", "null"],
            "maxProperties": 10,
            "additionalProperties": {"type": "string", "maxLength": 200},
        },
    },
}
RULES = Rules(
    parameters={
        "listThreads": {
            "required": ["company_id"],
            "properties": {
                "company_id": _UUID,
                "type": {"enum": TYPES},
                "limit": {"type": "integer", "minimum": 1, "maximum": 50, "default": 20},
                "offset": {"type": "integer", "minimum": 0, "default": 0},
            },
        },
        "createThread": {"properties": {}},
        "getThread": {"properties": {"company_id": _UUID, "thread_id": _UUID}},
    },
    bodies={"createThread": _NEW_THREAD},
)
LOOSE: Mapping[str, str] = {
    "limit_above_maximum": "parameters/listThreads/properties/limit/maximum",
    "limit_zero": "parameters/listThreads/properties/limit/minimum",
    "limit_text": "parameters/listThreads/properties/limit/type",
    "offset_negative": "parameters/listThreads/properties/offset/minimum",
    "company_optional": "parameters/listThreads/required/company_id",
    "company_not_uuid": "parameters/listThreads/properties/company_id/pattern",
    "type_unknown": "parameters/listThreads/properties/type/enum",
    "title_missing": "bodies/createThread/required/title",
    "title_empty": "bodies/createThread/properties/title/minLength",
    "title_too_long": "bodies/createThread/properties/title/maxLength",
    "new_type_unknown": "bodies/createThread/properties/type/enum",
    "metadata_not_text": "bodies/createThread/properties/metadata/additionalProperties/type",
}
