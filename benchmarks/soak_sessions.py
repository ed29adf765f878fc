"""Many sessions at once, each of which creates threads and must see those and no others."""

import asyncio
import json

from plain_client import Client
from soak_server import CATTIX, CREDENTIALS, SESSION

SESSIONS = 1_000
TURNS = 5
"""In each, a session creates a thread and lists all: two requests."""


def names() -> list[str]:
    return [f"session-{number}" for number in range(SESSIONS)]


async def crossed(url: str) -> int:
    """Return how often a session did not see what it should, or saw what it should not."""
    clients = [Client(url, {**CREDENTIALS, SESSION: name}) for name in names()]
    await asyncio.gather(*(client.open() for client in clients))
    found = await asyncio.gather(*(_alone(client, n) for n, client in enumerate(clients)))
    for client in clients:
        client.close()
    return sum(found)


async def _alone(client: Client, number: int) -> int:
    """Create threads and list them in turn; return how many lists were not as they should be."""
    wrong, created = 0, []
    target = f"{CATTIX}?company_id=1"
    for turn in range(TURNS):
        created.insert(0, f"{number} in turn {turn}")
        body = json.dumps({"assistant_type": "general", "name": created[0]}).encode()
        await client.ask("POST", target, body)
        status, content = await client.ask("GET", target)
        seen = [str(one.get("name")) for one in json.loads(content)] if status == 200 else []
        mine, rest = seen[: len(created)], seen[len(created) :]
        wrong += mine != created or any(" in turn " in name for name in rest)
    return wrong
