import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import understudy

ROOT = Path(understudy.__file__).parent
PACKAGE = ROOT.name
FOUNDATION = 0

LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(line.split())
    for line in (
        "exchange config errors types codec version",
        "contract",
        "generate state",
        "respond checks archive",
        "scenario fixtures",
        "server probe report",
        "proxy export",
        "cli pytest_plugin __init__ __main__",
    )
)
"""Top-level modules, lowest first; those of the first line may import each other."""

GATES = {
    "click": ("cli",),
    "connexion": ("server.framework",),
    "dask": ("fixtures.cluster",),
    "distributed": ("fixtures.cluster",),
    "faker": ("generate.vocabulary",),
    "fsspec": ("fixtures.places",),
    "httptools": ("server.protocol",),
    "httpx": ("probe.client", "proxy.upstream"),
    "jsonschema_rs": ("contract.canonical", "contract.validate"),
    "jsonpath": ("contract.overlay",),
    "orjson": ("codec",),
    "prometheus_client": ("server.metrics",),
    "pyarrow": ("fixtures.parquet",),
    "rich": ("cli", "report"),
    "schemathesis": ("probe.generated",),
    "sqlalchemy": ("state.database",),
    "starlette": ("proxy", "server"),
    "uvicorn": ("server.protocol", "server.run", "server.supervisor"),
    "yaml": ("contract.yaml_text",),
    "zstandard": ("fixtures.compress",),
}
"""The modules or packages through which alone a heavy dependency comes in."""

EXCEPTIONS = {
    ("__main__", "cli"): "`python -m understudy` is the command line",
}

LINE_LIMIT = 320
LONGER: dict[str, str] = {}
"""Modules beyond the limit, each with the reason why it stays whole."""


def test_every_module_imports_only_from_lines_below_its_own() -> None:
    trespasses = [one for name, source in modules() for one in trespasses_of(name, source)]

    assert trespasses == []


@pytest.mark.parametrize(
    ("module", "source", "trespass"),
    [
        ("contract.load", "from understudy.generate.world import World", "generate.world"),
        ("contract.load", "import understudy.generate.world", "generate.world"),
        ("contract.load", "from understudy import generate", "generate"),
        ("generate.world", "from understudy.state.store import Store", "state.store"),
        ("codec", "def late():\n    from understudy.contract import load", "contract.load"),
        ("respond.service", "from understudy import __version__", "__init__"),
        ("respond.service", "import understudy", "__init__"),
        ("respond.service", "from . import access", "a relative import"),
        ("respond.service", "from starlette.types import Scope", "starlette.types"),
        ("server.app", "import connexion.middleware", "connexion.middleware"),
        ("server.frameworks", "import connexion", "connexion"),
        ("server.app", "import uvicorn", "uvicorn"),
        ("respond.cli", "import click", "click"),
        ("attic.old", "import os", "no layer for attic"),
    ],
)
def test_a_module_that_oversteps_is_caught(module: str, source: str, trespass: str) -> None:
    assert list(trespasses_of(module, source)) == [f"{module}: {trespass}"]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("generate.world", "from understudy.generate import compile"),
        ("generate.world", "from understudy.contract.load import load_contract"),
        ("errors", "from understudy.types import Json"),
        ("cli.serve", "import click\nfrom understudy.version import __version__"),
        ("__init__", "from understudy.server.run import MockServer"),
        ("server.app", "from starlette.types import Scope"),
    ],
)
def test_a_module_that_keeps_to_its_place_is_not(module: str, source: str) -> None:
    assert list(trespasses_of(module, source)) == []


def test_only_listed_modules_are_longer_than_two_minutes_of_reading() -> None:
    long = {name for name, source in modules() if len(source.splitlines()) > LINE_LIMIT}

    assert long == set(LONGER)


def test_the_public_names_are_sorted_and_can_be_imported() -> None:
    assert understudy.__all__ == sorted(understudy.__all__)
    assert all(hasattr(understudy, name) for name in understudy.__all__)


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Mock'"):
        getattr(understudy, "Mock")  # noqa: B009


def modules() -> Iterator[tuple[str, str]]:
    """Yield the name below the package, and the source, of every module."""
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts).removesuffix(".__init__"), path.read_text(encoding="utf-8")


def trespasses_of(module: str, source: str) -> Iterator[str]:
    """Yield the imports that `module` must not have."""
    if layer(module) is None:
        yield f"{module}: no layer for {head(module)}"
        return
    for imported in imports(ast.parse(source)):
        if not permitted(module, imported):
            yield f"{module}: {imported.removeprefix(f'{PACKAGE}.')}"


def imports(tree: ast.Module) -> Iterator[str]:
    """Yield the dotted names that a module imports, anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name if alias.name != PACKAGE else f"{PACKAGE}.__init__"
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield imported_name(node, alias.name)


def imported_name(node: ast.ImportFrom, name: str) -> str:
    if node.level:
        return "a relative import"
    origin = node.module or ""
    if origin != PACKAGE and not (ROOT / module_path(f"{origin}.{name}")).exists():
        return origin
    return f"{origin}.{name}" if layer(name) or origin != PACKAGE else f"{PACKAGE}.__init__"


def module_path(dotted: str) -> Path:
    """Return where below the package's folder a module of it would stand."""
    return Path(*dotted.split(".")[1:]).with_suffix(".py")


def permitted(module: str, imported: str) -> bool:
    if imported == "a relative import":
        return False
    origin, _, inside = imported.partition(".")
    if origin != PACKAGE:
        gates = GATES.get(origin, (module,))
        return any(module == gate or module.startswith(f"{gate}.") for gate in gates)
    if head(module) == head(inside) or (module, inside) in EXCEPTIONS:
        return True
    here, there = layer(module), layer(inside)
    if here is None or there is None:
        return False
    return there < here or here == there == FOUNDATION


def head(module: str) -> str:
    return module.partition(".")[0]


def layer(module: str) -> int | None:
    """Return the line of the table that `module` stands on."""
    return next((line for line, names in enumerate(LAYERS) if head(module) in names), None)
