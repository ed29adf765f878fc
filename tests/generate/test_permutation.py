import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.generate.permutation import Permutation
from understudy.generate.source import MASK, Source

SOURCES = st.integers(0, MASK).map(Source)


@given(st.integers(1, 400), SOURCES)
def test_it_is_a_bijection(size: int, source: Source) -> None:
    order = Permutation(size, source)

    assert sorted(map(order, range(size))) == list(range(size))


@given(st.data(), st.integers(1, 1 << 128), SOURCES)
def test_of_any_size_it_stays_in_range_and_keeps_what_differs_apart(
    data: st.DataObject, size: int, source: Source
) -> None:
    numbers = data.draw(st.sets(st.integers(0, size - 1), max_size=20))

    mapped = {Permutation(size, source)(number) for number in numbers}

    assert len(mapped) == len(numbers)
    assert all(0 <= number < size for number in mapped)


def test_every_order_of_a_few_comes_up() -> None:
    orders = [Permutation(4, Source.of(str(seed))) for seed in range(2000)]

    assert len({tuple(map(order, range(4))) for order in orders}) == 24


@pytest.mark.parametrize("number", [-1, 5])
def test_what_is_out_of_range_is_refused(number: int) -> None:
    with pytest.raises(IndexError, match="there are 5 numbers"):
        Permutation(5, Source.of("any"))(number)
