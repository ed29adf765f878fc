import re
from itertools import pairwise, product

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from understudy.generate.patterns.automata import language
from understudy.generate.patterns.regex import Unsupported
from understudy.generate.source import Source

COMMON = {
    "email": r"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$",
    "loose email": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    "slug": r"^[a-z0-9]+(?:-[a-z0-9]+)*$",
    "no hyphen first": r"^(?!-)[a-z-]+$",
    "no hyphen last": r"^[a-z-]+(?!.)$",
    "no double hyphen": r"^(?!.*--)[a-z][a-z-]{1,30}[a-z]$",
    "E.164": r"^\+?[1-9]\d{1,14}$",
    "US phone": r"^\(?\d{3}\)?[-. ]?\d{3}[-. ]?\d{4}$",
    "semver": (
        r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
        r"(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)"
        r"(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?"
        r"(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$"
    ),
    "version tag": r"^v\d+(\.\d+){0,2}$",
    "ISO date": r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
    "ISO instant": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
    "clock time": r"^([01]\d|2[0-3]):[0-5]\d$",
    "ISO duration": r"^P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$",
    "ULID": r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$",
    "UUID": r"^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
    "object id": r"^[a-f\d]{24}$",
    "prefixed id": r"^(cus|sub|inv)_[A-Za-z0-9]{14,24}$",
    "nano id": r"^[\w-]{21}$",
    "hex colour": r"^#(?:[0-9a-fA-F]{3}){1,2}$",
    "RGB colour": r"^rgb\((\d{1,3}),\s*(\d{1,3}),\s*(\d{1,3})\)$",
    "ARN": r"^arn:aws(-cn|-us-gov)?:[a-z0-9-]+:[a-z0-9-]*:\d{12}:[a-zA-Z0-9/_-]+$",
    "S3 bucket": r"^(?!xn--)(?!.*-s3alias$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
    "AWS region": r"^[a-z]{2}(-gov)?-[a-z]+-\d$",
    "EC2 instance": r"^i-(?:[a-f\d]{8}|[a-f\d]{17})$",
    "k8s name": r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
    "k8s subdomain": r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    "k8s label": r"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$",
    "k8s quantity": r"^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$",
    "cron field": r"^(\*|[0-5]?\d)(/\d+)?(-[0-5]?\d)?$",
    "cron": r"^(\S+\s+){4}\S+$",
    "IPv4": r"^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$",
    "IPv4 by words": r"^((25[0-5]|(2[0-4]|1\d|[1-9]|)\d)\.?\b){4}$",
    "CIDR": r"^(\d{1,3}\.){3}\d{1,3}/([0-9]|[12]\d|3[0-2])$",
    "MAC": r"^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$",
    "host name": r"^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$",
    "base64": r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    "base64url": r"^[A-Za-z0-9_-]+={0,2}$",
    "JWT": r"^[\w-]+\.[\w-]+\.[\w-]*$",
    "SHA-256": r"^sha256:[a-f0-9]{64}$",
    "git ref": r"^refs/(heads|tags)/[^\s~^:?*\[\\]+$",
    "docker image": r"^[a-z0-9]+([._-][a-z0-9]+)*(:[\w][\w.-]{0,127})?(@sha256:[a-f0-9]{64})?$",
    "media type": r"^[\w.+-]+\/[\w.+-]+$",
    "URL": r"^https?:\/\/[^\s/$.?#].[^\s]*$",
    "path": r"^(/[^/\x00]+)+$",
    "file name": r'^[^<>:"/\\|?*\x00-\x1F]+\.(?:png|jpe?g|gif)$',
    "country": r"^[A-Z]{2}$",
    "language tag": r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$",
    "currency amount": r"^-?\d+(\.\d{1,2})?$",
    "IBAN": r"^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$",
    "BIC": r"^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$",
    "card": r"^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|3[47]\d{13})$",
    "US zip": r"^\d{5}(?:-\d{4})?$",
    "UK postcode": r"^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$",
    "VIN": r"^[A-HJ-NPR-Z0-9]{17}$",
    "ISBN": r"^(?=(?:\D*\d){10}(?:(?:\D*\d){3})?$)[\d-]+$",
    "password": r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[@$!%*?&])[A-Za-z\d@$!%*?&]{8,}$",
    "user name": r"^[a-zA-Z][\w.]{2,29}$",
    "constant": r"^[A-Z][A-Z0-9_]*$",
    "dotted words": r"^(\w{2,30}\.){1,5}$",
    "names": r"^[A-Za-zÀ-ÖØ-öø-ÿ' -]{1,50}$",
    "letters": r"^\p{L}[\p{L}\p{M}' -]*$",
    "capital": r"^\p{Lu}\p{Ll}+$",
    "Greek": r"^\p{Script=Greek}+$",
    "Cyrillic": r"^\p{sc=Cyrillic}{3,8}$",
    "not a letter": r"^\P{Letter}+$",
    "trimmed": r"^\S(.*\S)?$",
    "not blank": r"\S",
    "not only blanks": r"^(?!\s*$).+",
    "a word": r"\bfoo\b",
    "inside a word": r"o\Bo",
    "unanchored": r"[0-9]{3}",
    "only a beginning": r"^x-",
    "only an end": r"\.json$",
    "choice of anchors": r"(^a|b$)",
    "reserved words": r"^(?!(?:default|null)$)[a-z]+$",
    "an enumeration": r"^(active|inactive|pending)$",
    "tabs": r"^\t\x41\u0042\u{43}\cI\n?$",
    "an astral letter": r"^\u{1F600}$",
    "long": r"^[a-z]{1,200}$",
    "exactly long": r"^[A-Za-z0-9+/]{400}={0,2}$",
    "nested stars": r"^(a*)*$",
    "same twice": r"^(a|a)*$",
    "maybe nothing": r"(|a){3}",
    "lazy": r"^a+?b*?c??d{2,}?$",
    "anything": r"^[\s\S]*$",
    "nothing at all": r"^$",
    "no text": "",
}

