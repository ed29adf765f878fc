"""What a soak asks of the control API: the journal, and sessions that are to go."""

import asyncio
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable

from bars import refuse
from plain_client import Client

CONTROL = "/__understudy"
SETTLE_SECONDS = 10
SPARE = 100
"""More entries than were sent are asked for, of which some may be there twice."""
_MARK = re.compile(rb"^curl .*[?&]soak=(\d+)'", re.MULTILINE)


async def compare(url: str, sent: range) -> tuple[int, int]:
    """Return how many of the marked requests are not in the journal, and how many more than once.

    They are read as curl commands, which is the quickest. An entry may come a moment after its
    answer has broken off.
    """
    client = Client(url, {})
    end = time.monotonic() + SETTLE_SECONDS
    target = f"{CONTROL}/journal/curl?last={len(sent) + SPARE}"
    while True:
        status, content = await client.ask("GET", target)
        if status != 200:
            sys.exit(refuse(f"the journal answered {status}: {content[:200].decode()}"))
        found = Counter(map(int, _MARK.findall(content)))
        lost = sum(number not in found for number in sent)
        if not lost or time.monotonic() > end:
            client.close()
            return lost, sum(found[number] > 1 for number in sent)
        await asyncio.sleep(0.1)


async def remove(url: str, sessions: Iterable[str]) -> None:
    """Remove sessions and what is kept of them."""
    client = Client(url, {})
    for name in sessions:
        await client.ask("DELETE", f"{CONTROL}/sessions/{name}")
    client.close()
