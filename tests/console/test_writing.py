"""Laws of what the console writes: YAML reads back, samples of code hold what they are made of."""

import ast
import json
import shlex
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from understudy import MockServer
from understudy.contract.yaml_text import parsed

SAFE = 2**53 - 1
FEW = settings(max_examples=20, suppress_health_check=list(HealthCheck))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE, SAFE) | st.floats(-1e9, 1e9) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
TOKENS = st.text(st.sampled_from("abcXYZ-09"), min_size=1, max_size=8)
PRINTED = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=20)


@pytest.fixture(scope="module")
def writer(chromium: Browser, running: MockServer) -> Iterator[Page]:
    page = chromium.new_page()
    page.goto(f"{running.url}/__understudy/")
    page.evaluate(
        """async () => {
          const [{ yaml }, { SAMPLES }] = await Promise.all(
            ["yaml", "samples"].map((name) => import(`/__understudy/console/${name}.js`)));
          Object.assign(window, { yaml, SAMPLES });
        }"""
    )
    yield page
    page.close()


@FEW
@given(values=st.lists(VALUES, min_size=1, max_size=20))
def test_yaml_reads_back_as_the_value_that_it_is_of(writer: Page, values: list[object]) -> None:
    told = writer.evaluate("(values) => values.map(yaml)", values)

    assert [parsed(one).value for one in told] == values


@FEW
@given(
    headers=st.lists(st.tuples(TOKENS, PRINTED), max_size=3),
    body=st.none() | TEXTS.filter(bool) | VALUES.map(json.dumps) | st.just("12345678901234567890"),
    path=TOKENS,
)
def test_samples_hold_the_request_that_they_are_made_of(
    writer: Page, headers: list[tuple[str, str]], body: str | None, path: str
) -> None:
    url = f"http://127.0.0.1:1/{path}?q=it's"
    wanted = {"method": "POST", "url": url, "headers": headers, "body": body}
    shell, python = writer.evaluate(
        "(wanted) => [SAMPLES.curl(wanted), SAMPLES.httpx(wanted)]", wanted
    )

    words = shlex.split(shell.replace(" \\\n", " "))
    assert words[:4] == ["curl", "--request", "POST", url]
    told = [f"{name}: {value}" if value.strip() else f"{name};" for name, value in headers]
    data = [] if body is None else ["--data-raw", body]
    assert words[4:] == [*(each for one in told for each in ("--header", one)), *data]
    call = next(one for one in ast.walk(ast.parse(python)) if isinstance(one, ast.Call))
    given = {one.arg: ast.literal_eval(one.value) for one in call.keywords}
    assert [ast.literal_eval(one) for one in call.args] == ["POST", url]
    if body is not None:
        assert given["content"] == body if "content" in given else given["json"] == json.loads(body)
    assert {k: v for k, v in headers if k.lower() != "content-type"}.items() <= {
        **given.get("headers", {})
    }.items()
