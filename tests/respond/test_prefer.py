import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.respond.prefer import NONE, Preferences, preferences, without_controls

Fields = list[tuple[bytes, bytes]]

WORDS = st.from_regex(r"[!-~]{1,12}", fullmatch=True)
NAMES = st.sampled_from(["code", "example", "dynamic", "seed", "delay", "wait", "x-other"])


def prefer(*values: bytes) -> Fields:
    return [(b"prefer", value) for value in values]


def asked(headers: Fields, query: bytes = b"") -> tuple[object, ...]:
    found = preferences(headers, query)
    return found.code, found.example, found.dynamic, found.seed, found.delay


def quoted(word: str) -> str:
    return '"{}"'.format(re.sub(r'(["\\])', r"\\\1", word))


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        (prefer(), b"", (None, None, None, None, None)),
        (prefer(b"code=404"), b"", (404, None, None, None, None)),
        (prefer(b"code = 404 ; a=b , dynamic=true"), b"", (404, None, True, None, None)),
        (prefer(b"code=404", b"example=a"), b"", (404, "a", None, None, None)),
        (prefer(b"code=404, code=500"), b"", (404, None, None, None, None)),
        (prefer(b",, Code=404,,"), b"", (404, None, None, None, None)),
        (prefer(b'example="a, b; c=\\"d\\""'), b"", (None, 'a, b; c="d"', None, None, None)),
        (prefer("example=größe".encode()), b"", (None, "größe", None, None, None)),
        (prefer(b"example=gr\xf6\xdfe"), b"", (None, "größe", None, None, None)),
        (prefer(b"dynamic=false, seed=-3, delay=250"), b"", (None, None, False, -3, 250)),
        (prefer(b"respond-async, wait=10"), b"", (None, None, None, None, None)),
        (prefer(), b"__code=404&__example=a%20b", (404, "a b", None, None, None)),
        (prefer(b"seed=1"), b"__code=404", (None, None, None, 1, None)),
        (prefer(b"respond-async"), b"__code=404", (404, None, None, None, None)),
        (prefer(), b"__server=x&code=404", (None, None, None, None, None)),
    ],
)
def test_preferences_are_read_from_the_header_and_else_from_the_query(
    headers: Fields, query: bytes, expected: tuple[object, ...]
) -> None:
    assert asked(headers, query) == expected
    assert preferences(headers, query).invalid == ()


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (b"code=abc", "code"), (b"code=99", "code"), (b"code=600", "code"), (b"code", "code"),
        (b"dynamic=yes", "dynamic"), (b"delay=-1", "delay"), (b"delay=60001", "delay"),
        (b"delay=1e3", "delay"), (b"example=", "example"), (b'seed=""', "seed"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_meant_is_told(field: bytes, name: str) -> None:
    (one,) = preferences(prefer(field), b"").invalid

    assert (one.path, one.message.split(" ")[0]) == (("header", "Prefer"), name)


def test_a_value_of_the_query_is_told_where_it_stands() -> None:
    (one,) = preferences([], b"__code=abc").invalid

    assert one.path == ("query", "__code")


@given(st.lists(st.tuples(NAMES, WORDS)))
def test_how_preferences_are_written_makes_no_difference(pairs: list[tuple[str, str]]) -> None:
    one_field = ", ".join(f"{name}={quoted(word)}" for name, word in pairs).encode()
    many = [f"{name.upper()}={quoted(word)};x=1".encode() for name, word in pairs]

    assert preferences(prefer(one_field), b"") == preferences(prefer(*many), b"")


@given(st.binary(), st.binary())
def test_no_bytes_are_too_odd(field: bytes, query: bytes) -> None:
    assert isinstance(preferences(prefer(field), query), Preferences)


@given(st.text(min_size=1, max_size=20))
def test_what_was_applied_is_said_in_printable_text(word: str) -> None:
    headers = prefer(f"example={quoted(word)}, code=200".encode())

    for name, value in preferences(headers, b"").applied():
        assert name == "Preference-Applied"
        assert re.fullmatch("[ -~]+", value)


@given(st.text())
def test_the_same_word_is_the_same_seed(word: str) -> None:
    first, second = (preferences(prefer(f"seed={quoted(word)}".encode()), b"") for _ in range(2))

    assert first.seed == second.seed


def test_what_is_not_applied_is_not_said() -> None:
    found = preferences(prefer(b"example=a, code=200"), b"")

    assert found.applied("example") == (("Preference-Applied", "code=200"),)
    assert NONE.applied() == ()


def test_controls_are_no_parameters_of_the_contract_unless_it_declares_them() -> None:
    assert without_controls(b"a=1&__code=404&__other=2", []) == b"a=1&__other=2"
    assert without_controls(b"__code=404", ["__code"]) == b"__code=404"
