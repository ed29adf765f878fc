"""The stand-in is held to its contracts by the same checks as any implementation."""

from pathlib import Path

import pytest
from tests.probe.subjects import fingerprints, vacuous

from understudy import MockServer, Settings, load_contract
from understudy.checks.credentials import Credentials
from understudy.checks.verdict import Verdict
from understudy.contract.model import Contract
from understudy.errors import ExitCode
from understudy.probe.run import TIERS, Options, check

SHOP = Path(__file__).parent / "shop.yaml"
SECRET = "not-any-other"
STRICT = Settings(tokens=(SECRET,), api_keys=(SECRET,))
NAMES = ("cattix", "sitegpt", "thena")


def credentials(contract: Contract) -> Credentials:
    schemes = (s for op in contract.operations.values() for one in op.security for s in one)
    return Credentials(
        {one.name: f"Bearer {SECRET}" if one.kind == "bearer" else SECRET for one in schemes}
    )


def verdict(name: str, tier: str, seed: int, settings: Settings = STRICT) -> Verdict:
    contract = load_contract(name)
    options = Options(TIERS[tier], seed=seed, credentials=credentials(contract))
    with MockServer(name, settings=settings) as server:
        return check(contract, server.url, options)


@pytest.mark.parametrize(
    ("name", "tier", "seed"),
    [
        *((name, "smoke", seed) for name in NAMES for seed in (1, 2)),
        *((name, "pr", seed) for name in NAMES for seed in (1, 3)),
        ("sitegpt", "nightly", 1),
    ],
)
def test_the_stand_in_keeps_every_promise_and_all_of_it_was_tested(
    name: str, tier: str, seed: int
) -> None:
    found = verdict(name, tier, seed)

    assert fingerprints(found) == []
    assert vacuous(found) == []
    assert found.code() is ExitCode.OK
    operations = {one.label for one in load_contract(name).operations.values()}
    assert {label for label, id_ in found.tested if id_ == "response/body"} >= operations


@pytest.mark.parametrize(("tier", "seed"), [("smoke", 1), ("smoke", 2), ("pr", 1)])
def test_what_is_deleted_and_numbered_and_told_from_names_is_kept_as_well(
    tier: str, seed: int
) -> None:
    contract = load_contract(SHOP)
    with MockServer(contract, settings=Settings(strict_ids=True)) as server:
        found = check(contract, server.url, Options(TIERS[tier], seed=seed))

    assert fingerprints(found) == []
    assert {"meaning/listed-readable", "meaning/unknown-404"} <= {id_ for _, id_ in found.tested}


@pytest.mark.parametrize("tier", ["smoke", "pr"])
@pytest.mark.parametrize("name", NAMES)
def test_of_a_stand_in_that_takes_any_credential_exactly_that_is_said(name: str, tier: str) -> None:
    found = verdict(name, tier, 1, Settings())

    operations = load_contract(name).operations.values()
    assert fingerprints(found) == [
        f"access/refused | {label} | wrong value"
        for label in sorted(one.label for one in operations)
    ]
    assert found.code() is ExitCode.FINDINGS
