"""The landing page: every operation with a curl that works as it stands, and where to read on."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from html import escape
from urllib.parse import quote, urlencode

from understudy.contract.model import Contract, Operation, Parameter, SecurityScheme

EXAMPLE_CREDENTIAL = "understudy"
"""A credential that is good unless others are listed."""

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.2rem; margin-top: 2rem }
pre { padding: .75rem 1rem; border-radius: .4rem; overflow-x: auto; background: #8881 }
.method { font-weight: 600 }
"""


def landing_page(served: Sequence[tuple[str, Contract]]) -> str:
    """Return the HTML page for contracts and their prefixes; curls take the page's own address."""
    sections = "".join(_section(prefix, contract) for prefix, contract in served)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Understudy</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><h1>Understudy is standing in</h1>"
        "<p>Any well-formed credential is good unless the server was started with its own."
        f"</p>{sections}"
        "<script>for (const pre of document.querySelectorAll('pre'))"
        " pre.textContent = pre.textContent.replaceAll('http://127.0.0.1', location.origin)"
        "</script></body></html>"
    )


def curl(operation: Operation, url: str, credential: str = EXAMPLE_CREDENTIAL) -> str:
    """Return a shell command that calls `operation` below `url` with its documented examples."""
    return " \\\n  ".join(_curl_lines(operation, url, credential))


def _section(prefix: str, contract: Contract) -> str:
    links = f'<a href="{prefix}/ui/">Swagger UI</a> · <a href="{prefix}/openapi.json">contract</a>'
    base = f"http://127.0.0.1{prefix}{contract.base_path}"
    operations = "".join(_entry(operation, base) for operation in contract.operations.values())
    return f"<h2>{escape(contract.title)}</h2><p>{links}</p>{operations}"


def _entry(operation: Operation, base: str) -> str:
    heading = f'<span class="method">{operation.method.upper()}</span> {escape(operation.path)}'
    return (
        f"<p>{heading}<br>{escape(operation.summary)}</p>"
        f"<pre>{escape(curl(operation, base), quote=False)}</pre>"
    )


def _curl_lines(operation: Operation, url: str, credential: str) -> Iterator[str]:
    method = "" if operation.method == "get" else f"--request {operation.method.upper()} "
    yield f"curl {method}{shlex.quote(url + _target(operation))}"
    for scheme in operation.security[0] if operation.security else ():
        if scheme.location == "header":
            header = f"{scheme.parameter}: {_credential(scheme, credential)}"
            yield f"--header {shlex.quote(header)}"
    if operation.body and operation.body.schemas:
        media_type = next(iter(operation.body.schemas))
        yield f"--header 'Content-Type: {media_type}'"
        example = operation.body.examples.get(media_type, {})
        yield f"--data {shlex.quote(json.dumps(example))}"


def _credential(scheme: SecurityScheme, credential: str) -> str:
    return credential if scheme.kind == "apiKey" else f"Bearer {credential}"


def _target(operation: Operation) -> str:
    """Return path and query with an example for each required parameter."""
    path = operation.path
    query = {}
    for parameter in operation.parameters:
        if parameter.location == "path":
            path = path.replace(f"{{{parameter.name}}}", quote(str(_example(parameter)), safe=""))
        elif parameter.location == "query" and parameter.required:
            query[parameter.name] = _example(parameter)
    return f"{path}?{urlencode(query)}" if query else path


def _example(parameter: Parameter) -> object:
    return parameter.name if parameter.example is None else parameter.example
