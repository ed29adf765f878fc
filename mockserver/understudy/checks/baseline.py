"""Findings that are accepted for a while: a file of fingerprints with the day each expires.

# comments are kept
until 2026-12-31: access/status | GET /threads | wrong value
until 2026-12-31: response/*                        patterns are those of fnmatch
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

from understudy.errors import ContractError, Problem

_ENTRY = re.compile(r"until (\d{4}-\d{2}-\d{2}): *(.+)")
_DAYS = 90


@dataclass(frozen=True, slots=True)
class Baseline:
    """The accepted fingerprints of a day, and the lines of those that have expired."""

    accepted: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()

    def excuses(self, fingerprint: str) -> bool:
        """Tell whether a finding of this fingerprint is accepted."""
        return any(fingerprint == one or fnmatchcase(fingerprint, one) for one in self.accepted)


def read_baseline(path: Path, today: date) -> Baseline:
    """Read a baseline file. Raises ContractError with every line that is not understood."""
    accepted, expired, problems = [], [], []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError([Problem(str(path), 0, "", f"cannot be read: {error}")]) from error
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _ENTRY.fullmatch(line.strip())
        try:
            until = date.fromisoformat(match[1]) if match else None
        except ValueError:
            until = None
        if match is None or until is None:
            hint = "write `until 2026-12-31: FINGERPRINT`"
            problems.append(Problem(str(path), number, "", "is not an accepted finding", hint))
        elif until < today:
            expired.append(match[2])
        else:
            accepted.append(match[2])
    if problems:
        raise ContractError(problems)
    return Baseline(tuple(accepted), tuple(expired))


def baseline_text(fingerprints: Iterable[str], today: date) -> str:
    """Return the text of a baseline that accepts `fingerprints` for ninety days."""
    until = today + timedelta(days=_DAYS)
    lines = [f"until {until}: {fingerprint}" for fingerprint in sorted(set(fingerprints))]
    return "".join(f"{line}\n" for line in lines)
