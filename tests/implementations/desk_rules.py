"""What requests to the desk may say, and which defects forget one of these rules."""

from __future__ import annotations

from collections.abc import Mapping

from tests.implementations.reading import WITHOUT_NUL, Object, Rules

STATUSES = ("open", "pending", "closed")
_ROOM: Object = {"workspaceId": {"pattern": r"^ws_[0-9a-z]{12}\Z"}}
_PLACE: Object = {**_ROOM, "conversationId": {"pattern": r"^cnv_[0-9a-f]{16}\Z"}}
_FIELDS: Object = {
    "subject": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": WITHOUT_NUL},
    "priority": {"type": "integer", "minimum": 1, "maximum": 5},
    "tags": {
        "type": "array",
        "maxItems": 5,
        "uniqueItems": True,
        "items": {"type": "string", "minLength": 1, "maxLength": 30},
    },
}

RULES = Rules(
    parameters={
        "listConversations": {
            "properties": {
                **_ROOM,
                "page": {"type": "integer", "minimum": 1, "default": 1},
                "pageSize": {"type": "integer", "minimum": 1, "maximum": 100, "default": 10},
                "status": {"enum": STATUSES},
            }
        },
        "createConversation": {"properties": _ROOM},
        "getConversation": {"properties": _PLACE},
        "updateConversation": {"properties": _PLACE},
        "deleteConversation": {"properties": _PLACE},
        "listMessages": {
            "properties": {
                **_PLACE,
                "cursor": {"pattern": r"^[0-9a-f]{8}\Z"},
                "limit": {"type": "integer", "minimum": 1, "maximum": 50, "default": 20},
            }
        },
    },
    bodies={
        "createConversation": {
            "type": "object",
            "additionalProperties": False,
            "required": ["subject"],
            "properties": {
                **_FIELDS,
                "message": {"type": "string", "minLength": 1, "maxLength": 2000},
            },
        },
        "updateConversation": {
            "type": "object",
            "additionalProperties": False,
            "minProperties": 1,
            "properties": {**_FIELDS, "status": {"enum": STATUSES}},
        },
    },
    instead_of_empty={"subject": "Untitled"},
)

LOOSE: Mapping[str, str] = {
    "page_zero": "parameters/listConversations/properties/page/minimum",
    "page_size_above_maximum": "parameters/listConversations/properties/pageSize/maximum",
    "page_size_text": "parameters/listConversations/properties/pageSize/type",
    "status_unknown": "parameters/listConversations/properties/status/enum",
    "cursor_malformed": "parameters/listMessages/properties/cursor/pattern",
    "messages_limit_above_maximum": "parameters/listMessages/properties/limit/maximum",
    "subject_missing": "bodies/createConversation/required/subject",
    "subject_too_long": "bodies/createConversation/properties/subject/maxLength",
    "priority_above_maximum": "bodies/createConversation/properties/priority/maximum",
    "tags_repeated": "bodies/createConversation/properties/tags/uniqueItems",
    "new_property_unknown": "bodies/createConversation/additionalProperties",
    "changed_status_unknown": "bodies/updateConversation/properties/status/enum",
    "changed_subject_empty": "bodies/updateConversation/properties/subject/minLength",
    "change_of_nothing": "bodies/updateConversation/minProperties",
}
