"""The calls by which every defect of an implementation can be told from the correct one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.types import ASGIApp
from tests.implementations import desk, desk_data, forum, thena, thena_data
from tests.implementations.forum_rules import TYPES

NOWHERE = "00000000-0000-4000-8000-000000000000"
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request; `{created}` in its path stands for the id that the last creation gave."""

    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes = b""


def answers(app: ASGIApp, calls: Sequence[Call]) -> list[httpx.Response]:
    """Return how `app` answers the calls, one after the other."""
    return asyncio.run(_answers(app, calls))


async def _answers(app: ASGIApp, calls: Sequence[Call]) -> list[httpx.Response]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    found: list[httpx.Response] = []
    created = "none"
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", headers={"User-Agent": "calls"}
    ) as client:
        for call in calls:
            path = call.path.replace("{created}", created)
            response = await client.request(
                call.method, path, headers=dict(call.headers), content=call.content
            )
            if call.method == "POST" and response.is_success:
                created = response.json()["id"]
            found.append(response)
    return found


def reads(paths: Sequence[str], headers: Mapping[str, str]) -> Iterator[Call]:
    return (Call("GET", path, headers) for path in paths)


def writes(
    method: str, path: str, bodies: Sequence[Any], headers: Mapping[str, str]
) -> Iterator[Call]:
    """Yield a call with JSON for each body; bytes are sent as they stand."""
    for body in bodies:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        yield Call(method, path, {**JSON, **headers}, content)


def strange(path: str, headers: Mapping[str, str]) -> Iterator[Call]:
    """Yield calls with methods that the path may not offer."""
    return (Call(method, path, headers) for method in ("HEAD", "PUT", "OPTIONS", "TRACE"))


def unkeyed(path: str, bad_path: str, token: str) -> Iterator[Call]:
    """Yield calls whose credential is missing, wrong or in the wrong place."""
    texts = (
        f"Bearer {token}x",
        f"Bearer {token[:-1]}",
        "Bearer",
        "Bearer ",
        token,
        f"Token {token}",
        f"Basic {token}",
    )
    yield from (Call("GET", path, {"Authorization": text}) for text in texts)
    yield Call("GET", path, {"X-Desk-Key": ""})
    yield Call("GET", path, {})
    yield Call("GET", bad_path, {})
    yield Call("GET", f"{path}{'&' if '?' in path else '?'}access_token={token}", {})


def media(path: str, body: Any, headers: Mapping[str, str]) -> Iterator[Call]:
    """Yield calls with bodies that are no JSON, or do not say that they are."""
    content = json.dumps(body).encode()
    for content_type in ("text/plain", "application/json; charset=koi8-r", "application/xml"):
        yield Call("POST", path, {**headers, "Content-Type": content_type}, content)
    yield Call("POST", path, headers, content)
    broken = (b"", b"{", b'{"a": NaN}', b"[]", b"null", b'"\xff"', b'["\\ud800"]', b"[" * 5000)
    yield from writes("POST", path, [*broken, b'{"a": "' + b"x" * (1 << 20) + b'"}'], headers)


def forum_calls() -> Iterator[Call]:
    key = {"Authorization": f"Bearer {forum.TOKEN}"}
    company, other, thread = forum.COMPANY, forum.OTHER_COMPANY, forum.THREAD
    lists = f"/threads?company_id={company}"
    one = f"/companies/{company}/threads/{thread}"
    yield from reads([lists, f"/threads?company_id={other}", "/threads"], key)
    yield from reads([f"/threads?company_id={text}" for text in ("abc", "", NOWHERE, "%00")], key)
    yield from reads([f"{lists}&limit={text}" for text in "1 50 51 0 abc -1 5.5".split()], key)
    yield from reads([f"{lists}&offset={text}" for text in f"-1 x 57 {9**40}".split()], key)
    yield from reads([f"{lists}&limit=7&offset={offset}" for offset in (0, 7, 14, 56)], key)
    yield from reads([f"{lists}&type={text}" for text in (*TYPES, "spam", "")], key)
    yield from reads([f"{lists}&limit=5&limit=6", f"{lists}&x=%FF", f"{lists}&x=1"], key)
    yield from reads([one, one, one.replace(company, company.upper()), "/nothing"], key)
    paths = [(company, NOWHERE), (other, thread), (NOWHERE, thread), (company, "abc")]
    yield from reads([f"/companies/{owner}/threads/{own}" for owner, own in paths], key)
    yield from unkeyed(one, f"/companies/{company}/threads/{NOWHERE}", forum.TOKEN)
    yield from unkeyed(lists, f"{lists}&limit=0", forum.TOKEN)
    yield from strange("/threads", key)
    yield from strange(one, key)
    new = {
        "company_id": company,
        "type": "sales",
        "title": "  A Second Oven ",
        "metadata": {"a": "b"},
    }
    yield from writes("POST", "/threads", [new], key)
    yield from reads([f"/companies/{company}/threads/{{created}}", lists], key)
    changes: list[dict[str, Any]] = [
        {"title": ""},
        {"title": "x" * 120},
        {"title": "x" * 121},
        {"title": 5},
        {"title": "\x00"},
        {"type": "spam"},
        {"metadata": None},
        {"metadata": {"a": 1}},
        {"metadata": {str(number): "" for number in range(11)}},
        {"company_id": NOWHERE},
        {"company_id": "abc"},
    ]
    yield from writes("POST", "/threads", [{**new, **change} for change in changes], key)
    yield from writes("POST", "/threads", [{"company_id": company, "type": "sales"}, {}], key)
    yield from writes("POST", "/threads", [new], {})
    yield from media("/threads", new, key)
    yield from reads([lists], key)


