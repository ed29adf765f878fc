from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.contract.model import Operation
from understudy.contract.wire.route import Router


def router(*labels: str) -> Router:
    """Return a router for operations written as `GET /path`; `/path` is a GET."""
    operations = {}
    for label in labels:
        method, _, path = label.rpartition(" ")
        method = method or "GET"
        operations[label] = Operation(label, method.lower(), path, "", "", (), None, {}, (), "")
    holder: Any = SimpleNamespace(operations=operations)
    return Router(holder)


def found(path: str, *labels: str) -> tuple[str, dict[str, str | None]] | None:
    route = router(*labels).find(path)
    return (route.template, dict(route.texts)) if route else None


@pytest.mark.parametrize(
    ("path", "templates", "expected"),
    [
        ("/a", ["/a"], ("/a", {})),
        ("/a/", ["/a"], None),
        ("/a", ["/a/"], None),
        ("/a/", ["/a/"], ("/a/", {})),
        ("//a", ["/a", "/{x}/a"], None),
        ("/a/me", ["/a/{id}", "/a/me"], ("/a/me", {})),
        ("/a/you", ["/a/{id}", "/a/me"], ("/a/{id}", {"id": "you"})),
        ("/a/b/c", ["/{x}/b/c", "/a/{y}/d", "/a/{y}/c"], ("/a/{y}/c", {"y": "b"})),
        ("/a/b/e", ["/{x}/b/e", "/a/{y}/d"], ("/{x}/b/e", {"x": "a"})),
        ("/x-y-z", ["/{a}-{b}"], ("/{a}-{b}", {"a": "x-y", "b": "z"})),
        ("/-z", ["/{a}-{b}"], None),
        ("/5.json", ["/{id}", "/{id}.json"], ("/{id}.json", {"id": "5"})),
        ("/.json", ["/{id}.json"], None),
        ("/a:run", ["/{a}:{verb}", "/{a}:stop"], ("/{a}:{verb}", {"a": "a", "verb": "run"})),
        ("/a:stop", ["/{a}:{verb}", "/{a}:stop"], ("/{a}:stop", {"a": "a"})),
        ("/ab", ["/{a}{b}"], ("/{a}{b}", {"a": "a", "b": "b"})),
        ("/a%2Fb", ["/{x}", "/{x}/{y}"], ("/{x}", {"x": "a/b"})),
        ("/%61", ["/a", "/{x}"], ("/a", {})),
        ("/caf%c3%a9", ["/café"], ("/café", {})),
        ("/caf\u00e9", ["/caf%C3%A9"], ("/caf%C3%A9", {})),
        ("/%FF", ["/{x}"], ("/{x}", {"x": None})),
        ("/a+b", ["/{x}"], ("/{x}", {"x": "a+b"})),
        ("/1", ["/{a.*(}"], ("/{a.*(}", {"a.*(": "1"})),
        ("/a.b", ["/a.b"], ("/a.b", {})),
        ("/axb", ["/a.b"], None),
        ("/m?beta=true", ["/m", "/m?beta=true"], ("/m?beta=true", {})),
        ("/m?x=1&beta=true", ["/m", "/m?beta=true"], ("/m?beta=true", {})),
        ("/m?beta=false", ["/m", "/m?beta=true"], ("/m", {})),
        ("/m", ["/m?beta=true"], None),
        ("/m", ["/{x}", "/m#beta", "/m#gamma"], ("/m#beta", {})),
        ("/m", ["/m#beta", "/m"], ("/m", {})),
        ("/m?gamma", ["/m", "/m#beta", "/m#gamma"], ("/m#gamma", {})),
        ("/?Action=Go", ["/#Action=Go", "/#Action=Stop"], ("/#Action=Go", {})),
        ("", ["/"], None),
        ("/", ["/"], ("/", {})),
    ],
)
def test_a_path_leads_to_the_template_that_says_most(
    path: str, templates: list[str], expected: Any
) -> None:
    assert found(path, *templates) == expected


def test_templates_of_one_shape_are_one_route() -> None:
    both = router("GET /a/{x}/{y}", "POST /a/{y}/{x}")

    routes = [both.find("/a/1/2", method) for method in ("GET", "POST")]

    assert [route.texts for route in routes if route] == [
        {"x": "1", "y": "2"},
        {"y": "1", "x": "2"},
    ]
    assert [sorted(route.operations) for route in routes if route] == [["GET", "POST"]] * 2


def test_a_method_that_no_template_has_is_told_the_methods_of_all_that_match() -> None:
    paths = router("GET /a/{id}", "DELETE /a/{other}", "POST /a/me", "GET /m", "PUT /m?v=2")

    routes = [paths.find(path, "PATCH") for path in ("/a/5", "/a/me", "/m?v=2", "/m")]

    assert [route and [*route.operations] for route in routes] == [
        ["DELETE", "GET"],
        ["DELETE", "GET", "POST"],
        ["GET", "PUT"],
        ["GET"],
    ]
    assert paths.find("/b", "PATCH") is None


def test_a_template_without_the_method_steps_back_for_one_that_has_it() -> None:
    paths = router("GET /a/{id}/x", "PUT /a/me/x", "DELETE /b")

    read, head = paths.find("/a/me/x", "GET"), paths.find("/a/me/x", "HEAD")
    written, refused = paths.find("/a/me/x", "PUT"), paths.find("/a/me/x", "POST")

    assert [one and (one.template, one.texts) for one in (read, head, written, refused)] == [
        ("/a/{id}/x", {"id": "me"}),
        ("/a/{id}/x", {"id": "me"}),
        ("/a/me/x", {}),
        ("/a/me/x", {}),
    ]


def test_of_templates_that_are_one_route_head_goes_by_the_names_of_get() -> None:
    paths = router("PUT /a/{id}", "GET /a/{name}", "DELETE /b/{id}", "HEAD /b/{name}")

    found = paths.find("/a/5", "HEAD"), paths.find("/b/5", "HEAD")

    assert [one and one.texts for one in found] == [{"name": "5"}, {"name": "5"}]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_arrives_in_a_segment(text: str) -> None:
    route = router("/a/{x}").find(f"/a/{quote(text, safe='')}")

    assert route is not None
    assert route.texts == {"x": text}


@given(st.text())
def test_no_path_is_fatal(path: str) -> None:
    router("/{a}", "/a/{b}-{c}", "/{d}/{e}").find(path.replace("\ud800", ""))


def test_hostile_repetition_is_not_slow() -> None:
    assert found("/" + "-" * 100_000, "/{a}-{b}-{c}-{d}.json") is None
