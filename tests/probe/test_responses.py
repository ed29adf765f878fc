import gzip
import json
import warnings
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from werkzeug.test import Client
from werkzeug.wrappers import Request as WsgiRequest
from werkzeug.wrappers import Response as WsgiResponse

from understudy import MockServer, assert_keeps_contract, load_contract

BOOKS = Path(__file__).parents[1] / "specs" / "books.yaml"
ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
TIME = "2026-01-15T12:00:00Z"
GOOD = {"id": ID, "title": "Äpfel", "added_at": TIME, "updated_at": TIME}
OTHER_TITLE = {**GOOD, "title": "Pears"}
BROKEN = {**GOOD, "id": 5}

Asked = tuple[str, str, Any]
"""Method, path and body of a request."""

Answer = tuple[int, Any]
"""Status and body."""

CREATE: Asked = ("POST", "/books", {"title": "Äpfel"})
LIST: Asked = ("GET", "/books?limit=3", None)


def by_httpx(asked: Asked, answer: Answer) -> Any:
    def handle(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(answer[0], json=answer[1])

    method, path, body = asked
    with httpx.Client(transport=httpx.MockTransport(handle)) as client:
        return client.request(method, f"http://books.example{path}", json=body)


def by_starlette(asked: Asked, answer: Answer) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Starlette would rather have another client than httpx
        from starlette.testclient import TestClient

    async def answered(request: Request) -> Response:
        await request.body()
        return Response(json.dumps(answer[1]), answer[0], media_type="application/json")

    method, path, body = asked
    app = Starlette(routes=[Route("/{rest:path}", answered, methods=["GET", "POST"])])
    return TestClient(app).request(method, path, json=body)


def by_werkzeug(asked: Asked, answer: Answer) -> Any:
    @WsgiRequest.application
    def app(request: WsgiRequest) -> WsgiResponse:
        request.get_data(cache=False)
        body = gzip.compress(json.dumps(answer[1]).encode())
        headers = {"Content-Encoding": "gzip"}
        return WsgiResponse(body, answer[0], headers, content_type="application/json")

    method, path, body = asked
    return Client(app).open(path, method=method, json=body)


def by_flask(asked: Asked, answer: Answer) -> Any:
    flask = pytest.importorskip("flask")
    app = flask.Flask("books")

    @app.route("/<path:_rest>", methods=["GET", "POST"])  # type: ignore[untyped-decorator]
    def answered(_rest: str) -> Any:
        _ = flask.request.json if flask.request.data else None
        return flask.jsonify(answer[1]), answer[0]

    method, path, body = asked
    return app.test_client().open(path, method=method, json=body)


def by_django(asked: Asked, answer: Answer) -> Any:
    django, urls = pytest.importorskip("django"), pytest.importorskip("django.urls")
    settings = pytest.importorskip("django.conf").settings
    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"])
        django.setup()

    def answered(request: Any) -> Any:
        request.read()
        json_response = pytest.importorskip("django.http").JsonResponse
        return json_response(answer[1], status=answer[0], safe=False)

    settings.ROOT_URLCONF = (urls.re_path("", answered),)
    method, path, body = asked
    data = "" if body is None else json.dumps(body)
    client = pytest.importorskip("django.test").Client()
    return client.generic(method, path, data, content_type="application/json" if data else "")


CLIENTS: list[Callable[[Asked, Answer], Any]] = [
    by_httpx, by_starlette, by_werkzeug, by_flask, by_django,
]  # fmt: skip
MISSING = {by_flask: "flask", by_django: "django"}


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> Callable[[Asked, Answer], Any]:
    found: Callable[[Asked, Answer], Any] = request.param
    if found in MISSING and find_spec(MISSING[found]) is None:
        pytest.skip(f"{MISSING[found]} is not installed")
    return found


@pytest.mark.parametrize(("asked", "answer"), [(CREATE, (201, GOOD)), (LIST, (200, [GOOD]))])
def test_what_keeps_the_contract_passes(
    client: Callable[[Asked, Answer], Any], asked: Asked, answer: Answer
) -> None:
    assert assert_keeps_contract(client(asked, answer), BOOKS) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    ("asked", "answer", "message"),
    [
        (CREATE, (201, BROKEN), r"5 is not of type \"string\""),
        (CREATE, (201, OTHER_TITLE), "What the response repeats of the request is what was sent"),
        (CREATE, (202, GOOD), "one of 201"),
        (("POST", "/books", {"title": 1}), (201, GOOD), "a 4xx: "),
        (LIST, (200, [GOOD] * 4), "A page has at most as many items as were asked for"),
        (LIST, (500, {}), "No request makes the server fail"),
    ],
)
def test_every_broken_promise_is_told(
    client: Callable[[Asked, Answer], Any], asked: Asked, answer: Answer, message: str
) -> None:
    with pytest.raises(AssertionError, match=message):
        assert_keeps_contract(client(asked, answer), load_contract(BOOKS))


