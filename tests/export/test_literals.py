"""Values as JavaScript: the same to JavaScript as the JSON, and laid out as Prettier leaves it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from understudy.config import Settings
from understudy.contract.load import load_contract
from understudy.export.exporting import Wanted, export
from understudy.export.literals import literal
from understudy.export.msw import modules

ORDERS = str(Path(__file__).with_name("orders.yaml"))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
NUMBERS = st.one_of(
    st.integers(-(2**53) + 1, 2**53 - 1), st.floats(allow_nan=False, allow_infinity=False)
)
KEYS = st.one_of(st.sampled_from(["__proto__", "1", "01", "a-b", "id", "constructor", ""]), TEXT)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXT),
    lambda inner: st.one_of(
        st.lists(inner, max_size=8),
        st.lists(NUMBERS, max_size=30),
        st.dictionaries(KEYS, inner, max_size=4),
    ),
    max_leaves=25,
)
COMPARE = """
import assert from "node:assert";
import { text } from "node:stream/consumers";
for (const [source, expected] of JSON.parse(await text(process.stdin)))
  assert.deepStrictEqual((0, eval)(`(${source})`), JSON.parse(expected));
"""
PRETTIER = """
import { text } from "node:stream/consumers";
import prettier from "prettier";
for (const [name, source] of Object.entries(JSON.parse(await text(process.stdin)))) {
  const wanted = await prettier.format(source, { filepath: name });
  if (wanted !== source) console.log(`${name}:\\n${source}\\nwanted:\\n${wanted}`);
}
"""

in_batches = settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])


def module(text: str) -> tuple[str, ...]:
    return "--input-type=module", "--eval", text


@in_batches
@given(values=st.lists(VALUES, min_size=5, max_size=40))
def test_a_literal_means_what_the_json_means(
    values: list[object], node: Callable[..., str]
) -> None:
    pairs = [[literal(one), json.dumps(one)] for one in values]

    node(*module(COMPARE), given=json.dumps(pairs))


ASCII_KEYS = st.text(st.sampled_from("ab '\"\\\n/-.:{}$`"), max_size=90)  # others stay in quotes
KEYS_OF_ASCII = st.one_of(ASCII_KEYS, st.sampled_from(["12", "id", "a-b"]))
PLAIN = st.text(st.sampled_from("ab '\"\\\n/-.:{}$`é"), max_size=90)
PRINTED = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), PLAIN),
    lambda inner: st.one_of(
        st.lists(inner, max_size=6),
        st.lists(st.integers(-(10**6), 10**6), max_size=30),
        st.dictionaries(
            st.one_of(ASCII_KEYS, st.sampled_from(["12", "id", "a-b"])), inner, max_size=4
        ),
    ),
    max_leaves=25,
)


@in_batches
@given(values=st.lists(PRINTED, min_size=5, max_size=40))
def test_prettier_has_nothing_to_change(values: list[object], node: Callable[..., str]) -> None:
    sources = {
        f"{number}.js": f"export const data = {literal({'value': one})};\n"
        for number, one in enumerate(values)
    }

    assert node(*module(PRETTIER), given=json.dumps(sources)) == ""


@pytest.mark.parametrize(
    "name", ["cattix", "sitegpt", "thena", str(Path(__file__).with_name("orders.yaml"))]
)
def test_prettier_has_nothing_to_change_in_modules(name: str, node: Callable[..., str]) -> None:
    contract = load_contract(name)
    written = modules(export(contract, Settings(), Wanted(count=2)), f"*{contract.base_path}")

    assert node(*module(PRETTIER), given=json.dumps(dict(written))) == ""
