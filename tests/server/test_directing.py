"""What scenarios say is what the server does."""

import pytest
from starlette.types import Message

from understudy.scenario.model import FAULTS
from understudy.server.faults import faulty


async def receive() -> Message:
    return {"type": "http.disconnect"}


async def send(_message: Message) -> None:
    pass


@pytest.mark.parametrize("kind", FAULTS)
def test_every_fault_that_a_scenario_can_say_breaks_what_is_sent(kind: str) -> None:
    assert faulty(kind, {"type": "http"}, receive, send) is not send
