"""Bodies in XML, written and read by the `xml` objects of their schema (OpenAPI 3.1.1).

Names are matched without prefixes and namespaces. Documents with a DTD are refused, and with it
every entity of their own; depth is bounded. An empty array that is not wrapped leaves no trace,
and characters that XML cannot hold become U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from understudy.contract.schemas import named, resolve
from understudy.contract.wire.styles import text
from understudy.contract.wire.typed import Reader
from understudy.types import Json, JsonObject

_DEPTH = 200
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_NOT_A_NAME = re.compile(r"[^\w.-]|^(?=[^A-Za-z_])")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"})
_IN_ATTRIBUTES = str.maketrans({"\n": "&#10;", "\t": "&#9;"})


@dataclass(slots=True)
class _Element:
    """One element; names are local, `said` is the text of all its own text nodes."""

    name: str
    attributes: dict[str, str]
    children: list[_Element] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.said)


def read(raw: bytes, charset: str, schema: Json, reader: Reader) -> Json:
    """Return the value of an XML document; raises ValueError where it is none that is taken."""
    return _value(_parsed(raw, charset), schema, reader)


def write(value: Json, schema: Json, reader: Reader) -> bytes:
    """Return a value as an XML document; its root is named by the schema."""
    name = _xml(schema, reader).get("name") or named(schema).rpartition(".request")[0]
    name = name or named(schema) or "root"
    return (_DECLARATION + _element(str(name), value, schema, reader)).encode()


# Reading


def _parsed(raw: bytes, charset: str) -> _Element:
    root = _Element("", {})
    stack = [root]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) > _DEPTH:
            raise ValueError(f"nested more than {_DEPTH} levels deep")
        told = {_local(k): v for k, v in attributes.items() if not k.startswith("xmlns")}
        element = _Element(_local(name), told)
        stack[-1].children.append(element)
        stack.append(element)

    def refuse(*_: object) -> None:
        raise ValueError("has a document type declaration, which is not read")

    try:
        parser = expat.ParserCreate(charset or None)
        parser.StartDoctypeDeclHandler = refuse
        parser.StartElementHandler = start
        parser.EndElementHandler = lambda _name: stack.pop()
        parser.CharacterDataHandler = lambda data: stack[-1].said.append(data)
        parser.Parse(raw, True)  # noqa: FBT003 - expat takes no keywords
    except (expat.ExpatError, LookupError) as error:
        raise ValueError(f"is not XML: {error}") from None
    return root.children[0]


def _value(element: _Element, schema: Json, reader: Reader) -> Json:
    if element.attributes.get("nil") in ("true", "1"):
        return None
    shape = reader.shapes.of(schema)
    if "array" in shape.kinds:
        return [_value(one, shape.item(i), reader) for i, one in enumerate(element.children)]
    is_filled = bool(element.children or element.attributes)
    if "object" in shape.kinds and (is_filled or not shape.kinds & {"string"}):
        return _object(element, schema, reader)
    if not shape.kinds and is_filled:
        return _object(element, {}, reader)
    said = element.text if "string" in shape.scalars else element.text.strip()
    return reader.read(said, schema, [])


def _object(element: _Element, schema: Json, reader: Reader) -> Json:
    found: JsonObject = {}
    taken: set[str] = set()
    for name, member in reader.shapes.of(schema).properties.items():
        hint = _xml(member, reader)
        if _node_type(hint) == "text":
            found[name] = reader.read(element.text, member, [])
        elif _node_type(hint) == "attribute":
            wire = _wire_name(name, hint)
            if wire in element.attributes:
                found[name] = reader.read(element.attributes[wire], member, [])
        else:
            wire = _element_name(name, member, reader)
            children = [one for one in element.children if one.name == wire]
            taken.add(wire)
            if children:
                found[name] = _member(children, member, reader)
    for child in element.children:
        if child.name not in taken and child.name not in found:
            group = [one for one in element.children if one.name == child.name]
            found[child.name] = _member(group, _other(schema, reader), reader)
    return found


def _member(children: list[_Element], schema: Json, reader: Reader) -> Json:
    """Return the value of a property, said by one element or, for arrays, by several."""
    shape = reader.shapes.of(schema)
    if "array" in shape.kinds and not _xml(schema, reader).get("wrapped"):
        return [_value(one, shape.item(index), reader) for index, one in enumerate(children)]
    values = [_value(one, schema, reader) for one in children]
    return values[0] if len(values) == 1 else values


def _other(schema: Json, reader: Reader) -> Json:
    others = reader.shapes.of(schema).others
    return {} if others in (None, False, True) else others


# Writing


def _element(name: str, value: Json, schema: Json, reader: Reader) -> str:
    """Return one element; `name` is its own unless the schema names it otherwise."""
    shape = reader.shapes.of(schema)
    hint = _xml(schema, reader)
    attributes, inner = "".join(_namespaces(hint)), ""
    name = _prefixed(_NOT_A_NAME.sub("_", name), hint)
    if value is None:
        attributes += f' xmlns:xsi="{_INSTANCE}" xsi:nil="true"'
    elif isinstance(value, dict):
        for key, member in value.items():
            told = shape.member(key)
            of_member = _xml(told, reader)
            if _node_type(of_member) == "attribute" and not isinstance(member, dict | list):
                if member is not None:
                    attributes += "".join(_namespaces(of_member))
                    wire = _prefixed(_wire_name(key, of_member), of_member)
                    said = _escaped(text(member)).translate(_IN_ATTRIBUTES)
                    attributes += f' {wire}="{said}"'
            elif _node_type(of_member) == "text":
                inner += _escaped(text(member))
            else:
                inner += _written(key, member, told, reader)
    elif isinstance(value, list):
        inner = _items(_item_name(name.rpartition(":")[2], schema, reader), value, schema, reader)
    else:
        inner = _escaped(text(value))
    return f"<{name}{attributes}>{inner}</{name}>"


def _written(name: str, value: Json, schema: Json, reader: Reader) -> str:
    """Return a property as one element, or an array that is not wrapped as one for each item."""
    if isinstance(value, list) and not _xml(schema, reader).get("wrapped"):
        return _items(_element_name(name, schema, reader), value, schema, reader)
    return _element(_wire_name(name, _xml(schema, reader)), value, schema, reader)


def _items(name: str, values: list[Json], schema: Json, reader: Reader) -> str:
    shape = reader.shapes.of(schema)
    return "".join(
        _element(name, one, shape.item(index), reader) for index, one in enumerate(values)
    )


def _element_name(name: str, schema: Json, reader: Reader) -> str:
    """Return the name of the elements that a property is: of its items if they stand alone."""
    hint = _xml(schema, reader)
    wire = _wire_name(name, hint)
    is_array = "array" in reader.shapes.of(schema).kinds
    return _item_name(wire, schema, reader) if is_array and not hint.get("wrapped") else wire


def _item_name(name: str, schema: Json, reader: Reader) -> str:
    """Return the name of the elements of an array: that of its items, else its own."""
    return _wire_name(name, _xml(reader.shapes.of(schema).items, reader))


def _wire_name(name: str, hint: JsonObject) -> str:
    return _NOT_A_NAME.sub("_", str(hint.get("name") or name))


def _xml(schema: Json, reader: Reader) -> JsonObject:
    """Return what a schema, or what it combines, says of its XML."""
    found = resolve(schema, reader.shapes.schemas)
    parts = [found, *(resolve(p, reader.shapes.schemas) for p in found.get("allOf", ()))]
    return next((part["xml"] for part in parts if isinstance(part.get("xml"), dict)), {})


def _node_type(hint: JsonObject) -> str:
    if hint.get("attribute"):
        return "attribute"
    kind = str(hint.get("nodeType", ""))
    return "text" if kind == "cdata" else kind


def _prefixed(name: str, hint: JsonObject) -> str:
    return f"{hint['prefix']}:{name}" if hint.get("prefix") else name


def _namespaces(hint: JsonObject) -> Iterator[str]:
    prefix, namespace = hint.get("prefix"), hint.get("namespace")
    if prefix or namespace:
        suffix = f":{prefix}" if prefix else ""
        yield f' xmlns{suffix}="{_escaped(str(namespace or prefix))}"'


def _escaped(said: str) -> str:
    return _NOT_XML.sub("\ufffd", said).translate(_ESCAPES)


def _local(name: str) -> str:
    return name.rpartition(":")[2]
