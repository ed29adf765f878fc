"""The landing page: every operation with a curl that works as it stands, and where to read on."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from html import escape
from itertools import islice
from urllib.parse import quote, urlencode

from understudy.contract.model import Operation
from understudy.respond.service import Service

_MOST = 100
"""How many operations of a contract are shown, each with values that have to be made."""

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.2rem; margin-top: 2rem }
pre { padding: .75rem 1rem; border-radius: .4rem; overflow-x: auto; background: #8881 }
.method { font-weight: 600 }
"""


def landing_page(served: Sequence[tuple[str, Service]], console: str = "") -> str:
    """Return the HTML page for services and their prefixes; curls take the page's own address.

    `console` is where the console is, if there is one.
    """
    shown = f' <a href="{console}">The console</a> shows what is asked.' if console else ""
    sections = "".join(_section(prefix, service) for prefix, service in served)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Understudy</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><h1>Understudy is standing in</h1>"
        "<p>Any well-formed credential is good unless the server was started with its own."
        f"{shown}</p>{sections}"
        "<script>for (const pre of document.querySelectorAll('pre'))"
        " pre.textContent = pre.textContent.replaceAll('http://127.0.0.1', location.origin)"
        "</script></body></html>"
    )


def curl(service: Service, operation: Operation, url: str) -> str:
    """Return a shell command that calls `operation` below `url` and gets its success."""
    return " \\\n  ".join(_curl_lines(service, operation, url))


def _section(prefix: str, service: Service) -> str:
    contract, prefix = service.contract, quote(prefix)
    links = f'<a href="{prefix}/ui/">Swagger UI</a> · <a href="{prefix}/openapi.json">contract</a>'
    base = f"http://127.0.0.1{prefix}{contract.base_path}"
    shown = islice(contract.operations.values(), _MOST)
    operations = "".join(_entry(service, operation, base) for operation in shown)
    more = len(contract.operations) - _MOST
    if more > 0:
        operations += f"<p>and {more:,} more, which the Swagger UI shows</p>"
    return f"<h2>{escape(contract.title)}</h2><p>{links}</p>{operations}"


def _entry(service: Service, operation: Operation, base: str) -> str:
    heading = f'<span class="method">{operation.method.upper()}</span> {escape(operation.path)}'
    return (
        f"<p>{heading}<br>{escape(operation.summary)}</p>"
        f"<pre>{escape(curl(service, operation, base), quote=False)}</pre>"
    )


def _curl_lines(service: Service, operation: Operation, url: str) -> Iterator[str]:
    method = "" if operation.method == "get" else f"--request {operation.method.upper()} "
    yield f"curl {method}{shlex.quote(url + _target(service, operation))}"
    for scheme in operation.security[0] if operation.security else ():
        if scheme.location == "header":
            yield f"--header {shlex.quote(f'{scheme.parameter}: {service.credential(scheme)}')}"
        elif scheme.location == "cookie":
            yield f"--cookie {shlex.quote(f'{scheme.parameter}={service.credential(scheme)}')}"
    body = service.example_body(operation)
    if body is not None:
        raw, media_type = body
        yield f"--header {shlex.quote(f'Content-Type: {media_type}')}"
        yield f"--data-binary {shlex.quote(raw.decode('utf-8', 'replace'))}"


def _target(service: Service, operation: Operation) -> str:
    """Return path and query with an example for each parameter that has to be there."""
    path = operation.path
    query: dict[str, object] = {}
    for parameter in operation.parameters:
        if parameter.location == "path":
            value = quote(str(service.example(parameter)), safe="")
            path = path.replace(f"{{{parameter.name}}}", value)
        elif parameter.location == "query" and parameter.required:
            query[parameter.name] = service.example(parameter)
    for scheme in operation.security[0] if operation.security else ():
        if scheme.location == "query":
            query[scheme.parameter] = service.credential(scheme)
    return f"{path}?{urlencode(query)}" if query else path
