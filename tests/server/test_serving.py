from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from understudy.config import Limits, Settings
from understudy.contract.load import Loading
from understudy.server.serving import Serving

TEXTS = st.lists(st.text()).map(tuple)
SETTINGS = st.builds(
    Settings,
    seed=st.integers(),
    now=st.datetimes(timezones=st.just(UTC)),
    tokens=TEXTS,
    api_keys=TEXTS,
    stateless=st.booleans(),
    limits=st.builds(Limits, body=st.integers(0), request_seconds=st.floats(0.1, 1000)),
)
LOADINGS = st.builds(Loading, TEXTS, st.booleans(), st.booleans())


@given(st.builds(Serving, TEXTS, SETTINGS, LOADINGS, st.booleans(), st.booleans()))
def test_another_process_is_given_the_same_value(serving: Serving) -> None:
    assert Serving.loads(serving.dumps()) == serving


def test_nothing_is_allowed_unless_it_is_said() -> None:
    serving = Serving(("thena",), Settings(now=datetime(2026, 1, 1, tzinfo=UTC)))

    assert serving.loading == Loading((), allow_remote=False, allow_outside=False)
