import pytest

from understudy.contract.model import Operation, Response
from understudy.respond.choice import forced, negotiate, sent, usual


def operation(*statuses: str) -> Operation:
    responses = {status: Response(status, "", {}, ()) for status in statuses}
    return Operation("id", "get", "/", "", "", (), None, responses, (), "/paths/~1/get")


@pytest.mark.parametrize(
    ("statuses", "status", "key"),
    [
        (["404", "201", "200"], 200, "200"),
        (["default", "204"], 204, "204"),
        (["2XX", "404"], 200, "2XX"),
        (["2xx"], 200, "2xx"),
        (["2XX", "201"], 201, "201"),
        (["404", "default"], 200, "default"),
        (["404", "302"], 404, "404"),
        (["5XX", "404"], 500, "5XX"),
        (["101", "404"], 404, "404"),
        (["x-note", "200"], 200, "200"),
        ([], 200, "200"),
    ],
)
def test_unforced_it_is_the_lowest_success_then_the_default_then_the_first(
    statuses: list[str], status: int, key: str
) -> None:
    found = usual(operation(*statuses))

    assert (found.status, found.response.status) == (status, key)


@pytest.mark.parametrize(
    ("statuses", "code", "key"),
    [
        (["200", "404", "4XX", "default"], 404, "404"),
        (["200", "4XX", "default"], 404, "4XX"),
        (["200", "4xx"], 418, "4xx"),
        (["200", "default"], 503, "default"),
        (["200"], 404, None),
        (["101"], 101, None),
    ],
)
def test_forced_it_is_the_status_then_its_range_then_the_default(
    statuses: list[str], code: int, key: str | None
) -> None:
    found = forced(operation(*statuses), code)

    assert (found and (found.status, found.response.status)) == (key and (code, key))


@pytest.mark.parametrize(
    ("accept", "offered", "found"),
    [
        ("", ["application/xml", "application/json"], ("application/json", "application/json")),
        ("", ["text/plain"], ("text/plain", "text/plain")),
        ("", ["*/*"], ("*/*", "application/json")),
        ("text/html", ["*/*"], ("*/*", "text/html")),
        ("*/*", ["image/*"], ("image/*", "image/png")),
        ("image/gif;q=0.5", ["image/*"], ("image/*", "image/gif")),
        ("application/xml", ["application/xml", "application/json"], ("application/xml",) * 2),
        ("text/html", ["application/json"], None),
        ("application/json;q=0", ["application/json"], None),
    ],
)
def test_accept_decides_and_json_comes_first(
    accept: str, offered: list[str], found: tuple[str, str] | None
) -> None:
    assert negotiate(accept, offered) == found


def test_a_type_that_is_no_range_is_sent_as_it_is() -> None:
    assert sent("application/json; charset=utf-8") == "application/json; charset=utf-8"
    assert sent("audio/*") == "application/octet-stream"
