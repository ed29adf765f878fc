"""Sessions, seed, clock, scenarios and state, by clicking and by keyboard."""

import httpx
import pytest
from playwright.sync_api import Page, expect
from tests.console.conftest import CHATS, THREADS
from tests.console.hands import tab_to


def create(client: httpx.Client, name: str = "Ann", session: str = "") -> None:
    named = {"X-Understudy-Session": session} if session else {}
    body = {"name": name, "assistant_type": "general"}
    answered = client.post(CHATS, params={"company_id": 7}, json=body, headers=named)
    assert answered.status_code == 200, answered.text


def told(control: httpx.Client, session: str = "") -> dict:
    found = control.get("/sessions").json()["sessions"]
    return next(one for one in found if one["name"] == session)


def begin(page: Page, name: str) -> None:
    page.keyboard.press("n")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    expect(page.locator("#session")).to_have_value(name)


@pytest.fixture
def page(visit) -> Page:
    shown = visit("sessions")
    shown.get_by_role("switch").first.wait_for()
    return shown


def test_scenarios_are_switched_by_a_click(page: Page, control: httpx.Client) -> None:
    page.get_by_role("switch", name="rate-limited").check()
    expect(page.get_by_role("row", name="default")).to_contain_text("rate-limited")
    page.get_by_role("switch", name="slow").check()
    expect(page.get_by_role("row", name="default")).to_contain_text("rate-limited, slow")
    page.get_by_role("switch", name="rate-limited").uncheck()

    expect(page.get_by_role("row", name="default")).not_to_contain_text("rate-limited")
    assert told(control)["scenarios"] == ["slow"]


def test_scenarios_are_switched_by_keyboard(page: Page, control: httpx.Client) -> None:
    begin(page, "mine")
    page.keyboard.press("/")
    page.keyboard.type("account")
    tab_to(page, page.get_by_role("switch", name="empty-account"))
    page.keyboard.press("Space")

    expect(page.get_by_role("row", name="mine")).to_contain_text("empty-account")
    expect(page.get_by_role("switch", name="empty-account")).to_be_focused()
    assert told(control, "mine")["scenarios"] == ["empty-account"]
    assert told(control)["scenarios"] == []


def test_seed_and_clock_are_set_by_clicks(page: Page, control: httpx.Client) -> None:
    page.get_by_label("Another seed").fill("42")
    page.get_by_role("button", name="Set", exact=True).first.click()
    expect(page.get_by_role("row", name="default")).to_contain_text("42")
    page.get_by_role("radio", name="frozen").check()
    expect(page.get_by_role("row", name="default")).to_contain_text("frozen")
    page.get_by_label("Date and time").fill("2026-03-01 12:00")
    page.get_by_role("button", name="Set", exact=True).last.click()
    expect(page.locator("#clock-now")).to_have_text("2026-03-01 12:00:00 UTC")
    page.get_by_role("button", name="+1 day").click()
    expect(page.locator("#clock-now")).to_have_text("2026-03-02 12:00:00 UTC")

    assert told(control)["seed"] == 42
    assert told(control)["clock"] == {"now": "2026-03-02T12:00:00+00:00", "mode": "frozen"}