def test_the_message_can_be_read() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_keeps_contract(by_httpx(CREATE, (201, BROKEN)), BOOKS)

    said = str(caught.value).replace(str(BOOKS), "books.yaml").replace("tests/specs/", "")
    said = said.replace("['string']", "string")
    assert said == (
        "POST /books breaks its contract (books)\n"
        "  Every body satisfies the schema that is documented for its status (201 /id)\n"
        "    expected: type string\n"
        '    got:      5 is not of type "string" (at /id)\n'
        "    promised: books.yaml:24 (response/body)\n"
        "  response: 201 application/json\n"
        f"    {json.dumps(BROKEN, ensure_ascii=False, separators=(',', ':'))}"
    )


@pytest.fixture(scope="module")
def thena() -> Iterator[str]:
    with MockServer("thena") as server:
        yield f"{server.url}/api/v1/chat/{ID}/web-threads"


def test_a_stand_in_keeps_its_contract_over_a_socket(thena: str) -> None:
    headers = {"x-api-key": "some"}
    with httpx.Client(trust_env=False) as client, requests.Session() as session:
        session.trust_env = False
        assert_keeps_contract(client.get(thena, headers=headers), "thena")
        assert_keeps_contract(session.get(thena, headers=headers), "thena")
        assert_keeps_contract(client.get(thena), "thena")
        assert_keeps_contract(session.post(thena, data="text"), "thena")


def test_whether_a_credential_is_good_is_for_the_test_to_say() -> None:
    with MockServer("cattix") as server, httpx.Client(trust_env=False) as client:
        url = f"{server.url}/api/v1/chat/threads?company_id=1"
        refused = client.get(url, headers={"Authorization": "Basic x"})

    assert refused.status_code == 401
    assert_keeps_contract(refused, "cattix")


def test_a_secret_is_not_shown() -> None:
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, json={}))) as one:
        url = f"http://thena.example/api/v1/chat/{ID}/web-threads"
        response = one.get(url, headers={"x-api-key": "top-secret"})

    with pytest.raises(AssertionError) as caught:
        assert_keeps_contract(response, "thena")

    assert "top-secret" not in str(caught.value)


@pytest.mark.parametrize("base_url", ["http://books.example/api", "http://books.example/api/"])
def test_an_api_that_is_elsewhere_is_found_by_its_base_url(base_url: str) -> None:
    response = by_httpx(("GET", "/api/books", None), (200, [BROKEN]))

    with pytest.raises(AssertionError, match="/api/books is at no path of"):
        assert_keeps_contract(response, BOOKS)
    with pytest.raises(AssertionError, match="5 is not of type"):
        assert_keeps_contract(response, BOOKS, base_url=base_url)


def test_the_body_of_a_request_may_be_a_file(tmp_path: Path) -> None:
    path = tmp_path / "book.json"
    path.write_text('{"title": 5}')
    with path.open("rb") as file:
        request = requests.Request(
            "POST", "http://books.example/books", data=file,
            headers={"Content-Type": "application/json"},
        ).prepare()  # fmt: skip
        response = requests.Response()
        response.request, response.status_code, response._content = request, 201, b"{}"

        with pytest.raises(AssertionError, match="a 4xx: "):
            assert_keeps_contract(response, BOOKS)

    request.body = iter([b"{}"])  # type: ignore[assignment]
    with pytest.raises(TypeError, match="was a stream and cannot be read again"):
        assert_keeps_contract(response, BOOKS)
