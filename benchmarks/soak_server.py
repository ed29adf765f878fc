"""The server that is soaked: a process group with a log, whose memory is read from /proc."""

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bars import refuse
from processes import group

START_SECONDS = 60
READY = re.compile(r"Understudy is standing in at (http://\S+)/ ")
EXCEPTION = re.compile(r"Traceback|Exception|^ERROR", re.MULTILINE)
PAGE = os.sysconf("SC_PAGE_SIZE")

AGENT = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
CATTIX, THENA = "/cattix/api/v1/chat/threads", f"/thena/api/v1/chat/{AGENT}/web-threads"
CREDENTIALS = {"Authorization": "Bearer any", "x-api-key": "any"}
SESSION = "X-Understudy-Session"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address, its process and its log."""

    url: str
    pid: int
    log: Path

    def memory(self) -> int:
        """Return the resident memory of the server and its workers, in bytes."""
        return sum(map(_resident, (self.pid, *_children(self.pid))))

    def exceptions(self) -> int:
        """Return how many lines of the log tell of exceptions."""
        return len(EXCEPTION.findall(self.log.read_text("utf-8")))


@contextmanager
def serving(folder: Path, workers: int) -> Iterator[Server]:
    """Serve two contracts for the time of a block; exit where that is not possible."""
    log = folder / "server.log"
    command = [sys.executable, "-m", "understudy", "serve", "cattix", "thena", "--port", "0"]
    command += ["--log", "off", "--workers", str(workers)]
    with group(command, log=log) as process:
        end = time.monotonic() + START_SECONDS
        while not (found := READY.search(log.read_text("utf-8"))):
            if process.poll() is not None or time.monotonic() > end:
                sys.exit(refuse(log.read_text("utf-8")))
            time.sleep(0.05)
        yield Server(found[1], process.pid, log)


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * PAGE


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
