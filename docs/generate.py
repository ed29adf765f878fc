"""Write the pages of docs/reference/ that are made from code: `python docs/generate.py`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from types import FunctionType
from typing import Any, cast

import click

import understudy
from understudy import pytest_plugin
from understudy.cli import main
from understudy.config import DEFAULT_NOW, Limits
from understudy.contract.yaml_text import parsed
from understudy.report.markdown import table
from understudy.report.reference import reference as checks
from understudy.server.control.local import MockSession

FOLDER = Path(__file__).parent / "reference"
CONTROL = Path(understudy.__file__).parent / "server" / "control" / "openapi.yaml"
WRITTEN = "Written by `docs/generate.py` from {}; do not edit.\n"
FIXTURES = ("mock_api", "mock_session", "make_mock_api", "contract")


# Commands -------------------------------------------------------------------------------------


def commands() -> str:
    """Return a page with every command and its options."""
    context = click.Context(main, info_name="understudy", **main.context_settings)
    lines = ["# Commands\n", WRITTEN.format("the commands themselves")]
    for name in sorted(main.commands):
        lines += _command(main.commands[name], name, context)
    return "\n".join(lines)


def _command(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent, **command.context_settings)
    yield f"## {context.command_path}\n"
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"```text\n{usage}\n```\n"
    yield from _prose(inspect.cleandoc(command.help or ""))
    options = [one for one in command.get_params(context) if isinstance(one, click.Option)]
    records = [one.get_help_record(context) for one in options]
    rows = [[f"`{names}`", _plain(told)] for names, told in filter(None, records)]
    yield from (*table(["option", "what it does"], rows), "")
    for inner in sorted(getattr(command, "commands", {})):
        yield from _command(command.commands[inner], inner, context)  # type: ignore[attr-defined]


def _prose(text: str) -> Iterator[str]:
    """Yield paragraphs of help; those that click leaves as they are become code."""
    for paragraph in text.split("\n\n"):
        if paragraph.startswith("\b"):
            code = paragraph.removeprefix("\b\n")
            yield f"```text\n{code}\n```\n"
        else:
            yield _plain(paragraph).replace("\n", " ").replace(". ", ".\n") + "\n"


def _plain(text: str) -> str:
    return re.sub(r"(?<!`)([<*_])", r"\\\1", text) if "`" not in text else text


# Python ---------------------------------------------------------------------------------------


def python() -> str:
    """Return a page with the public names of the package, and the fixtures of the plugin."""
    lines = ["# Python\n", WRITTEN.format("signatures and docstrings")]
    for name in understudy.__all__:
        lines += _named(name, getattr(understudy, name), "##")
    for thing in (Limits, MockSession):
        lines += _named(thing.__name__, thing, "##")
    lines += [
        "## Fixtures of pytest\n",
        "Installing the package brings a pytest plugin with these.\n",
    ]
    told = [[f"`{name}`", _first(getattr(pytest_plugin, name))] for name in FIXTURES]
    lines += [*table(["fixture", "what it is"], told), ""]
    lines += ["The marker is", f"`{pytest_plugin._MARKER.replace('): ', ')`: ', 1)}", ""]
    return "\n".join(lines)


def _named(name: str, thing: Any, level: str) -> Iterator[str]:
    yield f"{level} {name}\n"
    yield f"```python\n{name}{_signature(thing)}\n```\n"
    yield f"{inspect.getdoc(thing)}\n"
    known = [one for one in fields(thing) if _default(one)] if is_dataclass(thing) else []
    if known:
        rows = [[f"`{one.name}`", f"`{one.type}`", f"`{_default(one)}`"] for one in known]
        yield from (*table(["field", "type", "usual"], rows), "")
    if inspect.isclass(thing):
        for member, value in vars(thing).items():
            if not member.startswith("_"):
                yield from _member(f"{name}.{member}", value)


def _member(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, FunctionType):
        yield from _named(name, value, "###")
    elif isinstance(value, property):
        yield from (f"### {name}\n", f"{inspect.getdoc(value)}\n")


def _signature(thing: Any) -> str:
    """Return the parameters in the notation of Python; those of a dataclass are in its table."""
    if is_dataclass(thing):
        return "(...)"
    told = inspect.signature(thing)
    shown = [one for one in told.parameters.values() if one.name != "self"]
    text = str(told.replace(parameters=shown)).replace(repr(DEFAULT_NOW), "...")
    return re.sub(r"(: |-> )'([^']*)'", r"\1\2", text)


def _default(field: Any) -> str:
    if field.default is MISSING:
        return ""
    given = field.default
    return given.isoformat() if given == DEFAULT_NOW else repr(given).partition("(target=")[0]


def _first(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0]


# The control API ------------------------------------------------------------------------------


def control() -> str:
    """Return a page with the operations and the values of the control API."""
    document = cast(Mapping[str, Any], parsed(CONTROL.read_text(encoding="utf-8")).value)
    base = document["servers"][0]["url"]
    lines = ["# The control API\n", WRITTEN.format("its OpenAPI document")]
    lines += [f"A running stand-in serves that document at `{base}/openapi.json`.\n"]
    for tag in document["tags"]:
        lines += [f"## {tag['name'].capitalize()}\n", f"{tag['description']}\n"]
        for path, item in document["paths"].items():
            for method in ("get", "put", "patch", "post", "delete"):
                if tag["name"] in item.get(method, {}).get("tags", ()):
                    lines += _operation(
                        f"{method.upper()} {base}{path}", item, item[method], document
                    )
    lines += ["## Values\n"]
    for name, schema in document["components"]["schemas"].items():
        lines += [f"### {name}\n", *_schema(schema)]
    return "\n".join(lines)


def _operation(
    title: str, item: Mapping[str, Any], operation: Mapping[str, Any], document: Mapping[str, Any]
) -> Iterator[str]:
    yield f"### {title}\n"
    told = [f"{operation['summary']}.", operation.get("description", "")]
    yield "\n".join([*filter(None, told), ""])
    parameters = [*item.get("parameters", ()), *operation.get("parameters", ())]
    rows = [_parameter(_followed(one, document)) for one in parameters]
    if rows:
        yield from (*table(["parameter", "in", "type", "what it is"], rows), "")
    if "requestBody" in operation:
        body = _followed(operation["requestBody"], document)
        yield "The body:\n"
        yield from _schema(body["content"]["application/json"]["schema"])
    rows = [
        [f"`{status}`", _followed(one, document)["description"]]
        for status, one in operation["responses"].items()
    ]
    yield from (*table(["status", "what comes"], rows), "")


def _parameter(one: Mapping[str, Any]) -> list[str]:
    return [f"`{one['name']}`", one["in"], _type(one["schema"]), one.get("description", "")]


def _schema(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is said of a schema: its members as a table, or its type."""
    if "description" in schema:
        yield f"{schema['description']}\n"
    rows = [
        [f"`{name}`", _type(one), "yes" if name in schema.get("required", ()) else "",
         one.get("description", "") if isinstance(one, dict) else ""]
        for name, one in schema.get("properties", {}).items()
    ]  # fmt: skip
    if rows:
        yield from (*table(["member", "type", "required", "what it is"], rows), "")
    else:
        yield f"{_type(schema)}\n"


def _type(schema: Any) -> str:
    """Return the type of a value in a few words."""
    if schema is True:
        return "any value"
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    for keyword, sign in (("allOf", " and "), ("anyOf", " or "), ("oneOf", " or ")):
        if keyword in schema:
            return sign.join(map(_type, schema[keyword]))
    if schema.get("type") == "array":
        return f"array of {_type(schema.get('items', {}))}"
    types = schema.get("type", "any value")
    return types if isinstance(types, str) else " or ".join(types)


def _followed(value: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a reference within the document means."""
    if "$ref" not in value:
        return value
    for token in value["$ref"].removeprefix("#/").split("/"):
        document = document[token]
    return document


PAGES: Mapping[str, Callable[[], str]] = {
    "checks.md": checks,
    "commands.md": commands,
    "control-api.md": control,
    "python.md": python,
}

if __name__ == "__main__":
    for page, written in PAGES.items():
        (FOLDER / page).write_text(written(), encoding="utf-8")