def desk_calls() -> Iterator[Call]:
    key, bearer = {"X-Desk-Key": desk.KEY}, {"Authorization": f"bearer {desk.KEY}"}
    rooms = [desk_data.WORKSPACE, desk_data.OTHER_WORKSPACE, "ws_111111111111"]
    rooms += [desk_data.FOREIGN_WORKSPACE, "abc"]
    many, other, *_ = lists = [f"/v1/workspaces/{room}/conversations" for room in rooms]
    one, unknown = f"{many}/{desk_data.CONVERSATION}", f"{many}/cnv_0000000000000000"
    gone, messages = f"{many}/{desk_data.DELETABLE_CONVERSATION}", f"{one}/messages"
    yield from reads([*lists, one, one, unknown, f"{other}/{desk_data.CONVERSATION}"], key)
    yield from reads([many, one], bearer)
    yield from reads([f"{many}?page={text}" for text in f"0 -1 x 2 7 8 {9**40}".split()], key)
    yield from reads([f"{many}?pageSize={text}" for text in "1 63 100 101 0 abc".split()], key)
    yield from reads([f"{many}?status={text}" for text in "open pending closed spam".split()], key)
    yield from reads([messages, f"{messages}?limit=3", f"{messages}?limit=50"], key)
    yield from reads([f"{messages}?limit=51", f"{messages}?limit=0", f"{messages}?cursor=x"], key)
    yield from reads([f"{messages}?cursor={at ^ 0x5EED1234:08x}" for at in (20, 40, 47)], key)
    yield from unkeyed(one, unknown, desk.KEY)
    yield from unkeyed(many, f"{many}?page=0", desk.KEY)
    yield from (call for path in (many, one, messages) for call in strange(path, key))
    full = {"subject": "Two Parcels", "priority": 4, "tags": ["a", "b"], "message": "Where?"}
    created = f"{many}/{{created}}"
    changes: list[dict[str, Any]] = [
        {"subject": ""},
        {"subject": "x" * 201},
        {"priority": 6},
        {"priority": "1"},
        {"tags": ["a", "a"]},
        {"tags": [1]},
        {"colour": "red"},
        {"message": ""},
    ]
    bodies = [{}, {"priority": 1}, *({**full, **change} for change in changes)]
    yield from writes("POST", many, [*bodies, {"subject": "Plain"}, full], key)
    yield from reads([created, f"{many}?pageSize=100", f"{created}/messages"], key)
    steps = [{"status": "closed"}, {"priority": 1}, {"status": "open"}, {"tags": []}, {}]
    for step in [*steps, {"status": "gone"}, {"subject": ""}, {"id": "x"}, {"priority": 9}]:
        yield from writes("PATCH", created, [step], key)
        yield from reads([created], key)
    yield from writes("PATCH", unknown, [{"priority": 1}], key)
    yield from media(many, full, key)
    yield Call("DELETE", gone, {})
    yield from (Call("DELETE", path, key) for path in (gone, gone, unknown))
    yield from reads([gone, f"{gone}/messages", f"{many}?pageSize=100"], key)


def thena_calls() -> Iterator[Call]:
    key = {"x-api-key": thena.API_KEY}
    agents = [thena_data.AGENT, thena_data.OTHER_AGENT, NOWHERE, "abc"]
    many, other, *_ = lists = [f"/api/v1/chat/{agent}/web-threads" for agent in agents]
    one, foreign, *_ = [f"/api/v1/chat/{agent}/threads/{thena_data.THREAD}" for agent in agents]
    yield from reads(
        [*lists, one, foreign, one.replace(f"s/{thena_data.THREAD}", f"s/{NOWHERE}")], key
    )
    yield from reads([f"{many}?limit={text}" for text in "1 50 51 0 x 5.0".split()], key)
    yield from reads([f"{many}?offset={text}" for text in f"3 24 25 -1 x {9**40}".split()], key)
    yield from reads([f"{one}?limit={text}" for text in "1 3 100 101 0 x".split()], key)
    yield from reads([f"{other}?limit=1&limit=2", f"{other}?x=1"], key)
    yield from (Call("GET", path, {}) for path in (many, f"{many}?limit=0", one))
    yield Call("GET", many, {"x-api-key": "wrong"})
    yield from (call for path in (many, one) for call in strange(path, key))
