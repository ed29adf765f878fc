import subprocess
import sys
from pathlib import Path

from understudy.checks.promise import PROMISES
from understudy.report.reference import reference

COMMITTED = Path(__file__).parents[2] / "docs" / "reference" / "checks.md"
WRITE = "from understudy.report.reference import reference; print(reference(), end='')"


def test_the_committed_page_is_up_to_date() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == reference(), (
        f"write it anew: python -c {WRITE!r} > docs/reference/checks.md"
    )


def test_every_promise_is_on_it_once() -> None:
    told = reference()
    assert [told.count(f"| `{id_}` |") for id_ in PROMISES] == [1] * len(PROMISES)


def test_the_page_does_not_depend_on_what_was_imported_before() -> None:
    ran = subprocess.run([sys.executable, "-c", WRITE], capture_output=True, text=True, check=True)
    assert ran.stdout == reference()
