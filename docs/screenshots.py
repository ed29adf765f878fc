"""Take the pictures of the console that README and docs show: `python docs/screenshots.py`.

From a real server, with some traffic; Chromium has to be installed.
"""

from __future__ import annotations

import os
import shutil
import struct
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright

from understudy import MockServer

IMAGES = Path(__file__).with_name("images")
AGENT = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
SIZE = {"width": 1280, "height": 760}
COLOURS = 256

WEB = f"/thena/api/v1/chat/{AGENT}/web-threads"
ONE = f"/thena/api/v1/chat/{AGENT}/threads/{AGENT}"
CHATS = "/cattix/api/v1/chat/threads?company_id=7"
BOTS = "/sitegpt/v0/chatbots/123456789012345678/threads"
ASKED = (
    ("", WEB), ("", ONE), ("", CHATS), ("", BOTS), ("e2e-inbox", f"{WEB}?limit=20&offset=20"),
    ("e2e-inbox", ONE), ("e2e-inbox", f"{WEB}?limit=20"), ("visual-tests", WEB), ("", BOTS),
    ("visual-tests", f"{ONE}?limit=5"), ("", f"{WEB}?limit=5"), ("", f"{ONE}?limit=1"),
    ("flaky", WEB), ("flaky", ONE), ("flaky", f"{WEB}?limit=5"), ("flaky", ONE), ("flaky", WEB),
    ("", "/thena/api/v1/chat/agents"), ("e2e-inbox", CHATS), ("", f"{WEB}?limit=500"),
    ("limits", BOTS), ("limits", BOTS), ("limits", BOTS), ("limits", BOTS), ("limits", BOTS),
    ("limits", BOTS), ("", f"{WEB}?limit=3"), ("e2e-inbox", f"{ONE}?limit=2"),
)  # fmt: skip


def main() -> None:
    """Write the pictures."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        sys.exit("Chromium is not installed: no chromium in PATH")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    IMAGES.mkdir(exist_ok=True)
    with MockServer("thena", "cattix", "sitegpt") as server, sync_playwright() as playwright:
        traffic(server.url)
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        for theme in ("light", "dark"):
            page = browser.new_page(viewport=SIZE, color_scheme=theme)
            page.goto(f"{server.url}/__understudy/")
            for name in shown(page, dark=theme == "dark"):
                path = IMAGES / f"console-{name}-{theme}.png"
                path.write_bytes(smaller(page.screenshot()))
                print(f"{path}: {path.stat().st_size:,} bytes")  # noqa: T201
        browser.close()


def traffic(url: str) -> None:
    """Let some apps and tests ask."""
    headers = {"x-api-key": "a-key", "Authorization": "Bearer a-token", "User-Agent": "inbox/2.4"}
    with httpx.Client(base_url=url, headers=headers) as client:
        for session, scenario in (("flaky", "flaky-network"), ("limits", "rate-limited")):
            client.put(
                "/__understudy/scenarios",
                params={"session": session},
                json={"scenarios": [scenario]},
            )
        for name in ("Refund of last month", "Cannot sign in"):
            body = {"name": name, "assistant_type": "general"}
            client.post(CHATS, json=body)
        client.post("/__understudy/state/snapshot", json={"name": "before-the-refund"})
        client.post(CHATS, json={"name": "No type"})
        for session, target in ASKED:
            with suppress(httpx.HTTPError):  # a fault of a scenario
                client.get(target, headers={"X-Understudy-Session": session} if session else {})


def shown(page: Page, *, dark: bool) -> Iterator[str]:
    """Show one view after the other, and yield its name; in the dark, the first one only."""
    page.locator("#lines .mark.bad").first.wait_for()
    page.locator("#lines [role=option]", has_text="limit=500").click()
    page.locator("#exchange .schema").wait_for()
    yield "requests"
    if dark:
        return
    go(page, "operations/thena/listWebThreads")
    page.get_by_label("limit query").fill("2")
    page.get_by_role("button", name="Send").click()
    page.locator(".answered pre").wait_for()
    yield "operations"
    go(page, "sessions")
    page.locator("[role=switch]").first.wait_for()
    yield "sessions"
    go(page, "state")
    page.locator("#tree .members summary", has_text="created").click()
    page.locator("#tree .members .members summary").first.click()
    yield "state"
    go(page, "coverage")
    page.locator(".reach").first.wait_for()
    yield "coverage"


def go(page: Page, view: str) -> None:
    """Go to a view."""
    page.evaluate("view => { location.hash = `#/${view}` }", view)
    page.wait_for_function("!document.querySelector('#said.shown')")


def smaller(png: bytes) -> bytes:
    """Return a picture of 8-bit RGB with its most frequent colours only (PNG, third edition)."""
    width, height, _, kind = struct.unpack(">IIBB", png[16:26])
    depth = {2: 3, 6: 4}[kind]
    pixels = [
        row[i : i + 3]
        for row in lines(png, width * depth, depth)
        for i in range(0, width * depth, depth)
    ]
    counted = Counter(pixels)
    palette = chosen(counted)
    places = {colour: nearest(colour, palette) for colour in counted}
    flat = bytes(places[pixel] for pixel in pixels)
    raw = b"".join(b"\0" + flat[at : at + width] for at in range(0, len(flat), width))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = (
        (b"IHDR", head),
        (b"PLTE", b"".join(palette)),
        (b"IDAT", zlib.compress(raw, 9)),
        (b"IEND", b""),
    )
    return png[:8] + b"".join(chunk(*one) for one in parts)


def chosen(counted: Counter[bytes]) -> list[bytes]:
    """Return the colours to keep: first one of each kind, then those that there are most of."""
    kinds: dict[tuple[int, ...], bytes] = {}
    for colour, _ in counted.most_common():
        kinds.setdefault(tuple(part >> 5 for part in colour), colour)
    others = (colour for colour, _ in counted.most_common() if colour not in kinds.values())
    return [*kinds.values(), *others][:COLOURS]


def nearest(colour: bytes, palette: list[bytes]) -> int:
    """Return the place of the colour in the palette that is most like this one."""
    return min(
        range(len(palette)),
        key=lambda at: sum((a - b) ** 2 for a, b in zip(colour, palette[at], strict=True)),
    )


def lines(png: bytes, size: int, depth: int) -> Iterator[bytes]:
    """Yield the lines of a picture without their filters (PNG, section 9)."""
    data, at = b"", 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    raw, above = zlib.decompress(data), bytes(size)
    for start in range(0, len(raw), size + 1):
        line = bytearray(raw[start + 1 : start + 1 + size])
        for i in range(size):
            left = line[i - depth] if i >= depth else 0
            corner = above[i - depth] if i >= depth else 0
            line[i] = (line[i] + predicted(raw[start], left, above[i], corner)) & 255
        above = bytes(line)
        yield above


def predicted(kind: int, left: int, up: int, corner: int) -> int:
    """Return what a filter takes a byte to be."""
    if kind == 4:
        guess = left + up - corner
        return min((left, up, corner), key=lambda one: abs(guess - one))
    return (0, left, up, (left + up) // 2)[kind]


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a part of a picture."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    main()
