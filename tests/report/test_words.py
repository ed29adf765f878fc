from base64 import b64encode
from urllib.parse import quote, quote_plus

from hypothesis import example, given
from hypothesis import strategies as st

from understudy.report.words import cut, hidden, several, some, told, typed, visible

texts = st.text(st.characters(exclude_categories=()))


@given(texts)
@example("\r\n\x1b[31m\ud800\u202e\ufffe\x85\u2028")
def test_what_is_visible_prints_on_one_line_and_is_utf_8(text: str) -> None:
    told = visible(text)
    assert told.isprintable()
    assert told.encode().decode() == told


@given(st.text(st.characters(categories=("L", "N", "P", "S"))))
def test_what_prints_stays(text: str) -> None:
    assert visible(text) == text


@given(texts, st.text(min_size=6), texts)
def test_secrets_are_hidden_in_every_notation(before: str, secret: str, after: str) -> None:
    forms = (
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        b64encode(secret.encode()).decode(),
    )
    for form in forms:
        found = hidden(f"{before}{form}{after}", {secret: "N"})
        assert not any(form in part for part in found.split("$N"))


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1))
@example("understudy")
def test_a_command_keeps_its_own_name_whatever_the_key_is(key: str) -> None:
    found = typed(f"understudy --api-key {key}", {key: "KEY"})

    assert found == f"understudy {hidden(f'--api-key {key}', {key: 'KEY'})}"


@given(texts)
def test_without_secrets_nothing_is_hidden(text: str) -> None:
    assert hidden(text, {}) == hidden(text, {"": "N"}) == text


def test_a_secret_within_another_does_not_uncover_it() -> None:
    assert hidden("abcdef abc", {"abc": "SHORT", "abcdef": "LONG"}) == "$LONG $SHORT"


def test_a_secret_is_hidden_before_the_text_is_cut() -> None:
    assert told("a" * 8 + "secret", {"secret": "N"}, 10) == "a" * 8 + "$N"


def test_what_is_cut_says_how_much() -> None:
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdefgh", 6) == "abcdef... (2 more characters)"


def test_counts_and_lists() -> None:
    assert [several(n, "promise") for n in (0, 1, 1234)] == [
        "0 promises",
        "1 promise",
        "1,234 promises",
    ]
    assert some(("a", "b", "c")) == "a, b, c"
    assert some(("a", "b", "c", "d", "e")) == "a, b, c and 2 more"
