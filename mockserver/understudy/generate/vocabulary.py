"""Pools of words from Faker, built once per provider and locale and drawn from by Source.

The gate to Faker. A pool depends on its name alone, so that every process has the same one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from unicodedata import normalize

from faker import Faker
from faker.config import AVAILABLE_LOCALES

from understudy.errors import GenerationError
from understudy.generate.formats import HOSTS
from understudy.generate.source import Source

POOL_SIZE = 256
_PERSONS = 4096
_NUMBERS = ("", *map(str, range(2, 100)))


def locales() -> Sequence[str]:
    """Return the locales that there are words for."""
    return sorted(AVAILABLE_LOCALES)


@lru_cache(maxsize=512)
def known_provider(provider: str) -> bool:
    """Tell whether Faker can make such values."""
    if provider.startswith(("_", "seed", "add_", "set_")):
        return False
    try:
        return getattr(_faker("en_US"), provider)() is not None
    except Exception:
        return False


@lru_cache(maxsize=512)
def pool(provider: str, locale: str) -> tuple[str, ...]:
    """Return the texts that Faker's `provider` gives for `locale`.

    Raises GenerationError when the locale does not exist or has no such provider.
    """
    try:
        faker = _faker(locale)
        faker.seed_instance(f"{provider} {locale}")
        make = getattr(faker, provider)
    except AttributeError as error:
        raise GenerationError(f"Faker has no {provider} for the locale {locale}") from error
    return tuple(str(make()).replace("\n", ", ") for _ in range(POOL_SIZE))


@lru_cache(maxsize=16)
def persons(locale: str) -> Sequence[Mapping[str, str]]:
    """Return persons whose first, last and full name, username and e-mail address agree."""
    first, last = pool("first_name", locale), pool("last_name", locale)
    users = pool("user_name", locale)
    source = Source.of(f"persons {locale}")
    return tuple(
        _person(
            one.at("first").pick(first), one.at("last").pick(last), one.at("user").pick(users), one
        )
        for one in map(source.at, range(_PERSONS))
    )


def _person(first: str, last: str, user: str, source: Source) -> Mapping[str, str]:
    spelt = ".".join(filter(None, map(_latin, (first, last))))
    username = f"{spelt if '.' in spelt else user}{source.at('number').pick(_NUMBERS)}"
    return {
        "first_name": first,
        "last_name": last,
        "name": f"{first} {last}",
        "username": username,
        "email": f"{username}@{source.at('host').pick(HOSTS)}",
    }


def _latin(text: str) -> str:
    """Return the letters of `text` without their accents, as far as they are Latin."""
    plain = normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(filter(str.isalpha, plain)).lower()


@lru_cache(maxsize=64)
def _faker(locale: str) -> Faker:
    return Faker(locale, use_weighting=False)
