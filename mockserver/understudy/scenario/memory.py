"""What rules need of the session of a client."""

from __future__ import annotations

from typing import Protocol


class Memory(Protocol):
    """A session: its name, its seed, its clock, and what scenarios keep in it."""

    @property
    def name(self) -> str:
        """Return the name, which is empty for the session of those who name none."""

    @property
    def seed(self) -> int:
        """Return the seed."""

    @property
    def now(self) -> int:
        """Return what the clock stands at, in microseconds since 1970."""

    def tally(self, key: str) -> int:
        """Count one more under `key` and return how many there are."""

    def state(self, scenario: str) -> str:
        """Return the state that was entered last, or an empty text."""

    def enter(self, scenario: str, state: str) -> None:
        """Remember that a scenario is in a state."""

    def seconds(self) -> float:
        """Return the seconds that have passed since some instant."""
