"""The site mirrors the repository, so that a link that works in one works in the other.

Pages are all documents of the repository under their own paths. A link to any other file leads to
a page that shows that file.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("*.md", "docs/**/*.md", "[!.]*/README.md")
IMAGES = ("docs/**/*.png", "docs/**/*.svg")
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)#\s]+)")
FENCED = re.compile(r"^(```+|~~~+).*?^\1$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
CODE = re.compile(r"`[^`]+`")
LANGUAGES = {".py": "python", ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".toml": "toml"}
SHOWN = """\
---
search: {{exclude: true}}
---
# {name}

~~~~~~ {language}
{text}
~~~~~~
"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Put the documents of the repository, and the files they link to, in the place of docs/."""
    kept = [file for file in files if file.src_uri.startswith("assets/")]
    places = {place for pattern in (*DOCUMENTS, *IMAGES) for place in ROOT.glob(pattern)}
    own = [_file(config, place) for place in sorted(places)]
    return Files([*kept, *own, *_shown(config, places)])


def on_page_markdown(markdown: str, page: Page, files: Files, **_: object) -> str:
    """Let links to files that are no documents lead to the pages that show them."""
    folder = posixpath.dirname(page.file.src_uri)

    def shown(found: re.Match[str]) -> str:
        page_of = posixpath.normpath(posixpath.join(folder, found[1])) + ".md"
        return f"{found[1]}.md" if files.get_file_from_path(page_of) else found[1]

    return ROW.sub(_unescaped, LINK.sub(shown, markdown))


def _unescaped(row: re.Match[str]) -> str:
    """Return a row of a table without the backslashes that GitHub wants before bars in code."""
    return CODE.sub(lambda code: code[0].replace(r"\|", "|"), row[0])


def _file(config: MkDocsConfig, place: Path) -> File:
    name = place.relative_to(ROOT).as_posix()
    return File.generated(config, name, abs_src_path=str(place))


def _shown(config: MkDocsConfig, documents: set[Path]) -> list[File]:
    """Return a page for each other file that a document links to."""
    linked = {
        (place.parent / link).resolve()
        for place in documents
        if place.suffix == ".md"
        for link in LINK.findall(FENCED.sub("", place.read_text("utf-8")))
    }
    others = sorted(one for one in linked - documents if one.is_file() and ROOT in one.parents)
    return [_page(config, place) for place in others]


def _page(config: MkDocsConfig, place: Path) -> File:
    name = place.relative_to(ROOT).as_posix()
    text = SHOWN.format(
        name=name, language=LANGUAGES.get(place.suffix, "text"), text=place.read_text("utf-8")
    )
    return File.generated(config, f"{name}.md", content=text)
