"""What came from outside can do no harm where it is shown."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from django.test import Client

from okienko.files import store
from okienko.mailroom.models import Channel
from okienko.people.models import Agent
from okienko.tickets.models import Attachment, Message
from tests.builders import a_mail, a_ticket, arrives
from tests.desk.ticket.conftest import Browses
from tests.desk.ticket.test_replies import written

HTML = (
    '<html><body><table style="background:#eef"><tr><td><h1>Oferta</h1><script>alert(1)</script>'
    '<p onclick="x()">Tekst</p><img src="cid:logo@x"><img src="https://obcy.example/p.gif">'
    '<a href="javascript:x()">a</a><form action="https://obcy.example"><input></form></td></tr></table></body></html>'
)


@pytest.fixture
def browser(ola: Agent, browses: Browses) -> Client:
    return browses(ola)


@pytest.fixture
def offer(pomoc: Channel) -> Message:
    """A mail with HTML of its own, an inline and a remote picture."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = (
        "Celina <celina@kwiaciarnia.example>",
        "pomoc@bez.example",
        "Oferta",
    )
    mail["Message-ID"] = "<oferta@kwiaciarnia.example>"
    mail.set_content("Oferta")
    mail.add_alternative(HTML, subtype="html")
    mail.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<logo@x>", filename="logo.png")
    row = arrives(mail.as_bytes(), pomoc)
    return Message.objects.get(pk=row.filed_as_id)


def _place(message: Message) -> str:
    return f"/tickets/{message.ticket.number}"


def _policy(answer: object) -> dict[str, str]:
    policy = answer.headers["Content-Security-Policy"]  # type: ignore[attr-defined]
    return {part.split()[0]: " ".join(part.split()[1:]) for part in policy.split(";")}


def test_a_rich_mail_is_shown_in_a_frame_where_nothing_runs(offer: Message, browser: Client) -> None:
    page = browser.get(_place(offer)).content.decode()
    assert f'src="{_place(offer)}/messages/{offer.pk}/body"' in page
    assert 'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"' in page
    answer = browser.get(f"{_place(offer)}/messages/{offer.pk}/body")
    body = answer.content.decode()
    policy = _policy(answer)
    assert policy["default-src"] == "'none'"
    assert policy["img-src"] == "'self' data:"
    assert "allow-scripts" not in policy["sandbox"]
    assert "script-src" not in policy
    for gone in ("<script", "onclick", "javascript:", "<form", "<input"):
        assert gone not in body
    logo = Attachment.objects.get()
    assert f'src="{_place(offer)}/attachments/{logo.pk}/logo.png"' in body


def test_remote_pictures_load_when_asked_for_and_stay_for_the_session(
    offer: Message, browser: Client, marek: Agent, browses: Browses
) -> None:
    assert "Remote images are blocked" in browser.get(_place(offer)).content.decode()
    address = f"{_place(offer)}/messages/{offer.pk}/body"
    blocked = browser.get(address)
    assert ' src="https://obcy.example/p.gif"' not in blocked.content.decode()
    asked = browser.get(f"{address}?images=1")
    assert ' src="https://obcy.example/p.gif"' in asked.content.decode()
    assert _policy(asked)["img-src"] == "'self' data: https: http:"
    assert ' src="https://obcy.example/p.gif"' in browser.get(address).content.decode()
    assert "Remote images are blocked" not in browser.get(_place(offer)).content.decode()
    assert "Remote images are blocked" in browses(marek).get(_place(offer)).content.decode()


@pytest.mark.parametrize(
    ("name", "kind", "is_shown"),
    [
        ("zdjęcie.png", "image/png", True),
        ("umowa.pdf", "application/pdf", True),
        ("zły.svg", "image/svg+xml", False),
        ("zła.html", "text/html", False),
        ("dziwny", "text/html; charset=x\r\nX-Evil: 1", False),
        ('a"b\r\n.txt', "text/plain", False),
    ],
)
def test_attachments_are_saved_or_shown_and_never_run(
    name: str, kind: str, is_shown: bool, pomoc: Channel, browser: Client, iga: Agent, browses: Browses
) -> None:
    row = arrives(a_mail(files=(("x.bin", b"<script>alert(1)</script>"),)), pomoc)
    Attachment.objects.update(filename=name, content_type=kind)
    assert row.ticket is not None
    address = f"/tickets/{row.ticket.number}/attachments/{Attachment.objects.get().pk}/x"
    answer = browser.get(address)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"].startswith("inline" if is_shown else "attachment")
    assert "\r" not in answer.headers["Content-Disposition"] + answer.headers["Content-Type"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = _policy(answer)
    assert policy["default-src"] == "'none'"
    assert "sandbox" in policy or kind == "application/pdf"
    assert browses(iga).get(address).status_code == 404


def test_an_attachment_of_another_ticket_is_not_served(pomoc: Channel, browser: Client) -> None:
    mine = arrives(a_mail(subject="a"), pomoc).ticket
    arrives(a_mail(subject="b", files=(("x.bin", b"x"),)), pomoc)
    assert mine is not None
    assert (
        browser.get(f"/tickets/{mine.number}/attachments/{Attachment.objects.get().pk}/x").status_code == 404
    )


def test_the_raw_source_is_for_saving(pomoc: Channel, browser: Client) -> None:
    raw = a_mail("Dzień dobry")
    row = arrives(raw, pomoc)
    assert row.ticket is not None
    answer = browser.get(f"/tickets/{row.ticket.number}/messages/{row.filed_as_id}/raw")
    assert b"".join(answer.streaming_content) == raw  # type: ignore[attr-defined]
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    disposition = answer.headers["Content-Disposition"]
    assert disposition == f'attachment; filename="{row.ticket.number}-{row.filed_as_id}.eml"'
    assert "sandbox" in _policy(answer)


@pytest.mark.parametrize("kind", ["raw", "original"])
def test_a_source_whose_file_is_gone_is_not_there(pomoc: Channel, browser: Client, kind: str) -> None:
    ticket = a_ticket(pomoc, "Długi list. " * 10_000)
    message = ticket.messages.get()
    assert message.raw
    store.path(message.raw.sha256).unlink()
    assert browser.get(f"{_place(message)}/messages/{message.pk}/{kind}").status_code == 404


def test_the_original_shows_every_header_and_the_whole_text(pomoc: Channel, browser: Client) -> None:
    row = arrives(
        a_mail("Nowe\n\n> dawne <b>słowa</b>\n", X_Znak="=?utf-8?q?za=C5=BC=C3=B3=C5=82=C4=87?="), pomoc
    )
    assert row.ticket is not None
    page = browser.get(f"/tickets/{row.ticket.number}/messages/{row.filed_as_id}/original").content.decode()
    assert "<dt>X-Znak</dt><dd>zażółć</dd>" in page
    assert "&gt; dawne &lt;b&gt;słowa&lt;/b&gt;" in page or "dawne &lt;b&gt;słowa&lt;/b&gt;" in page


def test_our_own_messages_have_an_original_and_no_raw_source(pomoc: Channel, browser: Client) -> None:
    ticket = arrives(a_mail(), pomoc).ticket
    assert ticket is not None
    browser.post(f"/tickets/{ticket.number}/replies", written(ticket))
    message = ticket.messages.get(kind="sent")
    page = browser.get(f"/tickets/{ticket.number}/messages/{message.pk}/original").content.decode()
    assert message.message_id in page
    assert "gdzie jest moja paczka" in page  # the quoted history as it was sent
    assert browser.get(f"/tickets/{ticket.number}/messages/{message.pk}/raw").status_code == 404
