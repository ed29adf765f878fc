import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.contract.validate import Validator
from understudy.generate.formats import FORMATS, text, uuid
from understudy.generate.source import MASK, Source

KEYS = st.integers(0, MASK)
VALIDATORS = {name: Validator({"type": "string", "format": name}) for name in FORMATS}
OF_OPENAPI = {"binary", "byte", "password"}
"""Formats that JSON Schema does not know, so that no validator refuses anything."""


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(sorted(FORMATS)), KEYS)
def test_every_format_is_kept(name: str, key: int) -> None:
    assert VALIDATORS[name].violations(FORMATS[name](Source(key))) == []


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - OF_OPENAPI))
def test_the_validator_knows_the_format(name: str) -> None:
    refused = ("", " ", "~1 \\", "%", "{", "[", "x y", "-01")

    assert any(not VALIDATORS[name].accepts(one) for one in refused)


@given(KEYS)
def test_a_uuid_is_of_version_4(key: int) -> None:
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", uuid(Source(key))
    )


@given(KEYS, st.integers(0, 300), st.integers(0, 300))
def test_text_is_as_long_as_it_may_be(key: int, low: int, more: int) -> None:
    made = text(Source(key), low, low + more)

    assert low <= len(made) <= low + more
    assert made == made.strip()
