"""Requests per second and latency of `understudy serve`, beside its peers, in one run.

One core serves and another runs wrk, over loopback, in short runs in which the servers take
turns (A B C, A B C, ...); the median of the rounds counts, and a first round only warms up.
Figures of two machines, or of two runs, are not to be compared: the ratios are the result.
It refuses to measure a server that does not answer with a thread, and to leave one behind.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import ask
import results
import wrk
from bars import Exit, print_bars, refuse
from cores import Cores, are_quiet, wait_until_quiet
from lineup import Subject, running
from peers import BARE, PEERS, UNDERSTUDY
from results import Figures, Key

CONTRACT = Path(__file__).parents[1] / "openapi/thena/openapi.yaml"
LAST_ANSWERS_SECONDS = 0.3
"""What the slowest server needs to finish what it was asked when the clock stopped."""


def main(arguments: Sequence[str] | None = None) -> Exit:
    """Measure, print, and say by the exit code whether the bars were reached."""
    options = _options(arguments)
    if complaint := _missing():
        return refuse(complaint)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    wanted = [peer for peer in PEERS if options.node or not peer.on_node]
    cores = Cores(*sorted(os.sched_getaffinity(0))[:2])
    with running(wanted, CONTRACT, cores.server) as (subjects, absent):
        figures = _measure(subjects, options.rounds, options.seconds, cores)
    results.print_tables(figures, absent)
    results.print_disturbances(figures)
    if options.json:
        options.json.write_text(results.raw(figures, absent), "utf-8")
    if lacking := [peer.name for peer in (UNDERSTUDY, BARE) if peer.name in absent]:
        return refuse(f"{' and '.join(lacking)} did not take part")
    return Exit.SHORT if print_bars(results.bars(figures)) else Exit.OK


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, choices=range(1, 21), default=3, metavar="1..20")
    parser.add_argument("--seconds", type=int, choices=range(1, 11), default=3, metavar="1..10")
    parser.add_argument("--no-node", dest="node", action="store_false", help="leave out npm peers")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round's figures")
    return parser.parse_args(arguments)


def _missing() -> str | None:
    """Say what this machine lacks, and where to get it."""
    for tool, package in {"wrk": "wrk", "taskset": "util-linux"}.items():
        if shutil.which(tool) is None:
            return f"{tool} is not installed; on Debian: apt-get install {package}"
    if len(os.sched_getaffinity(0)) < 2:
        return "two cores are needed, one for the server and one for the load"
    return None if CONTRACT.exists() else f"there is no contract at {CONTRACT}"


def _end(number: int, _: object) -> None:
    """End by an exception, so that every server is ended on the way out."""
    sys.exit(128 + number)


def _measure(
    subjects: Sequence[Subject], rounds: int, seconds: int, cores: Cores
) -> dict[Key, Figures]:
    """Let the servers take turns; return the figures by workload and server."""
    samples: dict[Key, list[wrk.Sample]] = {}
    for number in range(rounds + 1):
        print(f"round {number} of {rounds}" if number else "warming up", file=sys.stderr)
        for workload, subject in product(ask.HOT, subjects):
            sample = _sample(subject, workload, seconds, cores)
            samples.setdefault((workload, subject.name), []).append(sample)
    return {
        (workload, subject.name): _figures(subject, workload, samples[workload, subject.name])
        for workload, subject in product(ask.HOT, subjects)
    }


def _figures(subject: Subject, workload: str, samples: Sequence[wrk.Sample]) -> Figures:
    _, *rounds = samples  # the first one warmed the server up
    body = subject.bodies[workload]
    return Figures(subject.name, workload, subject.habits, body, tuple(rounds))


def _sample(subject: Subject, workload: str, seconds: int, cores: Cores) -> wrk.Sample:
    """Measure a server, and once more when other work got in the way."""
    first = _once(subject, workload, seconds, cores)
    return _once(subject, workload, seconds, cores) if first.disturbed else first


def _once(subject: Subject, workload: str, seconds: int, cores: Cores) -> wrk.Sample:
    wait_until_quiet(cores)
    paths = subject.paths[workload]
    load = {"connections": ask.CONNECTIONS[workload], "seconds": seconds, "core": cores.load}
    try:
        sample = wrk.run(subject.url, paths, headers=ask.KEY, **load)
    except subprocess.SubprocessError as error:
        sys.exit(refuse(f"{subject.name}: {error}"))
    time.sleep(LAST_ANSWERS_SECONDS)
    return replace(sample, disturbed=not are_quiet(cores))


if __name__ == "__main__":
    sys.exit(main())
