"""The processes of one server: a worker that dies is replaced, and none outlives its parent."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable
from multiprocessing import parent_process
from multiprocessing.connection import wait

import uvicorn
from uvicorn.supervisors import Multiprocess


class Supervisor(Multiprocess):
    """uvicorn's, which looks twice a second; `replaced` is told the old and the new process id."""

    def __init__(
        self,
        config: uvicorn.Config,
        sockets: list[socket.socket],
        replaced: Callable[[int, int], None],
    ) -> None:
        super().__init__(config, sockets)
        self._replaced = replaced

    def keep_subprocess_alive(self) -> None:
        """Replace workers that have died, or do not answer, and tell of it."""
        before = [*self.processes]
        super().keep_subprocess_alive()
        for old, new in zip(before, self.processes, strict=True):
            if old is not new:
                self._replaced(old.pid or 0, new.pid or 0)


def end_with_parent() -> None:
    """End this worker in the usual way when its parent is gone, which killed cannot say so."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(sentinel: int) -> None:
    wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
