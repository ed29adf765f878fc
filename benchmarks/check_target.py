"""What is checked: the stand-in of Thena, and implementations with one defect each.

As a program it serves an implementation: name, defect (may be empty) and port are its arguments.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import uvicorn

from understudy import Settings, load_contract
from understudy.server.app import Application

ROOT = Path(__file__).parents[1]
KEY = "bench-1b7f0c"


def stand_in() -> Application:
    """Return the application that `understudy serve thena --api-key KEY` serves."""
    return Application([load_contract("thena")], Settings(api_keys=(KEY,)))


def implementation(name: str, defect: str) -> Any:
    """Return an application of tests/implementations, with one defect if one is named."""
    return made(name).make_app(defect)


def made(name: str) -> Any:
    """Return the module of an implementation."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    return import_module(f"tests.implementations.{name}")


if __name__ == "__main__":
    name, defect, port = sys.argv[1:]
    uvicorn.run(implementation(name, defect), port=int(port), log_config=None)
