"""Real servers: a Dovecot for all tests of this folder, an outgoing server for each, and mailboxes that use them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from okienko.channels.email.config import Mailbox, Server
from okienko.mailroom.models import Channel
from tests.builders import a_mailbox
from tests.servers import HAS_DOVECOT, PASSWORD, Dovecot, Sink, dovecot, sink

LONG_AGO = datetime(2020, 1, 1)
_users = count(1)
MakesMailbox = Callable[..., Channel]
MakesFolder = Callable[[], Path]


@pytest.fixture(scope="session")
def post_office(dovecot_folders: MakesFolder) -> Iterator[Dovecot]:
    """An IMAP server. A user is the local part of an address; each test takes a fresh one."""
    with dovecot(dovecot_folders()) as server:
        yield server


@pytest.fixture(scope="session")
def dovecot_folders() -> Iterator[MakesFolder]:
    """Folders for IMAP servers. Not pytest's own: those are closed to other users, so also to Dovecot's."""
    if not HAS_DOVECOT:
        pytest.skip("Dovecot is not installed: apt-get install dovecot-imapd")
    with TemporaryDirectory(prefix="dovecot-") as root:
        numbers = count(1)
        yield lambda: Path(root) / str(next(numbers))


@pytest.fixture
def relay(post_office: Dovecot) -> Iterator[Sink]:
    """An outgoing server that delivers what is for bez.example into the post office, plus parts aside."""

    def deliver(address: str, raw: bytes) -> None:
        local, _, domain = address.partition("@")
        if domain == "bez.example":
            post_office.put(local.partition("+")[0], raw)

    with sink(deliver) as server:
        yield server


@pytest.fixture
def mailbox_with(house: None, post_office: Dovecot) -> MakesMailbox:
    """Makes a mailbox of a fresh user that is fetched from the post office; config fields override."""

    def make(password: str = PASSWORD, out: Sink | None = None, **config: object) -> Channel:
        user = f"user{next(_users)}"
        post_office.put(user, b"Subject: old mail\r\n\r\nfrom before Okienko\r\n", at=LONG_AGO)
        servers = {
            "imap": Server("127.0.0.1", post_office.port, "none", user),
            "smtp": Server("127.0.0.1", out.port, "none") if out else None,
        }
        box = Mailbox(**(servers | config))  # type: ignore[arg-type]
        return a_mailbox(
            f"{user}@bez.example", config=box.as_json(), passwords={"imap": password, "smtp": ""}
        )

    return make


def user_of(channel: Channel) -> str:
    """The post office's user behind a mailbox."""
    return channel.address.partition("@")[0]
