"""How each server of the comparison is installed, started and ended.

One record per server, in the order of the table.
A server that cannot be had is unavailable, with the reason; nothing here measures.
"""

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from installs import UnavailableError, installed
from processes import group

HERE = Path(__file__).parent
API_KEY = "bench"
CONTRACT, REPLIES = "UNDERSTUDY_BENCH_CONTRACT", "UNDERSTUDY_BENCH_REPLIES"
"""Environment variables that name a file, for the applications in mock_resolver and bare."""
PRISM = "5.14.2"  # later ones need Node 24
SCALAR = "0.14.4"


@dataclass(frozen=True, slots=True)
class Setting:
    """What every server is started from."""

    contract: Path
    replies: Path
    folder: Path
    core: int


@dataclass(frozen=True, slots=True)
class Launch:
    """A command that serves the contract on a port, and what it needs in its environment."""

    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Peer:
    """A server of the comparison; `launch` takes a setting and a port.

    It raises UnavailableError when the server cannot be installed.
    """

    name: str
    launch: Callable[[Setting, int], Launch]
    on_node: bool = False


@contextmanager
def started(peer: Peer, setting: Setting) -> Iterator[tuple[str, subprocess.Popen[bytes], Path]]:
    """Start a server; yield its address, its process and its log; end it, children included."""
    port = _free_port()
    launch = peer.launch(setting, port)
    log = setting.folder / f"{port}.log"
    command = ["taskset", "-c", str(setting.core), *launch.command]
    with group(command, environment=launch.environment, log=log) as process:
        yield f"http://127.0.0.1:{port}", process, log


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# Servers in Python


def _bare(setting: Setting, port: int) -> Launch:
    command = [*_uvicorn("bare:app", port), "--lifespan", "off", "--no-server-header"]
    return Launch(command, {REPLIES: str(setting.replies)})


def _understudy(_: Setting, port: int) -> Launch:
    beside = Path(sys.executable).with_name("understudy")
    command = str(beside) if beside.exists() else shutil.which("understudy")
    if command is None:
        raise UnavailableError("the command `understudy` is not installed")
    options = ["--port", str(port), "--log", "off", "--api-key", API_KEY]
    return Launch([command, "serve", "thena", *options])


def _connexion(setting: Setting, port: int) -> Launch:
    environment = {
        CONTRACT: str(setting.contract),
        "APIKEYINFO_FUNC": "mock_resolver.accept",
    }
    return Launch(_uvicorn("mock_resolver:app", port), environment)


def _uvicorn(application: str, port: int) -> list[str]:
    where = ["--app-dir", str(HERE), "--host", "127.0.0.1", "--port", str(port)]
    how = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    return [sys.executable, "-m", "uvicorn", "--factory", application, *where, *how]


# Servers in Node


def _prism(setting: Setting, port: int, *, options: Sequence[str] = ()) -> Launch:
    folder = _installed(f"@stoplight/prism-cli@{PRISM}")
    command = [str(folder / "node_modules/.bin/prism"), "mock", str(setting.contract)]
    return Launch([*command, "--port", str(port), "--verboseLevel", "silent", *options])


def _scalar(setting: Setting, port: int) -> Launch:
    folder = _installed(f"@scalar/mock-server@{SCALAR}", "@hono/node-server@2.1.8")
    script = shutil.copy(HERE / "scalar.mjs", folder)  # imports resolve beside the script
    return Launch(["node", str(script), str(setting.contract), str(port)])


def _installed(*packages: str) -> Path:
    """Return a folder of the cache that holds these packages; npm fills it the first time."""
    name = packages[0].replace("/", "-").lstrip("@")
    npm = ["npm", "install", "--prefix", ".", "--ignore-scripts", "--no-audit", "--no-fund"]
    return installed(name, [*npm, *packages], needs=("node", "npm"))


BARE = Peer("bare uvicorn", _bare)
UNDERSTUDY = Peer("understudy", _understudy)
CONNEXION = Peer("Connexion MockResolver", _connexion)
PRISM_STATIC = Peer(f"Prism {PRISM}", _prism, on_node=True)

PEERS: tuple[Peer, ...] = (
    BARE,
    UNDERSTUDY,
    CONNEXION,
    PRISM_STATIC,
    Peer(f"Prism {PRISM} -d", partial(_prism, options=["--dynamic"]), on_node=True),
    Peer(f"Scalar {SCALAR}", _scalar, on_node=True),
)