sources = st.integers(0, 2**64).map(lambda number: Source.of(str(number)))
LETTERS = "-ab"
SHORT = ["".join(chars) for length in range(5) for chars in product(LETTERS, repeat=length)]
ATOMS = ("a", "b", "-", "[ab]", "[^a]", ".", r"\w", r"\W", "", "^", "$", r"\b", r"\B")
TIMES = ("*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "{0,2}", "{0}")


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        inner,
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(TIMES)).map(lambda two: f"(?:{two[0]}){two[1]}"),
        st.tuples(st.sampled_from("=!"), inner).map(lambda two: f"(?{two[0]}{two[1]})"),
    )


expressions = grown(grown(grown(st.sampled_from(ATOMS))))


@pytest.mark.parametrize("pattern", COMMON.values(), ids=COMMON)
@given(source=sources)
@settings(max_examples=30)
def test_what_is_drawn_matches(pattern: str, source: Source) -> None:
    text = language([pattern]).draw(source)

    assert validator(pattern=pattern).is_valid(text)
    assert language([pattern]).matches(text)


@pytest.mark.parametrize("pattern", COMMON.values(), ids=COMMON)
@given(source=sources, room=st.integers(0, 20))
@settings(max_examples=20, deadline=None)  # each length is a language of its own, to be compiled
def test_lengths_hold(pattern: str, source: Source, room: int) -> None:
    low = len(language([pattern]).draw(source))

    text = language([pattern], min_length=low, max_length=low + room).draw(source)

    assert validator(pattern=pattern, minLength=low, maxLength=low + room).is_valid(text)


@pytest.mark.parametrize("pattern", COMMON.values(), ids=COMMON)
@given(source=sources)
@settings(max_examples=30)
def test_a_near_miss_matches_no_longer(pattern: str, source: Source) -> None:
    text = language([pattern]).near_miss(source)

    assert text is None or not validator(pattern=pattern).is_valid(text)


