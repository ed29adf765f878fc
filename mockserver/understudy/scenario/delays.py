"""Chance in scenarios: whether a rule comes true, and how long it delays.

Both follow from the seed, the session, the rule and the number of the call, so that a run can be
repeated.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Final

from understudy.generate.source import Source
from understudy.scenario.model import Delay, Uniform
from understudy.state.session import Session

_FINE: Final = 1 << 52
_NORMAL: Final = NormalDist()


def drawn(session: Session, key: str, call: int, what: str) -> float:
    """Return a number in (0, 1) for the n-th call of what `key` names."""
    source = Source.of(f"scenario {session.seed} {session.name}").under(key).at(call).at(what)
    return (source.below(_FINE) + 0.5) / _FINE


def seconds_of(delay: Delay, chance: float) -> float:
    """Return the seconds of a delay, shorter for a smaller number in (0, 1)."""
    if isinstance(delay, Uniform):
        return (delay.low + (delay.high - delay.low) * chance) / 1000
    spread = math.exp(delay.sigma * _NORMAL.inv_cdf(chance))
    return min(delay.median * spread, delay.most) / 1000
