"""A real browser for the console, one for each module, with a page for each test."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from understudy import MockServer

AGENT = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
THREADS = f"/thena/api/v1/chat/{AGENT}/web-threads"
THREAD = f"/thena/api/v1/chat/{AGENT}/threads/{AGENT}"
CHATS = "/cattix/api/v1/chat/threads"


@pytest.fixture(scope="module")  # its event loop is in the way of tests that have their own
def chromium() -> Iterator[Browser]:
    """Start the Chromium that is installed."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if found is None:
        reason = "Chromium is not installed: no chromium in PATH"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def running() -> Iterator[MockServer]:
    with MockServer("thena", "cattix") as server:
        yield server


@pytest.fixture
def server(running: MockServer) -> MockServer:
    """A server at which nothing has happened yet."""
    with httpx.Client(base_url=f"{running.url}/__understudy") as control:
        for session in control.get("/sessions").json()["sessions"]:
            if session["name"]:
                control.delete(f"/sessions/{session['name']}")
        control.post("/reset", params={"all": True})
    return running


@pytest.fixture
def client(server: MockServer) -> Iterator[httpx.Client]:
    headers = {"x-api-key": "a-key-of-thena", "Authorization": "Bearer a-token-of-cattix"}
    with httpx.Client(base_url=server.url, headers=headers) as found:
        yield found


@pytest.fixture
def control(server: MockServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{server.url}/__understudy") as found:
        yield found


@pytest.fixture
def visit(chromium: Browser, server: MockServer) -> Iterator[Callable[..., Page]]:
    """Open the console; what goes wrong in a page, and is not expected, fails the test."""
    contexts, wrong, right = [], [], ["Failed to load resource"]

    def open_page(
        view: str = "requests", url: str = "", expected: str = "", **options: Any
    ) -> Page:
        right.extend(filter(None, expected.split("|")))
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda one: wrong.append(one.text) if one.type == "error" else None)
        page.goto(f"{url or server.url}/__understudy/#/{view}")
        page.locator("#live[data-state=live]").wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [one for one in wrong if not any(each in one for each in right)] == []


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    return visit()
