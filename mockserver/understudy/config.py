"""How a stand-in is set up: one frozen value, the same for every door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

DEFAULT_SEED = 1
DEFAULT_NOW = datetime(2026, 1, 15, 12, 0, 0, tzinfo=UTC)
DEFAULT_PORT = 8080
DEFAULT_LOCALE = "en_US"
BODY_LIMIT = 1 << 20
"""The largest request body in bytes that is read."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one server takes from its clients; beyond that it refuses, and says which limit it was.

    Lengths are in bytes: of the request target, of the whole header section with it, and of the
    body. `connections` are open at once in one process. The others are seconds: until a header
    section is complete, until the body behind it is, or a reply is taken, and until it begins.
    """

    target: int = 32 << 10
    headers: int = 64 << 10
    body: int = BODY_LIMIT
    connections: int = 2000
    header_seconds: float = 15.0
    body_seconds: float = 60.0
    request_seconds: float = 360.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What the world looks like and who may see it.

    `tokens` and `api_keys` restrict bearer tokens and API keys to those given; empty means that
    every well-formed one is accepted. What clients create is kept in `store`: the URL of a
    database, a file that the workers of one server share, or, if it is empty, the memory of one
    process. What the sets of fixtures in `load` hold is not generated. `locale` is one of Faker's
    and decides the words of what no recipe makes. A `stateless` stand-in forgets at once what
    clients create, change and delete. Of resources that behaviour.yaml says nothing of, every id
    has a member; with `strict_ids` only those that lists show, clients created or the contract
    gives as examples. `examples` prefers the contract's own examples to generated data,
    `invalid_examples` serves those that break their schema too. `validate_requests` is on (an
    invalid request is refused), warn (it is answered, and a header lists what is wrong) or off.
    `limits` are those of the server. `scenarios` are on from the start, in every session;
    `scenario_files` are files of scenarios besides those of a contract. There is a `control` API,
    for this machine only unless it has a token. `secret` names what the journal does not show
    besides credentials: header fields, parameters, cookies, members of JSON. `shared` names the
    folder in which the workers of one server share their journal.
    """

    seed: int = DEFAULT_SEED
    now: datetime = DEFAULT_NOW
    tokens: tuple[str, ...] = ()
    api_keys: tuple[str, ...] = ()
    cors: bool = True
    store: str = ""
    locale: str = DEFAULT_LOCALE
    examples: bool = False
    invalid_examples: bool = False
    validate_requests: str = "on"
    stateless: bool = False
    strict_ids: bool = False
    load: tuple[str, ...] = ()
    limits: Limits = Limits()
    scenarios: tuple[str, ...] = ()
    scenario_files: tuple[str, ...] = ()
    control: bool = True
    control_token: str = ""
    secret: tuple[str, ...] = ()
    shared: str = ""
