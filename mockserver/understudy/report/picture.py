"""The picture of a run as SVG: which promises of which operation were tested, and what broke."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from understudy.report.story import Cell

_WIDE, _HIGH, _TOP = 92, 28, 30
_LETTERS, _LETTER = 70, 7


def picture(families: list[str], rows: list[tuple[str, list[Cell]]]) -> str:
    """Return a grid with a row for each operation and a column for each family of promises."""
    longest = max((len(label) for label, _ in rows), default=0)
    left = _LETTER * min(longest, _LETTERS) + 20
    width = left + _WIDE * len(families)
    height = _TOP + _HIGH * len(rows)
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" '
        'aria-label="How often each family of promises was tested for each operation">'
        f"{''.join(_heads(left, families))}{''.join(_rows(left, families, rows))}</svg>"
    )


def _heads(left: int, families: list[str]) -> Iterator[str]:
    for column, family in enumerate(families):
        yield _text(left + _WIDE * column + _WIDE // 2, _TOP - 10, family, "middle")


def _rows(left: int, families: list[str], rows: list[tuple[str, list[Cell]]]) -> Iterator[str]:
    for number, (label, cells) in enumerate(rows):
        top = _TOP + _HIGH * number
        shown = label if len(label) <= _LETTERS else f"{label[: _LETTERS - 3]}..."
        yield f"<g><title>{escape(label)}</title>{_text(0, top + 18, shown, 'start')}</g>"
        for column, (family, cell) in enumerate(zip(families, cells, strict=True)):
            yield _cell(left + _WIDE * column, top, f"{label}: {family}", cell)


def _cell(left: int, top: int, name: str, cell: Cell) -> str:
    kind, says = _state(cell)
    return (
        f'<g class="{kind}"><title>{escape(name)}: {says}</title>'
        f'<rect x="{left + 2}" y="{top + 2}" width="{_WIDE - 4}" height="{_HIGH - 4}" rx="4"/>'
        f"{_text(left + _WIDE // 2, top + 18, _count(cell), 'middle')}</g>"
    )


def _state(cell: Cell) -> tuple[str, str]:
    if cell.broken:
        return "broken", f"broken, tested {cell.count:,} times"
    if cell.warned:
        return "warned", f"with a warning, tested {cell.count:,} times"
    return ("kept", f"kept, tested {cell.count:,} times") if cell.count else ("none", "not tested")


def _count(cell: Cell) -> str:
    sign = "\N{MULTIPLICATION SIGN} " if cell.broken else "! " if cell.warned else ""
    return f"{sign}{cell.count:,}" if cell.count or sign else "\N{EN DASH}"


def _text(left: int, top: int, text: str, anchor: str) -> str:
    return f'<text x="{left}" y="{top}" text-anchor="{anchor}">{escape(text)}</text>'
