"""What a server keeps while the contracts that it serves may change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from understudy.config import Settings
from understudy.server.metrics import Metrics
from understudy.state.journal import Journal, MemoryJournal
from understudy.state.sessions import Sessions, open_sessions
from understudy.state.spool import SharedJournal


@dataclass(frozen=True, slots=True)
class Kept:
    """The sessions of clients, the journal of what they did, and how much it was."""

    sessions: Sessions
    journal: Journal
    metrics: Metrics

    def close(self) -> None:
        """Let go of all of it."""
        self.journal.close()
        self.sessions.close()


def keep(settings: Settings) -> Kept:
    """Return what a server with these settings keeps, at its start."""
    sessions = open_sessions(settings)
    if not settings.shared:
        return Kept(sessions, MemoryJournal(), Metrics())
    folder = Path(settings.shared)
    metrics = Metrics(folder)
    journal = SharedJournal(folder, saves=metrics.save)
    metrics.worker = journal.worker
    return Kept(sessions, journal, metrics)
