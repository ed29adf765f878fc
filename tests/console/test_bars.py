"""What holds for every view: accessible, quick, strict, for those with a token."""

import socket
from collections.abc import Callable, Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from tests.console.conftest import CHATS, THREAD, THREADS

from understudy import MockServer, Settings

VIEWS = ("requests", "operations", "sessions", "state", "coverage")
LOADED = {
    "requests": "#exchange .schema",
    "operations": "#operation .samples pre",
    "sessions": "[role=switch]",
    "state": "#tree .collection",
    "coverage": ".reach .chip.reached",
}
MANY = 10_000
LONGEST_TASK = 200
FIRST_PAINT = 300
INTERACTIVE = "a[href], button, input, select, textarea, summary, [tabindex='0']"


@pytest.fixture
def busy(client: httpx.Client, control: httpx.Client) -> None:
    """Let there be something of everything that the views show."""
    client.get(THREADS, params={"limit": 2})
    client.get(THREAD, headers={"X-Understudy-Session": "other"})
    client.post(CHATS, params={"company_id": 7}, json={"name": "A", "assistant_type": "general"})
    control.post("/state/snapshot", json={"name": "before"})
    control.put("/scenarios", json={"scenarios": ["slow"]})
    client.get(THREADS, params={"limit": 999})


def enter(page: Page, view: str) -> None:
    if view == "requests":
        page.locator("#lines [role=option]", has_text="limit=999").click()
        page.locator("#exchange .findings").wait_for()
    if view == "operations":
        page.locator("#operation-list [role=option]").last.click()
    page.locator(LOADED[view]).first.wait_for()
    if view == "state":
        page.locator("#tree .members summary", has_text="created").click()
        page.locator("#tree .members .members summary").first.click()


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 360)])
def test_no_view_breaks_a_rule_of_accessibility(
    visit: Callable[..., Page], theme: str, width: int
) -> None:
    page = visit(color_scheme=theme, viewport={"width": width, "height": 800})
    found = {"empty": violations(page)} if width == 1280 else {}
    for view in VIEWS:
        page.evaluate("view => { location.hash = `#/${view}` }", view)
        enter(page, view)
        found[view] = violations(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{view} is {wide} pixels wide"
    page.keyboard.press("?")
    found["help"] = violations(page)

    assert {view: told for view, told in found.items() if told} == {}


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("view", VIEWS)
def test_tab_leads_to_everything_and_the_focus_is_seen(
    visit: Callable[..., Page], view: str
) -> None:
    page = visit(view)
    enter(page, view)
    wanted = page.evaluate(
        """all => {
          const seen = [...document.querySelectorAll(all)].filter((one) =>
            one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.tabIndex >= 0);
          const radios = new Set();
          window.missing = new Set(seen.filter((one) => one.type !== "radio" ||
            (!radios.has(one.name) && radios.add(one.name) && true)).map(
              (one) => one.type === "radio" ? one.name : one));
          return window.missing.size;
        }""",
        INTERACTIVE,
    )
    assert wanted > 10
    page.evaluate("document.activeElement.blur()")
    left = wanted
    for _ in range(2 * wanted + 20):
        page.keyboard.press("Tab")
        left, outline = page.evaluate(
            """() => {
              const one = document.activeElement;
              window.missing.delete(one.type === "radio" ? one.name : one);
              const shown = one.type === "radio" ? one.nextElementSibling ?? one : one;
              const outlined = [one, shown].map((each) => getComputedStyle(each)).some(
                (style) => style.outlineStyle !== "none" && style.outlineWidth !== "0px");
              return [window.missing.size, one === document.body || outlined];
            }"""
        )
        assert outline, page.evaluate("document.activeElement.outerHTML")
        if not left:
            break
    rest = page.evaluate("[...window.missing].map((one) => one.outerHTML ?? one)")
    assert rest == []


def test_light_and_dark_are_chosen_and_kept(visit: Callable[..., Page]) -> None:
    page = visit(color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)

    page.keyboard.press("t")
    dark = page.evaluate(ground)
    page.reload()

    assert light != dark == page.evaluate(ground)
    page.get_by_role("button", name="Light or dark").click()
    assert page.evaluate(ground) == light


def test_the_shortcuts_are_listed_and_can_be_turned_off(page: Page) -> None:
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("make this a scenario")
    dialog.get_by_label("Turn the shortcuts off").check()
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page.locator("#requests")).to_be_visible()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    dialog.get_by_label("Turn the shortcuts off").uncheck()
    dialog.get_by_role("button", name="Close").click()

    page.keyboard.press("5")

    expect(page.locator("#coverage")).to_be_visible()
    expect(page.get_by_role("link", name="Coverage")).to_have_attribute("aria-current", "page")


