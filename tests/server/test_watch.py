import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from understudy.config import Settings
from understudy.contract.load import load_contract
from understudy.contract.model import Contract
from understudy.server.app import Application
from understudy.server.kept import Kept
from understudy.server.watch import Watched

DOCUMENT = """
openapi: 3.0.3
info: {{title: Books, version: "1"}}
paths:
  /books/{word}:
    get:
      operationId: getBook
      responses:
        "200":
          description: a book
          content: {{application/json: {{schema: {{type: string, enum: [{word}]}}}}}}
"""


class Desk:
    """A watched document, with what was said about it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said: list[str] = []
        self.write("first")
        self.watched = Watched(self._load, self._build, self.said.append)

    def write(self, word: str) -> None:
        self.write_text(DOCUMENT.format(word=word))

    def write_text(self, text: str) -> None:
        """Replace the file as editors do: a new one takes its place."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(text)
        os.replace(fresh, self.path)

    def status(self, target: str) -> int:
        return asyncio.run(self._status(target))

    async def _status(self, target: str) -> int:
        transport = httpx.ASGITransport(self.watched)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
            return (await client.get(target)).status_code

    def _load(self) -> list[Contract]:
        return [load_contract(self.path)]

    def _build(self, contracts: list[Contract], kept: Kept | None) -> Application:
        return Application(contracts, Settings(), kept)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "openapi.yaml")
    desk.watched.stop()  # the tests look themselves
    yield desk
    desk.watched.stop()


def test_a_change_is_served_and_told(desk: Desk) -> None:
    desk.write("second")

    desk.watched.look()

    assert desk.status("/books/second") == 200
    assert desk.status("/books/first") == 404
    assert desk.said == ["openapi.yaml changed; serving what is there now"]


def test_a_broken_document_keeps_the_last_good_one_serving(desk: Desk) -> None:
    sessions = desk.watched.application.sessions
    desk.write_text("openapi: [")

    desk.watched.look()
    desk.watched.look()

    assert desk.status("/books/first") == 200
    assert len(desk.said) == 1
    assert "openapi.yaml:2: is not YAML" in desk.said[0]
    assert "the last good contract goes on" in desk.said[0]
    desk.write("third")
    desk.watched.look()
    assert desk.status("/books/third") == 200
    assert desk.watched.application.sessions is sessions


def test_a_defect_of_our_own_ends_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_application: Application) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(Application, "_static_pages", fail)
    desk.write("second")

    desk.watched.look()

    assert desk.status("/books/first") == 200
    assert desk.said[0].startswith("RuntimeError('a defect')\nopenapi.yaml changed")


def test_a_file_that_vanishes_and_returns_is_followed(desk: Desk) -> None:
    text = desk.path.read_text()
    desk.path.unlink()
    desk.watched.look()
    assert desk.status("/books/first") == 200

    desk.path.write_text(text.replace("first", "fourth"))
    desk.watched.look()

    assert desk.status("/books/fourth") == 200


def test_a_behaviour_that_appears_is_a_change(desk: Desk) -> None:
    desk.path.with_name("behaviour.yaml").write_text("errors: nonsense\n")

    desk.watched.look()

    assert "behaviour.yaml" in desk.said[0]
    assert desk.status("/books/first") == 200


def test_the_files_are_looked_at_all_the_time(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "openapi.yaml")
    desk.write("second")
    deadline = time.monotonic() + 20

    while not desk.said and time.monotonic() < deadline:
        time.sleep(0.02)
    desk.watched.stop()

    assert desk.said == ["openapi.yaml changed; serving what is there now"]
