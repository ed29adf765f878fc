"""The clock that every contender of `fixtures.py` runs against, in a process of its own.

It counts CPU time, and only from the second object on: imports, loading, compiling and the first
object are the start. Nothing is kept of an object but its size; a sample is made afterwards.
It imports no contender.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

BATCH = 10
"""How many objects are made between two looks at the clock."""


def race(lines: Callable[[Path, str], Iterator[bytes]]) -> None:
    """Measure what `lines` makes, as the command line says: FOLDER VARIANT SECONDS SAMPLE.

    `lines` takes the folder of the contract and a variant of the contender, and returns objects
    as JSON without end. The figures are printed as one JSON object, after as many lines of sample.
    """
    folder, variant, seconds, sample = sys.argv[1:]
    endless = lines(Path(folder), variant)
    next(endless)
    ready = time.process_time()
    objects, size, cpu, wall = _clocked(endless, float(seconds))
    sys.stdout.buffer.writelines(line + b"\n" for line in islice(endless, int(sample)))
    sys.stdout.buffer.flush()
    print(json.dumps({"start": ready, "objects": objects, "cpu": cpu, "wall": wall, "bytes": size}))


def _clocked(lines: Iterator[bytes], seconds: float) -> tuple[int, int, float, float]:
    """Return how many objects of how many bytes were made in how much CPU and wall time."""
    objects = size = 0
    began, cpu = time.perf_counter(), time.process_time()
    while (spent := time.process_time() - cpu) < seconds:
        size += sum(map(len, islice(lines, BATCH))) + BATCH  # a line end each
        objects += BATCH
    return objects, size, spent, time.perf_counter() - began
