"""Load a contract: an OpenAPI document and, beside it, behaviour.yaml. Reports all at once."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from understudy.contract.behaviour_file import read_behaviour
from understudy.contract.bundle import bundled
from understudy.contract.document import Document, parse_document, read_document
from understudy.contract.model import Contract
from understudy.contract.overlay import is_overlay, overlaid
from understudy.contract.reader import Reader
from understudy.contract.references import Access, References
from understudy.contract.shapes import OPENAPI, SWAGGER
from understudy.contract.source import (
    STANDARD_INPUT,
    candidates,
    fetch,
    is_url,
    path_of,
    read_standard_input,
    shown,
)
from understudy.contract.swagger2 import converted
from understudy.contract.versions import Version, version_of
from understudy.errors import ContractError, Problem

_BUNDLED = (Path(__file__).parents[1] / "openapi", Path(__file__).parents[3] / "openapi")

_RECURSION = 20_000  # schemas and values are walked recursively; documents are 200 levels deep


@dataclass(frozen=True, slots=True)
class Loading:
    """How contracts are loaded: see `load_contract`."""

    overlays: tuple[str, ...] = ()
    allow_remote: bool = False
    allow_outside: bool = False

    def load(self, source: str | Path) -> Contract:
        """Load a contract in this way."""
        return load_contract(
            source,
            overlays=self.overlays,
            allow_remote=self.allow_remote,
            allow_outside=self.allow_outside,
        )


def bundled_names() -> tuple[str, ...]:
    """Return the names of the contracts that come with this package."""
    return tuple(sorted(path.parent.name for path in _bundled_folder().glob("*/openapi.yaml")))


def load_contract(
    source: str | Path,
    *,
    overlays: Sequence[str | Path] = (),
    allow_remote: bool = False,
    allow_outside: bool = False,
) -> Contract:
    """Load a bundled contract by name, or any OpenAPI or Swagger document.

    `source` is a name, a file, a folder, a URL or `-` for standard input; `overlays` are applied
    to it one after the other. References lead into the network, or out of the folder of the
    document, only when that is allowed. A `behaviour.yaml` in the same folder is applied. What
    can be served in spite of a mistake is told in `Contract.warnings`; for the rest, raises
    ContractError with every problem.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION))
    with _uncollected():
        return _loaded(source, overlays, Access(remote=allow_remote, outside=allow_outside))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector away: what a document is made of is all kept."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _loaded(source: str | Path, overlays: Sequence[str | Path], access: Access) -> Contract:
    document, uri = _extended(*_root(source), allow_remote=access.remote)
    for overlay in overlays:
        document = overlaid(document, read_document(Path(overlay).absolute()))
    version = version_of(document)
    if version.errors:
        raise ContractError(version.errors)
    whole, problems = _whole(document, uri, version, access)
    reader = Reader(whole, version)
    contract = reader.contract(_name(document.path))
    problems = [*version.problems, *problems, *reader.problems]
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise ContractError(errors)
    contract = contract.with_warnings(problems)
    if not document.path.is_absolute():
        return contract
    return read_behaviour(contract, document.path.with_name("behaviour.yaml"))


def _extended(document: Document, uri: str, *, allow_remote: bool) -> tuple[Document, str]:
    """Return the document that an overlay extends, with the overlay applied, or the document."""
    if not is_overlay(document):
        return document, uri
    target = urljoin(uri, document.data["extends"])
    if is_url(target) and not (allow_remote or is_url(uri)):
        hint = "--allow-remote allows it"
        message = f"{target} leads into the network"
        raise ContractError([document.problem("/extends", message, hint, rule="overlay")])
    extended, at = _root(target if is_url(target) else path_of(target))
    return overlaid(extended, document), at


def _whole(
    document: Document, uri: str, version: Version, access: Access
) -> tuple[Document, list[Problem]]:
    """Return the document with all that it refers to, as OpenAPI 3."""
    references = References(document, uri, access)
    if version.number != "2.0":
        section = ("components", "schemas")
        return bundled(references, OPENAPI, section, nullable=version.number == "3.0")
    whole, problems = bundled(references, SWAGGER, ("definitions",), nullable=True)
    return converted(whole), problems


def _name(path: Path) -> str:
    """Return the name of a contract: that of its file, or of the folder of openapi.yaml."""
    plain = path.stem in ("openapi", "swagger") and path.is_absolute()
    return (path.parent.name if plain else path.stem) or path.stem or "api"


def _bundled_folder() -> Path:
    return next((folder for folder in _BUNDLED if folder.is_dir()), _BUNDLED[0])


def _root(source: str | Path) -> tuple[Document, str]:
    """Return the document that `source` names, and its URI."""
    text = str(source)
    if text == STANDARD_INPUT:
        here = Path.cwd() / "openapi"
        return parse_document(read_standard_input(), Path("stdin"), STANDARD_INPUT), here.as_uri()
    if is_url(text):
        raw, uri = fetch(text)
        name = Path(urlsplit(uri).path).name or urlsplit(uri).hostname or "api"
        return parse_document(raw, Path(name), text), uri
    path = _locate(source).absolute()
    return read_document(path), path.as_uri()


def _locate(source: str | Path) -> Path:
    path = Path(source)
    if path.is_dir():
        return _inside(path)
    if os.path.lexists(path):
        return path
    if str(source) in bundled_names():
        return _bundled_folder() / str(source) / "openapi.yaml"
    hint = f"a bundled contract is one of: {', '.join(bundled_names())}"
    raise ContractError([_problem(source, "no such file or contract", hint)])


def _inside(folder: Path) -> Path:
    """Return the OpenAPI document of a folder: the one of the usual name, or the only one."""
    found = candidates(folder)
    if len(found) > 1:
        found = [path for path in found if _is_openapi(path)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise ContractError([_problem(shown(folder), "holds no OpenAPI document")])
    hint = f"name one of {', '.join(path.name for path in found)}"
    raise ContractError([_problem(shown(folder), "holds several OpenAPI documents", hint)])


def _is_openapi(path: Path) -> bool:
    try:
        data = read_document(path).data
    except ContractError:
        return False
    return isinstance(data, dict) and bool(data.keys() & {"openapi", "swagger"})


def _problem(name: str | Path, message: str, hint: str = "") -> Problem:
    return Problem(str(name), 0, "", message, hint, rule="unreadable")
