"""A PostgreSQL server of the tests' own, on a socket in a folder; nothing listens on a port."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

__all__ = ["Server", "programs"]

_USER = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root


def programs() -> Path | None:
    """The folder of PostgreSQL's programs; Debian keeps them off the PATH."""
    if found := shutil.which("pg_ctl"):
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


class Server:
    """A server in ``folder``, which must be short: a socket's path has 107 bytes at most."""

    def __init__(self, folder: Path, bin: Path) -> None:
        self._folder, self._bin = folder, bin
        if _USER:
            shutil.chown(folder, _USER)
        options = ["--auth=trust", "--username=site", "--encoding=UTF8", "--no-sync"]
        self._run("initdb", "--pgdata", str(self._data), *options)
        settings = f"listen_addresses=''\nunix_socket_directories='{folder}'\nfsync=off\n"
        with (self._data / "postgresql.conf").open("a") as file:
            file.write(settings)
        self.start()

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def start(self) -> None:
        self._control("start")

    def restart(self) -> None:
        """Break every connection off and come back, as after a crash."""
        self._control("restart", "--mode=immediate")

    def stop(self) -> None:
        self._control("stop", "--mode=immediate")

    def create(self, name: str, template: str = "template1") -> str:
        """Return the URL of a new database like ``template``, by default empty."""
        host = str(self._folder)
        self._run("createdb", "--host", host, "--username=site", "--template", template, name)
        return f"postgres://site@{quote(host, safe='')}/{name}"

    def _control(self, *words: str) -> None:
        log = str(self._folder / "log")
        self._run("pg_ctl", *words, "--pgdata", str(self._data), "--log", log, "--wait", "--silent")

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [str(self._bin / program), *words],
            check=True,
            user=_USER,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            timeout=60,
        )
