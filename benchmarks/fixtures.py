"""Objects per second of `understudy fixtures`, beside its peers, in one run.

Each contender makes threads of about ten messages in a process of its own, as JSON, for a few
seconds of CPU time, in rounds in which they take turns; the median of the rounds counts.
Imports, loading and compiling are measured apart. What was made is judged by a validator.
Figures of two machines, or of two runs, are not to be compared: the ratios are the result.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import command
import scores
import threads
from bars import Exit, print_bars, refuse
from competition import CONTENDERS, Contender, Run, run
from cores import Cores
from installs import UnavailableError
from quality import Judge
from understudy import load_contract

CONTRACT = Path(__file__).parents[1] / "openapi/thena"

MEMORY = Path("/dev/shm")
"""Where files are written if it is there, so that the disk is not what is measured."""


def main(arguments: Sequence[str] | None = None) -> Exit:
    """Measure, print, and say by the exit code whether the bars were reached."""
    options = _options(arguments)
    if options.workers and len(os.sched_getaffinity(0)) < 2:
        return refuse("two cores are needed for two workers")
    try:
        in_memory = MEMORY if MEMORY.is_dir() else None
        with tempfile.TemporaryDirectory(dir=in_memory) as name:
            return _measured(Path(name), options)
    except subprocess.CalledProcessError as error:
        return refuse(f"{error}\n{error.stderr.decode()}")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, choices=range(1, 21), default=5, metavar="1..20")
    parser.add_argument("--seconds", type=int, choices=range(1, 31), default=2, metavar="1..30")
    parser.add_argument("--memory", action="store_true", help="peak memory too, which takes long")
    parser.add_argument("--workers", action="store_true", help="two workers beside one, too")
    return parser.parse_args(arguments)


def _measured(scratch: Path, options: argparse.Namespace) -> Exit:
    folder = scratch / "thena"
    threads.write_contract(CONTRACT, folder)
    contract = load_contract(folder)
    threads.write_schema(contract, folder / "thread.schema.json")
    runs, absent = _race(folder, options.rounds, options.seconds)
    rows = scores.rows(runs, Judge(contract, threads.NAME))
    scores.print_rows(rows, absent)
    bars = scores.bars(rows)
    if options.memory:
        bars.append(command.memory(folder))
    if options.workers:
        cores = Cores(*sorted(os.sched_getaffinity(0))[:2])
        bars.append(command.workers(folder, scratch, scores.verified_rate(rows), cores))
    return Exit.SHORT if print_bars(bars) else Exit.OK


def _race(
    folder: Path, rounds: int, seconds: int
) -> tuple[Mapping[Contender, list[Run]], Mapping[Contender, str]]:
    """Let the contenders take turns; return what each did, and why some did not take part."""
    runs: dict[Contender, list[Run]] = {}
    absent: dict[Contender, str] = {}
    for number in range(1, rounds + 1):
        print(f"round {number} of {rounds}", file=sys.stderr)
        for contender in CONTENDERS:
            if contender in absent:
                continue
            try:
                runs.setdefault(contender, []).append(run(contender, folder, seconds))
            except UnavailableError as reason:
                absent[contender] = str(reason)
                runs.pop(contender)
    return runs, absent


if __name__ == "__main__":
    sys.exit(main())
