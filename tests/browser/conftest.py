"""A whole Okienko for the browser: the process tree, Dovecot, an SMTP server that delivers into it, and Chromium."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.config.house import House, a_house, until
from tests.servers import HAS_DOVECOT, PASSWORD, Dovecot, Sink, dovecot, sink
from tests.ui.conftest import FLAGS

OURS = "@bez.example"
POMOC, ZWROTY = f"pomoc{OURS}", f"zwroty{OURS}"
CELINA = "Celina Bez <celina@kwiaciarnia.example>"
_ids = itertools.count(1)
FAILED = pytest.StashKey[bool]()
expect.set_options(timeout=15_000)


class World:
    """One Okienko with the mail servers around it. ``arrives()`` is a customer, ``taken()`` what customers got."""

    def __init__(self, house: House, imap: Dovecot, smtp: Sink) -> None:
        self.house, self.imap, self.smtp = house, imap, smtp
        self.address = ""

    def arrives(self, raw: bytes, box: str = POMOC) -> None:
        """The mail lies in one of our mailboxes."""
        self.imap.put(box, raw)

    def taken(self, subject: str = "", count: int = 1) -> list[tuple[list[str], EmailMessage]]:
        """What the SMTP server got for others than ourselves with ``subject`` in it, once there are ``count``."""

        def found() -> list[tuple[list[str], EmailMessage]]:
            mails = [(to, parsed(raw)) for to, raw in list(self.smtp.mails)]
            others = [(to, mail) for to, mail in mails if not all(a.endswith(OURS) for a in to)]
            return [(to, mail) for to, mail in others if subject in str(mail["Subject"])]

        until(lambda: len(found()) >= count, f"{count} mails with {subject!r} have left")
        return found()

    def ticket(self, subject: str) -> dict[str, Any]:
        """The newest ticket with this subject, as ``okienko tickets show`` tells it, once it is there."""
        number = until(lambda: self._number(subject), f"a ticket “{subject}”")
        return self.show(number)

    def show(self, number: int) -> dict[str, Any]:
        return json.loads(self.house.okienko("tickets", "show", str(number), "--json").stdout)  # type: ignore[no-any-return]

    def all(self) -> list[dict[str, Any]]:
        return json.loads(self.house.okienko("tickets", "list", "--json").stdout)  # type: ignore[no-any-return]

    def ledger(self) -> list[dict[str, Any]]:
        return json.loads(self.house.okienko("ledger", "--json").stdout)  # type: ignore[no-any-return]

    def _number(self, subject: str) -> int:
        return max((t["number"] for t in self.all() if t["subject"] == subject), default=0)


def parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def a_mail(
    text: str, *, subject: str, from_: str = CELINA, to: str = POMOC, html: str = "", **headers: str
) -> EmailMessage:
    """A customer's mail; headers by their name with _ for -."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = from_, to, subject
    headers.setdefault("Message_ID", f"<b{next(_ids)}@poczta.example>")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    where = shutil.which("chromium")
    if not where:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=where, args=FLAGS)


@contextmanager
def a_world(folder: Path) -> Iterator[World]:
    """A World whose Okienko has not been started."""
    if not HAS_DOVECOT:
        pytest.skip("Dovecot is not installed (apt-get install dovecot-imapd)")
    with ExitStack() as stack:
        # Not pytest's own folder: another session closes that to other users, so also to Dovecot's.
        root = stack.enter_context(TemporaryDirectory(prefix="dovecot-"))
        imap = stack.enter_context(dovecot(Path(root) / "imap"))
        for box in (POMOC, ZWROTY):
            imap.put(box, b"Subject: older than Okienko\r\n\r\nstays untouched\r\n")

        def deliver(recipient: str, raw: bytes) -> None:
            if recipient.endswith(OURS):
                imap.put(re.sub(r"\+[^@]*", "", recipient), raw)

        smtp = stack.enter_context(sink(deliver))
        house = stack.enter_context(a_house(folder))
        world = World(house, imap, smtp)
        try:
            yield world
        except AssertionError:
            print(world.house.said(), world.house.okienko("ledger", "--json").stdout.decode(), world.all())
            raise


