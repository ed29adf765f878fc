"""Batches of requests by many clients: most are good, some are not, some break off on either side.

Each request carries a number of its own, and each client of a batch has a session of its own.
"""

import asyncio
import json
import random
from collections import Counter
from dataclasses import dataclass, field

from plain_client import Client
from soak_server import CATTIX, CREDENTIALS, SESSION, THENA

CLIENTS, SHARE = 50, 50
SIZE = CLIENTS * SHARE
LEAVES_EARLY, LEAVES, FAILS = 0.02, 0.03, 0.05
"""How often a client goes within a request, or behind one, or prefers that the network fails."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, before it has the fields that all have."""

    method: str
    target: str
    body: bytes = b""
    fields: dict[str, str] = field(default_factory=dict)


def sessions(first: int) -> list[str]:
    """Return the sessions of the batch that begins with this request."""
    return [f"soak-{number}" for number in range(first, first + SIZE, SHARE)]


async def send(url: str, first: int, choose: random.Random, *, creates: bool) -> Counter[int]:
    """Send a batch; return the statuses that came, 0 for answers that broke off."""
    statuses: Counter[int] = Counter()
    works = []
    for number, name in enumerate(sessions(first if creates else 0)):
        client = Client(url, {**CREDENTIALS, SESSION: name})
        begin = first + number * SHARE
        own = random.Random(choose.random())
        asked = [_asked(own, one, creates=creates) for one in range(begin, begin + SHARE)]
        works.append(_work(client, own, asked, statuses))
    await asyncio.gather(*works)
    return statuses


async def _work(
    client: Client, choose: random.Random, asked: list[Asked], statuses: Counter[int]
) -> None:
    """Send requests one after the other."""
    for one in asked:
        octets = client.request(one.method, one.target, one.body, one.fields)
        if choose.random() < LEAVES_EARLY:
            await client.leave(octets[:60])
        if choose.random() < LEAVES:
            await client.leave(octets)
            continue
        status, _ = await client.ask(one.method, one.target, one.body, one.fields)
        statuses[status] += 1
    client.close()


def _asked(choose: random.Random, number: int, *, creates: bool) -> Asked:
    mark = f"soak={number}"
    fields = {"Prefer": "scenario=flaky-network"} if choose.random() < FAILS else {}
    match choose.randrange(20):
        case 0 if creates:
            body = json.dumps({"assistant_type": "general", "name": mark}).encode()
            return Asked("POST", f"{CATTIX}?company_id=1&{mark}", body, fields)
        case 1:
            return Asked("POST", f"{CATTIX}?company_id=1&{mark}", b'{"assistant_type": 1}', fields)
        case 2:
            return Asked("GET", f"{THENA}?limit=many&{mark}", b"", fields)
        case 3:
            return Asked("GET", f"/thena/no/such/path?{mark}", b"", fields)
        case 4:
            return Asked("GET", f"{CATTIX}?company_id=1&{mark}", b"", {"Authorization": "wrong"})
        case 5:
            limited = {"Prefer": "scenario=rate-limited"}
            return Asked("GET", f"{THENA}?limit=2&{mark}", b"", limited)
        case 6 | 7 | 8:
            company = choose.randrange(1000)
            return Asked("GET", f"{CATTIX}?company_id={company}&{mark}", b"", fields)
        case _:
            offset = choose.randrange(10)
            return Asked("GET", f"{THENA}?limit=2&offset={offset}&{mark}", b"", fields)