def test_a_token_is_asked_for_and_kept_for_the_tab(chromium: Browser) -> None:
    with MockServer("thena", settings=Settings(control_token="a-token")) as server:
        page = chromium.new_page()
        page.goto(f"{server.url}/__understudy/")
        page.get_by_role("textbox", name="Token").fill("wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_text("This token is not the one of the server.")).to_be_visible()
        page.get_by_role("textbox", name="Token").fill("a-token")
        page.get_by_role("button", name="Continue").click()
        expect(page.locator("#live")).to_have_text("live")
        page.reload()
        expect(page.locator("#live")).to_have_text("live")
        expect(page.get_by_role("dialog")).to_have_count(0)
        kept = page.evaluate("[Object.values(sessionStorage), Object.values(localStorage)]")
        page.close()

    assert kept == [["a-token"], []]


def test_nothing_comes_from_elsewhere_and_nothing_inline_runs(
    visit: Callable[..., Page], server: MockServer
) -> None:
    page = visit(expected="TrustedScript|TrustedHTML")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.reload()
    page.locator("#live[data-state=live]").wait_for()
    response = httpx.get(f"{server.url}/__understudy/")
    policy = response.headers["content-security-policy"]
    page.evaluate(
        """() => {
          try {
            const script = document.createElement("script");
            script.textContent = "document.title = 'taken'";
            document.body.append(script);
          } catch {}
          try { document.body.insertAdjacentHTML("beforeend", "<b>taken</b>") } catch {}
        }"""
    )

    assert {url for url in asked if not url.startswith(server.url)} == set()
    assert page.title() != "taken"
    assert page.locator("b", has_text="taken").count() == 0
    for said in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'"):
        assert f"{said};" in f"{policy};".replace("img-src 'self' data:", "img-src 'self'")
    assert "unsafe" not in policy
    assert "style=" not in response.text
    assert "onclick" not in response.text


def test_a_lost_server_is_told_and_found_again(chromium: Browser) -> None:
    with MockServer("thena") as server:
        page, port = chromium.new_page(), int(server.url.rpartition(":")[2])
        page.goto(f"{server.url}/__understudy/")
        expect(page.locator("#live")).to_have_text("live")
    expect(page.locator("#live")).to_have_text("no connection")
    with MockServer("thena", port=port) as server:
        expect(page.locator("#live")).to_have_text("live")
        page.close()


@pytest.fixture
def crowded() -> Iterator[MockServer]:
    """A server whose journal is full."""
    with MockServer("thena", "cattix") as server:
        lines = []
        for number in range(MANY):
            path = (f"{THREADS}?limit={number % 40}", CHATS, f"/thena/nowhere/{number}")[number % 3]
            lines.append(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        host, _, port = server.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as connection:
            for start in range(0, MANY, 100):
                connection.sendall(b"".join(lines[start : start + 100]))
                answered = 0
                while answered < 100:
                    answered += connection.recv(1 << 20).count(b"HTTP/1.1 ")
        yield server


def test_ten_thousand_requests_scroll_and_filter_without_a_long_task(
    crowded: MockServer, visit: Callable[..., Page]
) -> None:
    page = visit(url=crowded.url)
    expect(page.locator("#count")).to_have_text("10,000", timeout=30_000)
    page.evaluate(
        """() => {
          window.long = [];
          const add = (all) => long.push(...all.getEntries().map((one) => one.duration));
          new PerformanceObserver(add).observe({type: "longtask"});
        }"""
    )
    page.evaluate(
        """async () => {
          const list = document.querySelector("#lines");
          for (let step = 0; step <= 60; step += 1) {
            list.scrollTop = list.scrollHeight * step / 60;
            await new Promise(requestAnimationFrame);
          }
        }"""
    )
    page.locator("#lines").press("End")
    expect(page.locator("#lines [aria-selected=true]")).to_have_attribute("aria-posinset", "10000")
    text = page.get_by_label("Filter by text")
    text.press_sequentially("nowhere/9")
    fitting = sum(f"/{number}".startswith("/9") for number in range(2, MANY, 3))
    expect(page.locator("#count")).to_have_text(f"{fitting} of 10,000")
    text.fill("")
    page.get_by_label("Filter by status").select_option("4xx")
    page.get_by_label("Filter by status").select_option("any status")
    expect(page.locator("#count")).to_have_text("10,000")

    assert page.locator("#lines [role=option]").count() < 60
    assert max(page.evaluate("window.long"), default=0) < LONGEST_TASK


def test_the_first_paint_is_quick(chromium: Browser, server: MockServer) -> None:
    painted = []
    for _ in range(4):
        page = chromium.new_page()
        page.goto(f"{server.url}/__understudy/")
        page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
        painted.append(
            page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        )
        page.close()

    assert min(painted) < FIRST_PAINT
