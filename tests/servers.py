"""Real servers for tests and benchmarks: Dovecot for IMAP, an SMTP sink that delivers into it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from imapclient import IMAPClient

HAS_DOVECOT = shutil.which("dovecot") is not None
PASSWORD = "rower-na-balkonie"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Dovecot:
    """A running IMAP server; every user has the same password and a Maildir."""

    folder: Path
    port: int
    tls_port: int = 0
    password: str = PASSWORD
    process: subprocess.Popen[bytes] | None = None
    count: int = field(default=0)

    def maildir(self, user: str) -> Path:
        return self.folder / "mail" / user

    def put(self, user: str, raw: bytes, *, at: datetime | None = None) -> None:
        """Delivers a mail into the user's INBOX, as a mail server does (Maildir: tmp, then new), ``at`` if not now."""
        box = self.maildir(user)
        for part in ("tmp", "new", "cur"):
            if not (box / part).exists():
                (box / part).mkdir(parents=True)
                self._own(box, box / part)
        self.count += 1
        name = f"{time.time():.6f}.{os.getpid()}_{self.count}.test"
        (box / "tmp" / name).write_bytes(raw)
        self._own(box / "tmp" / name)
        if at:
            os.utime(box / "tmp" / name, (at.timestamp(), at.timestamp()))
        os.rename(box / "tmp" / name, box / "new" / name)

    def renumber(self, user: str) -> None:
        """Gives the user's INBOX another UIDVALIDITY, as a server does that was restored or moved."""
        listed = self.maildir(user) / "dovecot-uidlist"
        head, *rest = listed.read_text().splitlines()
        words = [f"V{int(w[1:]) + 7}" if w.startswith("V") else w for w in head.split(" ")]
        listed.write_text("\n".join([" ".join(words), *rest]) + "\n")
        for index in self.maildir(user).glob("dovecot.index*"):
            index.unlink()

    @contextmanager
    def reading(self, user: str, folder: str = "INBOX") -> Iterator[IMAPClient]:
        """A person's mail program with the folder open."""
        with IMAPClient("127.0.0.1", port=self.port, ssl=False) as client:
            client.login(user, self.password)
            client.select_folder(folder)
            yield client

    def _own(self, *paths: Path) -> None:
        owner = (self.folder / "mail").stat()
        for path in paths:
            os.chown(path, owner.st_uid, owner.st_gid)

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["dovecot", "-F", "-c", str(self.folder / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for_port(self.port)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(10)
            self.process = None


def wait_for_port(port: int, seconds: float = 10.0) -> None:
    """Returns when something listens on the port; raises TimeoutError."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on {port}")


CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = {ssl}
{more}
{certificate}
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 0
first_valid_gid = 0
default_internal_user = {user}
default_login_user = {login_user}
default_internal_group = {group}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


@contextmanager
def dovecot(
    folder: Path, *, certificate: tuple[Path, Path] | None = None, password: str = PASSWORD, more: str = ""
) -> Iterator[Dovecot]:
    """A Dovecot with its data in ``folder``; ``certificate`` (chain, key) adds a TLS port, ``more`` settings."""
    import grp
    import pwd

    # Dovecot refuses to sign people in as root; Debian's package brings two users for that.
    is_root = os.getuid() == 0
    folder.mkdir(parents=True, exist_ok=True)
    if is_root:
        for part in (folder, *folder.parents):
            if part == Path(tempfile.gettempdir()):
                break
            part.chmod(part.stat().st_mode | 0o055)
    owner = pwd.getpwnam("dovecot") if is_root else pwd.getpwuid(os.getuid())
    for part in ("run", "state", "mail", "home"):
        (folder / part).mkdir(parents=True, exist_ok=True)
        if is_root:
            shutil.chown(folder / part, owner.pw_uid, owner.pw_gid)
    server = Dovecot(folder, free_port(), free_port() if certificate else 0, password)
    tls = f"ssl_cert = <{certificate[0]}\nssl_key = <{certificate[1]}" if certificate else ""
    (folder / "dovecot.conf").write_text(
        CONFIG.format(
            folder=folder,
            ssl="yes" if certificate else "no",
            certificate=tls,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            user="dovecot" if is_root else pwd.getpwuid(os.getuid()).pw_name,
            login_user="dovenull" if is_root else pwd.getpwuid(os.getuid()).pw_name,
            group="dovecot" if is_root else grp.getgrgid(os.getgid()).gr_name,
            password=password,
            more=more,
            port=server.port,
            tls_port=server.tls_port,
        )
    )
    server.start()
    try:
        yield server
    finally:
        server.stop()


Answer = Callable[[Envelope], str | None]


class Sink:
    """An SMTP server that keeps what it gets and hands it on to ``deliver(recipient, raw)``.

    ``on_mail``, ``on_rcpt`` and ``on_data`` may answer with an SMTP reply instead; ``drop_after_data`` takes the mail
    and cuts the connection before it answers, ``drop_at_rcpt`` cuts it before there is anything to take.
    """

    def __init__(self, deliver: Callable[[str, bytes], None] | None = None) -> None:
        self.port = free_port()
        self.deliver = deliver
        self.mails: list[tuple[list[str], bytes]] = []
        self.on_rcpt: Callable[[str], str | None] = lambda address: None
        self.on_data: Answer = lambda envelope: None
        self.on_mail: Callable[[str], str | None] = lambda address: None
        self.drop_after_data = self.drop_at_rcpt = False
        self.lock = threading.Lock()

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.on_mail(address):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.drop_at_rcpt:
            assert server.transport is not None
            server.transport.abort()
        if answer := self.on_rcpt(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if answer := self.on_data(envelope):
            return answer
        raw = envelope.original_content or b""
        with self.lock:
            self.mails.append((list(envelope.rcpt_tos), raw))
        if self.deliver:
            for address in envelope.rcpt_tos:
                self.deliver(address, raw)
        if self.drop_after_data:
            assert server.transport is not None
            server.transport.abort()
        return "250 Taken"

    def header(self, name: str) -> list[str]:
        """That header of every mail taken."""
        return [str(message_from_bytes(raw)[name]) for _, raw in self.mails]


@contextmanager
def sink(deliver: Callable[[str, bytes], None] | None = None, **options: Any) -> Iterator[Sink]:
    """A running Sink."""
    handler = Sink(deliver)
    options.setdefault("data_size_limit", 0)
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port, **options)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost that nobody vouches for, and its key."""
    chain, key = folder / "chain.pem", folder / "key.pem"
    asked = (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    subprocess.run(
        ["openssl", *asked.split(), "-keyout", str(key), "-out", str(chain)], check=True, capture_output=True
    )
    return chain, key
