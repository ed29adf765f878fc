import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.generate.patterns import pattern_text
from understudy.generate.source import Source

PATTERNS = (
    "",
    "abc",
    "^abc$",
    "a|bc|",
    "^(a|b)$",
    "(?:ab)+c?",
    "a{3}",
    "a{2,}",
    "a{0,4}?",
    "[a-c]*",
    "[^a-z]",
    "[-a]",
    "[a-]",
    "[.]{2}",
    "[0-9a-f]{8}-[0-9a-f]{4}",
    r"\d+\.\d{2}",
    r"[\d-]",
    r"[\w.]+@[\w]+\.[a-z]{2,3}",
    r"\s\S\w\W\d\D",
    r"\(\[\{\}\]\)",
    r"\n\t\r",
    r"[\n\t]",
    r"[\]\\^-]+",
    ".*",
    ".{3}x",
    "((a|b)(c|d)){2}",
    "[äöü]+",
    "a+?b*?",
    "[*-.]",
    r"[^\W]",
    r"[^\S]",
    r"[^\D\s]",
    r"\f\v",
    "^a|b$|^c$",
    "a]b}",
    "thread_[A-Za-z0-9]{24}",
    r"https://maps\.google\.com/maps\?cid=[1-9][0-9]{18}",
    r"\+1-[2-9][0-9]{2}-555-01[0-9]{2}",
)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(PATTERNS), st.integers(0, (1 << 128) - 1))
def test_the_text_always_matches_its_pattern(pattern: str, key: int) -> None:
    assert re.fullmatch(pattern, pattern_text(pattern)(Source(key)))


@pytest.mark.parametrize(
    "pattern",
    [
        "(?=a)a",
        "(?!a)b",
        "(?<=a)b",
        "(?i)a",
        "(?P<name>a)",
        r"(a)\1",
        r"\bword\b",
        r"\p{L}",
        r"\u0041",
        r"\x41",
        "(a",
        "a)",
        "[a",
        "[]",
        "a{2",
        "a{3,2}",
        "*a",
        "+",
        "a**",
        "a^b",
        "a$b",
        "(^a)",
        "(a$)b",
        "[z-a]",
        "[z-ab]",
        r"[\d-x]",
        "[]x]",
        "a{,3}",
        "a{x}",
        "x{1,2}{3}",
        "{}",
        r"\A",
        r"\Z",
        "\\",
    ],
)
def test_what_it_does_not_know_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each refusal has its own words
        pattern_text(pattern)


def test_every_branch_and_every_length_can_come() -> None:
    text = pattern_text("(a|b){1,2}")

    assert {text(Source.of(str(i))) for i in range(200)} == {"a", "b", "aa", "ab", "ba", "bb"}
