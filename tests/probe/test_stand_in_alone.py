"""Without behaviour.yaml the stand-in keeps what names tell: the checks demand the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.probe.test_stand_in import SECRET, credentials

from understudy import MockServer, Settings, load_contract
from understudy.probe.run import TIERS, Options, check

CONTRACTS = Path(__file__).parents[1] / "implementations"
STRICT = Settings(tokens=(SECRET,), api_keys=(SECRET,), strict_ids=True)
ANY_ID = {"meaning/unknown-404", "meaning/foreign-404"}
"""What is not kept where every id has a member."""


@pytest.mark.parametrize("tier", ["smoke", "pr"])
@pytest.mark.parametrize("name", ["desk", "forum"])
def test_what_names_tell_holds_from_the_contract_alone(name: str, tier: str) -> None:
    assert set(broken(name, tier, STRICT)) == set()


@pytest.mark.parametrize("name", ["desk", "forum"])
def test_where_every_id_has_a_member_exactly_that_is_said(name: str) -> None:
    settings = Settings(tokens=(SECRET,), api_keys=(SECRET,))

    assert set(broken(name, "smoke", settings)) == ANY_ID


def broken(name: str, tier: str, settings: Settings) -> Iterator[str]:
    """Yield the promises of meaning, and those about bodies, that are broken."""
    contract = load_contract(CONTRACTS / f"{name}.yaml")
    options = Options(TIERS[tier], seed=1, credentials=credentials(contract))
    with MockServer(contract, settings=settings) as server:
        found = check(contract, server.url, options)
    assert any(id_ == "meaning/created-listed" for _, id_ in found.tested)
    for finding in found.findings:
        if finding.promise.id.startswith(("meaning/", "response/body")):
            yield finding.promise.id
