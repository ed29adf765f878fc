"""The loaded promise of an API, as frozen values: Contract, Operation and their parts.

Schemas are JSON Schema 2020-12 and keep their references, which point to `Contract.schemas`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from understudy.contract.behaviour import Behaviour
from understudy.contract.document import Document
from understudy.contract.expressions import Runtime
from understudy.contract.schemas import leads_somewhere
from understudy.errors import Problem
from understudy.types import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation; `location` is path, query, header or cookie.

    `examples` are all that the contract gives, `named` those that stand beside the schema with
    their names; `pointer` leads to it in the document. `style` is empty for the default, and
    content for a parameter with a `media_type` of its own. One that may be empty says nothing where
    an empty text is not valid.
    """

    name: str
    location: str
    required: bool
    schema: Json
    description: str = ""
    example: Json = None
    examples: tuple[Json, ...] = ()
    named: tuple[Example, ...] = ()
    pointer: str = field(default="", compare=False)
    style: str = ""
    explode: bool | None = None
    allow_reserved: bool = False
    media_type: str = ""
    allow_empty: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """One example of a body, a parameter or a header.

    `name` is its key under `examples`, and empty for `example`; `pointer` leads to its value.
    """

    name: str
    value: Json
    pointer: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class MediaType:
    """What a body of one media type holds (OpenAPI 3.1.1, "Media Type Object").

    `item` is the schema of each item of a sequential media type, such as event streams and JSON
    lines (OpenAPI 3.2, `itemSchema`); None where there is none. `encoding` says by property how
    parts of forms are written ("Encoding Object").
    """

    schema: Json
    examples: tuple[Example, ...] = ()
    item: Json = None
    encoding: Mapping[str, JsonObject] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RequestBody:
    """The request body of an operation: what it holds for each media type."""

    required: bool
    content: Mapping[str, MediaType]

    @property
    def schemas(self) -> Mapping[str, Json]:
        """Return the schema of each media type."""
        return {kind: media.schema for kind, media in self.content.items()}


@dataclass(frozen=True, slots=True)
class Header:
    """One documented header field of a response."""

    name: str
    required: bool
    schema: Json
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Response:
    """One documented response; `status` is text such as 200, 4XX or default.

    `pointer` leads to it in the document, behind references.
    """

    status: str
    description: str
    content: Mapping[str, MediaType]
    headers: tuple[Header, ...]
    pointer: str = ""

    @property
    def schemas(self) -> Mapping[str, Json]:
        """Return the schema of each media type."""
        return {kind: media.schema for kind, media in self.content.items()}


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """A way to show who one is (OpenAPI 3.1.1, "Security Scheme Object").

    `kind` is apiKey, mutualTLS or an HTTP scheme in lower case, such as bearer, basic and digest
    (OAuth 2.0 and OpenID Connect tokens travel as bearer); `location` and `parameter` say where
    the credential goes on the wire. `scopes` are those that the requirement around it asks for.
    """

    name: str
    kind: str
    location: str
    parameter: str
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path, under the label that messages, file names and seeds use."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    body: RequestBody | None
    responses: Mapping[str, Response]
    security: tuple[tuple[SecurityScheme, ...], ...]
    pointer: str
    deprecated: bool = False

    @property
    def label(self) -> str:
        """Return the operation as people write it, such as `GET /threads`."""
        return f"{self.method.upper()} {self.path}"

    def takes(self, expression: Runtime, schemas: Mapping[str, Json]) -> bool:
        """Tell whether a request to this operation can hold what `expression` names."""
        if expression.location == "now":
            return True
        if expression.location == "body":
            bodies = self.body.schemas.values() if self.body else ()
            return any(leads_somewhere(body, expression.tokens, schemas) for body in bodies)
        wanted = (expression.location, expression.name)
        return any((p.location, p.name) == wanted for p in self.parameters)

    def documented(self, status: int) -> Response | None:
        """Return what is documented for `status`: itself, its range or the default."""
        keys = (str(status), f"{status // 100}XX", f"{status // 100}xx", "default")
        return next((self.responses[key] for key in keys if key in self.responses), None)

    @property
    def success(self) -> Response:
        """Return the response of the lowest documented success, or the first one documented."""
        return min(self.responses.values(), key=lambda r: (not r.status.startswith("2"), r.status))


@dataclass(frozen=True)
class Contract:
    """An OpenAPI document with its behaviour applied.

    `base_path` is the path of the first server, `base_paths` are those of all. `warnings` are
    what is written wrongly and can be served all the same.
    """

    name: str
    title: str
    version: str
    document: Document
    base_path: str
    operations: Mapping[str, Operation]
    schemas: Mapping[str, Json]
    behaviour: Behaviour = field(default_factory=Behaviour)
    base_paths: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """Return the files that decide about this contract: behaviour.yaml and scenarios too."""
        beside = self.document.path.with_name("behaviour.yaml")
        return (*self.document.files, beside, *self.scenarios.values())

    @property
    def scenarios(self) -> Mapping[str, Path]:
        """Return the scenario files beside this contract, by name; none where it is no file."""
        if not self.document.path.is_absolute():
            return {}
        found = self.document.path.with_name("scenarios").glob("*.yaml")
        return {path.stem: path for path in sorted(found)}

    def with_warnings(self, warnings: Sequence[Problem]) -> Contract:
        """Return this contract with these warnings."""
        return replace(self, warnings=tuple(warnings))
