"""Handlers for Mock Service Worker: one ES module, its data, and the code they share.

Nothing is computed here that the stand-in did not answer; the handlers look answers up, and cut
pages where `pages` has found that they are cut so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from string import Template
from textwrap import wrap
from typing import Final

from understudy.contract.model import Operation
from understudy.export.data import data_of
from understudy.export.literals import WIDTH, literal, member_name, text_of
from understudy.export.model import Export
from understudy.export.resolvers import call, kind
from understudy.export.routes import pattern, refusal, specificity

_REPRODUCED: Final = (
    "Reproduced: what the stand-in answers with this seed to requests about the parents and items "
    "in data.js, byte for byte where JavaScript writes numbers as JSON does; 404 for ids that are "
    "not there, as with `serve --strict-ids`; 401 where no credential is shown; pages and filters "
    "that were found to agree with the stand-in; documented errors, by `failing(operation, "
    "status)`."
)

_NOT_REPRODUCED: Final = (
    "Not reproduced: a request about a parent that is not in data.js is left to other handlers; "
    "other input is not validated, and query parameters that are not named below are ignored; "
    "nothing that is created, changed or deleted is remembered, and what is created is always the "
    "same, but for the members that repeat the body."
)

_BREAK: Final = "\n  "

_HANDLERS: Final = Template("""\
$comment

import { http } from "msw";
import { $kinds } from "./answering.js";
import { data } from "./data.js";

/** The address of the API that is answered for. */
export const base = $base;

/** The route of each operation: `routes.name(base, resolver)` is a handler. */
export const routes = {
$routes};

const resolvers = {
$resolvers};

/** Return handlers for all operations of the API at an address. */
export const handlersAt = (base) =>
  Object.entries(routes).map(([name, route]) => route(base, resolvers[name]));

export const handlers = handlersAt(base);

/** Return a handler that answers with a documented error. */
export const failing = (operation, status, at = base) =>
  routes[operation](at, failure(data[operation], status));

export { restart };
""")

_TYPES: Final = Template("""\
import type { HttpHandler, HttpResponseResolver } from "msw";

$operations

export declare const base: string;
export declare const handlers: HttpHandler[];
export declare const routes: Record<
  Operation,
  (base: string, resolver: HttpResponseResolver) => HttpHandler
>;
export declare function handlersAt(base: string): HttpHandler[];
export declare function failing(
  operation: Operation,
  status: number,
  at?: string,
): HttpHandler;
export declare function restart(): void;
""")


def modules(export: Export, base: str) -> Mapping[str, str]:
    """Return the files by name; `base` is the address of the API, `*` for any origin."""
    shown = _for_msw(export)
    return {
        "handlers.js": _handlers(shown, base),
        "data.js": _data(shown),
        "answering.js": files(__package__).joinpath("answering.js").read_text(encoding="utf-8"),
        "handlers.d.ts": _types(shown),
    }


def _for_msw(export: Export) -> Export:
    """Return what MSW can match; items stand with the operation that lists them, if it is there."""
    refused = {one.operation.id: refusal(one.operation) for one in export.told if one.shown}
    told = [one for one in export.told if refused.get(one.operation.id) == ""]
    lists = {one.operation.id for one in told}
    alone = [
        replace(one, member=None) if one.member and one.member.of not in lists else one
        for one in told
    ]
    notes = [f"{id_} is left out: {reason}" for id_, reason in refused.items() if reason]
    notes += [
        f"{one.operation.id} has no header field {name}, which differs from page to page"
        for one in told
        for name in (one.cut.varying if one.cut else ())
    ]
    return replace(export, told=tuple(alone), notes=(*export.notes, *notes))


def _data(export: Export) -> str:
    value = {one.operation.id: data_of(one) for one in export.told}
    return f"{_comment(_title(export))}\n\nexport const data = {literal(value)};\n"


def _handlers(export: Export, base: str) -> str:
    ordered = sorted(export.told, key=lambda one: specificity(one.operation))
    kinds = sorted({kind(one) for one in export.told} | {"failure", "restart"})
    said = [_title(export), _REPRODUCED, _NOT_REPRODUCED, *export.notes]
    return _HANDLERS.substitute(
        comment="\n//\n".join(map(_comment, said)),
        kinds=", ".join(kinds),
        base=text_of(base),
        routes="".join(map(_route, (one.operation for one in ordered))),
        resolvers="".join(f"  {member_name(one.operation.id)}: {call(one)}" for one in export.told),
    )


def _title(export: Export) -> str:
    contract = export.contract
    scenario = f" in the scenario {', '.join(export.scenarios)}" if export.scenarios else ""
    return (
        f"{contract.title} {contract.version}, as its stand-in answers with seed {export.seed}"
        f"{scenario}. Written by `understudy export msw`: not to be changed, but written anew."
    )


def _route(operation: Operation) -> str:
    """Return the member that makes a handler of an address and a resolver."""
    function, path = f"http.{operation.method}", f"`${{base}}{pattern(operation.path)}`"
    start = f"  {member_name(operation.id)}: (base, resolver) =>"
    whole = f"{function}({path}, resolver),"
    if len(start) > WIDTH:
        start = f"  {member_name(operation.id)}: (\n    base,\n    resolver,\n  ) =>"
    elif len(start) + 1 + len(whole) <= WIDTH:
        return f"{start} {whole}\n"
    if len(whole) + 4 <= WIDTH:
        return f"{start}\n    {whole}\n"
    return f"{start}\n    {function}(\n      {path},\n      resolver,\n    ),\n"


def _types(export: Export) -> str:
    names = [text_of(one.operation.id) for one in export.told] or ["never"]
    line = f"export type Operation = {' | '.join(names)};"
    if len(line) > WIDTH:
        line = f"export type Operation ={''.join(f'{_BREAK}| {name}' for name in names)};"
    return _TYPES.substitute(operations=line)


def _comment(text: str) -> str:
    lines = wrap(text, WIDTH - 3, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"// {line}" for line in lines)
