from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis import Config
from schemathesis.engine import Status, events, from_schema

from understudy import MockServer, Settings

OPENAPI = Path(__file__).parents[1] / "openapi"
PHASES = {"examples", "coverage", "fuzzing", "stateful"}
BEARER = {"Authorization": "Bearer good"}


@dataclass
class Run:
    """What one run of Schemathesis did and found."""

    phases: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    longest_list: int = 0

    def note(self, event: events.EngineEvent) -> None:
        match event:
            case events.PhaseFinished():
                self.phases[event.phase.name.value.lower()] = event.status.value
            case events.NonFatalError():
                self.problems.append(f"{event.label}: {event.info.title}: {event.info.message}")
            case events.FatalError():
                raise event.exception
            case events.ScenarioFinished():
                self._note_scenario(event.recorder)
            case events.EngineFinished():
                self.problems += map(str, event.failures)

    def _note_scenario(self, recorder: Any) -> None:
        for case_id, interaction in recorder.interactions.items():
            label = recorder.cases[case_id].value.operation.label
            response = interaction.response
            assert response is not None, f"{label}: the server did not answer"
            self.statuses.setdefault(label, Counter())[response.status_code] += 1
            self.longest_list = max(self.longest_list, _listed(response))
        for case_id, checks in recorder.checks.items():
            label = recorder.cases[case_id].value.operation.label
            for check in checks:
                if check.status is not Status.SUCCESS:
                    self.problems.append(f"{label}: {check.name}: {check.failure_info}")


@pytest.mark.parametrize(
    ("name", "base_path", "credential", "operations", "not_applicable"),
    [
        ("cattix", "", BEARER, 2, {"stateful"}),
        ("sitegpt", "/api", BEARER, 1, {"stateful"}),
        ("thena", "", {"x-api-key": "good"}, 2, set()),
    ],
)
def test_schemathesis_finds_nothing_wrong_and_looked_everywhere(
    name: str,
    base_path: str,
    credential: dict[str, str],
    operations: int,
    not_applicable: set[str],
) -> None:
    run = Run()
    with MockServer(name, settings=Settings(tokens=("good",), api_keys=("good",))) as server:
        for event in _events(OPENAPI / name / "openapi.yaml", server.url + base_path, credential):
            run.note(event)
    assert run.problems == []
    assert {phase: run.phases[phase] for phase in PHASES} == {
        phase: "skip" if phase in not_applicable else "success" for phase in PHASES
    }
    assert len(run.statuses) == operations
    assert {label for label, found in run.statuses.items() if found[200] == 0} == set()
    assert {label for label, found in run.statuses.items() if found.total() <= 50} == set()
    assert any(400 <= status < 500 for found in run.statuses.values() for status in found)
    assert run.longest_list > 0


def _events(document: Path, url: str, credential: dict[str, str]) -> Iterator[events.EngineEvent]:
    """Run Schemathesis as it is by default, but repeatable: no cache, no database, one seed."""
    config = Config.from_dict(
        {
            "seed": 1,
            "base-url": url,
            "headers": credential,
            "cache": {"enabled": False},
            "generation": {"database": "none"},
        }
    )
    schema = schemathesis.openapi.from_path(document, config=config)
    yield from from_schema(schema).execute()


def _listed(response: Any) -> int:
    """Return how many items a list response shows; 0 for any other response."""
    body = response.json() if response.status_code == 200 else None
    if isinstance(body, dict):
        body = body.get("data", {}).get("threads")
    return len(body) if isinstance(body, list) else 0
