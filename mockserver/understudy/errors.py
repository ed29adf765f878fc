"""What this package raises, and the exit codes it ends with.

Errors are for callers who cannot go on:

    UnderstudyError
    ├── ContractError     files that cannot be used; carries every problem found, not the first
    ├── FixtureError      a set of fixtures cannot be written or read as asked
    ├── GenerationError   a generated value broke its own schema: a recipe or this tool is wrong
    ├── StartError        the server cannot start: port taken, address unknown
    └── StateError        what clients made can be neither read nor kept: the database is gone

A broken promise of a contract is not an error but a value.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass


class ExitCode(enum.IntEnum):
    """How a command ended, for scripts and CI."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    CONTRACT = 3
    START = 4
    VACUOUS = 5
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a file: where it is, what is wrong, what to do about it.

    `rule` names the kind of mistake for those who filter; `severity` is error (nothing can be
    served) or warning.
    """

    file: str
    line: int
    pointer: str
    message: str
    hint: str = ""
    severity: str = "error"
    rule: str = ""

    def __str__(self) -> str:
        """Return one line in the form compilers use, so that editors can jump to it."""
        where = f"{self.file}:{self.line}: " if self.line else f"{self.file}: "
        pointer = f"{self.pointer}: " if self.pointer else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}{pointer}{self.message}{hint}"


class UnderstudyError(Exception):
    """The root of everything raised here on purpose."""


class ContractError(UnderstudyError):
    """A contract or its behaviour cannot be used; `problems` lists every reason."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[ContractError], tuple[Sequence[Problem]]]:
        """Return what makes the same error in another process."""
        return type(self), (self.problems,)


class FixtureError(UnderstudyError):
    """A set of fixtures cannot be written or read as asked; the message says what to do."""


class GenerationError(UnderstudyError):
    """A generated value does not validate; it is never sent."""


class StartError(UnderstudyError):
    """The server cannot start."""


class StateError(UnderstudyError):
    """What clients made can be neither read nor kept at the moment."""
