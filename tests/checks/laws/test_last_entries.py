from collections.abc import Iterator
from typing import Any

import pytest

from understudy.checks.case import Rules
from understudy.checks.credentials import Credentials
from understudy.checks.laws import agreeing
from understudy.checks.laws.agreeing import LAST
from understudy.checks.laws.asking import Scene
from understudy.checks.promise import Outcome
from understudy.config import Settings
from understudy.contract.load import load_contract
from understudy.contract.meaning.infer import meaning
from understudy.probe.api import Api
from understudy.probe.client import IN_PROCESS, Client, Connection
from understudy.probe.ground import members
from understudy.server.app import Application

THENA = load_contract("thena")
AGENT = {("path", "agent_id"): "3c90c3cc-0d44-4b50-8888-8dd25736052a"}


def outcomes(app: Any) -> Iterator[Outcome]:
    """Yield what the law of agreement says of the last messages of threads."""
    known = meaning(THENA)
    (listing,), (reading,) = known.lists, known.reads
    credentials = Credentials({"APIKeyHeader": "good"})
    with Client(IN_PROCESS, Connection(), app) as client:
        api = Api(Rules(THENA, known, credentials), client)
        page = api.ask(listing.operation, AGENT)
        scene = Scene(listing, AGENT, reading, None, members(page, listing, AGENT))
        yield from (one for one in agreeing.agreement(api, scene) if one.promise is LAST)


@pytest.fixture
def stand_in() -> Application:
    return Application([THENA], Settings(api_keys=("good",)))


def test_the_last_entries_are_those_that_were_asked_for(stand_in: Application) -> None:
    found = list(outcomes(stand_in))

    assert found
    assert [one.finding for one in found if one.finding] == []


def test_entries_that_are_not_cut_break_the_promise(stand_in: Application) -> None:
    async def uncut(scope: Any, receive: Any, send: Any) -> None:
        await stand_in({**scope, "query_string": b""}, receive, send)

    (finding,) = {one.finding.subject for one in outcomes(uncut) if one.finding}
    assert finding == "query limit"
