"""The handlers run in Node, and answer what a server with the same seed answers."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from understudy import MockServer, Settings
from understudy.contract.load import load_contract
from understudy.export.exporting import Wanted, export
from understudy.export.msw import modules
from understudy.types import Json

HERE = Path(__file__).parent
API = "http://api.test"
SEED = 3
KEYS = {
    "cattix": {"authorization": "Bearer understudy"},
    "sitegpt": {"authorization": "Bearer understudy"},
    "thena": {"x-api-key": "understudy"},
    "orders": {"authorization": "Basic dW5kZXJzdHVkeTp1bmRlcnN0dWR5"},
}
CREATED = {"assistant_type": "general", "name": "Weekly check"}
ABSENT = "00000000-0000-4000-8000-000000000000"

Ask = Callable[[dict[str, str], list[dict[str, Any]]], list[dict[str, Any]]]


@dataclass(frozen=True)
class Mocked:
    """One contract: its modules, and the same stand-in as a server, at the address of the API."""

    name: str
    modules: dict[str, str]
    server: str
    operations: frozenset[str]
    parents: tuple[str, ...]
    reset: Callable[[], None]
    client: httpx.Client


@contextmanager
def mocked(name: str, **more: Any) -> Iterator[Mocked]:
    contract = load_contract(name if "." not in name else HERE / name)
    stem = name.partition(".")[0]
    settings = Settings(seed=SEED, strict_ids=True, **more)
    found = export(contract, settings, Wanted(count=2))
    parents = [str(next(iter(one.arguments.values()))) for t in found.told for one in t.wholes]
    files = dict(modules(found, f"*{contract.base_path}"))
    names = frozenset(one.operation.id for one in found.told)
    with MockServer(contract, settings=settings) as server, httpx.Client() as client:
        url = server.url + contract.base_path
        yield Mocked(stem, files, url, names, tuple(parents), server.reset, client)


@pytest.fixture(scope="module", params=["cattix", "sitegpt", "thena", "orders.yaml"])
def api(request: pytest.FixtureRequest) -> Iterator[Mocked]:
    with mocked(request.param) as found:
        yield found


def targets(api: Mocked) -> dict[str, list[tuple[str, str, Json]]]:
    """Return requests to every operation: method, target below the API, body."""
    parents, get = api.parents, "GET"
    if api.name == "cattix":
        kinds = [
            "",
            *(f"&assistant_type={k}" for k in ("onboarding", "general", "market_analysis")),
        ]
        path = "/api/v1/chat/threads?company_id="
        return {
            "listThreads": [(get, f"{path}{one}{kind}", None) for one in parents for kind in kinds],
            "createThread": [("POST", f"{path}{one}", EXAMPLE) for one in parents],
        }
    if api.name == "sitegpt":
        return {"listThreads": [(get, f"/v0/chatbots/{one}/threads", None) for one in parents]}
    if api.name == "thena":
        base = [f"/api/v1/chat/{one}" for one in parents]
        cuts = ["", *(f"?limit={n}&offset={at}" for n in (1, 4, 50) for at in (0, 5, 13, 99))]
        ids = [
            (one, id_)
            for one in base
            for id_ in (*ids_at(api, f"{one}/web-threads?limit=50"), ABSENT)
        ]
        return {
            "listWebThreads": [(get, f"{b}/web-threads{cut}", None) for b in base for cut in cuts],
            "getThread": [
                (get, f"{one}/threads/{id_}{cut}", None)
                for one, id_ in ids
                for cut in ("", "?limit=1", "?limit=2")
            ],
        }
    base = [f"/shops/{one}/orders" for one in parents]
    cuts = ["", "?status=paid", "?status=it%27s%20%22late%22&page_size=2", "?page=99"]
    cuts += [f"?page={page}&page_size={n}" for page in range(1, 6) for n in (1, 4, 9, 50)]
    items = [
        f"{one}/{id_}" for one in base for id_ in (*ids_at(api, f"{one}?page_size=50"), ABSENT)
    ]
    return {
        "listOrders": [(get, f"{one}{cut}", None) for one in base for cut in cuts],
        "latestOrder": [(get, f"{one}/latest", None) for one in base],
        "getOrder": [(get, one, None) for one in items],
        "deleteOrder": [("DELETE", one, None) for one in items],
        "health": [(get, "/health", None)],
    }


EXAMPLE = {
    "assistant_type": "onboarding",
    "name": "<string>",
    "description": "<string>",
    "extra_data": {},
}


def ids_at(api: Mocked, target: str) -> list[str]:
    found = api.client.get(api.server + target, headers=KEYS[api.name]).json()
    return [one["id"] for one in (found if isinstance(found, list) else found["items"])][:6]


def asked(base: str, target: tuple[str, str, Json], headers: dict[str, str]) -> dict[str, Any]:
    method, path, body = target
    kind = {} if body is None else {"content-type": "application/json"}
    text = None if body is None else json.dumps(body)
    return {"method": method, "url": base + path, "headers": {**headers, **kind}, "body": text}


def live(api: Mocked, request: dict[str, Any]) -> dict[str, Any]:
    """Return what the server answers, without what belongs to the connection."""
    api.reset()
    return answered(api, request)


def answered(api: Mocked, request: dict[str, Any]) -> dict[str, Any]:
    reply = api.client.request(
        request["method"], request["url"], headers=request["headers"], content=request["body"]
    )
    return {
        "status": reply.status_code,
        "headers": told(dict(reply.headers)),
        "body": reply.content,
    }


def base_of(api: Mocked) -> str:
    return httpx.URL(api.server).path.rstrip("/")


def told(headers: dict[str, str]) -> dict[str, str]:
    left_out = ("connection", "content-length", "date", "server", "preference-applied")
    return {name: value for name, value in headers.items() if name not in left_out}


def test_every_operation_answers_as_the_server_does(api: Mocked, handlers: Ask) -> None:
    every = targets(api)
    wanted = [one for group in every.values() for one in group]
    base = API + base_of(api)
    answers = handlers(api.modules, [asked(base, one, KEYS[api.name]) for one in wanted])
    expected = [live(api, asked(api.server, one, KEYS[api.name])) for one in wanted]

    assert api.operations - {"traceEvents", "createOrder"} == set(every)
    assert {one["status"] for one in expected} <= {200, 201, 204, 404}
    for target, answer, one in zip(wanted, answers, expected, strict=True):
        assert {**answer, "headers": told(answer["headers"])} == one, target


def test_without_a_credential_all_are_refused_as_the_server_does(
    api: Mocked, handlers: Ask
) -> None:
    first = [group[0] for name, group in targets(api).items() if name != "health"]
    answers = handlers(api.modules, [asked(API + base_of(api), one, {}) for one in first])
    expected = [live(api, asked(api.server, one, {})) for one in first]

    assert {one["status"] for one in answers} == {401}
    assert [{**one, "headers": told(one["headers"])} for one in answers] == expected


def test_documented_errors_are_answered_by_name(api: Mocked, handlers: Ask) -> None:
    contract = load_contract(api.name if api.name != "orders" else HERE / "orders.yaml")
    for name, group in targets(api).items():
        statuses = [int(one) for one in contract.operations[name].responses if int(one) >= 400]
        target = group[0]
        steps = [
            step
            for status in statuses
            for step in (
                {"failing": [name, status]},
                asked(API + base_of(api), target, KEYS[api.name]) | {"reset": True},
            )
        ]
        answers = handlers(api.modules, steps)
        expected = [
            live(api, asked(api.server, target, {**KEYS[api.name], "prefer": f"code={status}"}))
            for status in statuses
        ]

        assert [one["status"] for one in answers] == statuses
        assert [{**one, "headers": told(one["headers"])} for one in answers] == expected


def test_what_is_created_repeats_the_body(handlers: Ask) -> None:
    with mocked("cattix") as api:
        target = ("POST", f"/api/v1/chat/threads?company_id={api.parents[0]}", CREATED)
        (answer,) = handlers(api.modules, [asked(API, target, KEYS["cattix"])])
    found = json.loads(answer["body"])

    assert answer["status"] == 200
    assert (found["name"], found["assistant"]["assistant_type"]) == ("Weekly check", "general")


def test_a_parent_that_was_not_exported_is_left_to_others(handlers: Ask) -> None:
    with mocked("thena") as api:
        target = ("GET", f"/api/v1/chat/{ABSENT}/web-threads", None)
        (answer,) = handlers(api.modules, [asked(API, target, KEYS["thena"])])

    assert answer["unhandled"]


def test_what_msw_cannot_match_is_told_of() -> None:
    with mocked("orders.yaml") as api:
        assert (
            "// traceEvents is left out: MSW has no function for TRACE\n"
            in api.modules["handlers.js"]
        )
        assert "traceEvents" not in api.modules["data.js"]


def test_the_same_seed_writes_the_same_bytes() -> None:
    def written(seed: int) -> dict[str, str]:
        found = export(load_contract("thena"), Settings(seed=seed), Wanted())
        return dict(modules(found, "*"))

    first, other = written(1), written(2)

    assert first == written(1)
    assert first["data.js"] != other["data.js"]


def test_a_known_parent_is_the_first() -> None:
    wanted = Wanted(operations=("listWebThreads",), known={"agent_id": [ABSENT]})
    found = export(load_contract("thena"), Settings(), wanted)

    assert [one.arguments for one in found.told[0].wholes] == [{("path", "agent_id"): ABSENT}]


def test_a_read_without_its_list_has_its_own_answers(handlers: Ask) -> None:
    found = export(load_contract("thena"), Settings(), Wanted(operations=("getThread",)))
    (told,) = found.told
    target = told.shown[2].exchange.sent.target
    (answer,) = handlers(
        dict(modules(found, API)), [asked(API, ("GET", target, None), KEYS["thena"])]
    )

    assert answer["body"] == told.shown[2].exchange.reply.body


@pytest.mark.parametrize(
    ("rules", "statuses"),
    [
        ("- {on: getThread, answer: 429, times: 2}", [429, 429, 200, 200]),
        ("- {on: getThread, when: {call: 2}, answer: 404}", [200, 404, 200, 200]),
        ("- {on: getThread, when: {call: [2, null]}, answer: 401}", [200, 401, 401, 401]),
        ("- {on: '*', answer: 403}", [403, 403, 403, 403]),
    ],
)
def test_a_scenario_is_acted_out_call_by_call(
    rules: str, statuses: list[int], handlers: Ask, tmp_path: Path
) -> None:
    path = tmp_path / "steps.yaml"
    path.write_text(f"description: Steps.\nrules:\n  {rules}\n", encoding="utf-8")
    with mocked("thena", scenarios=("steps",), scenario_files=(str(path),)) as api:
        with mocked("thena") as usual:
            (id_, *_) = ids_at(usual, f"/api/v1/chat/{usual.parents[0]}/web-threads")
        target = ("GET", f"/api/v1/chat/{usual.parents[0]}/threads/{id_}", None)
        request = asked(API, target, KEYS["thena"])
        answers = handlers(api.modules, [*[request] * 4, {"restart": True}, request])
        api.reset()
        expected = [asked_live(api, target) for _ in range(4)]

    assert [one["status"] for one in expected] == statuses
    assert [{**one, "headers": told(one["headers"])} for one in answers[:4]] == expected
    assert answers[4] == answers[0]


def asked_live(api: Mocked, target: tuple[str, str, Json]) -> dict[str, Any]:
    return answered(api, asked(api.server, target, KEYS[api.name]))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("slow", "delays"),
        ("rate-limited", "limits requests in a time"),
        ("flaky-network", "is a matter of chance"),
    ],
)
def test_what_a_counter_cannot_do_is_told_of(name: str, reason: str) -> None:
    found = export(load_contract("thena"), Settings(scenarios=(name,)), Wanted())

    assert f"getThread is as without the scenario: {name}/rules/0 {reason}" in str(found.notes)
    assert all(not one.steps for one in found.told)


def test_the_sizes_of_a_scenario_are_those_of_the_lists() -> None:
    settings = Settings(scenarios=("empty-account",))
    found = export(load_contract("thena"), settings, Wanted(operations=("listWebThreads",)))

    assert [one.items for one in found.told[0].wholes] == [()]