@given(expression=expressions)
@example(expression=r"(a|^b)-$")
@example(expression=r"(?!(?:a|b(?!-))+$)")
@example(expression=r"(?:(?=.*a)|(?=.*b)|-)*b")
def test_the_language_is_that_of_ecma(expression: str) -> None:
    expected = [text for text in SHORT if searched(expression, text)]

    wanted = language([expression])
    unwanted = language([], excluded_patterns=[expression])

    assert [text for text in SHORT if wanted.matches(text)] == expected
    assert [text for text in SHORT if not unwanted.matches(text)] == expected


@given(expression=expressions)
def test_counting_and_numbering_agree_with_brute_force(expression: str) -> None:
    expected = [text for text in SHORT if searched(expression, text)]

    some = language([expression, "^[-ab]*$"], max_length=4)

    assert some.count(1000) == len(expected)
    assert [some.unrank(index) for index in range(len(expected))] == expected
    assert some.is_empty() == (not expected)


@given(expression=expressions, source=sources)
def test_every_text_of_a_small_language_is_drawn(expression: str, source: Source) -> None:
    some = language([expression, "^[-ab]*$"], max_length=2)
    texts = {some.unrank(index) for index in range(some.count(100))}
    assume(texts)

    assert {some.draw(source.at(number)) for number in range(400)} == texts


@pytest.mark.parametrize("pattern", COMMON.values(), ids=COMMON)
def test_numbering_is_sorted_and_injective(pattern: str) -> None:
    some = language([pattern])

    texts = [some.unrank(index) for index in range(some.count(200))]

    assert all((len(a), a) < (len(b), b) for a, b in pairwise(texts))
    assert all(validator(pattern=pattern).is_valid(text) for text in texts)
    with pytest.raises(IndexError):
        some.unrank(-1)


@pytest.mark.parametrize(
    ("patterns", "low", "high"),
    [
        ([r"^a$"], 2, None),
        ([r"a^b"], 0, None),
        ([r"a$b"], 0, None),
        ([r"[]"], 0, None),
        ([r"^a+$", r"^b+$"], 0, None),
        ([r"^a*b*^$"], 1, None),
        ([r"^(?!a)a"], 0, None),
        ([r"a\bb"], 0, None),
        ([r"^[\uD800-\uDFFF]$"], 0, None),
        ([r"^.{5}$"], 0, 4),
        ([r"x"], 3, 2),
    ],
)
def test_an_empty_language_says_so(patterns: list[str], low: int, high: int | None) -> None:
    nothing = language(patterns, min_length=low, max_length=high)

    assert nothing.is_empty()
    assert nothing.count(5) == 0
    for ask in (lambda: nothing.draw(Source.of("any")), nothing.shortest):
        with pytest.raises(ValueError, match="no text"):
            ask()


@pytest.mark.parametrize(
    ("pattern", "match", "mismatch"),
    [
        (r"(^|,)a(,|$)", "b,a", "ba"),
        (r"a(?=b)", "ab", "ac"),
        (r"a(?!b)", "aab", "ab"),
        (r"^a(?:$|b)", "ab", "ac"),
        (r"\d", "1", "\u0661"),
        (r"\w", "a", "é"),
        (r"^\s$", "\ufeff", "\x85"),
        (r"^.$", "\x85", "\u2028"),
        (r"^.$", "😀", "\ud83d"),
        (r"^\uD83D\uDE00$", "😀", "\ud83d\ude00"),
        (r"^[^]$", "\n", ""),
        (r"^[\d-x]$", "-", "e"),
        (r"^[\b]$", "\b", "b"),
        (r"^a{,2}$", "a{,2}", "a"),
        (r"^\-\@\/\_$", "-@/_", ""),
        (r"^(?<year>\d)$", "1", "a"),
        (r"\p{Lu}", "É", "é"),
        (r"^\p{General_Category=Decimal_Number}$", "\u0661", "½"),
        (r"^\p{Any}\p{Cn}$", "a\u0378", "aa"),
        (r"^[\p{L}\p{Sc}]$", "€", "1"),
        (r"\p{LC}", "a", "ª"),
        (r"\p{Script=Latin}", "ﬁ", "я"),
    ],
)
def test_matching_is_that_of_ecma(pattern: str, match: str, mismatch: str) -> None:
    assert language([pattern]).matches(match)
    assert not language([pattern]).matches(mismatch)


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        (r"(?<=a)b", "look-behind"),
        (r"(?<!a)b", "look-behind"),
        (r"(?i)a", "flags"),
        (r"(?P<name>a)", "such groups"),
        (r"(a)\1", "back references"),
        (r"(?<n>a)\k<n>", "back references"),
        (r"\A", "no meaning"),
        (r"\01", "octal"),
        (r"\pL", "no meaning"),
        (r"\u{110000}", "no such code point"),
        (r"\p{Script=Klingon}", "Klingon is not supported"),
        (r"(a", "not closed"),
        (r"a)", "closes nothing"),
        (r"[a", "ends too early"),
        ("\\", "ends too early"),
        (r"*a", "nothing stands before the repeat"),
        (r"a**", "nothing stands before the repeat"),
        (r"a{2,1}", "a repeat ends"),
        (r"[b-a]", "a range ends"),
        ("(" * 200, "deep"),
        (r"a.{20}$", "too large"),
        (r"(|a){9999}", "ways at once"),
    ],
)
def test_what_is_not_supported_is_refused(pattern: str, problem: str) -> None:
    with pytest.raises(Unsupported, match=problem):
        language([pattern])