PEOPLE = f"""
from okienko.channels.email.config import mailbox
from okienko.events.actor import system
from okienko.mailroom.channels import change_channel
from okienko.mailroom.models import Channel
from okienko.people import directory
from okienko.people.models import Agent, Role, Team

by, team = system("tests"), Team.objects.get()
directory.change_agent(Agent.objects.get(), by=by, name="Hania Zięba")
for name, role, language in (("Ola Wiśniewska", "agent", "pl"), ("Marek Kos", "supervisor", "en")):
    directory.add_agent(
        email=name.split()[0].lower() + "{OURS}", name=name, role=Role.objects.get(code=role), by=by,
        password="{PASSWORD}", teams=(team,), language=language,
    )
for channel in Channel.objects.all():
    change_channel(channel, by=by, config=channel.config | {{"plus_works": True}})
"""

CONNECTED = """
import time
from okienko.mailroom.channels import health_of
from okienko.mailroom.models import Channel

until = time.monotonic() + 30
while time.monotonic() < until and not all(health_of(c, "in").state for c in Channel.objects.all()):
    time.sleep(0.1)
"""


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A company that works already: Hania administers, Ola and Marek answer, mail comes to pomoc@ and zwroty@."""
    with a_world(tmp_path_factory.mktemp("world")) as world:
        words = ("--company", "Bez – kwiaty i ogród", "--admin", f"hania{OURS}", "--password-file", "-")
        ran = world.house.okienko("init", *words, "--language", "pl", stdin=PASSWORD.encode())
        assert ran.returncode == 0, ran.stderr.decode()
        for box in (POMOC, ZWROTY):
            user = box.replace("@", "%40")
            servers = (
                "--imap",
                f"imap://{user}@127.0.0.1:{world.imap.port}/INBOX",
                "--smtp",
                f"smtp://127.0.0.1:{world.smtp.port}",
            )
            ran = world.house.okienko(
                "mailbox",
                "add",
                box,
                "--name",
                "Bez",
                *servers,
                "--password-file",
                "-",
                stdin=PASSWORD.encode(),
            )
            assert ran.returncode == 0, ran.stderr.decode()
        world.house.python(PEOPLE)
        _, world.address = world.house.run()
        world.house.python(CONNECTED)  # what came before that is not ours to take
        yield world


Signs = Callable[..., Page]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture
def browser(chromium: Browser, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Signs]:
    """browser(address, width=390): a new window; what the console complains about is in ``page.complaints``.

    A picture of each window stays in ``tmp_path`` when the test fails.
    """
    contexts: list[BrowserContext] = []

    def window(
        address: str, *, width: int = 1440, height: int = 900, scheme: str = "light", **more: Any
    ) -> Page:
        more.setdefault("locale", "pl-PL")
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            has_touch=width < 720,
            base_url=address,
            timezone_id="Europe/Warsaw",
            **more,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []  # type: ignore[attr-defined]
        page.on("console", lambda said: _note(page, said.type, said.text))
        page.on("pageerror", lambda error: _note(page, "error", str(error)))
        return page

    yield window
    for number, context in enumerate(contexts):
        if request.node.stash.get(FAILED, False):
            for page in context.pages:
                page.screenshot(path=tmp_path / f"window-{number}.png")
                print(f"window {number}:", page.url, page.complaints)  # type: ignore[attr-defined]
        context.close()


def _note(page: Page, kind: str, text: str) -> None:
    if kind in ("error", "warning"):
        page.complaints.append(text)  # type: ignore[attr-defined]


_sessions: dict[tuple[str, str], Any] = {}


@pytest.fixture
def signed_in(world: World, browser: Signs) -> Signs:
    """signed_in("ola", width=390): a window of that person, who signed in once."""

    def window(who: str, **more: Any) -> Page:
        key = (world.address, who)
        page = browser(world.address, storage_state=_sessions.get(key), **more)
        if key not in _sessions:
            sign_in(page, who)
            _sessions[key] = page.context.storage_state()
        return page

    return window


def sign_in(page: Page, who: str, password: str = PASSWORD) -> None:
    """From the sign-in page to the desk."""
    page.goto("/")
    page.locator("[name=login]").fill(f"{who}{OURS}")
    page.locator("[name=password]").fill(password)
    page.locator("main .pri").click()
    page.locator("#rail").wait_for(state="attached")


def pen(page: Page, kind: str = "reply") -> Locator:
    """The composer of this kind."""
    return page.locator(f".pen[data-kind={kind}]")


def writes(page: Page, text: str, kind: str = "reply") -> None:
    """Opens the composer by its key and types."""
    page.locator("#main").focus()
    page.keyboard.press({"reply": "r", "note": "n"}[kind])
    pen(page, kind).locator(".ProseMirror").press_sequentially(text)


def sends(page: Page, kind: str = "reply") -> None:
    """By the composer's first button."""
    pen(page, kind).locator(".tools button.big").first.click()
