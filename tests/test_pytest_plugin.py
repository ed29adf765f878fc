import json
import os
import re
import subprocess
import sys
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

import pytest

import understudy

pytest_plugins = ("pytester",)

GUIDE = Path(__file__).parents[1] / "docs" / "guides" / "test-with-pytest.md"
INSTALLED = any(one.name == "understudy" for one in entry_points(group="pytest11"))
PLUGIN = () if INSTALLED else ("-p", "understudy.pytest_plugin")
"""How to load the plugin where the distribution that is installed does not know it."""

START = """
import httpx
import pytest
import understudy
from datetime import datetime

URL = "/api/v1/chat/threads"
HEADERS = {"Authorization": "Bearer good"}
AGENT = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


def threads(server):
    return httpx.get(f"{server.url}{URL}?company_id=12", headers=HEADERS, trust_env=False).json()


def create(server):
    url, body = f"{server.url}{URL}?company_id=12", {"assistant_type": "campaign_creation"}
    return httpx.post(url, json=body, headers=HEADERS, trust_env=False)


def web_threads(server, key="any"):
    url = f"{server.url}/api/v1/chat/{AGENT}/web-threads"
    return httpx.get(url, headers={"x-api-key": key}, trust_env=False)
"""


def run(pytester: pytest.Pytester, tests: str, *more: str) -> pytest.RunResult:
    pytester.makepyfile(START + dedent(tests))
    return pytester.runpytest_subprocess(*PLUGIN, "-p", "no:cacheprovider", "-W", "error", *more)


def test_the_server_of_a_test_is_as_new_and_that_of_the_test_before(
    pytester: pytest.Pytester,
) -> None:
    result = run(
        pytester,
        """
        SEEN = []

        @pytest.mark.understudy("cattix")
        @pytest.mark.parametrize("time", [1, 2])
        def test_created(mock_api, time):
            before = len(threads(mock_api))
            assert create(mock_api).status_code == 200
            assert len(threads(mock_api)) == before + 1
            SEEN.append((mock_api.url, before))

        def test_after_both():
            assert len(SEEN) == 2
            assert len(set(SEEN)) == 1
        """,
    )

    result.assert_outcomes(passed=3)


def test_markers_say_which_contract_and_how_the_nearest_first(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        pytestmark = pytest.mark.understudy("thena", seed=7)
        SEEN = {}

        def test_of_the_module(mock_api):
            SEEN["module"] = web_threads(mock_api).json()
            SEEN["url"] = mock_api.url

        @pytest.mark.understudy(seed=8, tokens=["t"], api_keys="secret")
        def test_nearer(mock_api):
            assert web_threads(mock_api).status_code == 401
            SEEN["nearer"] = web_threads(mock_api, "secret").json()

        @pytest.mark.understudy(now="2031-05-06T07:08:09Z")
        def test_later(mock_api, make_mock_api):
            at = datetime(2031, 5, 6, 7, 8, 9)
            assert "2031-05" in max(t["updated_at"] for t in web_threads(mock_api).json())
            again = web_threads(make_mock_api("thena", seed=7, now=at)).json()
            assert again == web_threads(mock_api).json()

        def test_seeds_differ():
            assert SEEN["module"] != SEEN["nearer"]

        @pytest.mark.understudy("sitegpt")
        def test_contract(contract, mock_api):
            assert contract.name == "sitegpt"
            assert mock_api.url != SEEN["url"]
        """,
    )

    result.assert_outcomes(passed=5)


def test_a_factory_gives_as_many_servers_as_are_wanted(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        URLS = []

        def test_two(make_mock_api):
            one, two = make_mock_api("cattix"), make_mock_api("cattix")
            create(one)
            assert len(threads(one)) == len(threads(two)) + 1
            both = make_mock_api("cattix", "thena")
            assert web_threads(both).status_code == 200
            URLS.extend([one.url, two.url])

        def test_they_are_used_again(make_mock_api):
            assert make_mock_api("cattix").url in URLS
            assert make_mock_api("cattix").url in URLS
        """,
    )

    result.assert_outcomes(passed=2)


