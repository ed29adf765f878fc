"""An implementation of desk.yaml, correct unless it is given one of its defects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.applications import Starlette
from starlette.responses import Response
from tests.implementations.common import (
    HTTP_DEFECTS,
    Clock,
    Operation,
    Service,
    answer,
    reader,
    without,
)
from tests.implementations.desk_data import (
    CONVERSATION,
    DELETABLE_CONVERSATION,
    FOREIGN_WORKSPACE,
    OTHER_WORKSPACE,
    WORKSPACE,
    first_conversations,
    message,
    numbered,
)
from tests.implementations.desk_rules import LOOSE, RULES
from tests.implementations.reading import Call, Object, RefusalError

KEY = "desk-93be07d15a"

DEFECTS: Mapping[str, str] = {
    **{
        name: HTTP_DEFECTS[name]
        for name in (
            "shortened_token token_in_query empty_token missing_token_403 no_challenge lookup_first"
            " plain_405 short_allow unknown_method_served any_media_type malformed_json_crash"
            " not_object_crash empty_body_accepted"
        ).split()
    },
    "open_deleteConversation": "Only who has a key deletes a conversation.",
    "bearer_refused": "A key may be sent as a bearer token.",
    "unknown_workspace_empty": "An unknown workspace is not found.",
    "page_zero": "Pages are counted from 1; page 0 is refused.",
    "page_starts_at_zero": "Page 1 is the first page.",
    "pages_lose_one": "The next page goes on where the page before ended.",
    "past_end_repeats": "A page beyond the last one is empty.",
    "page_size_above_maximum": "A page size above 100 is refused.",
    "page_size_clipped": "A page size up to 100 is honoured.",
    "page_size_text": "A page size that is no integer is refused.",
    "page_size_default_20": "Without a page size, a page has 10 conversations.",
    "total_items_of_page": "totalItems counts the conversations of all pages.",
    "total_pages_rounded_down": "totalPages counts a last page that is not full.",
    "page_echo": "The meta data tell the number of the page.",
    "status_unknown": "A status that does not exist is refused.",
    "status_ignored": "A status selects its own conversations.",
    "status_loses_one": "A status selects all of its conversations.",
    "ordered_by_subject": "Conversations are listed oldest first.",
    "leak_in_list": "A list has only conversations of its workspace.",
    "leak_by_id": "A conversation is read only in its own workspace.",
    "unknown_conversation_made_up": "An unknown conversation is not found.",
    "workspace_of_another": "A conversation names the workspace that it is in.",
    "listed_count_zero": "messagesCount is the same in a list and alone.",
    "closed_without_time": "A closed conversation tells when it was closed.",
    "tags_left_out": "A conversation without tags has an empty list of them.",
    "priority_as_text": "A priority is a number.",
    "time_without_zone": "A time has a time zone.",
    "created_202": "A new conversation is answered 201.",
    "created_not_listed": "A new conversation is listed.",
    "created_twice": "A request creates one conversation.",
    "priority_default_1": "The priority is 3 unless the request names one.",
    "tags_forgotten": "Tags are kept.",
    "message_forgotten": "The first message is kept.",
    "subject_missing": "A conversation needs a subject.",
    "subject_too_long": "A subject has at most 200 characters.",
    "priority_above_maximum": "A priority is 5 at most.",
    "tags_repeated": "Tags are different from each other.",
    "new_property_unknown": "Unknown properties are refused.",
    "change_not_kept": "A change is kept.",
    "change_resets_tags": "What a change leaves out stays as it is.",
    "change_moves_creation": "A change does not touch createdAt.",
    "change_without_time": "A change moves updatedAt.",
    "changed_status_unknown": "A conversation has one of the documented statuses.",
    "changed_subject_empty": "A subject has at least one character.",
    "change_of_nothing": "A change names at least one property.",
    "deleted_readable": "A deleted conversation is not found.",
    "deleted_listed": "A deleted conversation is not listed.",
    "deleted_200": "A deletion is answered 204.",
    "deleted_twice": "A conversation that is gone cannot be deleted.",
    "deletes_one_more": "A deletion deletes one conversation.",
    "cursor_malformed": "A cursor that is none is refused.",
    "cursor_loops": "The cursors lead to the end.",
    "cursor_loses_one": "The next page goes on where the page before ended.",
    "cursor_after_last": "The last page has no next cursor.",
    "messages_limit_ignored": "A page has at most as many messages as the limit says.",
    "messages_limit_above_maximum": "A limit above 50 is refused.",
    "messages_of_another": "A message names the conversation that it is in.",
    "messages_newest_first": "Messages are listed oldest first.",
}

_CURSOR_MASK = 0x5EED1234


def make_app(defect: str = "") -> Starlette:
    """Return a new desk with its first conversations, and with one defect if one is named."""
    if defect and defect not in DEFECTS:
        raise ValueError(f"no such defect: {defect}")
    return Desk(defect).app()


class Desk(Service):
    """Conversations of two workspaces, oldest first."""

    token = KEY
    key_header = "x-desk-key"
    challenge = "Bearer, ApiKey"

    def __init__(self, defect: str) -> None:
        super().__init__(defect, reader(RULES, LOOSE, defect, invalid=422))
        self._clock = Clock()
        self._conversations = {
            one["id"]: one
            for one in (
                *first_conversations(WORKSPACE, 63, 13),
                *first_conversations(OTHER_WORKSPACE, 12, 57),
            )
        }
        self._unlisted: set[str] = set()
        self._deleted: dict[str, Object] = {}
        self._created = 0

    def operations(self) -> Iterable[Operation]:
        many = "/v1/workspaces/{workspaceId}/conversations"
        one = f"{many}/{{conversationId}}"
        yield Operation("listConversations", "GET", many, self._list)
        yield Operation("createConversation", "POST", many, self._create)
        yield Operation("getConversation", "GET", one, self._get)
        yield Operation("updateConversation", "PATCH", one, self._update)
        yield Operation("deleteConversation", "DELETE", one, self._delete)
        yield Operation("listMessages", "GET", f"{one}/messages", self._list_messages)

    def error(self, refusal: RefusalError) -> Response:
        code = {401: "unauthorized", 404: "not_found", 422: "invalid"}.get(
            refusal.status, "refused"
        )
        body = {"error": {"code": code, "message": str(refusal)}}
        return answer(refusal.status, body, **refusal.headers)

    def _list(self, call: Call) -> Response:
        page = call.number("page", 1)
        size = call.number("pageSize", 20 if self.has("page_size_default_20") else 10)
        if self.has("page_size_clipped"):
            size = min(size, 50)
        found = self._selected(self._workspace(call), call.parameters.get("status"))
        data = self._page(found, max(page, 1), size)
        total = len(data) if self.has("total_items_of_page") else len(found)
        pages = total // size if self.has("total_pages_rounded_down") else -(-total // size)
        meta = {
            "page": 1 if self.has("page_echo") else page,
            "pageSize": size,
            "totalItems": total,
            "totalPages": pages,
        }
        return answer(200, {"data": [self._listed(one) for one in data], "meta": meta})

    def _selected(self, workspace: str, status: str | None) -> list[Object]:
        """Return the conversations that a list is about, oldest first."""
        known = [one for one in self._conversations.values() if one["id"] not in self._unlisted]
        found = [one for one in known if one["workspaceId"] == workspace]
        if self.has("deleted_listed"):
            found += [one for one in self._deleted.values() if one["workspaceId"] == workspace]
        if status and not self.has("status_ignored"):
            found = [one for one in found if one["status"] == status]
        if status and self.has("status_loses_one"):
            del found[-1:]
        if self.has("leak_in_list"):
            found += [one for one in known if one["workspaceId"] != workspace][-1:]
        order = "subject" if self.has("ordered_by_subject") else "createdAt"
        return sorted(found, key=lambda one: str(one[order]))

    def _page(self, found: list[Object], page: int, size: int) -> list[Object]:
        start = (page - 1) * size
        if self.has("page_starts_at_zero"):
            start = page * size
        if self.has("pages_lose_one"):
            start += page - 1
        if start >= len(found) and self.has("past_end_repeats"):
            start = max(len(found) - size, 0)
        return found[start : start + size]

    def _create(self, call: Call) -> Response:
        workspace, body = self._workspace(call), call.body
        conversation = self._new(workspace, body)
        if self.has("created_twice"):
            self._new(workspace, body)
        location = f"/v1/workspaces/{workspace}/conversations/{conversation['id']}"
        status = 202 if self.has("created_202") else 201
        return answer(status, self._shown(conversation), Location=location)

    def _new(self, workspace: str, body: Object) -> Object:
        self._created += 1
        own, now = numbered("cnv", "new", self._created), self._clock.tick()
        first = [body["message"]] if "message" in body and not self.has("message_forgotten") else []
        conversation = {
            "id": own,
            "workspaceId": workspace,
            "subject": body.get("subject", "Untitled"),
            "status": "open",
            "priority": body.get("priority", 1 if self.has("priority_default_1") else 3),
            "tags": [] if self.has("tags_forgotten") else body.get("tags", []),
            "createdAt": now,
            "updatedAt": now,
            "closedAt": None,
            "messages": [message(own, 0, now, text) for text in first],
        }
        self._conversations[own] = conversation
        if self.has("created_not_listed"):
            self._unlisted.add(own)
        return conversation

    def _get(self, call: Call) -> Response:
        deleted = self._deleted.get(call.parameters["conversationId"])
        if deleted and self.has("deleted_readable"):
            return answer(200, self._shown(deleted))
        return answer(200, self._shown(self._conversation(call)))

    def _update(self, call: Call) -> Response:
        conversation = self._conversation(call)
        changed = {**conversation, **call.body}
        if not self.has("change_without_time"):
            changed["updatedAt"] = self._clock.tick()
        if changed["status"] != "closed":
            changed["closedAt"] = None
        elif conversation["closedAt"] is None:
            changed["closedAt"] = changed["updatedAt"]
        if self.has("change_moves_creation"):
            changed["createdAt"] = changed["updatedAt"]
        if self.has("change_resets_tags") and "tags" not in call.body:
            changed["tags"] = []
        if not self.has("change_not_kept"):
            self._conversations[changed["id"]] = changed
        return answer(200, self._shown(changed))

    def _delete(self, call: Call) -> Response:
        wanted = call.parameters["conversationId"]
        if wanted in self._deleted and self.has("deleted_twice"):
            return Response(status_code=204)
        conversation = self._conversation(call)
        self._deleted[wanted] = self._conversations.pop(wanted, conversation)
        if self.has("deletes_one_more"):
            near = self._selected(conversation["workspaceId"], None)[0]
            del self._conversations[near["id"]]
        if self.has("deleted_200"):
            return answer(200, {})
        return Response(status_code=204)

    def _list_messages(self, call: Call) -> Response:
        messages = self._conversation(call)["messages"]
        if self.has("messages_newest_first"):
            messages = messages[::-1]
        limit = 50 if self.has("messages_limit_ignored") else call.number("limit", 20)
        start = self._position(call.parameters.get("cursor"))
        end = start + limit
        data = [dict(message) for message in messages[start:end]]
        if data and self.has("messages_of_another"):
            data[-1]["conversationId"] = DELETABLE_CONVERSATION
        more = end < len(messages) or (data and self.has("cursor_after_last"))
        if self.has("cursor_loops") and start:
            end = start
        following = f"{end ^ _CURSOR_MASK:08x}" if more else None
        return answer(200, {"data": data, "nextCursor": following})

    def _position(self, cursor: str | None) -> int:
        try:
            start = int(cursor, 16) ^ _CURSOR_MASK if cursor else 0
        except ValueError:
            start = 0
        return start + 1 if start and self.has("cursor_loses_one") else start

    def _workspace(self, call: Call) -> str:
        workspace = str(call.parameters["workspaceId"])
        if workspace == FOREIGN_WORKSPACE:
            raise RefusalError(403, "The workspace is somebody else's")
        if workspace in (WORKSPACE, OTHER_WORKSPACE) or self.has("unknown_workspace_empty"):
            return workspace
        raise RefusalError(404, "There is no such workspace")

    def _conversation(self, call: Call) -> Object:
        workspace, wanted = self._workspace(call), call.parameters["conversationId"]
        found = self._conversations.get(wanted)
        if found is None and self.has("unknown_conversation_made_up"):
            found = {**self._conversations[CONVERSATION], "id": wanted, "workspaceId": workspace}
        if found is None or (found["workspaceId"] != workspace and not self.has("leak_by_id")):
            raise RefusalError(404, "There is no such conversation")
        return found

    def _listed(self, conversation: Object) -> Object:
        shown = self._shown(conversation)
        return {**shown, "messagesCount": 0} if self.has("listed_count_zero") else shown

    def _shown(self, conversation: Object) -> Object:
        """Return a conversation as it leaves the desk."""
        shown = {**conversation, "messagesCount": len(conversation["messages"])}
        if self.has("workspace_of_another"):
            shown["workspaceId"] = FOREIGN_WORKSPACE
        if self.has("closed_without_time"):
            shown["closedAt"] = None
        if shown["priority"] == 5 and self.has("priority_as_text"):
            shown["priority"] = "5"
        if shown["status"] == "pending" and self.has("time_without_zone"):
            shown["updatedAt"] = shown["updatedAt"].removesuffix("Z")
        left_out = ["tags"] if self.has("tags_left_out") and not shown["tags"] else []
        return without(shown, "messages", *left_out)