def test_seed_and_clock_are_set_by_keyboard(page: Page, control: httpx.Client) -> None:
    tab_to(page, page.get_by_label("Another seed"))
    page.keyboard.press("Control+a")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_have_text("Seed 7")
    tab_to(page, page.get_by_role("radio", name="standing"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("row", name="default")).to_contain_text("frozen")
    tab_to(page, page.get_by_label("Seconds", exact=True).first)
    page.keyboard.press("Enter")

    expect(page.locator("#clock-now")).to_have_text("2026-01-15 12:01:30 UTC")
    assert told(control)["seed"] == 7


def test_sessions_are_begun_looked_at_reset_and_removed(
    page: Page, client: httpx.Client, control: httpx.Client
) -> None:
    page.locator("#session").select_option("new session …")
    page.get_by_label("Name").fill("mine")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("row", name="mine")).to_be_visible()
    create(client, session="mine")

    page.get_by_role("button", name="Reset mine").click()
    expect(page.get_by_role("status").first).to_contain_text("mine is as it was")
    assert control.get("/state", params={"session": "mine"}).json()["collections"] == []
    page.get_by_role("button", name="default", exact=True).click()
    expect(page.locator("#session")).to_have_value("")
    tab_to(page, page.get_by_role("button", name="Remove mine"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("row", name="mine")).to_have_count(0)
    expect(page.get_by_role("button", name="default", exact=True)).to_be_focused()
    assert [one["name"] for one in control.get("/sessions").json()["sessions"]] == [""]


def test_a_path_names_the_session_that_is_looked_at(visit, server, control) -> None:
    control.get("/state", params={"session": "mine"})

    page = visit("state", url=f"{server.url}/~mine")

    expect(page.get_by_text("State of mine")).to_be_visible()


def test_state_is_edited_as_a_tree_by_clicks(
    visit, client: httpx.Client, control: httpx.Client
) -> None:
    create(client)
    page = visit("state")
    page.locator("#tree .members summary", has_text="created").click()
    page.locator("#tree summary", has_text="Ann").click()

    page.get_by_role("button", name='name: "Ann", change').click()
    page.get_by_label("New value of name").fill('"Bo <b>"')
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name='name: "Bo <b>", change')).to_be_visible()
    page.get_by_role("button", name="Add a member").first.click()
    page.get_by_label("Name", exact=True).first.fill("extra")
    page.get_by_label("Value, as JSON").fill("[1, true]")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#tree summary", has_text="extra")).to_be_visible()

    created = control.get("/state").json()["collections"][0]["created"][0]
    assert (created["name"], created["extra"]) == ("Bo <b>", [1, True])
    page.get_by_role("button", name="Remove extra", exact=True).click()
    expect(page.locator("#tree summary", has_text="extra")).to_have_count(0)
    assert "extra" not in control.get("/state").json()["collections"][0]["created"][0]


def test_state_is_edited_by_keyboard_and_rolled_back(
    visit, client: httpx.Client, control: httpx.Client
) -> None:
    create(client)
    page = visit("state")
    page.keyboard.press("n")
    page.keyboard.type("before")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Roll back to before")).to_be_visible()
    for text in ("created", "Ann"):
        tab_to(page, page.locator("#tree .members summary", has_text=text).first)
        page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name='name: "Ann", change'))
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type("Bo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name='name: "Bo", change')).to_be_focused()
    assert control.get("/state").json()["collections"][0]["created"][0]["name"] == "Bo"

    tab_to(page, page.get_by_role("button", name="Roll back to before"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name='name: "Ann", change')).to_be_visible()
    assert control.get("/state").json()["collections"][0]["created"][0]["name"] == "Ann"


def test_state_is_replaced_as_json_and_reset(
    visit, client: httpx.Client, control: httpx.Client
) -> None:
    create(client)
    page = visit("state")
    page.get_by_text("Edit as JSON").click()
    area = page.get_by_label("The whole state as JSON")
    area.fill("{")
    page.get_by_role("button", name="Replace the state").click()
    expect(page.get_by_role("status").first).to_contain_text("This is no JSON")
    area.fill('{"collections": [], "states": {"flaky": "down"}}')
    page.get_by_role("button", name="Replace the state").click()

    expect(page.locator("#tree")).to_contain_text("States of scenarios")
    assert control.get("/state").json()["states"] == {"flaky": "down"}
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.get_by_text("Clients have created, changed and deleted nothing.")).to_be_visible()


def test_coverage_shows_what_the_traffic_has_reached(visit, client: httpx.Client) -> None:
    page = visit("coverage")
    row = page.locator(".reach", has_text="web-threads")
    expect(row).to_contain_text("never asked")

    client.get(THREADS, params={"limit": 2})
    client.get(THREADS, params={"limit": 999})

    expect(row).to_contain_text("2 requests")
    assert row.locator(".chip.reached").all_inner_texts() == ["200 1", "422 1", "limit\nseen"]
    expect(page.locator(".share", has_text="Operations")).to_contain_text("1 of 4")
    expect(page.get_by_role("img", name="1 of 2 operations reached")).to_be_visible()
    page.get_by_label("Which operations").select_option("never asked")
    expect(row).to_have_count(0)
    page.get_by_label("Which operations").focus()
    page.keyboard.press("Home")
    expect(row).to_have_count(1)
    tab_to(page, row.get_by_role("link"))
    client.get(THREADS)
    expect(row).to_contain_text("3 requests")
    expect(row.get_by_role("link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#operation h2")).to_contain_text("web-threads")
