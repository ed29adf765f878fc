"""Console blocks of a document, run in their order as a reader would, in a copy of the checkout."""

import os
import re
import shlex
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGINT
from socket import create_server
from time import monotonic, sleep

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sysconfig.get_path("scripts"))
COPIED = ("openapi", "fixtures", "Makefile", "pyproject.toml", "requirements.txt", "README.md")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"(?:#|//) (\S+\.\w+)\n")
PLACE = re.compile(r"\b(?:127\.0\.0\.1|localhost):(\d+)\b")
READY = re.compile(r" at http://127\.0\.0\.1:\d+/")
SERVES = re.compile(r"\S*understudy (serve|proxy|replay)\b(?!.* --help)")
STATUS = "%{http_code}"


_OF_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
"""What tells a make that another one has called it; the suite itself may run under one."""


@dataclass(frozen=True)
class Command:
    """A command, and the beginning of what a reader sees then; `...` stands for anything."""

    typed: str
    shown: str

    def fits(self, said: str) -> bool:
        """Tell whether what was said begins with what is shown."""
        pattern = re.escape(self.shown.strip()).replace(re.escape("..."), ".*")
        return not pattern or re.match(rf"{pattern} *(\n|$)", said, re.DOTALL) is not None


@dataclass(frozen=True)
class Text:
    """A file that the document shows, with its name in a comment on the first line."""

    name: str
    content: str


def steps(markdown: str) -> Iterator[Command | Text]:
    """Yield the files and the commands of a document in their order."""
    for language, block in BLOCK.findall(markdown):
        if language == "console":
            yield from commands(block)
        elif named := NAMED.match(block):
            yield Text(named[1], block)


def commands(block: str) -> Iterator[Command]:
    """Yield the commands of a block; a line that ends in a backslash goes on."""
    for part in re.split(r"^\$ ", block.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
        typed, _, shown = part.partition("\n")
        yield Command(typed, shown)


@dataclass
class Reader:
    """Somebody at a terminal, in a fresh checkout; places are others than those that are told."""

    folder: Path
    places: dict[str, str]
    environment: dict[str, str] = field(default_factory=dict)
    servers: dict[str, tuple[str, subprocess.Popen[bytes]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, self.folder / name)
        (self.folder / ".venv").mkdir()
        (self.folder / ".venv" / "bin").symlink_to(SCRIPTS)
        (self.folder / ".venv" / ".ready").touch()
        path = os.pathsep.join([str(SCRIPTS), os.environ["PATH"]])
        own = {name: value for name, value in os.environ.items() if name not in _OF_MAKE}
        self.environment = {**own, "PATH": path, **self.environment}

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        for port in list(self.servers):
            self.end(port)

    def follow(self, step: Command | Text) -> None:
        """Do what the document says, and hold what comes against what it shows."""
        if isinstance(step, Text):
            (self.folder / step.name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / step.name).write_text(self.as_here(step.content), encoding="utf-8")
            return
        typed = self.made(step.typed) if step.typed.startswith("make ") else step.typed
        if SERVES.match(typed):
            said = self.start(typed, lines=len(step.shown.splitlines()))
        else:
            said = self.run(typed, shown=bool(step.shown.strip()))
        assert step.fits(self.as_told(said)), f"$ {step.typed}\n{self.as_told(said)}"

    def made(self, typed: str) -> str:
        """Return the command that make runs for a target."""
        return self.done(f"{typed} --dry-run").stdout.strip()

    def run(self, typed: str, *, shown: bool) -> str:
        """Return what a command says; unless that is shown, it has to succeed."""
        here = self.as_here(typed)
        if re.match(r"curl (?!.*( -w | --write-out |\|))", here):
            ended = self.done(f"{here} --silent --show-error --write-out '\n{STATUS}'")
            body, _, status = ended.stdout.rpartition("\n")
            assert shown or status == "422" or status[0] == "2", f"$ {typed}\n{ended.stdout}"
            return body
        ended = self.done(here)
        assert shown or ended.returncode == 0, f"$ {typed}\n{ended.stdout}"
        return ended.stdout

    def done(self, typed: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "-c", typed],
            cwd=self.folder, env=self.environment, timeout=120, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def start(self, typed: str, *, lines: int) -> str:
        """Start a server in the place of the one that has its port; return what it says."""
        asked = re.search(r" --port (\d+)", typed)
        told = asked[1] if asked else "8080"
        self.end(told)
        with create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        here = self.as_here(typed.replace(asked[0], "") if asked else typed)
        terminal = self.folder / f".terminal-{port}"
        with terminal.open("w") as output:
            process = subprocess.Popen(
                [*shlex.split(here), "--port", str(port)],
                cwd=self.folder, env=self.environment, stdout=output, stderr=output,
            )  # fmt: skip
        self.servers[told] = (f"127.0.0.1:{port}", process)
        return said_on(terminal, process, lines)

    def end(self, port: str) -> None:
        """Press Ctrl-C where a server runs."""
        if port in self.servers:
            _, process = self.servers.pop(port)
            with suppress(ProcessLookupError):
                process.send_signal(SIGINT)
            process.wait(timeout=20)

    def as_here(self, typed: str) -> str:
        """Return a command with the places that stand for those of the document."""
        for told, place in self.places.items():
            typed = typed.replace(told, place)
        return PLACE.sub(lambda found: self.servers.get(found[1], (found[0],))[0], typed)

    def as_told(self, said: str) -> str:
        """Return text with the places of the document and the paths of a checkout."""
        for told, place in self.places.items():
            said = said.replace(place, told)
        for port, (place, _) in self.servers.items():
            said = said.replace(place, f"127.0.0.1:{port}")
        return said.replace(f"{self.folder}/", "").replace(f"{ROOT}/", "")


def said_on(terminal: Path, process: subprocess.Popen[bytes], lines: int) -> str:
    """Return what a server has said when it is ready, and has said so many lines."""
    patience = monotonic() + 60
    while True:
        said = terminal.read_text(encoding="utf-8")
        if READY.search(said) and said.count("\n") >= lines:
            return said
        assert process.poll() is None, said
        assert monotonic() < patience, said
        sleep(0.05)
