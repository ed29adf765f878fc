import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.generate.source import Source

KEYS = st.binary(min_size=1).map(lambda seed: Source.of(seed.hex()).base)
LABELS = st.one_of(st.text(), st.integers(0, 1 << 40))


def test_a_name_is_the_same_source_on_every_machine() -> None:
    root = Source.of("understudy")

    assert [root.key, root.at("thread").key, root.at(7).key, root.at("thread").at(7).key] == [
        963818998226338773517376612575070127,
        620320664722946382423475006732440917,
        869864871765892040763874556903391871,
        167593776906748870860808933656951146,
    ]


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_a_source_does_not_depend_on_the_hash_seed(hash_seed: str) -> None:
    script = (
        "from understudy.generate.source import Source; print(Source.of('a').at('b').at(3).key)"
    )

    printed = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
        text=True,
    ).stdout

    assert int(printed) == Source.of("a").at("b").at(3).key


@settings(deadline=None)
@given(KEYS, LABELS, LABELS)
def test_children_with_different_names_differ(key: int, one: str | int, other: str | int) -> None:
    source = Source(key)

    assert (source.at(one).key == source.at(other).key) == (one == other)


@settings(deadline=None)
@given(KEYS, LABELS)
def test_a_child_is_a_key_and_leaves_its_parent_alone(key: int, label: str | int) -> None:
    source = Source(key)

    assert 0 <= source.at(label).key < 1 << 120
    assert source.key == Source(key).key


def test_a_child_tells_nothing_about_its_sibling() -> None:
    pairs = [
        (Source.of(str(i)).at("a").below(2), Source.of(str(i)).at("b").below(2))
        for i in range(4000)
    ]

    assert all(900 < pairs.count((a, b)) < 1100 for a in (0, 1) for b in (0, 1))


def test_numbered_children_are_spread_evenly() -> None:
    source = Source.of("even")
    drawn = [source.at(i).below(10) for i in range(10_000)]

    assert all(900 < drawn.count(digit) < 1100 for digit in range(10))


@given(KEYS, st.integers(-(10**30), 10**30), st.integers(0, 10**30))
def test_draws_stay_within_their_bounds(key: int, low: int, span: int) -> None:
    source = Source(key)

    assert low <= source.between(low, low + span) <= low + span
    assert 0 <= source.below(span + 1) <= span


def test_both_bounds_can_be_drawn() -> None:
    source = Source.of("bounds")

    assert {source.at(i).between(3, 9) for i in range(200)} == set(range(3, 10))


@given(KEYS, st.lists(st.integers(), min_size=1))
def test_one_of_the_options_is_picked(key: int, options: list[int]) -> None:
    assert Source(key).pick(options) in options


def test_options_are_drawn_as_often_as_they_are_heavy() -> None:
    source = Source.of("heavy")
    drawn = [source.at(i).weigh([1, 0, 3]) for i in range(4000)]

    assert 900 < drawn.count(0) < 1100
    assert drawn.count(1) == 0


@pytest.mark.parametrize("weights", [[], [0], [0, 0]])
def test_without_weight_there_is_nothing_to_draw(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="no weight is above zero"):
        Source(5).weigh(weights)
