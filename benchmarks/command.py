"""The command `understudy fixtures` as a whole: its peak memory, and two workers beside one."""

import shutil
import subprocess
import sys
import time
from itertools import product
from pathlib import Path
from statistics import median

from bars import Bar
from cores import Cores, are_quiet, wait_until_quiet
from threads import NAME

FEW, MANY = 10_000, 1_000_000
WORKERS_SECONDS = 20
"""How long one worker is to have work, so that starting the second weighs little."""
WORKERS_ROUNDS = 3

_PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Linux counts to a process the memory of who started it, so somebody small has to."""


def memory(folder: Path) -> Bar:
    """Measure the peak memory for few and many objects, written to nowhere."""
    few, many = _peak(folder, FEW), _peak(folder, MANY)
    print(f"Peak memory: {few / 1024:.0f} MiB for {FEW:,} objects, ", end="")
    print(f"{many / 1024:.0f} MiB for {MANY:,}.\n")
    words = f"memory: {MANY:,} objects in at most 1.2 times that of {FEW:,}"
    return Bar(words, 1.2, many / few, at_most=True)


def _peak(folder: Path, count: int) -> int:
    """Return the peak resident memory, in KiB, of a process that writes so many objects."""
    print(f"peak memory for {count:,} objects", file=sys.stderr)
    asked = _asked(folder, count, "--no-verify")
    done = subprocess.run([sys.executable, "-c", _PEAK, *asked], check=True, capture_output=True)
    return int(done.stdout)


def workers(folder: Path, scratch: Path, rate: float, cores: Cores) -> Bar:
    """Measure by the wall clock how much faster two workers write a set than one."""
    count = int(rate * WORKERS_SECONDS)
    seconds: dict[int, list[float]] = {1: [], 2: []}
    disturbed = 0
    for number, crew in product(range(1, WORKERS_ROUNDS + 1), seconds):
        print(f"workers: {crew}, round {number} of {WORKERS_ROUNDS}", file=sys.stderr)
        wait_until_quiet(cores)
        seconds[crew].append(_written(folder, scratch / "set", count, crew))
        disturbed += not are_quiet(cores)
    one, two = median(seconds[1]), median(seconds[2])
    print(f"{count:,} objects in files: {one:.1f} s by one worker, {two:.1f} s by two", end="")
    print(f"; {disturbed} runs were disturbed.\n" if disturbed else ".\n")
    return Bar("workers: two at least 1.7 times as fast as one", 1.7, one / two)


def _written(folder: Path, out: Path, count: int, crew: int) -> float:
    """Return the seconds that it takes to write a set, which is removed again."""
    asked = _asked(folder, count, "--out", f"{out}/", "--workers", str(crew))
    began = time.perf_counter()
    subprocess.run(asked, check=True, capture_output=True)
    took = time.perf_counter() - began
    shutil.rmtree(out)
    return took


def _asked(folder: Path, count: int, *options: str) -> list[str]:
    command = [sys.executable, "-m", "understudy", "fixtures", str(folder), "--schema", NAME]
    return [*command, "--count", str(count), "--format", "ndjson", *options]
