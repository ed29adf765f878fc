import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import httpx
import pytest

from understudy import MockServer, Settings, load_contract
from understudy.contract.model import Contract, Operation, Response
from understudy.contract.validate import Validator

NAMES = ("cattix", "sitegpt", "thena")
CREDENTIALS = {
    "cattix": {"Authorization": "Bearer good"},
    "sitegpt": {"Authorization": "Bearer good"},
    "thena": {"x-api-key": "good"},
}
CONTRACTS = {name: load_contract(name) for name in NAMES}


@pytest.fixture(scope="session")
def servers() -> Iterator[Mapping[str, MockServer]]:
    """One server for each contract, and one for all of them."""
    settings = Settings(tokens=("good",), api_keys=("good",))
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(MockServer(CONTRACTS[name], settings=settings))
            for name in NAMES
        }
        everything = MockServer(*CONTRACTS.values(), settings=settings)
        yield {**running, "all": stack.enter_context(everything)}


@pytest.fixture
def clients(servers: Mapping[str, MockServer]) -> Iterator[Mapping[str, httpx.Client]]:
    """A client for each server, with a good credential; it holds replies to the contract."""
    with ExitStack() as stack:
        found = {name: stack.enter_context(_alone(name, servers[name])) for name in NAMES}
        yield {**found, "all": stack.enter_context(_together(servers["all"]))}
    for server in servers.values():
        server.reset()


@pytest.fixture
def cattix(clients: Mapping[str, httpx.Client]) -> httpx.Client:
    return clients["cattix"]


@pytest.fixture
def sitegpt(clients: Mapping[str, httpx.Client]) -> httpx.Client:
    return clients["sitegpt"]


@pytest.fixture
def thena(clients: Mapping[str, httpx.Client]) -> httpx.Client:
    return clients["thena"]


def _alone(name: str, server: MockServer) -> httpx.Client:
    def hold(response: httpx.Response) -> None:
        assert_promised(CONTRACTS[name], "", response)

    return _client(server, CREDENTIALS[name], hold)


def _together(server: MockServer) -> httpx.Client:
    def hold(response: httpx.Response) -> None:
        for name, contract in CONTRACTS.items():
            if response.request.url.path.startswith(f"/{name}/"):
                assert_promised(contract, f"/{name}", response)

    credentials = {key: value for one in CREDENTIALS.values() for key, value in one.items()}
    return _client(server, credentials, hold)


def _client(
    server: MockServer, headers: Mapping[str, str], hold: Callable[[httpx.Response], None]
) -> httpx.Client:
    return httpx.Client(
        base_url=server.url,
        headers=headers,
        event_hooks={"response": [hold]},
        verify=False,  # reading certificates would take longer than most tests
    )


def assert_promised(contract: Contract, prefix: str, response: httpx.Response) -> None:
    """Assert that the contract documents this reply: status, media type, body and headers.

    Pages beside the API and replies to OPTIONS are not the contract's.
    """
    response.read()
    request = response.request
    operation = _operation(contract, request, prefix)
    if request.method == "OPTIONS" or (operation is None and not response.is_error):
        return
    operation = operation or next(iter(contract.operations.values()))
    documented = operation.responses.get(str(response.status_code))
    assert documented is not None, f"{response.status_code} is not documented: {response.text}"
    _assert_matches(documented, contract, response)


def _operation(contract: Contract, request: httpx.Request, prefix: str) -> Operation | None:
    """Return the operation that `request` is for, or another one of its path."""
    method = "get" if request.method == "HEAD" else request.method.lower()
    path = request.url.raw_path.decode().partition("?")[0]
    found = [
        operation
        for operation in contract.operations.values()
        if re.fullmatch(prefix + contract.base_path + _pattern(operation.path), path)
    ]
    return next((one for one in found if one.method == method), next(iter(found), None))


def _pattern(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "[^/]+", path)


def _assert_matches(documented: Response, contract: Contract, response: httpx.Response) -> None:
    named = [header.name for header in documented.headers]
    missing = [name for name in named if name not in response.headers]
    assert missing == []
    schema = documented.schemas[response.headers["content-type"]]
    if response.request.method != "HEAD":
        assert Validator(schema, contract.schemas).violations(response.json()) == []
