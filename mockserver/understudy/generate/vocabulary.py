"""Pools of words from Faker, built once per provider and locale and drawn from by Source.

The gate to Faker. A pool depends on its name alone, so that every process has the same one.
"""

from __future__ import annotations

from functools import lru_cache

from faker import Faker

from understudy.errors import GenerationError

POOL_SIZE = 256


def known_provider(provider: str) -> bool:
    """Tell whether Faker can make such values."""
    return not provider.startswith("_") and callable(getattr(_faker("en_US"), provider, None))


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


@lru_cache(maxsize=64)
def _faker(locale: str) -> Faker:
    return Faker(locale, use_weighting=False)
