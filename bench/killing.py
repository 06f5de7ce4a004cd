"""Kills the process tree at random moments during an intake by IMAP and SMTP, and looks whether anything was lost.

``python -m bench killing [--mails 2000] [--kills 20] [--full-disk]``. Afterwards every mail must be filed exactly once,
the ledger must balance, and no reply may have left twice: each was taken once by the SMTP server, or is unsure.
With ``--full-disk`` the data directory is a small tmpfs that is full for a while (needs root).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import smtplib
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.mails import mails
from tests.servers import PASSWORD, Dovecot, Sink, dovecot, free_port, sink, wait_for_port

ADDRESS = "pomoc@bez.example"
OKIENKO = [str(Path(sys.executable).with_name("okienko"))]


class Desk:
    """One Okienko in a directory, run, killed and asked."""

    def __init__(self, data: Path, imap: Dovecot, smtp: Sink) -> None:
        self.port, self.listen = free_port(), free_port()
        self.environment = os.environ | {
            "OKIENKO_DATA": str(data),
            "OKIENKO_SMTP_LISTEN": f"127.0.0.1:{self.listen}",
        }
        secret = data.parent / "password"
        secret.write_text(PASSWORD)
        self.ask(
            *("init", "--company", "Bez", "--admin", "ola@bez.example", "--password-file", str(secret)),
            *("--language", "pl", "--timezone", "Europe/Warsaw"),
        )
        self.ask(
            *("mailbox", "add", ADDRESS, "--password-file", str(secret)),
            *(
                "--imap",
                f"imap://{ADDRESS}@127.0.0.1:{imap.port}/INBOX",
                "--smtp",
                f"smtp://127.0.0.1:{smtp.port}",
            ),
        )
        self.process: subprocess.Popen[bytes] | None = None

    def ask(self, *words: str) -> str:
        done = subprocess.run(
            [*OKIENKO, *words], env=self.environment, capture_output=True, text=True, timeout=600
        )
        if done.returncode:
            raise RuntimeError(f"okienko {words[0]}: {done.stderr[-2000:]}")
        return done.stdout

    def start(self) -> None:
        self.process = subprocess.Popen(
            [*OKIENKO, "run", "--port", str(self.port)],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(30)


class Sender(threading.Thread):
    """A mail server: tries each mail until it is told 250."""

    def __init__(self, port: int, raws: list[bytes]) -> None:
        super().__init__(daemon=True)
        self.port, self.raws, self.sent = port, raws, 0

    def run(self) -> None:
        for raw in self.raws:
            while not self._send(raw):
                time.sleep(0.2)
            self.sent += 1

    def _send(self, raw: bytes) -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=10) as server:
                server.sendmail("klient@poczta.example", [ADDRESS], raw)
        except (OSError, smtplib.SMTPException):
            return False
        return True


def put_slowly(imap: Dovecot, raws: list[bytes], seconds: float) -> threading.Thread:
    def put() -> None:
        for raw in raws:
            imap.put(ADDRESS, raw)
            time.sleep(seconds / len(raws))

    thread = threading.Thread(target=put, daemon=True)
    thread.start()
    return thread


REPLIES = """
import sys
from okienko.config import boot
boot.django()
from bench.replying import reply_to_all
reply_to_all()
"""


def run(count: int, kills: int, *, full_disk: bool, seed: int = 11) -> bool:
    rng = random.Random(seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        data = folder / "data"
        if full_disk:
            stack.enter_context(small_disk(data, megabytes=max(120, count // 5)))
        imap = stack.enter_context(dovecot(folder / "imap"))
        smtp = stack.enter_context(sink())
        imap.put(ADDRESS, b"Subject: first\r\n\r\nso that the folder exists\r\n")
        desk = Desk(data, imap, smtp)
        desk.start()
        time.sleep(6)
        raws = [unique(raw, n) for n, raw in enumerate(mails(count, ADDRESS, seed=seed))]
        by_imap, by_smtp = raws[::2], raws[1::2]
        putting = put_slowly(imap, by_imap, seconds=kills * 2.5)
        sender = Sender(desk.listen, by_smtp)
        sender.start()
        for n in range(kills):
            if n % 4:
                wait_for_port(desk.listen, 30)  # one kill in four hits the start instead
            time.sleep(rng.uniform(0.2, 3.0))
            answer_some(desk)
            time.sleep(rng.uniform(0.0, 0.7))
            if full_disk and n == kills // 2:
                fill_up(data, seconds=8)
            desk.kill()
            desk.start()
            print(f"killed {n + 1} of {kills}; sent by SMTP {sender.sent}, by IMAP {imap.count}", flush=True)
        putting.join(300)
        sender.join(300)
        settle(desk, wanted=count)
        answer_some(desk)
        settle(desk, wanted=count)
        desk.stop()
        return verdict(desk, smtp, raws)


def unique(raw: bytes, n: int) -> bytes:
    """The mail with a Message-ID of its own, so that 'exactly once' can be counted."""
    head, _, rest = raw.partition(b"Message-ID: <")
    return head + b"Message-ID: <kill%d." % n + rest


def answer_some(desk: Desk) -> None:
    subprocess.run(
        [sys.executable, "-c", REPLIES], env=desk.environment, capture_output=True, timeout=120, check=False
    )


def settle(desk: Desk, *, wanted: int) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until:
        ledger = json.loads(desk.ask("ledger", "--json"))[0]
        if ledger["filed"] >= wanted and ledger["waiting"] == 0 and "outbound" not in desk.ask("drain"):
            return
        time.sleep(2)


def verdict(desk: Desk, smtp: Sink, raws: list[bytes]) -> bool:
    ledger = json.loads(desk.ask("ledger", "--json"))[0]
    check = subprocess.run(
        [
            sys.executable,
            "-c",
            "from okienko.config import boot\nboot.django()\nfrom bench.replying import account\naccount()",
        ],
        env=desk.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(check.stdout)
    wanted = {raw.partition(b"Message-ID: <")[2].partition(b">")[0].decode() for raw in raws}
    filed = Counter(found["filed"])
    taken = Counter(header.strip("<>") for header in smtp.header("Message-ID"))
    lost = sorted(wanted - filed.keys())
    twice = sorted(i for i in wanted if filed[i] > 1)
    sent_twice = sorted(i for i, n in taken.items() if n > 1)
    unsent = sorted(i for i, state in found["replies"].items() if state == "sent" and i not in taken)
    states = Counter(found["replies"].values())
    print(json.dumps(ledger))
    print(f"mails {len(wanted)}, lost {len(lost)}, filed twice {len(twice)}")
    print(
        f"replies {dict(states)}, taken by the server {len(taken)}, "
        f"twice {len(sent_twice)}, sent but not there {len(unsent)}"
    )
    good = ledger["balanced"] and not lost and not twice and not sent_twice and not unsent
    print("ALL RIGHT" if good else f"WRONG: {lost[:3]} {twice[:3]} {sent_twice[:3]} {unsent[:3]}")
    return bool(good)


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[None]:
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill_up(folder: Path, *, seconds: float) -> None:
    """Leaves no byte free for a while."""
    ballast = folder / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file:
            while True:
                file.write(b"\0" * 65536)
    except OSError:
        print("the disk is full", flush=True)
    time.sleep(seconds)
    ballast.unlink()
    print("the disk has room again", flush=True)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench killing")
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--full-disk", action="store_true")
    asked = parser.parse_args(words)
    return 0 if run(asked.mails, asked.kills, full_disk=asked.full_disk) else 1
