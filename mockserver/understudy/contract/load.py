"""Load a contract: openapi.yaml and, beside it, behaviour.yaml. Reports all mistakes at once."""

from __future__ import annotations

import sys
from pathlib import Path

from understudy.contract.behaviour_file import read_behaviour
from understudy.contract.document import read_document
from understudy.contract.model import Contract
from understudy.contract.reader import Reader
from understudy.errors import ContractError, Problem

_BUNDLED = (Path(__file__).parents[1] / "openapi", Path(__file__).parents[3] / "openapi")

_RECURSION = 20_000  # schemas and values are walked recursively; documents are 200 levels deep


def bundled_names() -> tuple[str, ...]:
    """Return the names of the contracts that come with this package."""
    return tuple(sorted(path.parent.name for path in _bundled_folder().glob("*/openapi.yaml")))


def load_contract(name_or_file: str | Path) -> Contract:
    """Load a bundled contract by name, or any OpenAPI 3.0 or 3.1 document by its path.

    A `behaviour.yaml` in the same folder is applied. Raises ContractError with every problem.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION))
    path = _locate(name_or_file).absolute()
    document = read_document(path)
    reader = Reader(document)
    contract = reader.contract(path.parent.name if path.name == "openapi.yaml" else path.stem)
    reader.check_references()
    if reader.problems:
        raise ContractError(reader.problems)
    return read_behaviour(contract, path.with_name("behaviour.yaml"))


def _bundled_folder() -> Path:
    return next((folder for folder in _BUNDLED if folder.is_dir()), _BUNDLED[0])


def _locate(name_or_file: str | Path) -> Path:
    path = Path(name_or_file)
    if path.is_dir():
        path = path / "openapi.yaml"
    if path.is_file():
        return path
    if str(name_or_file) in bundled_names():
        return _bundled_folder() / str(name_or_file) / "openapi.yaml"
    hint = f"a bundled contract is one of: {', '.join(bundled_names())}"
    raise ContractError([Problem(str(name_or_file), 0, "", "no such file or contract", hint)])
