"""What a mailbox is configured with: its servers, and what becomes of mail that was taken in."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal
from urllib.parse import quote, unquote, urlsplit

from okienko.lib.refusal import Invalid
from okienko.mailroom.models import Channel

Security = Literal["tls", "starttls", "none"]
PORTS = {"imaps": 993, "imap": 143, "smtps": 465, "smtp": 587}


@dataclass(frozen=True, slots=True)
class Server:
    """One server and who signs in there; the password is sealed on the channel, never here."""

    host: str
    port: int
    security: Security
    user: str = ""

    @property
    def where(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A channel's ``config``. ``after`` says whether fetched mail stays in its folder or moves to ``move_to``;
    ``copy`` whether sent mail is also put into ``sent_folder`` or mailed to ``archive``."""

    imap: Server | None = None
    smtp: Server | None = None
    folder: str = "INBOX"
    after: Literal["keep", "move"] = "keep"
    move_to: str = ""
    take_old: bool = False
    copy: Literal["none", "sent", "archive"] = "none"
    sent_folder: str = ""
    archive: str = ""
    plus_works: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def mailbox(channel: Channel) -> Mailbox:
    """The configuration of a channel of this kind."""
    return read(channel.config)


def read(config: dict[str, Any]) -> Mailbox:
    """A Mailbox from stored JSON; what is missing takes its default."""
    known = {k: v for k, v in config.items() if k in Mailbox.__dataclass_fields__}
    for name in ("imap", "smtp"):
        if known.get(name):
            known[name] = Server(**known[name])
    return Mailbox(**known)


def server(url: str, *, kind: Literal["imap", "smtp"]) -> tuple[Server, str]:
    """A Server and the rest of the path (IMAP: the folder) from ``imaps://USER@HOST:PORT/FOLDER`` or
    ``smtp://USER@HOST:PORT``. Plain ``imap`` and ``smtp`` use STARTTLS but for ``?security=none`` and on loopback.

    Raises Invalid.
    """
    try:
        parts = urlsplit(url)
        if parts.scheme not in (kind, f"{kind}s") or not parts.hostname:
            raise ValueError(url)
        port = parts.port or PORTS[parts.scheme]
    except ValueError as error:
        raise Invalid("server_url", url=url, expected=f"{kind}s://USER@HOST:PORT") from error
    security: Security = "tls" if parts.scheme.endswith("s") else "starttls"
    if not parts.scheme.endswith("s") and (
        "security=none" in parts.query or parts.hostname in ("127.0.0.1", "localhost", "::1")
    ):
        security = "none"
    user = unquote(parts.username or "")
    return Server(parts.hostname, port, security, user), unquote(parts.path.lstrip("/"))


def url(server: Server | None, *, kind: Literal["imap", "smtp"], folder: str = "") -> str:
    """The URL that ``server`` would read back."""
    if server is None:
        return ""
    scheme = f"{kind}s" if server.security == "tls" else kind
    query = "?security=none" if server.security == "none" else ""
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"{scheme}://{quote(server.user, safe='')}@{host}:{server.port}/{quote(folder)}{query}"
