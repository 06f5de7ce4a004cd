"""A served desk to measure against: started, signed in to, its processes read from /proc."""

from __future__ import annotations

import http.cookiejar
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import free_port

OKIENKO = str(Path(sys.executable).with_name("okienko"))
PASSWORD = "rower-na-balkonie"
EMAIL = "ola@bez.example"
TICK = os.sysconf("SC_CLK_TCK")


def found(data: Path, environment: dict[str, str] | None = None) -> None:
    """A new Okienko with one mailbox in ``data``."""
    env = os.environ | (environment or {}) | {"OKIENKO_DATA": str(data)}
    data.parent.mkdir(parents=True, exist_ok=True)
    secret = data.parent / f"{data.name}.password"
    secret.write_text(PASSWORD)
    for words in (
        [
            *("init", "--company", "Bez", "--admin", EMAIL, "--password-file", str(secret)),
            *("--language", "pl", "--timezone", "Europe/Warsaw"),
        ],
        ["mailbox", "add", "pomoc@bez.example", "--name", "Bez"],
    ):
        subprocess.run([OKIENKO, *words], env=env, check=True, capture_output=True)


def copy(source: Path, target: Path) -> None:
    """The data directory of a stopped desk, once more."""
    shutil.copytree(source, target)


@dataclass
class Desk:
    """A running desk."""

    data: Path
    port: int
    process: subprocess.Popen[bytes]
    started_in: float
    environment: dict[str, str]
    opener: urllib.request.OpenerDirector = field(init=False)
    jar: http.cookiejar.CookieJar = field(init=False)

    def __post_init__(self) -> None:
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> str:
        with self.opener.open(self.url + path, timeout=60) as answer:
            return str(answer.read().decode())

    def post(self, path: str, *, as_page: bool = False, **fields: str) -> str:
        """A form, with the token that the cookie holds; ``as_page`` as the desk's own script posts it."""
        token = next((c.value or "" for c in self.jar if c.name == "okienko_csrf"), "")
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
        request = urllib.request.Request(self.url + path, data=data, headers={"Referer": self.url})
        if as_page:
            request.add_header("HX-Request", "true")
        with self.opener.open(request, timeout=60) as answer:
            return str(answer.read().decode())

    def sign_in(self) -> None:
        self.get("/sign-in")
        self.post("/sign-in", login=EMAIL, password=PASSWORD)

    def cookies(self) -> str:
        return "; ".join(f"{c.name}={c.value}" for c in self.jar)

    def processes(self) -> dict[int, str]:
        """Every process of the tree by its id."""
        found = {self.process.pid: "parent"}
        grown = True
        while grown:
            grown = False
            for entry in Path("/proc").iterdir():
                if entry.name.isdigit() and int(entry.name) not in found:
                    try:
                        stat = (entry / "stat").read_text()
                    except OSError:
                        continue
                    name, rest = re.match(r"\d+ \((.*)\) (.*)", stat, re.S).groups()  # type: ignore[union-attr]
                    if int(rest.split()[1]) in found:
                        found[int(entry.name)] = name
                        grown = True
        return found

    def web(self) -> list[int]:
        """The processes that serve pages."""
        return [pid for pid, name in self.processes().items() if "web" in name]

    def pss(self) -> dict[str, float]:
        """Proportional memory of each process in MB."""
        sizes: dict[str, float] = {}
        for pid, name in self.processes().items():
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            kilobytes = int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1])  # type: ignore[index]
            sizes[f"{name} {pid}"] = round(kilobytes / 1024, 1)
        return sizes


def cpu(pids: list[int]) -> float:
    """Seconds of processor time that these processes have used."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(each[11]) + int(each[12]) for each in fields) / TICK


@contextmanager
def running(data: Path, **environment: str) -> Iterator[Desk]:
    """``okienko run`` on ``data``; measures the seconds until the first answered request."""
    port = free_port()
    env = os.environ | environment | {"OKIENKO_DATA": str(data)}
    began = time.perf_counter()
    process = subprocess.Popen(
        [OKIENKO, "run", "--port", str(port)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=5) as answer:
                answer.read()
            break
        except OSError:
            if process.poll() is not None or time.perf_counter() - began > 60:
                raise RuntimeError("the desk did not start") from None
            time.sleep(0.02)
    desk = Desk(data, port, process, round(time.perf_counter() - began, 2), env)
    try:
        yield desk
    finally:
        process.terminate()
        process.wait(30)
