"""Ask a stand-in in this process: what comes is what a server with the same settings sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property
from typing import Final, Self

from understudy.checks.credentials import placed
from understudy.config import Settings
from understudy.contract.meaning.names import plain
from understudy.contract.model import Contract, Operation, Parameter
from understudy.contract.pointers import MISSING
from understudy.contract.wire.writing import Arguments, request, text
from understudy.exchange import Exchange, Reply, Sent
from understudy.generate.world import World
from understudy.probe.client import IN_PROCESS, Client, Connection
from understudy.probe.supply import Supply
from understudy.respond.access import example
from understudy.server.app import Application
from understudy.types import Json

_HOPS: Final = frozenset({"connection", "content-length", "date", "server"})


class Asker:
    """A stand-in for one contract, and what can be asked of it; `known` are values that exist."""

    def __init__(
        self, contract: Contract, settings: Settings, known: Mapping[str, Sequence[str]]
    ) -> None:
        self.contract = contract
        self._settings = settings
        self._open = ExitStack()
        self._application = Application([contract], settings)
        self._client = self._connected(self._application)
        self.world = World(contract, seed=settings.seed, now=settings.now, locale=settings.locale)
        self.supply = Supply(contract, self.world, known)
        self._known = {plain(name): values for name, values in known.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def told(self, parameter: Parameter) -> list[Json]:
        """Return the values of a parameter that are known, or that the contract gives."""
        known = self._known.get(plain(parameter.name), ())
        found = self.supply.values(parameter)
        return [one for one in found if text(one) in known or one in parameter.examples]

    def ask(
        self,
        operation: Operation,
        arguments: Arguments,
        body: Json = MISSING,
        *,
        code: int | None = None,
    ) -> Exchange:
        """Return what comes of a request with good credentials to a stand-in as at its start.

        With a `code`, the documented answer of that status is asked for.
        """
        self._application.reset()
        return self.ask_again(operation, arguments, body, code=code)

    def ask_again(
        self,
        operation: Operation,
        arguments: Arguments,
        body: Json = MISSING,
        *,
        code: int | None = None,
    ) -> Exchange:
        """Return what comes of a request after all that were sent before."""
        wanted = {**arguments, ("query", "__code"): code} if code else arguments
        return _trimmed(self._client.send(self._sent(operation, wanted, body)))

    def ask_strictly(
        self, operation: Operation, arguments: Arguments, body: Json = MISSING
    ) -> Exchange:
        """Return what comes where an id that nothing shows is not there (`--strict-ids`)."""
        return _trimmed(self._strict.send(self._sent(operation, arguments, body)))

    @cached_property
    def _strict(self) -> Client:
        settings = replace(self._settings, strict_ids=True)
        return self._connected(Application([self.contract], settings))

    def _connected(self, application: Application) -> Client:
        base = IN_PROCESS + self.contract.base_path
        return self._open.enter_context(Client(base, Connection(retries=1), application))

    def _sent(self, operation: Operation, arguments: Arguments, body: Json) -> Sent:
        """Return a request that shows good credentials."""
        sent = request(operation, arguments, body, self.contract.schemas)
        for scheme in operation.security[0] if operation.security else ():
            if scheme.kind != "mutualTLS":
                credential = example(scheme, self._settings.tokens, self._settings.api_keys)
                sent = placed(sent, scheme, credential)
        return sent

    def ask_without_credential(
        self, operation: Operation, arguments: Arguments, body: Json = MISSING
    ) -> Exchange:
        """Return what comes of a request that shows no credential."""
        self._application.reset()
        sent = request(operation, arguments, body, self.contract.schemas)
        return _trimmed(self._client.send(sent))


def _trimmed(exchange: Exchange) -> Exchange:
    """Return an exchange without what belongs to a connection, nor the time that it took."""
    reply = exchange.reply
    fields = tuple(pair for pair in reply.headers if pair[0].lower() not in _HOPS)
    return Exchange(exchange.sent, Reply(reply.status, reply.body, fields, reply.media_type))
