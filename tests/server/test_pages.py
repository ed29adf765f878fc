import html
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
import yaml

from understudy import MockServer

OPENAPI = Path(__file__).parents[2] / "openapi"
NAMES = ("cattix", "sitegpt", "thena")
MOUNTED = [(name, "", name) for name in NAMES] + [("all", f"/{name}", name) for name in NAMES]
OPERATIONS = {
    "cattix": ["GET /api/v1/chat/threads", "POST /api/v1/chat/threads"],
    "sitegpt": ["GET /v0/chatbots/{chatbotId}/threads"],
    "thena": [
        "GET /api/v1/chat/{agent_id}/web-threads",
        "GET /api/v1/chat/{agent_id}/threads/{thread_id}",
    ],
}
BASE = {"cattix": "", "sitegpt": "/api", "thena": ""}
LINK = re.compile(r"""(?:src|href|url)\s*[=:]\s*["']([^"']+)["']""")

mounted = pytest.mark.parametrize(("server", "prefix", "name"), MOUNTED)
prefixed = pytest.mark.parametrize(("server", "prefix"), [(one[0], one[1]) for one in MOUNTED])


@prefixed
def test_swagger_ui_and_all_its_assets_are_served_from_here(
    clients: Mapping[str, httpx.Client], server: str, prefix: str
) -> None:
    page = clients[server].get(f"{prefix}/ui/")
    links = LINK.findall(page.text)
    replies = {link: clients[server].get(urljoin(f"{prefix}/ui/", link)) for link in links}
    assert f"{prefix}/ui/openapi.json" in links
    assert {link: reply.status_code for link, reply in replies.items()} == dict.fromkeys(links, 200)
    assert [link for link in links if "//" in link] == []


@prefixed
def test_the_folder_of_swagger_ui_is_found_without_its_slash(
    clients: Mapping[str, httpx.Client], server: str, prefix: str
) -> None:
    reply = clients[server].get(f"{prefix}/ui", follow_redirects=True)
    assert (reply.status_code, reply.url.path) == (200, f"{prefix}/ui/")


@prefixed
def test_an_asset_that_is_not_there_is_a_404_in_the_vendors_words(
    clients: Mapping[str, httpx.Client], server: str, prefix: str
) -> None:
    asset = clients[server].get(f"{prefix}/ui/nothing.js")
    route = clients[server].get(f"{prefix}/nothing")
    assert (asset.status_code, asset.json()) == (404, route.json())


@mounted
def test_the_contract_is_served_as_it_stands_in_its_file(
    clients: Mapping[str, httpx.Client], server: str, prefix: str, name: str
) -> None:
    reply = clients[server].get(f"{prefix}/openapi.json")
    assert reply.json() == written(name)


@mounted
def test_swagger_ui_gets_the_contract_with_this_server_in_it(
    clients: Mapping[str, httpx.Client], server: str, prefix: str, name: str
) -> None:
    reply = clients[server].get(f"{prefix}/ui/openapi.json")
    here = [{"url": prefix + BASE[name] or "/"}]
    assert reply.json() == {**written(name), "servers": here}


@pytest.mark.parametrize("server", [*NAMES, "all"])
def test_the_landing_page_lists_every_operation(
    clients: Mapping[str, httpx.Client], server: str
) -> None:
    page = clients[server].get("/").text
    entries = re.findall(r'<span class="method">(\w+)</span> ([^<]*)<br>', page)
    names = NAMES if server == "all" else (server,)
    listed = [f"{method} {html.unescape(path)}" for method, path in entries]
    assert listed == [label for name in names for label in OPERATIONS[name]]


@pytest.mark.parametrize("server", [*NAMES, "all"])
def test_every_link_of_the_landing_page_leads_somewhere_here(
    clients: Mapping[str, httpx.Client], server: str
) -> None:
    links = re.findall(r'href="([^"]+)"', clients[server].get("/").text)
    statuses = [clients[server].get(link).status_code for link in links]
    assert statuses == [200] * (7 if server == "all" else 3)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("names", [*((name,) for name in NAMES), NAMES])
def test_every_curl_of_the_landing_page_works_in_a_shell(names: tuple[str, ...]) -> None:
    with MockServer(*names) as server:
        page = httpx.get(server.url).text
        commands = [html.unescape(one) for one in re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)]
        statuses = [
            in_a_shell(command.replace("http://127.0.0.1", server.url)) for command in commands
        ]
    assert statuses == ["200"] * sum(len(OPERATIONS[name]) for name in names)


def test_a_path_that_no_contract_has_is_told_where_the_contracts_are(
    clients: Mapping[str, httpx.Client],
) -> None:
    reply = clients["all"].get("/nowhere")
    assert (reply.status_code, reply.json()) == (
        404,
        {"detail": "Nothing is served here", "contracts": ["/cattix/", "/sitegpt/", "/thena/"]},
    )


def written(name: str) -> object:
    return yaml.safe_load((OPENAPI / name / "openapi.yaml").read_text("utf-8"))


def in_a_shell(command: str) -> str:
    """Run a curl command and return the status that it got."""
    asked = f"{command} --silent --output /dev/null --write-out '%{{http_code}}'"
    ended = subprocess.run(["/bin/sh", "-c", asked], capture_output=True, text=True, check=True)
    return ended.stdout


def test_the_landing_page_of_a_large_contract_shows_its_first_operations(tmp_path: Path) -> None:
    answer = {"responses": {"200": {"description": "ok"}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Large", "version": "1"},
        "paths": {f"/p{number}": {"get": answer} for number in range(130)},
    }
    path = tmp_path / "large.yaml"
    path.write_text(yaml.safe_dump(document))

    with MockServer(path) as server:
        page = httpx.get(f"{server.url}/").text

    assert page.count('<span class="method">') == 100
    assert "and 30 more, which the Swagger UI shows" in page
