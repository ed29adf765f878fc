"""Where documents come from: files, folders, URLs and standard input. Reads bytes, parses none."""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import unquote, urlsplit

from understudy.errors import ContractError, Problem

STANDARD_INPUT: Final = "-"
_MEGABYTES: Final = 100
_LIMIT: Final = _MEGABYTES * 1024 * 1024
_SECONDS: Final = 30.0
_CHUNK: Final = 1 << 16
_NAMES: Final = tuple(
    f"{stem}.{kind}" for stem in ("openapi", "swagger") for kind in ("yaml", "yml", "json")
)
_ACCEPT: Final = "application/openapi+json, application/json, application/yaml, */*;q=0.5"


def is_url(text: str) -> bool:
    """Tell whether `text` is an address of the web."""
    return text.startswith(("http://", "https://"))


def read_file(path: Path) -> bytes:
    """Return what stands in a file. Raises ContractError for what is none, or too large."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise refusal(shown(path), "is a folder")
        if not stat.S_ISREG(found.st_mode):
            raise refusal(shown(path), "is no regular file", "pipe it in and name it -")
        if found.st_size > _LIMIT:
            raise refusal(shown(path), f"is larger than {_MEGABYTES} MB")
        return path.read_bytes()
    except OSError as error:
        raise refusal(shown(path), str(error.strerror or error)) from error
    except ValueError as error:  # a NUL within the name
        raise refusal(repr(str(path)), str(error)) from error


def read_standard_input() -> bytes:
    """Return what comes in on standard input. Raises ContractError where it is too much."""
    raw = sys.stdin.buffer.read(_LIMIT + 1)
    if len(raw) > _LIMIT:
        raise refusal(STANDARD_INPUT, f"is larger than {_MEGABYTES} MB")
    return raw


def fetch(url: str) -> tuple[bytes, str]:
    """Return what a GET of `url` answers, and the URL it came from after redirects.

    Raises ContractError for anything but success in time and within the limit.
    """
    import urllib.error  # slow to import
    import urllib.request
    from http.client import HTTPException

    request = urllib.request.Request(url, headers={"Accept": _ACCEPT})  # noqa: S310 - see is_url
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as response:  # noqa: S310
            return _within_limits(response, url), str(response.url)
    except urllib.error.HTTPError as error:
        error.close()
        raise refusal(url, f"answers {error.code}") from error
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise refusal(url, f"cannot be fetched: {reason}") from error


def shown(path: Path) -> str:
    """Return `path` as the user would type it: relative when it is below the working folder."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def candidates(folder: Path) -> list[Path]:
    """Return the files of a folder that may be its OpenAPI document, the most likely ones first.

    openapi.yaml, .yml or .json, or swagger.*; without them every YAML or JSON file.
    """
    for name in _NAMES:
        if (folder / name).is_file():
            return [folder / name]
    try:
        found = [path for path in folder.iterdir() if path.suffix in (".yaml", ".yml", ".json")]
    except OSError as error:
        raise refusal(shown(folder), str(error.strerror or error)) from error
    return sorted(path for path in found if path.is_file())


def path_of(uri: str) -> Path:
    """Return the file that a `file:` URI means."""
    return Path(unquote(urlsplit(uri).path))


def is_within(path: Path, folder: Path) -> bool:
    """Tell whether a file, behind symbolic links, is below a folder."""
    inside, outside = os.path.realpath(path), os.path.realpath(folder)
    return inside == outside or inside.startswith(outside.rstrip(os.sep) + os.sep)


def refusal(name: str, message: str, hint: str = "") -> ContractError:
    """Return the error of a document that cannot be read at all."""
    return ContractError([Problem(name, 0, "", message, hint, rule="unreadable")])


def _within_limits(response: BinaryIO, url: str) -> bytes:
    """Return all that comes. A slow server has as long for all as for its first byte."""
    deadline, found = time.monotonic() + _SECONDS, bytearray()
    while chunk := response.read1(_CHUNK) if hasattr(response, "read1") else response.read(_CHUNK):
        found += chunk
        if len(found) > _LIMIT:
            raise refusal(url, f"is larger than {_MEGABYTES} MB")
        if time.monotonic() > deadline:
            raise TimeoutError(errno.ETIMEDOUT, f"it takes longer than {_SECONDS:.0f} s")
    return bytes(found)