def test_patterns_and_exclusions_hold_together() -> None:
    some = language(
        ["^[a-c]+$", "b"], excluded_patterns=["cc"], excluded=["b", "ab", "(.*)"], max_length=2
    )

    assert [some.unrank(index) for index in range(some.count(9))] == ["ba", "bb", "bc", "cb"]


def test_boundary_values() -> None:
    some = language(["^[a-z]{2,30}$"], min_length=3)

    assert some.shortest() == "aaa"
    assert some.longest(1000) == "a" * 30
    assert some.longest(10) == "a" * 10
    with pytest.raises(ValueError, match="no text"):
        some.longest(2)


def test_a_count_stops_at_its_limit() -> None:
    assert language(["^[ab]+$"]).count(100) == 100
    assert language(["^[a-z]{60}$"]).count(10**60) == 2**128


def test_long_texts_vary_to_their_end() -> None:
    text = language(["^[a-z]{300}$"]).draw(Source.of("long"))

    assert len(text) == 300
    assert all(len(set(text[start : start + 60])) > 10 for start in range(0, 300, 60))


def test_a_near_miss_is_one_character_away() -> None:
    slug = language(["^[a-z0-9]+(?:-[a-z0-9]+)*$"], min_length=4)

    text = slug.near_miss(Source.of("near"))

    assert text is not None
    assert any(slug.matches(text[:at] + "a" + text[at + 1 :]) for at in range(len(text)))


def test_a_near_miss_breaks_the_patterns_and_not_the_lengths() -> None:
    empty = language([], excluded_patterns=["^$"], max_length=3).near_miss(Source.of("one"))

    assert empty == ""
    assert language(["^a$"], max_length=0).near_miss(Source.of("two")) == ""
    assert language([".*"], excluded=["a"]).near_miss(Source.of("three")) is None


def test_draws_are_the_same_everywhere() -> None:
    names = ("email", "semver", "ULID", "password", "names", "letters", "unanchored", "cron")

    drawn = {name: language([COMMON[name]]).draw(Source.of(name)) for name in names}

    assert drawn == {
        "email": "1Md@m9xH.slHpWb",
        "semver": "3489.1.64",
        "ULID": "7SPSMNB5BACRW3991GMXSVEKS0",
        "password": "q&2BNl@sp",
        "names": "ÛVxÚÄÍêâÞÛ",
        "letters": "kKWb",
        "unanchored": "e904WfQ5OY",
        "cron": "UrQt 0 0U l lXA",
    }


def validator(**keywords: str | int) -> Draft202012Validator:
    return Draft202012Validator(keywords)


def searched(expression: str, text: str) -> bool:
    r"""Return whether Python finds a match; before 3.14 its `\B` does not know the empty text."""
    return bool(re.search(expression.replace(r"\B", r"(?:(?!\b))"), text, re.ASCII))
