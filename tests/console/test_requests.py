import re
import subprocess
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect
from tests.console.conftest import CHATS, THREAD, THREADS
from tests.console.hands import tab_to
from tests.server.test_workers import serving

from understudy import MockServer, Settings

ROWS = "#lines [role=option]"


def some_requests(client: httpx.Client) -> None:
    client.get(THREADS, params={"limit": 2})
    client.get(THREADS, params={"limit": 999})
    client.get(THREAD, headers={"X-Understudy-Session": "other"})
    client.get("/thena/nowhere")


def option(page: Page, text: str):
    return page.locator(ROWS).filter(has_text=text)


def test_requests_appear_as_they_come_with_their_findings(page: Page, client: httpx.Client) -> None:
    expect(page.get_by_text("Nothing was asked yet.")).to_be_visible()

    some_requests(client)

    expect(page.locator(ROWS)).to_have_count(4)
    expect(page.locator(ROWS).first).to_contain_text("/thena/nowhere")
    expect(option(page, "limit=999")).to_contain_text("422")
    expect(option(page, "limit=999").locator(".mark.bad")).to_contain_text("1 finding")
    expect(option(page, "other")).to_contain_text("getThread")


def test_a_request_is_shown_with_its_answer_and_the_schema(
    page: Page, client: httpx.Client
) -> None:
    some_requests(client)

    option(page, "limit=999").click()

    detail = page.locator("#exchange")
    expect(detail).to_contain_text("request/invalid")
    expect(detail).to_contain_text("999 is greater than the maximum of 50")
    expect(detail.get_by_role("region", name="Body")).to_contain_text('"less_than_equal"')
    expect(detail.get_by_role("region", name="Schema application/json")).to_contain_text("detail")
    assert page.url.endswith("#/requests/1-2") or "#/requests/" in page.url
    detail.get_by_role("button", name="Close").click()
    expect(detail).to_be_hidden()


def test_requests_are_read_by_keyboard(page: Page, client: httpx.Client) -> None:
    some_requests(client)
    expect(page.locator(ROWS)).to_have_count(4)

    page.keyboard.press("/")
    page.keyboard.type("thread")
    expect(page.locator(ROWS)).to_have_count(3)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(page.locator(f"{ROWS}[aria-selected=true]")).to_contain_text("limit=2")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")

    expect(page.locator("#exchange")).to_be_focused()
    expect(page.locator("#exchange")).to_contain_text("request/invalid")
    page.keyboard.press("Escape")
    expect(page.locator("#exchange")).to_be_hidden()
    expect(page.locator("#lines")).to_be_focused()


def test_the_list_is_filtered_in_every_way(page: Page, client: httpx.Client) -> None:
    some_requests(client)
    expect(page.locator(ROWS)).to_have_count(4)

    page.get_by_label("Filter by status").select_option("4xx")
    expect(page.locator(ROWS)).to_have_count(2)
    page.get_by_label("only with findings").check()
    expect(page.locator(ROWS)).to_have_count(1)
    expect(page.locator("#count")).to_have_text("1 of 4")
    page.get_by_label("only with findings").uncheck()
    page.get_by_label("Filter by status").select_option("any status")
    page.get_by_label("Filter by operation").select_option("getThread")
    expect(page.locator(ROWS)).to_have_count(1)
    page.get_by_label("Filter by operation").select_option("any operation")
    page.get_by_label("Filter by session").select_option("default")
    expect(page.locator(ROWS)).to_have_count(3)
    page.get_by_label("Filter by text").fill("get 422")
    expect(page.locator(ROWS)).to_have_count(1)
    page.get_by_label("Filter by text").fill("no such thing")
    expect(page.get_by_text("No request fits the filter.")).to_be_visible()


def test_the_list_is_filtered_by_keyboard(page: Page, client: httpx.Client) -> None:
    some_requests(client)
    expect(page.locator(ROWS)).to_have_count(4)

    tab_to(page, page.get_by_label("Filter by status"))
    page.keyboard.type("2xx")
    expect(page.locator(ROWS)).to_have_count(2)
    page.keyboard.press("Home")
    tab_to(page, page.get_by_label("only with findings"))
    page.keyboard.press("Space")

    expect(page.locator(ROWS)).to_have_count(1)


