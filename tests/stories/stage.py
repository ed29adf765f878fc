"""Where a story happens: a folder with its files, a server, and the real service behind it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
from tests.proxy.running import service
from tests.stories.command import Command, running
from tests.stories.comparing import Seen, differences
from tests.stories.text import Message, Section, message
from tests.stories.upstream import Upstream

from understudy import MockServer, Settings

CUT = "<cut>"


def wrong(story: list[Section], folder: Path) -> Iterator[str]:
    """Yield what is not as `story` tells it, each as one line."""
    upstream = Upstream()
    with ExitStack() as stack:
        behind = any(section.name == "upstream" for section in story)
        address = stack.enter_context(service(upstream.talk)).url if behind else ""
        client = stack.enter_context(httpx.Client(trust_env=False))
        stage = stack.enter_context(Stage(folder, upstream, address, client))
        for section in story:
            yield from stage.tell(section)
    yield from upstream.wrong
    yield from (f"the service was not asked for: {answer}" for _, answer in upstream.answers)


class Stage:
    """What is there at one point of a story; sections change it one after the other."""

    def __init__(
        self, folder: Path, upstream: Upstream, address: str, client: httpx.Client
    ) -> None:
        self._folder = folder
        self._behind = upstream
        self._address = address
        self._client = client
        self._running = ExitStack()
        self._contracts: list[str] = []
        self._set = Settings()
        self._ran: Command | None = None
        self._url = ""
        self._asked: Message | None = None
        self._passed: Message | None = None

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_error: object) -> None:
        self._running.close()

    def tell(self, section: Section) -> Iterable[str]:
        """Do what a section says, and return what is not as it says."""
        text = section.text.replace("<upstream>", self._address)
        if "<server>" in text:
            text = text.replace("<server>", self._server())
        act: Callable[[str], Iterable[str] | None] = getattr(self, f"_{section.name}")
        return act(text) or ()

    def _contract(self, text: str) -> None:
        self._contracts = text.split()
        if "\n" in text.strip():
            self._contracts = [str(self._folder / "story.yaml")]
            self._file(f"story.yaml\n{text}")

    def _file(self, text: str) -> None:
        """Write a file as editors do: a new one takes its place."""
        name, content = text.split("\n", 1)
        fresh = self._folder / f"{name}.new"
        fresh.parent.mkdir(exist_ok=True)
        fresh.write_text(content, encoding="utf-8")
        os.replace(fresh, self._folder / name)

    def _settings(self, text: str) -> None:
        self._set = Settings(**json.loads(text))

    def _command(self, text: str) -> None:
        self._running.close()
        self._ran = self._running.enter_context(running(text, self._folder))
        self._url = ""

    def _said(self, text: str) -> Iterable[str]:
        assert self._ran is not None
        return self._ran.misheard(text.split("\n")[:-1])

    def _request(self, text: str) -> None:
        self._asked = message(text)

    def _forwarded(self, text: str) -> None:
        self._passed = message(text)

    def _upstream(self, text: str) -> None:
        self._behind.answers.append((self._passed, text))
        self._passed = None

    def _reply(self, text: str) -> Iterable[str]:
        assert self._asked is not None
        return differences(message(text), self._sent(self._asked))

    def _sent(self, request: Message) -> Seen:
        method, target = request.start.split(" ")
        content = request.content if request.body else None
        headers = list(request.headers)
        url = self._server() + target
        self._client.cookies.clear()
        try:
            found = self._client.request(method, url, headers=headers, content=content)
        except httpx.RemoteProtocolError:
            return Seen(CUT, {}, b"")
        return Seen(str(found.status_code), found.headers, found.content)

    def _server(self) -> str:
        """Return the address of what serves: that of the command, or of a server of our own."""
        if not self._url and self._ran is not None:
            self._url = self._ran.url()
        if not self._url:
            server = MockServer(*self._contracts, settings=self._set)
            self._url = self._running.enter_context(server).url
        return self._url
