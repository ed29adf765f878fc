"""A verdict as one HTML page that needs nothing else: no script, no other file, no network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from html import escape
from typing import Any, Final

from understudy.checks.promise import Severity
from understudy.checks.verdict import Verdict
from understudy.exchange import Exchange
from understudy.report.picture import picture
from understudy.report.story import (
    Gap,
    Story,
    gaps,
    headline,
    matrix,
    stories,
    story,
    subject,
    summary,
    variables,
)
from understudy.report.words import cut, hidden, told, typed, visible

_STYLE: Final = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif;
  --good: light-dark(#1a7f37, #4cc26a); --bad: light-dark(#c02020, #ff7b72);
  --odd: light-dark(#8a5a00, #e0a93b); --soft: light-dark(#eef0f2, #23282f) }
body { max-width: 66rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem; margin-bottom: 0 } h2 { font-size: 1.2rem; margin-top: 2.2rem }
h3 { font-size: 1rem; margin: 1.6rem 0 .4rem } p { margin: .3rem 0 } details { margin: .8rem 0 }
code, pre { font: .875rem/1.45 ui-monospace, monospace; overflow-wrap: anywhere }
pre { padding: .7rem 1rem; border-radius: .4rem; overflow-x: auto; background: var(--soft);
  white-space: pre-wrap }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .4rem 0 }
dt { opacity: .7 } dd { margin: 0 }
table { border-collapse: collapse; font-size: .9rem } .wide { overflow-x: auto }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--soft);
  vertical-align: top }
td.n { text-align: right; font-variant-numeric: tabular-nums }
summary { cursor: pointer } .BROKEN, .error { color: var(--bad) } .KEPT { color: var(--good) }
.STOPPED, .NOT, .warning { color: var(--odd) }
svg { max-width: none; font-size: 13px } svg text { fill: currentColor }
svg rect { fill: var(--soft) } svg .kept rect { fill: color-mix(in srgb, var(--good) 25%, Canvas) }
svg .broken rect { fill: color-mix(in srgb, var(--bad) 40%, Canvas) }
svg .warned rect { fill: color-mix(in srgb, var(--odd) 35%, Canvas) }
"""
_POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; "
    f"style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
)
_LEGEND: Final = (
    "Numbers say how often promises were tested; \N{MULTIPLICATION SIGN} marks a broken one, "
    "! a warning, \N{EN DASH} what was not tested."
)
_BODY = 4000


def html(verdict: Verdict, fail_on: Severity = Severity.ERROR) -> str:
    """Return the report as an HTML page."""
    word, rest = headline(verdict, fail_on)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(f'{word}: {subject(verdict)}')}</title><style>{_STYLE}</style></head>\n"
        f'<body><h1><span class="{word}">{word}</span>: {escape(rest)}</h1>\n'
        f"<p>{escape(subject(verdict))}</p>\n<p>{escape(summary(verdict))}</p>\n"
        f"{''.join(_sections(verdict, fail_on))}</body></html>\n"
    )


def _sections(verdict: Verdict, fail_on: Severity) -> Iterator[str]:
    families, rows = matrix(verdict, fail_on)
    if families:
        yield f'<h2>Times tested</h2>\n<div class="wide">{picture(families, rows)}</div>\n'
        yield f"<p>{_LEGEND}</p>\n"
    found = list(stories(verdict, fail_on))
    if found:
        yield "<h2>What broke</h2>\n"
        yield from (_story(verdict, one) for one in found)
        yield f"<h2>See it again</h2>\n{_hints(verdict, found)}"
    if verdict.accepted:
        yield "<h2>Accepted by the baseline</h2>\n"
        yield from (_story(verdict, story(verdict, (f,), fails=False)) for f in verdict.accepted)
    yield _unchecked(list(gaps(verdict)))
    yield from _coverage(verdict)


