"""What the whole suite shares: a PostgreSQL server of its own, and no hurry."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("understudy", deadline=None)  # how busy the machine is proves nothing
settings.load_profile("understudy")

ACCESS = """
local all guarded scram-sha-256
local all all trust
"""


@pytest.fixture(scope="session")
def psql() -> Iterator[Callable[[str], str]]:
    """Run SQL in a cluster of its own, on a socket in a folder that nobody else can read."""
    programs = binaries()
    if programs is None:
        reason = "PostgreSQL is not installed: no initdb in PATH or /usr/lib/postgresql/*/bin"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    user = unprivileged()
    with tempfile.TemporaryDirectory(prefix="understudy-", dir="/tmp") as folder:  # short: a socket
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)

        def run(program: str, *arguments: str, text: str = "") -> str:
            done = subprocess.run(
                [programs / program, *arguments],
                input=text,
                capture_output=program == "psql",
                stdout=None if program == "psql" else subprocess.DEVNULL,
                cwd=folder,
                encoding="utf-8",
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                env={"LC_ALL": "C.UTF-8", "PGTZ": "UTC", "PATH": os.environ["PATH"]},
                check=False,
            )
            assert done.returncode == 0, done.stderr
            return done.stdout or ""

        run("initdb", "-D", f"{folder}/data", "-U", "tester", "-A", "trust", "-E", "UTF8", "-N")
        Path(folder, "data", "pg_hba.conf").write_text(ACCESS)
        options = f"-k {folder} -c listen_addresses= -c fsync=off"
        run("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options, "start")
        session = ("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", folder, "-U", "tester")
        try:
            yield lambda text: run("psql", *session, "postgres", text=text)
        finally:
            run("pg_ctl", "-D", f"{folder}/data", "-w", "-m", "immediate", "stop")


@pytest.fixture(scope="session")
def new_database(psql: Callable[[str], str]) -> Callable[[], str]:
    """Make room for tables in the cluster, and return the URL of it."""
    folder, numbers = psql("SHOW unix_socket_directories").strip(), count()

    def make() -> str:
        name = f"state{next(numbers)}"
        psql(f"CREATE SCHEMA {name}")  # takes less time, and disk, than a database
        options = f"host={folder}&options=-csearch_path%3D{name}"
        return f"postgresql+psycopg://tester@/postgres?{options}"

    return make


def binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs."""
    found = shutil.which("initdb")
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = Path(found).resolve() if found else known[-1] if known else None
    return initdb.parent if initdb else None


def unprivileged() -> pwd.struct_passwd | None:
    """Return whom to run PostgreSQL as, since it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {one.pw_name: one for one in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]
