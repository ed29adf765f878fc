"""Tables in Markdown."""

from collections.abc import Iterable, Sequence

NOTHING = "-"


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, words: int) -> None:
    """Print a table whose first columns hold `words`, to the left; the others hold numbers."""
    print(_line(columns))
    print(_line(["---"] * words + ["--:"] * (len(columns) - words)))
    for row in rows:
        print(_line(row))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