def _story(verdict: Verdict, one: Story) -> str:
    source = f" ({one.promise.source})" if one.promise.source else ""
    facts = (
        ("where", ", ".join(one.operations)),
        ("about", one.about),
        ("expected", one.expected),
        ("got", one.got),
        ("contract", one.where),
        ("promise", f"{one.promise.id}{source}"),
    )
    listed = "".join(
        f"<dt>{name}</dt><dd><code>{escape(value)}</code></dd>" for name, value in facts if value
    )
    shown = "".join(
        f"<pre>{escape(command)}</pre>{_reply(verdict, exchange)}"
        for (command, _), exchange in zip(one.commands, one.findings[0].exchanges, strict=True)
    )
    return (
        f'<section><h3><span class="{one.level}">{one.level}</span>: {escape(one.promise.says)}'
        f"</h3><dl>{listed}</dl>{shown}</section>\n"
    )


def _reply(verdict: Verdict, exchange: Exchange) -> str:
    reply = exchange.reply
    head = told(f"{reply.status} {reply.media_type if reply.body else ''}", verdict.secrets)
    body = hidden(reply.body.decode("utf-8", "backslashreplace"), verdict.secrets)
    lines = cut("\n".join(map(visible, body.split("\n"))), _BODY)
    if not body:
        return f"<p><code>{escape(head)}</code></p>"
    return (
        f"<details><summary><code>{escape(head)}</code></summary>"
        f"<pre>{escape(lines)}</pre></details>"
    )


def _hints(verdict: Verdict, found: list[Story]) -> str:
    commands = "".join(command for one in found for command, _ in one.commands)
    names = variables(verdict, commands)
    hints = [f"The commands read {', '.join(names)} from the environment."] if names else []
    if verdict.reproduce:
        hints.append(f"Run it again: {typed(verdict.reproduce, verdict.secrets)}")
    if verdict.accept:
        hints.append(f"Accept what was found: {typed(verdict.accept, verdict.secrets)}")
    return "".join(f"<p>{escape(visible(hint))}</p>\n" for hint in hints)


def _unchecked(found: list[Gap]) -> str:
    rows = [
        (
            gap.what,
            ", ".join(gap.operations),
            gap.reason if gap.vacuous else f"{gap.reason} (left out by choice)",
            gap.hint,
        )
        for gap in found
    ]
    return _table("Not checked", ("what", "operation", "reason", "what would help"), rows)


def _coverage(verdict: Verdict) -> Iterator[str]:
    coverage = verdict.coverage
    for title, names, counts in (
        ("Replies by status", ("operation",), coverage.statuses),
        ("Requests by what was valid or broken", ("operation", "parameter"), coverage.parameters),
    ):
        columns, rows = _crossed(verdict, counts)
        yield _table(title, (*names, *columns), rows)
    rows = [
        (*(told(str(part), verdict.secrets) for part in key), f"{count:,}")
        for key, count in coverage.properties.items()
    ]
    yield _table("Properties that came", ("operation", "status", "property", "times"), rows)


def _crossed(
    verdict: Verdict, counts: Mapping[Any, int]
) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return the last parts of the keys as columns, and a row for what goes before them."""
    columns = sorted({key[-1] for key in counts})
    rows = [
        (
            *(told(part, verdict.secrets) for part in row),
            *(f"{counts[*row, one]:,}" if (*row, one) in counts else "" for one in columns),
        )
        for row in dict.fromkeys(key[:-1] for key in counts)
    ]
    return [told(str(one), verdict.secrets) for one in columns], rows


def _table(title: str, names: Iterable[str], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "\n".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return (
        f"<details open><summary><strong>{title}</strong> ({len(rows):,})</summary>"
        f'<div class="wide"><table><tr>{head}</tr>\n{body}</table></div></details>\n'
    )


def _cell(text: str) -> str:
    number = ' class="n"' if text.replace(",", "").isdecimal() else ""
    return f"<td{number}>{escape(text)}</td>"
