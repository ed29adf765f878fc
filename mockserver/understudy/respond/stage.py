"""One contract in one world: what its operations answer there, and how they refuse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from understudy.config import Settings
from understudy.contract.model import Contract, Operation
from understudy.exchange import Reply, Request
from understudy.generate.loaded import NOTHING, Loaded
from understudy.generate.world import World
from understudy.respond.answers import Answers
from understudy.respond.content import UNMAKABLE, Content
from understudy.respond.dialects import dialect
from understudy.respond.refusals import Refusals
from understudy.respond.resources import Answer, Resources
from understudy.state.session import Session
from understudy.types import JsonObject


class Stage:
    """A contract in one world, and how its operations answer there."""

    def __init__(self, contract: Contract, settings: Settings, loaded: Loaded = NOTHING) -> None:
        self.world = World(
            contract,
            seed=settings.seed,
            now=settings.now,
            locale=settings.locale,
            tolerant=True,
            loaded=loaded,
        )
        self._contract = contract
        self._settings = settings
        self._dialect = dialect(contract.behaviour.errors)
        self._resources = Resources(
            contract, self.world, self._dialect, strict_ids=settings.strict_ids
        )
        self._content = Content(contract.schemas, self.world)
        self._answers: dict[str, Answers] = {}

    def answers(self, operation: Operation) -> Answers:
        """Return how an operation answers, compiled when it is asked for first."""
        if operation.id not in self._answers:
            self._answers[operation.id] = Answers(
                operation,
                self._resource(operation),
                self._content,
                self._contract.schemas,
                self._settings,
            )
        return self._answers[operation.id]

    def collections(self, session: Session) -> Iterator[tuple[str, Sequence[JsonObject]]]:
        """Yield the resources with their members as lists show them, collection by collection."""
        return self._resources.collections(session)

    def refusals(self, operation: Operation) -> Refusals:
        """Return how an operation refuses."""
        schemas, prefers = self._contract.schemas, self._settings.examples
        return Refusals(operation, self._dialect, self._content, schemas, prefers)

    def _resource(self, operation: Operation) -> Answer:
        """Return what the resources answer; their refusals as the contract documents them."""
        refusals = self.refusals(operation)
        try:
            answer = self._resources.answer(operation)
        except UNMAKABLE as error:
            return partial(_fail, error)
        if not refusals.restates:
            return answer
        return lambda request, session: refusals.restated(answer(request, session))


def _fail(error: Exception, _request: Request, _session: Session) -> Reply:
    raise error
