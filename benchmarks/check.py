"""What `understudy check` costs and finds, beside `schemathesis run` at its defaults.

Both are run as commands, with their start-up, on the same stand-in of Thena; with `--defects`
on implementations of which each breaks one promise, too.
Figures of two machines, or of two runs, are not to be compared: the ratios are the result.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from socket import create_connection, create_server
from statistics import median

from bars import Bar, Exit, print_bars, refuse
from check_target import KEY, ROOT, made
from processes import group
from tables import NOTHING, print_table

BIN = Path(sys.executable).parent
HERE = Path(__file__).parent
THENA = ROOT / "openapi/thena/openapi.yaml"
START_SECONDS = 30
TIERS = ("smoke", "pr", "nightly")
CREDENTIALS = {"forum": ("bearer", "TOKEN"), "desk": ("api-key", "KEY")}
"""The option of understudy for the credential of an implementation, and where it has it."""
HEADERS = {"forum": "Authorization: Bearer {}", "desk": "X-Desk-Key: {}"}


@dataclass(frozen=True, slots=True)
class Run:
    """What one command did: requests sent, seconds by the wall clock, and whether it failed."""

    requests: int
    seconds: float
    failed: bool


def main(arguments: Sequence[str] | None = None) -> Exit:
    """Measure, print, and say by the exit code whether the bars were reached."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, choices=range(1, 21), default=3, metavar="1..20")
    parser.add_argument("--nightly", action="store_true", help="the longest tier too")
    parser.add_argument("--defects", action="store_true", help="what is found, too: half an hour")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth defect")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            bars = _speed(Path(scratch), options.rounds, TIERS if options.nightly else TIERS[:2])
            if options.defects:
                bars += _defects(Path(scratch), options.every)
    except (subprocess.SubprocessError, TimeoutError) as error:
        return refuse(str(error))
    return Exit.SHORT if print_bars(bars) else Exit.OK


# Speed ---------------------------------------------------------------------------------------


def _speed(scratch: Path, rounds: int, tiers: Sequence[str]) -> list[Bar]:
    app = ("--app", "check_target:stand_in()")
    command = [str(BIN / "understudy"), "serve", "thena", "--log", "off", "--api-key", KEY]
    with _served(command, scratch, "--port") as url:
        contenders: dict[tuple[str, str], Callable[[], Run]] = {}
        for tier in tiers:
            check = partial(_understudy, "thena", tier, "--api-key", KEY)
            contenders[f"understudy check, {tier}", "in process"] = partial(check, *app)
            contenders[f"understudy check, {tier}", "socket"] = partial(check, "--url", url)
        contenders["schemathesis run", "socket"] = partial(
            _schemathesis, THENA, url, f"x-api-key: {KEY}", scratch
        )
        runs: dict[tuple[str, str], list[Run]] = {key: [] for key in contenders}
        for number in range(1, rounds + 1):
            print(f"round {number} of {rounds}", file=sys.stderr)
            for key, contender in contenders.items():
                runs[key].append(contender())
    print("\nThe stand-in of Thena, 2 operations:\n")
    columns = ["command", "target", "verdict", "requests", "seconds", "requests/s"]
    print_table(columns, (_row(*key, found) for key, found in runs.items()), words=3)
    print()
    limits = {"smoke": 5, "pr": 20}
    return [
        Bar(f"{tier} in process: at most {limit} s", limit, _seconds(found), at_most=True)
        for tier, limit in limits.items()
        if (found := runs[f"understudy check, {tier}", "in process"])
    ]


def _row(name: str, target: str, found: Sequence[Run]) -> list[str]:
    requests, seconds = median(run.requests for run in found), _seconds(found)
    verdict = "broken" if any(run.failed for run in found) else "kept"
    return [
        name,
        target,
        verdict,
        f"{requests:,.0f}",
        f"{seconds:.1f}",
        f"{requests / seconds:.0f}",
    ]


def _seconds(found: Sequence[Run]) -> float:
    return median(run.seconds for run in found)


# Defects -------------------------------------------------------------------------------------


def _defects(scratch: Path, every: int) -> list[Bar]:
    rows = []
    found, all_ = 0, 0
    for name in CREDENTIALS:
        defects = list(made(name).DEFECTS)[::every]
        ours, theirs = (list(_runs(name, ["", *defects], scratch, one)) for one in (True, False))
        for who, (correct, *broken) in (("understudy, smoke", ours), ("schemathesis", theirs)):
            killed = sum(run.failed for run in broken)
            share = f"{killed / len(broken):.0%}" if not correct.failed else NOTHING
            seconds = f"{_seconds(broken):.1f}"
            alarm = "yes" if correct.failed else "no"
            rows.append([name, who, alarm, f"{killed} of {len(broken)}", share, seconds])
        found, all_ = found + sum(run.failed for run in ours[1:]), all_ + len(defects)
    print("\nImplementations with one defect each:\n")
    columns = ["implementation", "command", "false alarm", "found", "share", "seconds each"]
    print_table(columns, rows, words=3)
    print()
    return [Bar("defects: 98% found in tier smoke", 0.98, found / all_)]


def _runs(name: str, defects: Sequence[str], scratch: Path, ours: bool) -> Iterator[Run]:  # noqa: FBT001
    option, holder = CREDENTIALS[name]
    credential = getattr(made(name), holder)
    contract = ROOT / "tests/implementations" / f"{name}.yaml"
    for number, defect in enumerate(defects):
        print(f"{name} {number} of {len(defects) - 1}: {defect}", file=sys.stderr)
        command = [sys.executable, str(HERE / "check_target.py"), name, defect]
        with _served(command, scratch) as url:
            if ours:
                yield _understudy(str(contract), "smoke", f"--{option}", credential, "--url", url)
            else:
                yield _schemathesis(contract, url, HEADERS[name].format(credential), scratch)


# Commands ------------------------------------------------------------------------------------


def _understudy(contract: str, tier: str, *options: str) -> Run:
    command = [BIN / "understudy", "check", contract, "--tier", tier, "--report", "json", *options]
    start = time.monotonic()
    ended = subprocess.run(command, capture_output=True, text=True, cwd=HERE, timeout=600)
    seconds = time.monotonic() - start
    if ended.returncode not in (0, 1):
        raise subprocess.CalledProcessError(ended.returncode, command, stderr=ended.stderr)
    return Run(json.loads(ended.stdout)["requests"], seconds, bool(ended.returncode))


def _schemathesis(contract: Path, url: str, header: str, scratch: Path) -> Run:
    report = scratch / "schemathesis.json"
    command = [
        BIN / "schemathesis", "run", contract, "--url", url, "--header", header,
        "--seed", "1", "--report", "json", "--report-json-path", report,
    ]  # fmt: skip
    start = time.monotonic()
    ended = subprocess.run(command, capture_output=True, text=True, cwd=scratch, timeout=600)
    seconds = time.monotonic() - start
    if ended.returncode not in (0, 1):
        raise subprocess.CalledProcessError(ended.returncode, command, stderr=ended.stderr)
    generated = json.loads(report.read_text(encoding="utf-8"))["test_cases"]["generated"]
    return Run(generated, seconds, bool(ended.returncode))


@contextmanager
def _served(command: Sequence[str], scratch: Path, *flag: str) -> Iterator[str]:
    """Run a server on a free port, which it is told last, and yield its address."""
    with create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with group([*command, *flag, str(port)], log=scratch / "server.log") as process:
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > end or process.poll() is not None:
                    raise TimeoutError(f"{command[0]} does not start") from None
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"


if __name__ == "__main__":
    sys.exit(main())
