import os
import subprocess
import sys
from collections.abc import Callable

import pytest


@pytest.fixture
def printed() -> Callable[[str], set[bytes]]:
    """Run code in processes that hash differently, and return all that they print."""

    def run(code: str) -> set[bytes]:
        return {
            subprocess.run(
                [sys.executable, "-c", code],
                check=True,
                capture_output=True,
                env={**os.environ, "PYTHONHASHSEED": seed},
            ).stdout
            for seed in "12"
        }

    return run
