"""The declarations beside the handlers are what TypeScript needs, and no more than is there."""

import subprocess
from pathlib import Path

from understudy import Settings
from understudy.contract.load import load_contract
from understudy.export.exporting import Wanted, export
from understudy.export.msw import modules

USE = """
import { setupServer } from "msw/node";
import { base, failing, handlers, handlersAt, restart, routes } from "./mocks/handlers.js";
import { HttpResponse } from "msw";

const server = setupServer(...handlers, ...handlersAt("https://api.test"));
server.use(failing("getThread", 429), failing("listWebThreads", 401, base));
server.use(routes.getThread(base, () => HttpResponse.json({})));
restart();
"""
WRONG = """
import { failing } from "./mocks/handlers.js";

failing("getThreads", 429);
failing("getThread", "429");
"""


def compiled(folder: Path, text: str) -> str:
    (folder / "use.ts").write_text(text, encoding="utf-8")
    (folder / "mocks").mkdir()
    found = export(load_contract("thena"), Settings(), Wanted())
    for name, source in modules(found, "*").items():
        (folder / "mocks" / name).write_text(source, encoding="utf-8")
    options = "--noEmit --strict --skipLibCheck --module nodenext --target esnext".split()
    return subprocess.run(
        ["node", "node_modules/typescript/bin/tsc", *options, "use.ts"],
        cwd=folder, capture_output=True, check=False, encoding="utf-8", timeout=120,
    ).stdout  # fmt: skip


def test_typescript_takes_what_is_there(folder: Path) -> None:
    assert compiled(folder, USE) == ""


def test_typescript_refuses_what_is_not(folder: Path) -> None:
    said = compiled(folder, WRONG)

    assert "Argument of type '\"getThreads\"' is not assignable" in said
    assert "Argument of type 'string' is not assignable to parameter of type 'number'" in said
