"""An implementation of forum.yaml, correct unless it is given one of its defects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.responses import Response
from tests.implementations.common import (
    HTTP_DEFECTS,
    Clock,
    Operation,
    Service,
    answer,
    instant,
    numbered_id,
    reader,
    without,
)
from tests.implementations.forum_rules import LOOSE, RULES, TYPES
from tests.implementations.reading import UUID_TEXT, Call, Object, RefusalError

TOKEN = "forum-4f1c9a7be2"
COMPANY = "7d0cbb39-4a06-4c3e-9a51-0a5a0c6a3c11"
OTHER_COMPANY = "e2a5f6d4-90bb-4f0a-8c27-5b1de2f7b922"
THREAD = "0f6f1d52-6e0e-4d5c-b8c8-3f1f5a0d7e33"

DEFECTS: Mapping[str, str] = {
    **{
        name: HTTP_DEFECTS[name]
        for name in (
            "any_token any_scheme bare_token empty_token missing_token_403 no_challenge plain_401"
            " validation_first no_allow short_allow unknown_method_404 head_404 any_media_type"
            " unknown_charset_crash not_utf8_crash nul_crash huge_integer_crash"
        ).split()
    },
    "open_getThread": "A thread is read only with a token.",
    "limit_above_maximum": "A limit above 50 is refused.",
    "limit_zero": "A limit below 1 is refused.",
    "limit_text": "A limit that is no integer is refused.",
    "limit_50_refused": "A limit of 50 is allowed.",
    "limit_default_10": "Without a limit, a page has 20 threads.",
    "limit_echo": "The page tells the limit that was applied.",
    "offset_negative": "A negative offset is refused.",
    "offset_skips_one_more": "An offset skips as many threads as it says.",
    "pages_overlap": "Pages do not overlap.",
    "past_end_repeats": "A page beyond the last one is empty.",
    "total_of_page": "The total counts the threads of all pages.",
    "company_optional": "The list needs a company.",
    "company_not_uuid": "A company id that is no UUID is refused.",
    "company_unknown_empty": "The threads of an unknown company are not found.",
    "type_unknown": "A type that does not exist is refused.",
    "type_inverted": "A type selects its own threads.",
    "type_ignored_for_feedback": "Every type selects only its own threads.",
    "type_loses_one": "A type selects all of its threads.",
    "disorder_after_first_page": "Threads are listed newest first, on every page.",
    "leak_in_list": "A list has only threads of its company.",
    "leak_by_id": "A thread is read only below its own company.",
    "unknown_thread_made_up": "An unknown thread is not found.",
    "messages_of_another": "A message names the thread that it is in.",
    "count_one_more": "message_count is the number of messages.",
    "updated_before_created": "A thread is not updated before it is created.",
    "listed_without_count": "A listed thread has a message_count.",
    "rating_as_text": "A rating is a number.",
    "list_as_text": "The list is application/json.",
    "reading_updates": "Reading a thread does not change it.",
    "message_ids_vary": "Two readings of a thread are the same.",
    "created_not_listed": "A new thread is listed.",
    "created_unreadable": "A new thread can be read.",
    "created_200": "A new thread is answered 201.",
    "location_missing": "A new thread is answered with its Location.",
    "location_elsewhere": "The Location is that of the new thread.",
    "title_lowercased": "A title is kept as it is sent.",
    "title_trimmed": "Blanks around a title are kept.",
    "title_differs_when_read": "A thread has the same title when created and when read.",
    "metadata_forgotten": "Metadata is kept.",
    "title_missing": "A thread needs a title.",
    "title_empty": "A title has at least one character.",
    "title_too_long": "A title has at most 120 characters.",
    "new_type_unknown": "A thread has one of the documented types.",
    "metadata_not_text": "Values of metadata are texts.",
    "problem_status": "A problem tells the status of the response.",
}

_TOPICS = (
    "The oven door does not close",
    "Prices for twelve bikes",
    "Thank you for the quick repair",
    "Invoice without an address",
    "Do you deliver on Sundays?",
    "The new menu is hard to read",
)


def make_app(defect: str = "") -> Starlette:
    """Return a new forum with its first threads, and with one defect if one is named."""
    if defect and defect not in DEFECTS:
        raise ValueError(f"no such defect: {defect}")
    return Forum(defect).app()


class Forum(Service):
    """Threads of two companies, newest first."""

    token = TOKEN

    def __init__(self, defect: str) -> None:
        super().__init__(defect, reader(RULES, LOOSE, defect, invalid=400))
        self._clock = Clock()
        self._threads = [*_threads(COMPANY, 57, 17), *_threads(OTHER_COMPANY, 23, 41)]
        self._unlisted: set[str] = set()
        self._unreadable: set[str] = set()
        self._readings = 0

    def operations(self) -> Iterable[Operation]:
        yield Operation("listThreads", "GET", "/threads", self._list)
        yield Operation("createThread", "POST", "/threads", self._create)
        path = "/companies/{company_id}/threads/{thread_id}"
        yield Operation("getThread", "GET", path, self._get)

    def error(self, refusal: RefusalError) -> Response:
        status = 500 if self.has("problem_status") else refusal.status
        problem = {
            "type": "about:blank",
            "title": HTTPStatus(refusal.status).phrase,
            "status": status,
            "detail": str(refusal),
        }
        response = answer(refusal.status, problem, **refusal.headers)
        response.headers["Content-Type"] = "application/problem+json"
        return response

    def _list(self, call: Call) -> Response:
        limit = call.number("limit", 10 if self.has("limit_default_10") else 20)
        offset = call.number("offset", 0)
        if limit == 50 and self.has("limit_50_refused"):
            raise RefusalError(400, "A limit of 50 is too much")
        found = self._selected(call)
        items = self._page(found, max(limit, 0), max(offset, 0))
        page = {
            "items": [self._listed(thread) for thread in items],
            "total": len(items) if self.has("total_of_page") else len(found),
            "limit": 20 if self.has("limit_echo") else limit,
            "offset": offset,
        }
        response = answer(200, page)
        if self.has("list_as_text"):
            response.headers["Content-Type"] = "text/plain; charset=utf-8"
        return response

    def _selected(self, call: Call) -> list[Object]:
        """Return the threads that a list is about, newest first."""
        company, kind = _id(call, "company_id"), call.parameters.get("type")
        if company:
            self._check_company(company)
        found = [one for one in self._threads if company in ("", one["company_id"])]
        found = [one for one in found if self._is_listed(one, kind)]
        found.sort(key=lambda thread: str(thread["created_at"]), reverse=True)
        if kind and self.has("type_loses_one"):
            del found[-1:]
        if self.has("leak_in_list"):
            found += [one for one in self._threads if one["company_id"] != company][:1]
        return found

    def _is_listed(self, thread: Object, kind: str | None) -> bool:
        if thread["id"] in self._unlisted:
            return False
        if kind is None or (kind == "feedback" and self.has("type_ignored_for_feedback")):
            return True
        is_of_kind: bool = thread["type"] == kind
        return is_of_kind != self.has("type_inverted")

    def _page(self, found: list[Object], limit: int, offset: int) -> list[Object]:
        if offset and self.has("offset_skips_one_more"):
            offset += 1
        if offset and self.has("pages_overlap"):
            offset -= 1
        if offset >= len(found) and self.has("past_end_repeats"):
            offset = max(len(found) - limit, 0)
        page = found[offset : offset + limit]
        if offset and self.has("disorder_after_first_page"):
            page[:2] = page[1::-1]
        return page

    def _create(self, call: Call) -> Response:
        company, title = str(call.body["company_id"]).lower(), call.body.get("title", "Untitled")
        self._check_company(company)
        now = self._clock.tick()
        thread: Object = {
            "id": numbered_id("new thread", len(self._threads)),
            "company_id": company,
            "type": call.body["type"],
            "title": self._kept(title),
            "metadata": None if self.has("metadata_forgotten") else call.body.get("metadata"),
            "rating": None,
            "created_at": now,
            "updated_at": now,
            "messages": [],
        }
        self._threads.append(thread)
        if self.has("created_not_listed"):
            self._unlisted.add(thread["id"])
        if self.has("created_unreadable"):
            self._unreadable.add(thread["id"])
        location = f"/companies/{company}/threads/{thread['id']}"
        if self.has("location_elsewhere"):
            location = f"/companies/{company}/threads/{THREAD}"
        headers = {} if self.has("location_missing") else {"Location": location}
        return answer(200 if self.has("created_200") else 201, self._shown(thread), **headers)

    def _kept(self, title: str) -> str:
        if self.has("title_lowercased"):
            return title.lower()
        return title.strip() or title if self.has("title_trimmed") else title

    def _get(self, call: Call) -> Response:
        company, wanted = _id(call, "company_id"), _id(call, "thread_id")
        self._check_company(company)
        thread = next((one for one in self._threads if one["id"] == wanted), None)
        if thread is None and self.has("unknown_thread_made_up"):
            thread = {**self._threads[0], "id": wanted, "company_id": company, "messages": []}
        if thread is None or wanted in self._unreadable:
            raise RefusalError(404, "There is no such thread")
        if thread["company_id"] != company and not self.has("leak_by_id"):
            raise RefusalError(404, "The thread belongs to somebody else")
        if self.has("reading_updates"):
            thread["updated_at"] = self._clock.tick()
        shown = self._shown(thread)
        if self.has("title_differs_when_read"):
            shown["title"] = f"{shown['title'][:119]}."
        return answer(200, shown)

    def _check_company(self, company: str) -> None:
        if company in (COMPANY, OTHER_COMPANY) or self.has("company_unknown_empty"):
            return
        if not self.has("company_not_uuid") or re.match(UUID_TEXT, company):
            raise RefusalError(404, "There is no such company")

    def _listed(self, thread: Object) -> Object:
        names = ["messages"]
        if self.has("listed_without_count"):
            names.append("message_count")
        return without(self._shown(thread), *names)

    def _shown(self, thread: Object) -> Object:
        """Return a thread as it leaves the forum."""
        messages = [dict(message) for message in thread["messages"]]
        shown = {**thread, "message_count": len(messages), "messages": messages}
        if self.has("count_one_more"):
            shown["message_count"] += 1
        if shown["rating"] == 4 and self.has("rating_as_text"):
            shown["rating"] = "4"
        if messages and self.has("messages_of_another"):
            messages[-1]["thread_id"] = self._threads[0]["id"]
        if messages and self.has("updated_before_created"):
            shown["updated_at"] = "2026-01-01T00:00:00Z"
        if messages and self.has("message_ids_vary"):
            self._readings += 1
            messages[0]["id"] = numbered_id("reading", self._readings)
        return shown


def _id(call: Call, name: str) -> str:
    return str(call.parameters.get(name, "")).lower()


def _threads(company: str, count: int, hours: int) -> list[Object]:
    return [_thread(company, number, hours * number) for number in range(count)]


def _thread(company: str, number: int, hours: int) -> Object:
    own = THREAD if (company, number) == (COMPANY, 13) else numbered_id(company, number)
    created = datetime(2026, 1, 5, 8, tzinfo=UTC) + timedelta(hours=hours)
    times = [instant(created + timedelta(minutes=7 * step)) for step in range(number % 7 + 1)]
    kind = TYPES[number % 3]
    return {
        "id": own,
        "company_id": company,
        "type": kind,
        "title": _TOPICS[number % 6],
        "metadata": {"channel": "web"} if number % 2 else None,
        "rating": number % 5 + 1 if kind == "feedback" else None,
        "created_at": times[0],
        "updated_at": times[-1],
        "messages": [_message(own, step, at) for step, at in enumerate(times[1:])],
    }


def _message(thread: str, step: int, at: str) -> Object:
    return {
        "id": numbered_id(thread, step),
        "thread_id": thread,
        "author": "company" if step % 2 else "customer",
        "text": "We are looking into it." if step % 2 else "Could somebody help me, please?",
        "created_at": at,
    }
