"""Whether `understudy serve` stays as it is over many requests, good and bad ones.

First a thousand sessions at once, each of which must see what it created itself and nothing else.
Then batches of requests by many clients, with faults, refusals, new things and clients that leave
in the middle. After each batch the journal is compared with what was sent, and the sessions of
the batch are removed. Memory must not grow, and the log must not tell of exceptions.
It ends after so many requests or so many seconds, whichever comes first.
"""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import soak_batches as batches
import soak_sessions as sessions
from bars import Bar, Exit, print_bars, refuse
from soak_control import compare, remove
from soak_server import Server, serving

MIB = 1 << 20
RING = 10_000
"""How many entries the journal of a worker keeps; before it is full, memory is bound to grow."""


def main(arguments: Sequence[str] | None = None) -> Exit:
    """Run, print, and say by the exit code whether the bars were reached."""
    options = _options(arguments)
    if not Path("/proc/self/statm").exists():
        return refuse("memory is read from /proc, which is not there")
    signal.signal(signal.SIGTERM, _end)
    with tempfile.TemporaryDirectory() as name, serving(Path(name), options.workers) as server:
        bars = asyncio.run(_soak(server, options))
    return Exit.SHORT if print_bars(bars) else Exit.OK


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--seconds", type=float, default=1800, help="end after so long")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1, help="another order of requests")
    parser.add_argument(
        "--no-control", dest="control", action="store_false",
        help="do without the control API: the journal is not looked at, and batches create nothing",
    )  # fmt: skip
    return parser.parse_args(arguments)


def _end(number: int, _: object) -> None:
    """End by an exception, so that the server is ended on the way out."""
    sys.exit(128 + number)


async def _soak(server: Server, options: argparse.Namespace) -> list[Bar]:
    crossed = await sessions.crossed(server.url)
    in_sessions = server.memory() / MIB
    if options.control:
        await remove(server.url, sessions.names())
    choose, end = random.Random(options.seed), time.monotonic() + options.seconds
    asked = lost = doubled = 0
    statuses: Counter[int] = Counter()
    memory: list[tuple[int, int]] = []
    while asked < options.requests and time.monotonic() < end:
        statuses += await batches.send(server.url, asked, choose, creates=options.control)
        if options.control:
            missing, twice = await compare(server.url, range(asked, asked + batches.SIZE))
            lost, doubled = lost + missing, doubled + twice
            await remove(server.url, batches.sessions(asked))
        asked += batches.SIZE
        memory.append((asked, server.memory()))
        print(f"{asked:,} requests, {memory[-1][1] / MIB:.0f} MiB", file=sys.stderr)
    counts = (f"{count:,} x {status or 'broken off'}" for status, count in sorted(statuses.items()))
    print(f"Of {asked:,} requests: {', '.join(counts)}; the others left.\n")
    bars = [
        _none(f"{sessions.SESSIONS:,} sessions: lists that were not their own", crossed),
        _most(f"{sessions.SESSIONS:,} sessions: at most 300 MiB", 300, in_sessions),
        _most(
            "after the first tenth: memory grows by at most 5%", 5, _growth(memory, options.workers)
        ),
        _none("no defect is answered", statuses[500]),
        _none("no exception is in the log", server.exceptions()),
    ]
    if options.control:
        bars.append(_none("no entry of the journal is lost", lost))
        bars.append(_none("no entry of the journal is there twice", doubled))
    return bars


def _growth(memory: Sequence[tuple[int, int]], workers: int) -> float | None:
    """Return by how many percent the most memory of the first tenth was exceeded later on.

    That says nothing where the journal is not full by then.
    """
    tenth = memory[-1][0] / 10
    if tenth < RING * workers:
        return None
    first = [size for asked, size in memory if asked <= tenth]
    later = [size for asked, size in memory if asked > tenth]
    return (max(later) / max(first) - 1) * 100


def _none(words: str, count: int) -> Bar:
    return _most(words, 0, count)


def _most(words: str, limit: float, figure: float | None) -> Bar:
    return Bar(words, limit, figure, at_most=True)


if __name__ == "__main__":
    sys.exit(main())
