import pytest
from tests.checks import test_access, test_meaning, test_method, test_request, test_response
from tests.checks.exchanges import promises
from tests.checks.laws import test_laws
from tests.checks.laws.board import Board, api

from understudy.checks.promise import PROMISES, promise

TABLES = (test_access, test_meaning, test_method, test_request, test_response)


BESIDE = {"meaning/last-entries"}
"""What has a test of its own, since it needs a resource whose lists are cut."""

FAMILIES = {"response", "request", "access", "method", "meaning", "time"}
NEVER_KEPT = {"response/protocol-status"}
"""What is only ever broken: a status that is documented is counted for response/status."""


def test_the_tables_break_every_promise_there_is() -> None:
    lines = [line for table in TABLES for _, findings in table.BROKEN for line in findings]
    laws = [line for _, _, findings in test_laws.BROKEN for line in findings.split(" + ")]

    assert promises(lines) | promises(laws) == set(PROMISES) - BESIDE


def test_the_tables_keep_every_promise_there_is() -> None:
    kept = {id_ for table in TABLES for id_, _ in table.KEPT}
    laws = {
        outcome.promise.id
        for law in test_laws.LAWS.values()
        for outcome in law(api(Board()))
        if outcome.finding is None
    }

    assert kept | laws >= set(PROMISES) - NEVER_KEPT - BESIDE


def test_no_promise_has_two_entries() -> None:
    with pytest.raises(ValueError, match="response/body is registered twice"):
        promise("response/body", "Twice")


def test_every_promise_says_what_it_is_in_one_sentence_and_belongs_to_a_family() -> None:
    for one in PROMISES.values():
        assert one.says[0].isupper(), one.id
        assert not one.says.endswith("."), one.id
        assert one.family in FAMILIES, one.id
