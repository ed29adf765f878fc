from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from understudy.codec import loads
from understudy.config import Settings
from understudy.contract.load import load_contract
from understudy.contract.validate import Validator
from understudy.exchange import Reply, Request
from understudy.respond.service import Service
from understudy.state.session import Session
from understudy.state.sessions import Sessions, open_sessions
from understudy.types import Json

CONTRACTS = {name: load_contract(name) for name in ("cattix", "sitegpt", "thena")}
SHAPES = load_contract(Path(__file__).parents[1] / "specs" / "shapes.yaml")
AGENT = str(UUID(int=7))


@dataclass(frozen=True, slots=True)
class Client:
    """Calls operations with decoded requests."""

    service: Service
    session: Session

    def call(self, operation: str, request: Request) -> Reply:
        return self.service.handler(operation).answer(request, self.session)

    def threads(self, company: int = 1, **query: Json) -> Json:
        reply = self.call("listThreads", Request(query={"company_id": company, **query}))
        return loads(reply.body)

    def create(self, company: int = 1, *, kind: str = "general", name: str = "New") -> Json:
        body = {"assistant_type": kind, "name": name}
        request = Request(query={"company_id": company}, body=body)
        return loads(self.call("createThread", request).body)

    def page(self, **query: Json) -> Json:
        request = Request(path={"agent_id": AGENT}, query=query)
        return loads(self.call("listWebThreads", request).body)

    def thread(self, identifier: str, **query: Json) -> Reply:
        path = {"agent_id": AGENT, "thread_id": identifier}
        return self.call("getThread", Request(path=path, query=query))


def client_of(name: str, sessions: Sessions | None = None) -> Client:
    sessions = sessions or open_sessions(Settings())
    return Client(Service(CONTRACTS[name], Settings()), sessions.default)


@pytest.fixture(params=["in memory", "in a file"])
def cattix(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Client]:
    path = "" if request.param == "in memory" else str(tmp_path / "log")
    with closing(open_sessions(Settings(store=path))) as sessions:
        yield client_of("cattix", sessions)


@pytest.fixture
def thena() -> Client:
    return client_of("thena")


# Create -------------------------------------------------------------------------------------


def test_what_is_created_stands_first_in_the_list(cattix: Client) -> None:
    before = cattix.threads()

    first, second = cattix.create(name="one"), cattix.create(name="two")

    assert cattix.threads() == [second, first, *before]
    assert (first["name"], second["name"]) == ("one", "two")


def test_what_is_created_belongs_to_its_company_alone(cattix: Client) -> None:
    before = cattix.threads(2)

    cattix.create(1)

    assert cattix.threads(2) == before


def test_a_reset_brings_back_the_first_world(cattix: Client) -> None:
    before = cattix.threads()
    created = cattix.create()

    cattix.session.reset()

    assert cattix.threads() == before
    assert cattix.create() == created


def test_after_a_reset_another_creation_does_not_show_the_former(cattix: Client) -> None:
    cattix.create(name="former")
    cattix.threads()
    cattix.session.reset()

    created = cattix.create(name="latter")

    assert cattix.threads()[0] == created


def test_a_filter_keeps_what_was_created_as_well(cattix: Client) -> None:
    general = cattix.create(kind="general")
    cattix.create(kind="onboarding")

    found = cattix.threads(assistant_type="general")

    assert found[0] == general
    assert found == [t for t in cattix.threads() if t["assistant"]["assistant_type"] == "general"]


def test_creating_answers_with_the_documented_status(cattix: Client) -> None:
    request = Request(query={"company_id": 1}, body={"assistant_type": "general"})

    reply = cattix.call("createThread", request)

    assert (reply.status, reply.media_type) == (200, "application/json")


# List ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offset", "limit"), [(0, 1), (0, 10), (3, 4), (5, 50), (0, 50), (1000, 10), (10**30, 10)]
)
def test_a_page_is_a_slice_of_everything(thena: Client, offset: int, limit: int) -> None:
    everything = thena.page(offset=0, limit=50)

    assert thena.page(offset=offset, limit=limit) == everything[offset : offset + limit]


def test_pages_put_together_are_everything(thena: Client) -> None:
    everything = thena.page(offset=0, limit=50)

    pages = [thena.page(offset=start, limit=7) for start in range(0, len(everything), 7)]

    assert [thread for page in pages for thread in page] == everything


def test_without_paging_everything_is_listed(thena: Client) -> None:
    assert thena.page() == thena.page(offset=0, limit=50)


def test_a_list_stands_in_its_envelope() -> None:
    sitegpt = client_of("sitegpt")

    reply = sitegpt.call("listThreads", Request(path={"chatbotId": "1"}))

    body = loads(reply.body)
    threads = body["data"]["threads"]
    assert body == {
        "success": True,
        "message": "Fetched the chatbot threads successfully",
        "data": {"threads": threads},
    }
    assert len(threads) >= 6


# Read ---------------------------------------------------------------------------------------


def test_a_thread_reads_as_it_is_listed(thena: Client) -> None:
    for listed in thena.page():
        read = loads(thena.thread(listed["id"]).body)
        assert read.keys() == listed.keys()
        assert read == listed


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_a_thread_is_trimmed_to_its_last_messages(thena: Client, limit: int) -> None:
    for listed in thena.page():
        read = loads(thena.thread(listed["id"], limit=limit).body)
        assert read == {**listed, "messages": listed["messages"][-limit:]}


def test_trimming_does_not_change_what_is_kept(thena: Client) -> None:
    listed = thena.page()[0]

    thena.thread(listed["id"], limit=1)

    assert loads(thena.thread(listed["id"]).body) == listed


def test_an_unknown_thread_is_not_found(thena: Client) -> None:
    reply = thena.thread(str(UUID(int=0)))

    assert (reply.status, loads(reply.body)) == (404, {"detail": "Thread not found"})


def test_a_thread_of_another_agent_is_not_found(thena: Client) -> None:
    listed = thena.page()[0]
    path = {"agent_id": str(UUID(int=8)), "thread_id": listed["id"]}

    assert thena.call("getThread", Request(path=path)).status == 404


def test_the_thread_of_the_vendors_example_exists() -> None:
    example = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
    path: Mapping[str, Json] = {"agent_id": example, "thread_id": example}

    reply = client_of("thena").call("getThread", Request(path=path))

    assert (reply.status, loads(reply.body)["id"]) == (200, example)


# Without behaviour --------------------------------------------------------------------------


def test_an_operation_without_behaviour_answers_from_its_schema() -> None:
    service, session = Service(SHAPES, Settings()), open_sessions(Settings()).default
    validator = Validator({"$ref": "#/components/schemas/Tree"}, SHAPES.schemas)

    replies = [
        service.handler("getTree").answer(Request(query={"n": n}), session) for n in (1, 1, 2)
    ]

    assert [reply.status for reply in replies] == [200, 200, 200]
    assert all(validator.accepts(loads(reply.body)) for reply in replies)
    assert replies[0] == replies[1]
    assert replies[0] != replies[2]