def test_the_ini_file_names_a_contract_by_its_path_from_the_root(
    pytester: pytest.Pytester,
) -> None:
    folder = pytester.mkdir("api")
    (folder / "openapi.yaml").write_bytes(
        Path(__file__).with_name("specs").joinpath("books.yaml").read_bytes()
    )
    pytester.makeini("[pytest]\nunderstudy_contract = api\n")

    result = run(
        pytester,
        """
        def test_books(mock_api, contract):
            response = httpx.get(f"{mock_api.url}/books", trust_env=False)
            assert response.status_code == 200
            assert contract.title == "Books"
            understudy.assert_keeps_contract(response)
        """,
    )

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ("def test(mock_api): ...", '*name a contract: @pytest.mark.understudy("thena")*'),
        ("def test(contract): ...", '*name a contract: @pytest.mark.understudy("thena")*'),
        (
            '@pytest.mark.understudy("thena", "cattix")\ndef test(contract): ...',
            "*test*: which contract?*",
        ),
        (
            '@pytest.mark.understudy("thean")\ndef test(mock_api): ...',
            "*thean: no such file or contract*",
        ),
        (
            'def test(make_mock_api): make_mock_api("thena", sede=1)',
            "*unknown setting sede; known are seed, now*",
        ),
        (
            "def test(): understudy.assert_keeps_contract(object())",
            "*name the contract that the response is to keep*",
        ),
        (
            'def test(): understudy.assert_keeps_contract(object(), "thena")',
            "*object is no response of a client that is known*",
        ),
    ],
)
def test_a_mistake_is_told(pytester: pytest.Pytester, test: str, message: str) -> None:
    result = run(pytester, f"\n{test}\n")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([message])


def test_the_marker_is_described(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess(*PLUGIN, "--markers", "--strict-markers")

    result.stdout.fnmatch_lines(["@pytest.mark.understudy(*contracts, seed=1*"])


def test_the_guide_does_what_it_says(pytester: pytest.Pytester) -> None:
    code = re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
    for number, block in enumerate(code):
        pytester.makepyfile(**{f"test_{number}": block})

    result = pytester.runpytest_subprocess(*PLUGIN, "-p", "no:cacheprovider")

    result.assert_outcomes(passed=len(code))
    assert len(code) == 4


@pytest.mark.skipif(find_spec("xdist") is None, reason="pytest-xdist is not installed")
def test_every_worker_has_servers_of_its_own(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        @pytest.mark.understudy("cattix")
        @pytest.mark.parametrize("time", range(8))
        def test_created(mock_api, time):
            before = len(threads(mock_api))
            create(mock_api)
            assert len(threads(mock_api)) == before + 1
        """,
        "-n", "2",
    )  # fmt: skip

    result.assert_outcomes(passed=8)


TIMES = """
import json, os, resource, subprocess, sys
def spent(*more):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *more],
                   check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
with_, without = json.loads(sys.argv[1])
pairs = [(spent(*with_), spent(*without)) for _ in range(6)]
print(json.dumps([min(column) for column in zip(*pairs)]))
"""


def test_a_run_that_does_not_use_it_pays_next_to_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_nothing(): ...")
    options = json.dumps([PLUGIN, ["-p", "no:understudy"]])

    ended = subprocess.run(
        [sys.executable, "-c", TIMES, options],
        cwd=pytester.path, capture_output=True, text=True, check=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(Path(understudy.__file__).parents[1])},
    )  # fmt: skip

    with_, without = json.loads(ended.stdout)
    assert with_ < 1.09 * without


def test_nothing_slow_is_imported_until_it_is_used(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_nothing():
            ours = {name for name in sys.modules if name.startswith("understudy.")}
            assert ours == {"understudy.pytest_plugin", "understudy.version"}
        """
    )

    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=1)


def test_a_scenario_of_the_marker_is_on_for_the_test(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        @pytest.mark.understudy("thena", scenario="expired-credentials")
        def test_with(mock_api):
            assert web_threads(mock_api).status_code == 401

        @pytest.mark.understudy("thena")
        def test_without(mock_api):
            assert web_threads(mock_api).status_code == 200

        @pytest.mark.understudy("thena", scenario=["slow", "empty-account"])
        def test_several(mock_api):
            assert mock_api.session().state.scenarios == ("slow", "empty-account")
        """,
    )

    result.assert_outcomes(passed=3)


def test_a_session_is_a_world_beside_that_of_the_server(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        pytestmark = pytest.mark.understudy("thena")

        @pytest.mark.parametrize("turn", [1, 2])
        def test_apart(mock_api, mock_session, turn):
            mock_session.scenarios("expired-credentials")

            assert web_threads(mock_session).status_code == 401
            assert web_threads(mock_api).status_code == 200

            mock_session.journal.verify(operation="listWebThreads", status=401, times=1)
            mock_api.journal.verify(operation="listWebThreads", times=2)
        """,
    )

    result.assert_outcomes(passed=2)
