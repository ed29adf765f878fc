from base64 import b64encode

import pytest

from understudy.contract.model import SecurityScheme
from understudy.respond.access import Access

BEARER = SecurityScheme("token", "bearer", "header", "Authorization")
BASIC = SecurityScheme("password", "basic", "header", "Authorization")
HEADER = SecurityScheme("key", "apiKey", "header", "X-API-Key")
QUERY = SecurityScheme("key", "apiKey", "query", "api_key")
COOKIE = SecurityScheme("key", "apiKey", "cookie", "sid")

Headers = list[tuple[bytes, bytes]]
ANN = b64encode(b"ann:secret")


def authorization(*values: bytes) -> Headers:
    return [(b"authorization", value) for value in values]


@pytest.mark.parametrize(
    ("scheme", "headers", "query", "granted"),
    [
        (BEARER, [], b"", False),
        (BEARER, authorization(b"Bearer abc"), b"", True),
        (BEARER, authorization(b"bearer abc"), b"", True),
        (BEARER, authorization(b"BEARER   a.b-c_d~e+f/g=="), b"", True),
        (BEARER, authorization(b""), b"", False),
        (BEARER, authorization(b"Bearer"), b"", False),
        (BEARER, authorization(b"Bearer "), b"", False),
        (BEARER, authorization(b"abc"), b"", False),
        (BEARER, authorization(b"Bearerabc"), b"", False),
        (BEARER, authorization(b"Bearer a b"), b"", False),
        (BEARER, authorization(b"Bearer \xff"), b"", False),
        (BEARER, authorization(b"Bearer abc\n"), b"", False),
        (BEARER, authorization(b"Basic " + ANN), b"", False),
        (BEARER, authorization(b"Bearer abc", b"Bearer abc"), b"", False),
        (BEARER, [(b"x-api-key", b"abc")], b"", False),
        (BEARER, [], b"access_token=abc", False),
        (BASIC, [], b"", False),
        (BASIC, authorization(b"Basic " + ANN), b"", True),
        (BASIC, authorization(b"basic " + ANN), b"", True),
        (BASIC, authorization(b"Basic " + b64encode(b":")), b"", True),
        (BASIC, authorization(b"Basic " + b64encode(b"ann")), b"", False),
        (BASIC, authorization(b"Basic abc"), b"", False),
        (BASIC, authorization(b"Basic ann:secret"), b"", False),
        (BASIC, authorization(b"Bearer " + ANN), b"", False),
        (HEADER, [], b"", False),
        (HEADER, [(b"x-api-key", b"k1")], b"", True),
        (HEADER, [(b"x-api-key", b" k1 ")], b"", True),
        (HEADER, [(b"x-api-key", b"")], b"", False),
        (HEADER, [(b"x-api-key", b"  ")], b"", False),
        (HEADER, [(b"x-api-key", b"k1"), (b"x-api-key", b"k2")], b"", False),
        (HEADER, authorization(b"Bearer k1"), b"", False),
        (HEADER, [], b"X-API-Key=k1", False),
        (QUERY, [], b"api_key=k1", True),
        (QUERY, [], b"a=b&api_key=k%31", True),
        (QUERY, [], b"api_key=", False),
        (QUERY, [], b"api_key", False),
        (QUERY, [], b"api_key=%ff", False),
        (QUERY, [], b"api_key=k1&api_key=k1", False),
        (QUERY, [(b"api_key", b"k1")], b"", False),
        (COOKIE, [(b"cookie", b"sid=k1")], b"", True),
        (COOKIE, [(b"cookie", b"a=b; sid=k1; c=d")], b"", True),
        (COOKIE, [(b"cookie", b"sid=")], b"", False),
        (COOKIE, [(b"cookie", b"sid")], b"", False),
        (COOKIE, [(b"cookie", b"SID=k1")], b"", False),
        (COOKIE, [(b"cookie", b"xsid=k1")], b"", False),
        (COOKIE, [(b"sid", b"k1")], b"sid=k1", False),
    ],
)
def test_a_credential_must_be_well_formed_and_where_it_belongs(
    scheme: SecurityScheme,
    headers: Headers,
    query: bytes,
    granted: bool,  # noqa: FBT001
) -> None:
    assert Access([[scheme]], tokens=(), api_keys=()).granted(headers, query) == granted


@pytest.mark.parametrize(
    ("scheme", "headers", "query", "granted"),
    [
        (BEARER, authorization(b"Bearer t1"), b"", True),
        (BEARER, authorization(b"Bearer t2"), b"", True),
        (BEARER, authorization(b"Bearer t3"), b"", False),
        (BEARER, authorization(b"Bearer T1"), b"", False),
        (BEARER, authorization(b"Bearer t"), b"", False),
        (BEARER, authorization(b"Bearer k1"), b"", False),
        (HEADER, [(b"x-api-key", b"k1")], b"", True),
        (HEADER, [(b"x-api-key", b"t1")], b"", False),
        (HEADER, [(b"x-api-key", "schlüssel".encode())], b"", True),
        (QUERY, [], b"api_key=k1", True),
        (QUERY, [], b"api_key=k2", False),
        (QUERY, [], b"api_key=schl%C3%BCssel", True),
        (COOKIE, [(b"cookie", b"sid=k1")], b"", True),
        (COOKIE, [(b"cookie", b"sid=k2")], b"", False),
        (BASIC, authorization(b"Basic " + ANN), b"", True),
    ],
)
def test_where_good_credentials_are_listed_no_other_will_do(
    scheme: SecurityScheme,
    headers: Headers,
    query: bytes,
    granted: bool,  # noqa: FBT001
) -> None:
    access = Access([[scheme]], tokens=("t1", "t2"), api_keys=("k1", "schlüssel"))

    assert access.granted(headers, query) == granted


TOKEN, KEY = (b"authorization", b"Bearer t"), (b"x-api-key", b"k")


@pytest.mark.parametrize(
    ("alternatives", "headers", "granted"),
    [
        ([], [], True),
        ([[]], [], True),
        ([[BEARER], []], [], True),
        ([[BEARER], [HEADER]], [], False),
        ([[BEARER], [HEADER]], [TOKEN], True),
        ([[BEARER], [HEADER]], [KEY], True),
        ([[BEARER, HEADER]], [TOKEN], False),
        ([[BEARER, HEADER]], [KEY], False),
        ([[BEARER, HEADER]], [TOKEN, KEY], True),
        ([[BEARER, HEADER], [COOKIE]], [(b"cookie", b"sid=x")], True),
    ],
)
def test_all_schemes_of_one_alternative_are_wanted(
    alternatives: list[list[SecurityScheme]],
    headers: Headers,
    granted: bool,  # noqa: FBT001
) -> None:
    assert Access(alternatives, tokens=(), api_keys=()).granted(headers, b"") == granted
