import subprocess
import sys

from understudy.checks.promise import PROMISES
from understudy.report.reference import reference

WRITE = "from understudy.report.reference import reference; print(reference(), end='')"


def test_every_promise_is_on_it_once() -> None:
    told = reference()
    assert [told.count(f"| `{id_}` |") for id_ in PROMISES] == [1] * len(PROMISES)


def test_the_page_does_not_depend_on_what_was_imported_before() -> None:
    ran = subprocess.run([sys.executable, "-c", WRITE], capture_output=True, text=True, check=True)
    assert ran.stdout == reference()
