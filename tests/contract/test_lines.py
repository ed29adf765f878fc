import json
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from understudy.contract import pointers
from understudy.contract.lines import Lines, lines_of_json
from understudy.types import Json

SCALARS = st.none() | st.booleans() | st.integers() | st.text()
VALUES = st.recursive(SCALARS, lambda v: st.lists(v) | st.dictionaries(st.text(), v), max_leaves=30)


def scalars(value: Json, pointer: str = "") -> Iterator[tuple[str, Json]]:
    """Yield pointer and value of what is neither an object nor an array."""
    if not isinstance(value, dict | list):
        yield pointer, value
    for key, member in pointers.children(value):
        yield from scalars(member, pointers.join(pointer, key))


@given(VALUES, st.sampled_from([":", " : ", "\n: ", ":\n"]))
def test_every_value_of_a_json_text_stands_in_its_line(value: Json, colon: str) -> None:
    text = json.dumps([value, "the end"], indent=1, separators=(",", colon))
    written, lines = text.split("\n"), Lines([value, "the end"], lambda: lines_of_json(text))

    for pointer, scalar in scalars([value, "the end"]):
        assert written[lines.at(pointer) - 1].rstrip(",").endswith(json.dumps(scalar))
