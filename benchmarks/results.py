"""The figures of a run as people and programs read them: tables, bars and raw JSON.

It says what was measured and which bar was missed; what follows from that is decided elsewhere.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from statistics import median
from typing import TypeAlias

import ask
import wrk
from bars import Bar
from lineup import MANY
from peers import BARE, PRISM_STATIC, UNDERSTUDY
from tables import NOTHING, print_table

Key: TypeAlias = tuple[str, str]
"""A workload and the name of a server: one row."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One row of a table: the medians of the rounds, and the size of a body in bytes."""

    subject: str
    workload: str
    habits: str
    body: int
    rounds: tuple[wrk.Sample, ...]

    @property
    def median(self) -> wrk.Sample:
        """The median of each figure by itself."""
        return wrk.Sample(
            requests_per_second=median(sample.requests_per_second for sample in self.rounds),
            p50=median(sample.p50 for sample in self.rounds),
            p99=median(sample.p99 for sample in self.rounds),
            failed=median(sample.failed for sample in self.rounds),
        )


BARS = (
    (0.45, BARE.name, "at least 0.45 of bare uvicorn"),
    (2.5, PRISM_STATIC.name, "at least 2.5 times Prism static"),
)
"""How many times the rate of which server understudy has to reach."""

NO_PEERS = (BARE.name, UNDERSTUDY.name, MANY)

COLUMNS = ("server", "for each request", "body, bytes", "req/s", "p50, ms", "p99, ms", "failed")
RATIOS = {"of bare": BARE.name, "of Prism": PRISM_STATIC.name}


def print_tables(figures: Mapping[Key, Figures], absent: Mapping[str, str]) -> None:
    """Print a table per workload; who could not take part has a row with the reason."""
    columns = [*COLUMNS, *RATIOS]
    for workload in ask.HOT:
        print(f"\n## {workload}\n")
        rows = [_cells(row, figures) for row in figures.values() if row.workload == workload]
        for name, reason in absent.items():
            rows.append([name, f"not available: {reason}"] + [NOTHING] * (len(columns) - 2))
        print_table(columns, rows, words=2)
    print()


def _cells(row: Figures, figures: Mapping[Key, Figures]) -> list[str]:
    seen = row.median
    return [
        row.subject,
        row.habits,
        f"{row.body:,}",
        f"{seen.requests_per_second:,.0f}",
        f"{seen.p50:.2f}",
        f"{seen.p99:.2f}",
        f"{seen.failed:.0%}" if seen.failed else NOTHING,
        *(_number(_ratio(row, figures, name)) for name in RATIOS.values()),
    ]


def _ratio(row: Figures, figures: Mapping[Key, Figures], name: str) -> float | None:
    other = figures.get((row.workload, name))
    if other is None:
        return None
    return row.median.requests_per_second / other.median.requests_per_second


def _number(ratio: float | None) -> str:
    return NOTHING if ratio is None else f"{ratio:.2f}"


def print_disturbances(figures: Mapping[Key, Figures]) -> None:
    """Say how many runs shared their cores with other work, if any did."""
    runs = [sample.disturbed for row in figures.values() for sample in row.rounds]
    if any(runs):
        print(f"{sum(runs)} of {len(runs)} runs were disturbed by other work on their cores.\n")


def bars(figures: Mapping[Key, Figures]) -> list[Bar]:
    """Return what has to hold, with its figures. A peer that is absent sets no bar."""
    ours = figures[ask.ONE, UNDERSTUDY.name]
    rates = [
        Bar(f"{ask.ONE}: {words}", times, _ratio(ours, figures, other))
        for times, other, words in BARS
    ]
    return [*rates, _latency_bar(figures)]


def _latency_bar(figures: Mapping[Key, Figures]) -> Bar:
    """Return the bar that no peer answers its slowest requests sooner than understudy."""
    ours = figures[ask.CROWD, UNDERSTUDY.name].median.p99
    peers = [
        row.median.p99
        for (workload, name), row in figures.items()
        if workload == ask.CROWD and name not in NO_PEERS
    ]
    figure = ours / min(peers) if peers else None
    return Bar(f"{ask.CROWD}: p99 at most that of any peer", 1.0, figure, at_most=True)


def raw(figures: Mapping[Key, Figures], absent: Mapping[str, str]) -> str:
    return json.dumps(
        {"figures": [asdict(row) for row in figures.values()], "absent": dict(absent)}, indent=2
    )
