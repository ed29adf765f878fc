"""The figures of `fixtures.py` as people read them: the table, and what has to hold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bars import Bar
from competition import FAKER, INVALID, JSF, OURS, POLYFACTORY, VERIFIED, Contender, Run
from quality import Judge, Quality
from tables import NOTHING, print_table

COLUMNS = (
    "contender",
    "objects/s",
    "of Faker",
    "MB/s",
    "start, s",
    "messages",
    "bytes",
    "valid",
    "thread ids agree",
    "times in order",
)
PREEMPTED = 1.1
"""A run of so much more wall than CPU time shared its core."""

BARS = (
    (OURS, FAKER, 18, "understudy: at least 18 times Faker by hand"),
    (OURS, JSF, 25, "understudy: at least 25 times jsf"),
    (OURS, POLYFACTORY, 300, "understudy: at least 300 times polyfactory"),
    (VERIFIED, FAKER, 12, "each verified: at least 12 times Faker by hand"),
    (INVALID, FAKER, 9.5, "invalid with labels: at least 9.5 times Faker by hand"),
)
"""How many times the rate of whom each of ours has to reach."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a contender did: the medians of its rounds, and what its last sample is worth."""

    rate: float
    bytes: float
    start: float
    quality: Quality
    disturbed: int
    rounds: int


def rows(runs: Mapping[Contender, Sequence[Run]], judge: Judge) -> Mapping[Contender, Row]:
    return {contender: _row(contender, done, judge) for contender, done in runs.items()}


def _row(contender: Contender, runs: Sequence[Run], judge: Judge) -> Row:
    judged = judge.labelled if contender is INVALID else judge.threads
    return Row(
        rate=median(run.objects / run.cpu for run in runs),
        bytes=median(run.bytes / run.objects for run in runs),
        start=median(run.start for run in runs),
        quality=judged(runs[-1].sample),
        disturbed=sum(run.wall > PREEMPTED * run.cpu for run in runs),
        rounds=len(runs),
    )


def print_rows(rows: Mapping[Contender, Row], absent: Mapping[Contender, str]) -> None:
    """Print the table; who could not take part has a row with the reason."""
    lines = [_cells(contender, rows) for contender in rows]
    for contender, reason in absent.items():
        lines.append([f"{contender.name}: {reason}"] + [NOTHING] * (len(COLUMNS) - 1))
    print_table(COLUMNS, lines, words=1)
    labelled = rows[INVALID].quality.labelled or 0
    print(f"\nOf the invalid ones, {labelled:.1%} break what their label says, and nothing else.")
    if disturbed := sum(row.disturbed for row in rows.values()):
        total = sum(row.rounds for row in rows.values())
        print(f"{disturbed} of {total} runs shared their core with other work.")
    print()


def _cells(contender: Contender, rows: Mapping[Contender, Row]) -> list[str]:
    row = rows[contender]
    return [
        contender.name,
        f"{row.rate:,.0f}",
        _shown(_ratio(rows, contender, FAKER), "{:.2f}".format),
        f"{row.rate * row.bytes / 1e6:.1f}",
        f"{row.start:.2f}",
        f"{row.quality.messages:.1f}",
        f"{row.bytes:,.0f}",
        *(
            _shown(share, "{:.0%}".format)
            for share in (row.quality.valid, row.quality.ids, row.quality.times)
        ),
    ]


def _shown(figure: float | None, shown: Callable[[float], str]) -> str:
    return NOTHING if figure is None else shown(figure)


def _ratio(rows: Mapping[Contender, Row], one: Contender, other: Contender) -> float | None:
    return rows[one].rate / rows[other].rate if other in rows else None


def bars(rows: Mapping[Contender, Row]) -> list[Bar]:
    """Return what has to hold of rates, and of the worth of what we made."""
    rates = [Bar(words, times, _ratio(rows, one, other)) for one, other, times, words in BARS]
    shares = [
        share or 0
        for quality in (rows[OURS].quality, rows[VERIFIED].quality)
        for share in (quality.valid, quality.ids, quality.times)
    ]
    return [
        *rates,
        Bar("understudy: valid, ids agree, times in order: all of the samples", 1, min(shares)),
        Bar("invalid with labels: each label right", 1, rows[INVALID].quality.labelled),
    ]


def verified_rate(rows: Mapping[Contender, Row]) -> float:
    return rows[VERIFIED].rate
