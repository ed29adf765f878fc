"""The order in which an API is asked: reach every operation, probe it, hold it to laws."""

from __future__ import annotations

from typing import Any

from understudy.checks.verdict import Unchecked
from understudy.probe.ground import Ground
from understudy.probe.hold import hold
from understudy.probe.probes import access, inputs, methods
from understudy.probe.reach import reach
from understudy.probe.reduce import reduce

_STEPS = (
    ("reach", reach),
    ("access", access),
    ("methods", methods),
    ("meaning", hold),
    ("input", inputs),
)


def tour(ground: Ground, app: Any, troubles: list[Unchecked]) -> None:
    """Go the whole way. Raises TimeUpError when there is no time left.

    What could not be done is added to `troubles`.
    """
    for phase, step in _STEPS:
        ground.api.phase = phase
        step(ground)
    if ground.options.tier.examples:
        ground.api.phase = "generated"
        _generated(ground, app, troubles)
    ground.api.phase = "reduce"
    reduce(ground.api)


def _generated(ground: Ground, app: Any, troubles: list[Unchecked]) -> None:
    """Judge what Schemathesis makes of the contract."""
    from understudy.probe.generated import Generation, Trouble, generated  # slow to import

    options, chosen = ground.options, tuple(one.label for one in ground.operations())
    for number in range(options.tier.seeds if chosen else 0):
        how = Generation(
            seed=options.seed + number,
            examples=options.tier.examples,
            stateful=options.tier.stateful,
            unsafe=not options.read_only,
            connection=options.connection,
            headers=dict(options.connection.headers) | dict(ground.api.common_headers()),
            operations=chosen,
            seconds=ground.api.left,
        )
        for one in generated(ground.contract, ground.api.base, app, how):
            if isinstance(one, Trouble):
                what = "generated requests"
                troubles.append(Unchecked(what, one.label, one.message, vacuous=False))
            else:
                ground.api.judge(one)
        ground.api.check_time()
