"""A small contract, scenarios for it, and a client that goes the way of a server."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from understudy.config import DEFAULT_NOW, Settings
from understudy.contract.load import load_contract
from understudy.contract.model import Contract
from understudy.exchange import Reply, Request
from understudy.respond.prefer import NONE
from understudy.respond.service import Service
from understudy.scenario.acting import Acting, Asked, Direction
from understudy.scenario.library import Scenarios
from understudy.scenario.making import with_fields
from understudy.state.clock import Clock
from understudy.state.log import Log
from understudy.state.session import Session, Setting
from understudy.state.sessions import Sessions

DOCUMENT = """
openapi: 3.0.3
info: {title: Shop, version: '1'}
security: [{token: []}]
tags: [{name: orders}]
paths:
  /orders:
    get:
      operationId: listOrders
      tags: [orders, reading]
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 50}}
        - {name: X-Region, in: header, schema: {type: string, enum: [north, south]}}
        - {name: theme, in: cookie, schema: {type: string}}
      responses:
        '200':
          description: OK
          content:
            application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Order'}}}
        '429': {$ref: '#/components/responses/Busy'}
        '503': {$ref: '#/components/responses/Down'}
    post:
      operationId: addOrder
      tags: [orders]
      requestBody:
        content: {application/json: {schema: {$ref: '#/components/schemas/NewOrder'}}}
      responses:
        '201':
          description: Created
          content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}
        '429': {$ref: '#/components/responses/Busy'}
  /orders/{orderId}:
    get:
      operationId: getOrder
      tags: [orders, reading]
      parameters: [{name: orderId, in: path, required: true, schema: {type: integer, minimum: 1}}]
      responses:
        '200':
          description: OK
          headers: {X-Version: {required: true, schema: {type: integer, minimum: 1}}}
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Order'}
              examples:
                large: {value: {id: 7, name: Table, size: 9}}
                wrong: {value: {id: seven}}
        '404':
          description: Not found
          content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}
        '429': {$ref: '#/components/responses/Busy'}
    delete:
      operationId: removeOrder
      parameters: [{name: orderId, in: path, required: true, schema: {type: integer, minimum: 1}}]
      responses:
        '204': {description: Gone}
        '429': {$ref: '#/components/responses/Busy'}
components:
  securitySchemes: {token: {type: http, scheme: bearer}}
  responses:
    Busy:
      description: Too many
      headers:
        X-RateLimit-Remaining: {schema: {type: integer, minimum: 0}}
      content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}
    Down:
      description: Down
      content:
        application/json: {schema: {$ref: '#/components/schemas/Error'}}
        text/plain: {schema: {type: string}}
  schemas:
    Error:
      type: object
      required: [code, message]
      properties: {code: {type: integer}, message: {type: string, minLength: 1}}
    NewOrder:
      type: object
      required: [name]
      properties: {name: {type: string}, size: {type: integer, minimum: 1, maximum: 9}}
    Order:
      type: object
      required: [id, name, size]
      properties:
        id: {type: integer, minimum: 1}
        name: {type: string, minLength: 1, maxLength: 20}
        size: {type: integer, minimum: 1, maximum: 9}
        note: {type: string, nullable: true, maxLength: 40}
"""


FOLDER = tempfile.TemporaryDirectory()
"""Where the files are, for as long as the tests run."""


def written(text: str, name: str) -> Path:
    """Return a file of this text, in a folder of its own."""
    path = Path(tempfile.mkdtemp(dir=FOLDER.name), f"{name}.yaml")
    path.write_text(text, encoding="utf-8")
    return path


SHOP = load_contract(written(DOCUMENT, "shop"))


def scenarios(text: str, contract: Contract = SHOP, name: str = "odd") -> Scenarios:
    """Return the scenarios of a contract, and among them one of this text."""
    return Scenarios(contract, [written(text, name)])


def sessions(seed: int = 1, log: Log | None = None) -> Sessions:
    """Return sessions whose clocks stand still."""
    clock = Clock.at(DEFAULT_NOW)
    return Sessions(Setting(seed, replace(clock, mode="frozen", ahead=1000.0)), log)


def session(name: str = "", seed: int = 1) -> Session:
    """Return a session whose clock stands still."""
    return sessions(seed).find(name)


@dataclass
class Client:
    """One client of a server on which scenarios are on."""

    found: Scenarios
    names: tuple[str, ...] = ("odd",)
    session: Session = field(default_factory=session)
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        self.service = Service(self.found.contract(self.names), self.settings)
        self.said: list[Direction] = []

    def acting(self, operation: str) -> Acting | None:
        return self.found.acting(self.names, self.service.handler(operation).refusals)

    def direct(
        self,
        operation: str,
        request: Request | None = None,
        headers: Mapping[bytes, bytes] | None = None,
    ) -> list[Direction]:
        """Return what happens to a valid request, early and late."""
        acting, request = self.acting(operation), request or Request()
        if acting is None:
            return []
        asked = Asked(self.session, [*(headers or {}).items()], lambda: request)
        early = acting.early(asked)
        if early.reply is not None:
            return [early]

        def ask(status: int | None) -> Reply:
            wanted = replace(NONE, code=status)
            return self.service.handler(operation).choose(request, self.session, wanted)

        return [early, acting.late(asked, early, ask)]

    def call(self, operation: str, request: Request | None = None) -> Reply:
        """Return what answers a valid request."""
        request = request or Request()
        self.said = self.direct(operation, request)
        reply = next((one.reply for one in self.said if one.reply is not None), None)
        reply = reply or self.service.handler(operation).choose(request, self.session)
        return with_fields(reply, self.said[0].headers if self.said else ())
