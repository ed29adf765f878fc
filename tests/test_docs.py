"""What the documents say that can be looked up: links, modules, commands, options."""

import re
from pathlib import Path

import click
import pytest

from understudy.cli import main

ROOT = Path(__file__).parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("[!.]*/README.md")]
ALL = "".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
    local = [link.split("#")[0] for link in links if "://" not in link]

    assert [link for link in local if not (path.parent / link).exists()] == []


def test_every_anchor_is_a_heading() -> None:
    for path in DOCUMENTS:
        for link, anchor in re.findall(r"\]\(([^)#\s]*)#([^)]+)\)", path.read_text("utf-8")):
            if "://" not in link:
                text = (path.parent / link if link else path).read_text("utf-8")
                assert anchor in map(slug, re.findall(r"^#+ (.+)$", text, re.M)), (path, anchor)


def slug(heading: str) -> str:
    """Return the anchor that a heading gets on GitHub."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_module_that_the_architecture_names_is_there() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    package = ROOT / "mockserver" / "understudy"
    places = re.findall(r"`([a-z0-9_]+(?:/[a-z0-9_]+)*(?:\.py|/))`", text)
    known = {str(path.relative_to(package)) for path in package.rglob("*.py")}
    names = {Path(one).name for one in known}
    wrong = [
        one
        for one in places
        if one.endswith(".py")
        and one not in known
        and not (ROOT / one).exists()
        and ("/" in one or one not in names)
    ]

    assert len(places) > 20
    assert wrong == []


def test_every_command_is_told_of() -> None:
    assert [name for name in main.commands if f"understudy {name}" not in ALL] == []


def test_the_options_of_loading_and_of_answers_are_told_of() -> None:
    names = {
        name
        for one in main.commands["serve"].params
        if isinstance(one, click.Option)
        for name in one.opts
    }
    usual = {"--host", "--locale", "--now", "--strict-ids", "--cors", "--log"}

    assert [name for name in sorted(names - usual) if name not in ALL] == []
