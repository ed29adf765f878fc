"""One short run of wrk, the load generator, pinned to a core of its own.

It knows nothing of what is served, and it refuses to run longer than it was told to.
"""

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("rotate.lua")


@dataclass(frozen=True, slots=True)
class Sample:
    """What one run saw: the rate of good answers, latencies in ms, the share of failed requests.

    `disturbed` says that other work was seen on the cores right afterwards, if somebody looked.
    """

    requests_per_second: float
    p50: float
    p99: float
    failed: float
    disturbed: bool = False


def run(
    url: str,
    paths: Sequence[str],
    *,
    headers: Mapping[str, str],
    connections: int,
    seconds: int,
    core: int,
) -> Sample:
    """Ask for `paths` in rotation for so many seconds.

    Raises subprocess.SubprocessError when wrk fails or outlives its time by ten seconds.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".paths") as file:
        file.write("\n".join(paths) + "\n")
        file.flush()
        command = ["taskset", "-c", str(core), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
        command += [item for name in headers for item in ("-H", f"{name}: {headers[name]}")]
        command += ["-s", str(SCRIPT), url, "--", file.name]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=seconds + 10
        )
    return _sample(json.loads(done.stdout.splitlines()[-1]))


def _sample(figures: Mapping[str, int]) -> Sample:
    good = figures["answers"] - figures["refused"]
    return Sample(
        requests_per_second=good / (figures["microseconds"] / 1e6),
        p50=figures["p50"] / 1000,
        p99=figures["p99"] / 1000,
        failed=1 - good / max(figures["answers"] + figures["broken"], 1),
    )
