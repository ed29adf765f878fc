"""The documentation as a site: it builds without a warning, and needs nothing from elsewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("[!.]*/README.md")])
FETCHED = re.compile(r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"?([^\s\">]+)")
LINKED = re.compile(r"<link\b[^>]*\bhref=\"?([^\s\">]+)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr
    return folder


def pages(site: Path) -> dict[str, str]:
    return {
        path.relative_to(site).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(site.rglob("*.html"))
    }


def test_every_document_is_a_page_at_the_same_place(site: Path) -> None:
    names = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
    expected = {re.sub(r"README\.md$", "index.md", name)[:-3] + ".html" for name in names}

    assert expected <= pages(site).keys()


def test_a_file_that_is_linked_is_a_page_that_shows_it(site: Path) -> None:
    shown = pages(site)["openapi/thena/behaviour.yaml.html"]

    assert "newest" in shown


def test_bars_in_code_of_tables_are_bars(site: Path) -> None:
    commands = pages(site)["docs/reference/commands.html"]

    assert "<code>--tier [smoke|pr|nightly]</code>" in commands


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    used = {
        place
        for text in pages(site).values()
        for place in (*FETCHED.findall(text), *LINKED.findall(text))
    }

    assert len(used) > 3
    assert [place for place in used if "//" in place] == []


def test_every_document_of_the_documentation_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    named = set(re.findall(r": (\S+\.md)$", navigation, re.MULTILINE))

    assert named == {path.relative_to(ROOT).as_posix() for path in DOCUMENTS}
