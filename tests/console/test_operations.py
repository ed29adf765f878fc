import ast
import json
import subprocess
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect
from tests.console.conftest import AGENT, CHATS, THREADS
from tests.console.hands import tab_to

from understudy import MockServer

OPTIONS = "#operation-list [role=option]"


@pytest.fixture
def page(visit) -> Page:
    return visit("operations", permissions=["clipboard-read", "clipboard-write"])


def sample(page: Page, kind: str) -> str:
    page.get_by_text(kind, exact=True).click()
    return page.get_by_label(f"Sample for {kind}", exact=True).text_content() or ""


def test_an_operation_is_tried_as_it_is_prefilled(page: Page, control: httpx.Client) -> None:
    page.get_by_label("Filter operations").fill("create chat")
    expect(page.locator(OPTIONS)).to_have_count(1)
    page.locator(OPTIONS).click()
    expect(page.locator("#operation h2")).to_have_text(f"POST {CHATS.removeprefix('/cattix')}")

    page.get_by_role("button", name="Send").click()

    expect(page.locator(".answered .pill")).to_have_text("200")
    expect(page.get_by_label("Answer", exact=True)).to_contain_text('"assistant_type"')
    entry = control.get("/journal").json()["entries"][-1]
    assert (entry["operation"], entry["findings"]) == ("createThread", [])


def test_an_operation_is_tried_by_keyboard_in_a_session(
    page: Page, client: httpx.Client, control: httpx.Client
) -> None:
    client.get(THREADS, headers={"X-Understudy-Session": "mine"})
    page.locator("#session").focus()
    expect(page.locator("#session option", has_text="mine")).to_have_count(1)
    page.keyboard.type("mine")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("listWebThreads")
    page.keyboard.press("Enter")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.locator("#operation")).to_be_focused()

    tab_to(page, page.get_by_label("limit query"))
    page.keyboard.type("3")
    tab_to(page, page.get_by_label("Prefer"))
    tab_to(page, page.get_by_role("button", name="Send"))
    page.keyboard.press("Enter")

    expect(page.locator(".answered .pill")).to_have_text("200")
    entry = control.get("/journal").json()["entries"][-1]
    assert entry["session"] == "mine"
    assert entry["request"]["target"] == f"{THREADS}?limit=3"


def test_another_answer_can_be_preferred(page: Page) -> None:
    page.locator(OPTIONS).first.click()
    page.get_by_label("Prefer").select_option("429")

    page.get_by_role("button", name="Send").click()

    expect(page.locator(".answered .pill")).to_have_text("429")


def test_documented_answers_show_their_schemas(page: Page) -> None:
    page.locator(OPTIONS).nth(1).click()
    answers = page.get_by_role("region", name="Documented answers")

    answers.get_by_text("Successful Response").click()

    schema = answers.get_by_label("Schema application/json")
    expect(schema).to_contain_text("agent_id")
    expect(schema).to_contain_text("array of ChatMessage")


def test_an_operation_has_an_address_of_its_own(visit) -> None:
    page = visit("operations/thena/getThread")

    expect(page.locator("#operation h2")).to_contain_text("threads/{thread_id}")


@pytest.mark.parametrize("operation", ["thena/listWebThreads", "cattix/createThread"])
def test_samples_of_code_do_what_the_form_does(
    visit, control: httpx.Client, operation: str
) -> None:
    page = visit(f"operations/{operation}")
    page.get_by_role("button", name="Send").wait_for()

    shell, python = sample(page, "curl"), sample(page, "httpx")
    script = sample(page, "fetch")
    ran = subprocess.run(
        ["bash", "-c", f"{shell} --silent"], capture_output=True, text=True, check=True
    )
    names: dict[str, object] = {}
    exec(compile(ast.parse(python), "sample", "exec"), names)
    by_script = page.evaluate(f"async () => {{ {script}\nreturn [response.status, answer] }}")

    assert json.loads(ran.stdout) is not None
    assert names["response"].status_code == 200  # type: ignore[attr-defined]
    assert by_script[0] == 200
    sent = [one["request"] for one in control.get("/journal").json()["entries"]]
    assert [one["target"] for one in sent] == [sent[0]["target"]] * 3
    assert [one["body"].get("json") for one in sent] == [sent[0]["body"].get("json")] * 3


def test_samples_keep_values_that_shells_and_python_would_read(
    page: Page, control: httpx.Client
) -> None:
    page.locator(OPTIONS).first.click()
    odd = 'it\'s $HOME `x` \\ "q" ü'
    page.get_by_label("x-api-key").fill("k'ey$(id)")
    page.get_by_label("offset query").fill(odd)

    subprocess.run(
        ["bash", "-c", f"{sample(page, 'curl')} --silent"], capture_output=True, check=True
    )
    with pytest.raises(httpx.HTTPStatusError):  # such an offset is refused
        exec(compile(sample(page, "httpx"), "sample", "exec"), {})

    sent = [one["request"]["target"] for one in control.get("/journal").json()["entries"]]
    assert [str(httpx.URL(one).params["offset"]) for one in sent] == [odd, odd]
    assert AGENT in sent[0]


def test_hostile_contracts_are_shown_and_never_run(visit, tmp_path: Path) -> None:
    hostile = "<img src=x onerror=\"document.title='taken'\">"
    schema = {"type": "object", "properties": {hostile: {"type": "string", "description": hostile}}}
    content = {"application/json": {"schema": schema}}
    operation = {
        "operationId": f"list {hostile}",
        "summary": hostile,
        "description": hostile * 20,
        "parameters": [
            {"name": hostile, "in": "query", "schema": {"enum": [hostile]}, "description": hostile}
        ],
        "responses": {"200": {"description": hostile, "content": content}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": hostile, "version": hostile},
        "paths": {"/things": {"get": operation}},
    }
    (tmp_path / "hostile.json").write_text(json.dumps(document))
    with MockServer(tmp_path / "hostile.json") as server:
        page = visit("operations", url=server.url)
        expect(page.locator("#operation")).to_contain_text(hostile)
        page.get_by_text("What it is about").click()
        page.locator(".answer summary").last.click()
        expect(page.locator("#operation .schema")).to_contain_text(hostile)
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".answered .pill")).to_have_text("200")
        page.keyboard.press("Escape")
        page.evaluate("location.hash = '#/coverage'")
        expect(page.locator(".reach")).to_have_count(1)
        page.evaluate("location.hash = '#/requests'")
        page.locator("#lines [role=option]").click()
        expect(page.locator("#exchange .schema")).to_contain_text(hostile)

        assert page.locator("main img").count() == 0
        assert page.title() == "Requests · Understudy"
