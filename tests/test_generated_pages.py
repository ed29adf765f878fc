"""The pages of the reference that are made from code are what the code says now."""

from pathlib import Path
from runpy import run_path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
PAGES = run_path(str(DOCS / "generate.py"))["PAGES"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_up_to_date(page: str) -> None:
    committed = (DOCS / "reference" / page).read_text(encoding="utf-8")

    assert committed == PAGES[page](), "write it anew: make reference"
