"""An Okienko of its own for a test: a data directory, on PostgreSQL a database, and the command run as users run it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

T = TypeVar("T")
COMMAND = [sys.executable, "-m", "okienko.config"]


class House:
    """Runs ``okienko`` on one data directory and remembers what it must end."""

    def __init__(self, data: Path, database_url: str = "") -> None:
        self.data = data
        self.environment = {
            k: v for k, v in os.environ.items() if not k.startswith(("OKIENKO_", "PYTEST_", "COV_"))
        }
        self.environment |= {"OKIENKO_DATA": str(data), "OKIENKO_LOG": "json"}
        if database_url:
            self.environment["OKIENKO_DATABASE_URL"] = database_url
        self.started: list[subprocess.Popen[bytes]] = []

    @property
    def is_sqlite(self) -> bool:
        return "OKIENKO_DATABASE_URL" not in self.environment

    def okienko(
        self, *words: str, stdin: bytes = b"", **environment: str
    ) -> subprocess.CompletedProcess[bytes]:
        """Runs one command to its end."""
        return subprocess.run(
            [*COMMAND, *words],
            input=stdin,
            env=self.environment | environment,
            capture_output=True,
            timeout=60,
            check=False,
        )

    def python(self, code: str) -> str:
        """Runs Python inside of this Okienko and returns what it printed."""
        with self.talking(code) as process:
            out, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        return out.decode().strip()

    def talking(self, code: str) -> subprocess.Popen[bytes]:
        """Starts Python inside of this Okienko, with pipes to talk through."""
        setup = "from okienko.config import boot; boot.django()\n"
        return subprocess.Popen(
            [sys.executable, "-c", setup + code],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def start(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        """Starts one command; its output goes to files beside the data."""
        with (self.out(len(self.started))).open("wb") as out:
            process = subprocess.Popen(
                [*COMMAND, *words], env=self.environment | environment, stdout=out, stderr=subprocess.STDOUT
            )
        self.started.append(process)
        return process

    def out(self, number: int = -1) -> Path:
        number = number if number >= 0 else len(self.started) - 1
        return self.data.parent / f"output-{number}"

    def said(self) -> str:
        """What the last started command printed so far."""
        return self.out().read_text(encoding="utf-8", errors="replace")

    def run(self, **environment: str) -> tuple[subprocess.Popen[bytes], str]:
        """Starts the whole tree on a free port; returns it and its address when it answers."""
        process = self.start("run", "--port", "0", **environment)
        return process, self.address()

    def address(self) -> str:
        found = until(lambda: re.search(r"(http://[\d.]+:\d+)", self.said()), "the address is printed")
        assert found
        until(lambda: answers(found[1]), "the tree answers")
        return found[1]

    def end(self) -> None:
        for process in self.started:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            process.wait()


INIT = (
    "init",
    "--company",
    "Bez",
    "--admin",
    "hania@bez.example",
    "--password-file",
    "-",
    "--language",
    "pl",
)
_set_up: dict[str, tempfile.TemporaryDirectory[str]] = {}


def set_up(house: House) -> None:
    """Makes the house one that has been set up, with the mailbox pomoc@bez.example; on SQLite made once and copied."""
    if not house.is_sqlite:
        _init(house)
        return
    if "data" not in _set_up:
        _set_up["data"] = tempfile.TemporaryDirectory(prefix="okienko-set-up-")
        _init(House(Path(_set_up["data"].name) / "data"))
    shutil.copytree(Path(_set_up["data"].name) / "data", house.data)


def _init(house: House) -> None:
    for words, stdin in ((INIT, b"rower-na-balkonie\n"), (("mailbox", "add", "pomoc@bez.example"), b"")):
        done = house.okienko(*words, stdin=stdin)
        assert done.returncode == 0, done.stderr.decode()


@contextmanager
def a_house(folder: Path) -> Iterator[House]:
    """A House in ``folder``, with a database of its own where the tests run on PostgreSQL."""
    url = os.environ.get("OKIENKO_DATABASE_URL", "")
    own = ""
    if url:
        import psycopg

        name = f"okienko_test_{uuid.uuid4().hex[:12]}"
        own = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        with psycopg.connect(
            urlunsplit(urlsplit(url)._replace(path="/postgres")), autocommit=True
        ) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
    house = House(folder / "data", own)
    try:
        yield house
    finally:
        house.end()
        if own:
            with psycopg.connect(
                urlunsplit(urlsplit(url)._replace(path="/postgres")), autocommit=True
            ) as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def until(true: Callable[[], T], what: str, seconds: float = 60.0) -> T:
    """Waits until ``true()``; fails the test after ``seconds``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = true()
        if value:
            return value
        time.sleep(0.03)
    raise AssertionError(f"not within {seconds} s: {what}")


def answers(address: str, seconds: float = 3.0) -> bool:
    """Whether the tree at ``address`` answers a request."""
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=seconds) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def children(pid: int) -> dict[str, int]:
    """The living children of a process: role → process id."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            text = stat.read_text()
            name, rest = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2 :].split()
            if int(rest[1]) == pid and rest[0] != "Z":
                found[name] = int(stat.parent.name)
    return found


def is_alive(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return text[text.rindex(")") + 2] != "Z"
