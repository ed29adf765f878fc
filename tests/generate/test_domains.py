import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.codec import identity
from understudy.contract import canonical as c
from understudy.contract import recipes as r
from understudy.contract.load import load_contract
from understudy.contract.validate import Validator
from understudy.generate.domains import domain_by, domain_of, ids_of, keys_of
from understudy.types import Json

COUNTED = st.one_of(
    st.just({"type": "boolean"}),
    st.just({"type": ["boolean", "null"]}),
    st.builds(
        lambda low, room, step: {
            "type": "integer", "multipleOf": step,
            "minimum": low * step, "maximum": (low + room) * step,
        },
        st.integers(-50, 50), st.integers(0, 60), st.integers(1, 4),
    ),
    st.builds(
        lambda low, room: {"type": "number", "minimum": low, "maximum": low + room},
        st.integers(-50, 50), st.integers(0, 9),
    ),
    st.lists(st.integers() | st.text() | st.booleans() | st.none(), min_size=1).map(
        lambda values: {"enum": values}
    ),
    st.sampled_from(["^[ab]{0,3}$", "^x?y?z?$", "^(red|green|blue)$"]).map(
        lambda pattern: {"type": "string", "pattern": pattern}
    ),
    st.just({"anyOf": [{"type": "integer", "minimum": 1, "maximum": 5}, {"enum": ["a", None, 3]}]}),
)  # fmt: skip


@given(COUNTED)
def test_the_values_of_a_domain_differ_and_are_valid(schema: Json) -> None:
    domain = domain_of(c.canonical(schema))
    assert domain is not None
    validator = Validator(schema)

    values = [domain.nth(n) for n in range(domain.size)]

    assert len({identity(value) for value in values}) == domain.size
    assert [value for value in values if not validator.accepts(value)] == []


@pytest.mark.parametrize(
    ("schema", "size"),
    [
        ({"type": "integer", "minimum": 10, "maximum": 99}, 90),
        ({"type": "string", "pattern": "^[ab]{0,3}$"}, 15),
        ({"type": "string", "pattern": "^[0-9]{18}$"}, 10**18),
        ({"type": "string", "pattern": "^[0-9]+$"}, 1 << 40),
        ({"type": "number", "minimum": 0, "maximum": 1}, 101),
        ({"enum": ["a", "b", None]}, 3),
        ({"type": "object"}, None),
        ({"type": "string", "pattern": "^a*$"}, None),
        ({"type": "string", "pattern": "^[0-9A-Za-z]{40}$"}, None),
        ({"type": "string", "format": "uuid"}, None),
        ({"type": "string"}, None),
    ],
)
def test_what_can_be_counted_is(schema: Json, size: int | None) -> None:
    domain = domain_of(c.canonical(schema))

    assert (domain.size if domain else None) == size


@pytest.mark.parametrize(
    ("recipe", "schema", "ends"),
    [
        (r.Number(r.Literal(10), r.Literal(12)), {}, [10, 11, 12]),
        (r.Pattern("[ab]", "/at"), {}, ["a", "b"]),
        (r.Literal("only"), {}, ["only"]),
        (None, {"type": "boolean"}, [False, True]),
        (r.AsSchema(), {"enum": [7, None]}, [7]),
    ],
)
def test_a_recipe_has_the_values_that_it_can_make(
    recipe: r.Recipe | None, schema: Json, ends: list[Json]
) -> None:
    domain = domain_by(recipe, c.canonical(schema))

    assert domain is not None
    assert [domain.nth(n) for n in range(domain.size)] == ends


def test_ids_and_keys_of_the_bundled_contracts_are_counted() -> None:
    customers = ids_of(load_contract("cattix"), "customer")
    chatbots = keys_of(load_contract("sitegpt"), "chatbot")

    assert customers is not None
    assert (customers.size, customers.nth(0)) == (5 * 10**9, 5 * 10**9)
    assert chatbots is not None
    assert (chatbots.size, chatbots.nth(0)) == (9 * 10**17, "1" + "0" * 17)
    assert ids_of(load_contract("thena"), "thread") is None