def test_pausing_holds_what_comes_and_clearing_forgets(
    page: Page, client: httpx.Client, control: httpx.Client
) -> None:
    some_requests(client)
    expect(page.locator(ROWS)).to_have_count(4)

    page.get_by_role("button", name="Pause").click()
    client.get(THREADS)
    expect(page.get_by_role("button", name="Go on (1)")).to_be_visible()
    expect(page.locator(ROWS)).to_have_count(4)
    page.keyboard.press("p")
    expect(page.locator(ROWS)).to_have_count(5)
    page.get_by_label("Filter by session").select_option("other")
    page.get_by_role("button", name="Clear").click()
    page.get_by_label("Filter by session").select_option("any session")
    expect(page.locator(ROWS)).to_have_count(4)
    page.keyboard.press("Escape")
    tab_to(page, page.get_by_role("button", name="Clear"))
    page.keyboard.press("x")
    expect(page.locator(ROWS)).to_have_count(4)
    page.keyboard.press("Shift+X")

    expect(page.get_by_text("Nothing was asked yet.")).to_be_visible()
    assert control.get("/journal").json()["count"] == 0


def test_a_request_is_copied_as_a_curl_command_that_works(visit, client: httpx.Client) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    client.get(THREADS, params={"limit": 2})
    page.locator(ROWS).first.click()

    page.get_by_role("button", name="Copy as curl").click()
    expect(page.get_by_role("status").first).to_have_text("The curl command is copied")
    page.evaluate("navigator.clipboard.writeText('')")
    page.keyboard.press("c")

    expect(page.get_by_role("status").first).to_have_text("The curl command is copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"curl --include '{client.base_url}".rstrip("/"))
    assert "--header 'x-api-key: REDACTED'" in copied
    done = subprocess.run(["bash", "-c", copied], capture_output=True, text=True, check=True)
    assert "200 OK" in done.stdout


def test_an_exchange_becomes_a_scenario_that_repeats_it(
    page: Page, client: httpx.Client, tmp_path: Path
) -> None:
    body = {"name": "On: a # name", "assistant_type": "general"}
    prefer = {"Prefer": "code=429"}
    asked = client.post(CHATS, params={"company_id": 7}, json=body, headers=prefer)
    read = client.get(THREADS, params={"limit": 2})
    for text, same in (("POST", asked), ("GET", read)):
        option(page, text).click()
        expect(page.locator("#exchange h2")).to_contain_text(text)
        page.keyboard.press("s")
        with page.expect_download() as kept:
            page.get_by_role("link", name="Download").click()
        path = tmp_path / kept.value.suggested_filename
        kept.value.save_as(path)
        assert path.read_text() == page.locator("#scenario-text").text_content()
        page.keyboard.press("Escape")

        contract = "cattix" if text == "POST" else "thena"
        settings = Settings(seed=5, scenarios=(path.stem,), scenario_files=(str(path),))
        with MockServer(contract, settings=settings) as other:
            target = same.request.url.raw_path.decode().removeprefix(f"/{contract}")
            headers = {k: v for k, v in same.request.headers.items() if k not in ("host", "prefer")}
            again = httpx.request(
                text, f"{other.url}{target}", headers=headers, content=same.request.content
            )
        assert (again.status_code, again.json()) == (same.status_code, same.json())


def test_hostile_values_are_shown_and_never_run(page: Page, client: httpx.Client) -> None:
    hostile = (
        "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
    )
    headers = {"X-Note": hostile, "Authorization": "Bearer x", "Content-Type": "application/json"}
    body = {"name": hostile, "assistant_type": hostile}
    client.post(CHATS, params={"company_id": 7, "note": hostile}, json=body, headers=headers)
    client.get(f"/thena/{hostile}")

    expect(page.locator(ROWS)).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.locator("#exchange summary").last.click()

    expect(page.locator("#exchange")).to_contain_text(hostile)
    page.keyboard.press("s")
    expect(page.locator("#scenario-text")).to_contain_text("<img src=x")
    assert page.locator("main img, main script").count() == 0
    assert page.title() == "Requests · Understudy"


def test_what_a_server_does_is_told_between_the_requests(
    page: Page, client: httpx.Client, control: httpx.Client
) -> None:
    client.get(THREADS)
    expect(page.locator(ROWS)).to_have_count(1)

    control.delete("/journal")
    client.get(THREAD)

    expect(option(page, "getThread")).to_have_count(1)
    option(page, "listWebThreads").click()
    expect(page.locator("#exchange")).to_contain_text(
        re.compile("There is no entry 1-\\d+ any more")
    )


def test_the_requests_of_several_workers_are_all_there(visit) -> None:
    target = "/api/v1/chat/threads"
    with serving() as (_, url):
        page = visit(url=url)
        for number in range(12):
            httpx.get(f"{url}{target}", params={"company_id": number + 1})

        expect(page.locator(ROWS)).to_have_count(12)
        option(page, "company_id=7").click()
        expect(page.locator("#exchange h2")).to_contain_text("company_id=7")
        expect(page.locator("#exchange .facts .pill")).to_have_text("401")
