"""The implementations that are checked: contract, good credentials, and values that exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.implementations import desk, forum, thena, thena_data

from understudy import load_contract
from understudy.checks.credentials import Credentials
from understudy.checks.verdict import Verdict
from understudy.contract.model import Contract
from understudy.probe.run import TIERS, Options, check

HERE = Path(__file__).parents[1] / "implementations"


@dataclass(frozen=True)
class Subject:
    """An implementation of a contract, with what a run needs to know of it."""

    module: ModuleType
    contract: Contract
    values: Mapping[str, str]
    known: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def options(self, tier: str = "smoke", **more: Any) -> Options:
        options = Options(TIERS[tier], credentials=Credentials(self.values), known=self.known)
        return replace(options, **more)

    def verdict(self, defect: str = "", *, tier: str = "smoke", **more: Any) -> Verdict:
        """Check the implementation in this process, with one defect if one is named."""
        app = self.module.make_app(defect)
        return check(self.contract, "", self.options(tier, **more), app=app)


SUBJECTS = {
    "forum": Subject(
        forum, load_contract(HERE / "forum.yaml"), {"bearerAuth": f"Bearer {forum.TOKEN}"}
    ),
    "desk": Subject(
        desk,
        load_contract(HERE / "desk.yaml"),
        {"deskKey": desk.KEY, "bearer": f"Bearer {desk.KEY}"},
    ),
    "thena": Subject(
        thena,
        load_contract("thena"),
        {"APIKeyHeader": thena.API_KEY},
        {"agent_id": [thena_data.AGENT, thena_data.OTHER_AGENT]},
    ),
}


def fingerprints(verdict: Verdict) -> list[str]:
    return [one.fingerprint for one in verdict.findings]


def vacuous(verdict: Verdict) -> list[str]:
    """Return what was to be tested and could not be."""
    return [f"{one.what} {one.operation}" for one in verdict.unchecked if one.vacuous]
