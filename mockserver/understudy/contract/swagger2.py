"""Convert a bundled Swagger 2.0 document to OpenAPI 3.0, and remember where everything stood.

References to parameters and responses are written out, because what they mean depends on what
an operation consumes and produces. Source: Swagger 2.0 and OpenAPI 3.0.4, side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from understudy.contract import pointers
from understudy.contract.document import Document, Origin
from understudy.contract.keywords import repaired, subschemas
from understudy.contract.shapes import METHODS
from understudy.types import Json, JsonObject

_OLD, _NEW = "#/definitions/", "#/components/schemas/"
_JSON: Final = "application/json"
_URLENCODED: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"
_HOPS: Final = 32

_KEPT: Final = ("info", "security", "tags", "externalDocs")
_KEPT_OF_OPERATIONS: Final = tuple(
    "deprecated description externalDocs operationId security summary tags".split()
)
_NOT_OF_SCHEMAS: Final = frozenset(
    "allowEmptyValue collectionFormat description examples in name required".split()
)
_FLOWS: Final = {
    "accessCode": "authorizationCode",
    "application": "clientCredentials",
    "implicit": "implicit",
    "password": "password",
}
_STYLES: Final[Mapping[str, JsonObject]] = {
    "multi": {"style": "form", "explode": True},
    "pipes": {"style": "pipeDelimited", "explode": False},
    "ssv": {"style": "spaceDelimited", "explode": False},
}


def converted(document: Document) -> Document:
    """Return a Swagger 2.0 document, whose schemas are bundled, as OpenAPI 3.0."""
    return _Converter(document).document()


class _Converter:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._root: JsonObject = document.data
        self._origins: dict[str, Origin] = {}

    def document(self) -> Document:
        root = self._root
        schemas = {n: schema_of(one) for n, one in (root.get("definitions") or {}).items()}
        schemes = {n: _scheme(one) for n, one in (root.get("securityDefinitions") or {}).items()}
        data: JsonObject = {
            "openapi": "3.0.3",
            **_extensions(root),
            **{key: root[key] for key in _KEPT if key in root},
            "servers": [{"url": url} for url in _servers(root)],
            "paths": self._paths(root.get("paths") or {}),
            "components": {"schemas": schemas, "securitySchemes": schemes},
        }
        self._move("/components/schemas", "/definitions")
        self._move("/components/securitySchemes", "/securityDefinitions")
        self._move("", "")
        return replace(self._document, data=data, origins=self._origins)

    def _move(self, new: str, old: str) -> None:
        self._origins[new] = (self._document, old)

    def _paths(self, paths: JsonObject) -> JsonObject:
        return {
            path: {
                method: self._operation(item, item[method], pointers.join("/paths", path, method))
                for method in METHODS
                if isinstance(item.get(method), dict)
            }
            for path, item in paths.items()
        }

    def _operation(self, item: JsonObject, source: JsonObject, pointer: str) -> JsonObject:
        found = {key: source[key] for key in _KEPT_OF_OPERATIONS if key in source}
        found |= _extensions(source)
        parameters = list(self._parameters(item, source, pointer))
        plain = [one for one in parameters if one[0].get("in") not in ("body", "formData")]
        if plain:
            found["parameters"] = []
        for index, (one, place) in enumerate(plain):
            found["parameters"].append(_parameter(one))
            self._move(pointers.join(pointer, "parameters", index), place)
        consumes = _media_types(source.get("consumes"), self._root.get("consumes"))
        body = self._body(parameters, consumes, pointers.join(pointer, "requestBody"))
        if body:
            found["requestBody"] = body
        produces = _media_types(source.get("produces"), self._root.get("produces")) or [_JSON]
        found["responses"] = {
            status: self._response(one, produces, pointers.join(pointer, "responses", status))
            for status, one in (source.get("responses") or {}).items()
        }
        return found

    def _parameters(
        self, item: JsonObject, source: JsonObject, pointer: str
    ) -> Iterator[tuple[JsonObject, str]]:
        """Yield the parameters of an operation, those of its path among them, and their places."""
        found: dict[tuple[Json, Json], tuple[JsonObject, str]] = {}
        for holder, place in ((item, pointer.rpartition("/")[0]), (source, pointer)):
            for index, entry in enumerate(holder.get("parameters") or ()):
                one = self._resolved(entry)
                if one:
                    where = pointers.join(place, "parameters", index)
                    key = "" if one.get("in") == "body" else one.get("name")
                    found[key, one.get("in")] = (one, where)
        yield from found.values()

    def _resolved(self, entry: Json) -> JsonObject:
        for _ in range(_HOPS):
            if not isinstance(entry, dict):
                return {}
            if not isinstance(entry.get("$ref"), str):
                return entry
            entry = pointers.follow(self._root, pointers.split(entry["$ref"]))
        return {}

    def _body(
        self, parameters: list[tuple[JsonObject, str]], consumes: list[str], pointer: str
    ) -> JsonObject:
        """Return the request body that parameters in body or formData are."""
        for one, place in parameters:
            if one.get("in") == "body":
                self._move(pointer, place)
                return self._whole_body(one, consumes or [_JSON], pointer, place)
        fields = [(one, place) for one, place in parameters if one.get("in") == "formData"]
        if not fields:
            return {}
        self._move(pointer, fields[0][1])
        media = _form([one for one, _ in fields])
        files = any(one.get("type") == "file" for one, _ in fields)
        kinds = [kind for kind in consumes if kind in (_MULTIPART, _URLENCODED)]
        if files:
            kinds = [_MULTIPART]
        return {
            "content": dict.fromkeys(kinds or [_URLENCODED], media),
            "required": bool(media["schema"].get("required")),
        }

    def _whole_body(
        self, one: JsonObject, kinds: list[str], pointer: str, place: str
    ) -> JsonObject:
        media: JsonObject = {"schema": schema_of(one.get("schema", {}))}
        examples = one.get("x-examples") or one.get("examples")
        content: JsonObject = {}
        for kind in kinds:
            self._move(pointers.join(pointer, "content", kind, "schema"), f"{place}/schema")
            content[kind] = media
            if isinstance(examples, dict) and kind in examples:
                content[kind] = {**media, "example": examples[kind]}
        found: JsonObject = {"content": content, "required": bool(one.get("required"))}
        if "description" in one:
            found["description"] = one["description"]
        return found

    def _response(self, entry: Json, produces: list[str], pointer: str) -> JsonObject:
        one = self._resolved(entry)
        place = pointer
        if isinstance(entry, dict) and isinstance(entry.get("$ref"), str):
            place = entry["$ref"].removeprefix("#")
            self._move(pointer, place)
        found: JsonObject = {"description": one.get("description", ""), **_extensions(one)}
        examples = one.get("examples") if isinstance(one.get("examples"), dict) else {}
        kinds = produces if "schema" in one else []
        content = {kind: self._media(one, pointer, place, kind) for kind in kinds}
        for kind, example in (examples or {}).items():
            if "/" in kind:
                content[kind] = {**content.get(kind, self._media(one, pointer, place, kind))}
                content[kind]["example"] = example
        if content:
            found["content"] = content
        headers = one.get("headers") or {}
        if headers:
            found["headers"] = {name: _header(header) for name, header in headers.items()}
        return found

    def _media(self, one: JsonObject, pointer: str, place: str, kind: str) -> JsonObject:
        if "schema" not in one:
            return {}
        self._move(pointers.join(pointer, "content", kind, "schema"), f"{place}/schema")
        return {"schema": schema_of(one["schema"])}


def schema_of(schema: Json) -> Json:
    """Return a Schema Object of Swagger 2.0 as one of OpenAPI 3.0."""
    if not isinstance(schema, dict):
        return schema
    found: JsonObject = dict(schema)
    reference = found.get("$ref")
    if isinstance(reference, str) and reference.startswith(_OLD):
        found["$ref"] = _NEW + reference.removeprefix(_OLD)
    if found.pop("x-nullable", None) is True:
        found["nullable"] = True
    mapping = (found.get("discriminator") or {}).get("mapping")
    if mapping:
        moved = {tag: _NEW + target.removeprefix(_OLD) for tag, target in mapping.items()}
        found["discriminator"] = {**found["discriminator"], "mapping": moved}
    for keyword, key, part in list(subschemas(found)):
        new = schema_of(part)
        if key is None:
            found[keyword] = new
        elif isinstance(found[keyword], list):
            found[keyword] = [new if n == key else one for n, one in enumerate(found[keyword])]
        else:
            found[keyword] = {**found[keyword], key: new}
    return found


def _parameter(one: JsonObject) -> JsonObject:
    kept = ("name", "in", "required", "description", "allowEmptyValue")
    found = {key: one[key] for key in kept if key in one}
    found["schema"] = schema_of(one["schema"]) if "schema" in one else _simple(one)
    if one.get("type") == "array":
        found |= _style(one)
    if "x-example" in one:
        found["example"] = one["x-example"]
    return found


def _style(one: JsonObject) -> JsonObject:
    if one.get("in") not in ("query", "formData"):
        return {"style": "simple", "explode": False}
    return _STYLES.get(one.get("collectionFormat", "csv"), {"style": "form", "explode": False})


def _simple(one: JsonObject) -> Json:
    """Return the schema that a parameter, a header or their items say without a Schema Object."""
    found = {k: v for k, v in one.items() if k not in _NOT_OF_SCHEMAS and not k.startswith("x-")}
    if one.get("x-nullable") is True:
        found["nullable"] = True
    if one.get("allowEmptyValue") is False and one.get("type") == "string":
        found.setdefault("minLength", 1)
    if isinstance(found.get("items"), dict):
        found["items"] = _simple(found["items"])
    return repaired(found, lambda _keyword, _message: None, nullable=True)


def _form(fields: list[JsonObject]) -> JsonObject:
    """Return the media type of a form."""
    properties: JsonObject = {}
    for one in fields:
        schema = _simple(one)
        if "description" in one:
            schema = {**schema, "description": one["description"]}
        properties[str(one.get("name"))] = schema
    required = [str(one.get("name")) for one in fields if one.get("required") is True]
    schema = {"type": "object", "properties": properties}
    lists = {str(one.get("name")): _style(one) for one in fields if one.get("type") == "array"}
    media: JsonObject = {"schema": {**schema, "required": required} if required else schema}
    return {**media, "encoding": lists} if lists else media


def _header(header: Json) -> JsonObject:
    if not isinstance(header, dict):
        return {}
    found: JsonObject = {"schema": _simple(header)}
    if "description" in header:
        found["description"] = header["description"]
    return found


def _scheme(scheme: Json) -> Json:
    if not isinstance(scheme, dict) or scheme.get("type") not in ("basic", "oauth2"):
        return scheme
    kept = {"description": scheme["description"]} if "description" in scheme else {}
    if scheme["type"] == "basic":
        return {"type": "http", "scheme": "basic", **kept}
    flow = _FLOWS.get(str(scheme.get("flow")), "implicit")
    told = {key: scheme[key] for key in ("authorizationUrl", "tokenUrl") if key in scheme}
    return {
        "type": "oauth2",
        "flows": {flow: {**told, "scopes": scheme.get("scopes") or {}}},
        **kept,
    }


def _servers(root: JsonObject) -> list[str]:
    path = root.get("basePath")
    path = path if isinstance(path, str) else "/"
    host = root.get("host")
    if not isinstance(host, str) or not host:
        return [path]
    schemes = root.get("schemes")
    known = schemes if isinstance(schemes, list) and schemes else ["https"]
    return [f"{scheme}://{host}/{path.lstrip('/')}" for scheme in known]


def _media_types(own: Json, general: Json) -> list[str]:
    """Return what an operation consumes or produces: what it says, or the document."""
    found = own if isinstance(own, list) else general if isinstance(general, list) else []
    return [kind for kind in found if isinstance(kind, str)]


def _extensions(source: JsonObject) -> JsonObject:
    return {key: value for key, value in source.items() if key.startswith("x-")}
