"""Drafts: saved as one types, one per kind and agent, never lost to another window."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from okienko.people.models import Agent
from okienko.tickets.models import Draft, DraftFile, Ticket
from tests.desk.ticket.conftest import HTMX, Browses
from tests.desk.ticket.test_replies import written

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def browser(ola: Agent, browses: Browses) -> Client:
    return browses(ola)


def test_a_draft_survives_a_reload(ticket: Ticket, celinas: str, browser: Client) -> None:
    answer = browser.post(
        f"{celinas}/drafts/reply", {**written(ticket, "<p>W połowie</p>", cc="jan@"), "version": "0"}
    )
    assert answer.json() == {"version": 1}
    page = browser.get(celinas).content.decode()
    assert 'value="&lt;p&gt;W połowie&lt;/p&gt;"' in page
    assert 'name="cc" value="jan@"' in page
    assert 'data-autosave-version-value="1"' in page
    assert "Draft for Celina Bez" in page


def test_another_windows_text_is_handed_over(ticket: Ticket, celinas: str, browser: Client) -> None:
    browser.post(f"{celinas}/drafts/reply", {**written(ticket, "<p>okno 1</p>"), "version": "0"})
    answer = browser.post(f"{celinas}/drafts/reply", {**written(ticket, "<p>okno 2</p>"), "version": "0"})
    assert answer.status_code == 409
    assert answer.json() == {"version": 1, "html": "<p>okno 1</p>"}
    assert Draft.objects.get().html == "<p>okno 1</p>"


def test_drafts_of_each_kind_and_agent_are_apart(
    ticket: Ticket, celinas: str, browser: Client, marek: Agent, browses: Browses
) -> None:
    for agent in (browser, browses(marek)):
        for kind in ("reply", "note"):
            agent.post(f"{celinas}/drafts/{kind}", {**written(ticket, f"<p>{kind}</p>"), "version": "0"})
    assert Draft.objects.count() == 4
    assert browser.post(f"{celinas}/drafts/letter", {**written(ticket), "version": "0"}).status_code == 422


def test_a_draft_is_thrown_away_when_asked(ticket: Ticket, celinas: str, browser: Client) -> None:
    browser.post(f"{celinas}/drafts/reply", {**written(ticket), "version": "0"})
    answer = browser.post(f"{celinas}/drafts/reply", {"discard": "1"}, headers=HTMX)
    assert answer.status_code == 200
    assert 'name="html" value=""' in answer.content.decode()
    assert not Draft.objects.exists()


def test_without_script_a_draft_is_saved_by_its_button(ticket: Ticket, celinas: str, browser: Client) -> None:
    answer = browser.post(f"{celinas}/drafts/note", {"text": "pamiętać", "html": "<p>stare</p>"})
    assert answer.headers["Location"] == f"{celinas}?write=note#composer"
    assert Draft.objects.get().html == "<p>pamiętać</p>"


def _upload(
    browser: Client, celinas: str, name: str = "cennik.pdf", kind: str = "application/pdf", **more: str
) -> str:
    file = SimpleUploadedFile(name, PNG, content_type=kind)
    answer = browser.post(f"{celinas}/drafts/reply/files", {"file": file, **more})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_file_is_handed_over_shown_sent(ticket: Ticket, celinas: str, browser: Client) -> None:
    item = _upload(browser, celinas, 'zażółć"><script>.pdf')
    file = DraftFile.objects.get()
    assert item.startswith("<li")
    assert "<script>" not in item
    assert f'name="file" value="{file.pk}"' in item
    browser.post(f"{celinas}/replies", written(ticket, file=file.pk))
    sent = ticket.messages.get(kind="sent").attachments.get()
    assert (sent.filename, sent.is_inline) == ('zażółć"><script>.pdf', False)


def test_a_file_is_taken_off(
    ticket: Ticket, celinas: str, browser: Client, marek: Agent, browses: Browses
) -> None:
    _upload(browser, celinas)
    _upload(browser, celinas)
    first, second = DraftFile.objects.order_by("pk")
    place = f"{celinas}/drafts/reply/files"
    for theirs in (browses(marek).get, browses(marek).delete):
        assert theirs(f"{place}/{first.pk}").status_code == 404
    assert browser.delete(f"{place}/{first.pk}").status_code == 200
    assert browser.post(f"{place}/{second.pk}").status_code == 302
    assert not DraftFile.objects.exists()


def test_files_that_another_window_changed_are_not_sent_unseen(
    ticket: Ticket, celinas: str, browser: Client
) -> None:
    _upload(browser, celinas)
    answer = browser.post(f"{celinas}/replies", written(ticket), headers=HTMX)
    assert answer.status_code == 409
    assert "files of this draft" in answer.content.decode()


def test_a_pasted_picture_stands_in_the_text(ticket: Ticket, celinas: str, browser: Client) -> None:
    item = _upload(browser, celinas, "obraz.png", "image/png", inline="1")
    src = item.partition('data-src="')[2].partition('"')[0]
    shown = browser.get(src)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/png")
    file = DraftFile.objects.get()
    posted = written(ticket, f'<p>Proszę: <img src="{src}"></p>', file=file.pk)
    browser.post(f"{celinas}/drafts/reply", {**posted, "version": "0"})
    assert Draft.objects.get().html == f'<p>Proszę: <img src="cid:{file.content_id}"></p>'
    assert f"&lt;img src=&quot;{src}&quot;" in browser.get(celinas).content.decode()
    browser.post(f"{celinas}/replies", posted)
    message = ticket.messages.get(kind="sent")
    attachment = message.attachments.get()
    assert attachment.is_inline
    assert f"cid:{attachment.content_id}" in message.html
    assert f'src="{celinas}/attachments/{attachment.pk}/obraz.png"' in browser.get(celinas).content.decode()


def test_a_picture_that_was_deleted_from_the_text_is_not_sent(
    ticket: Ticket, celinas: str, browser: Client
) -> None:
    _upload(browser, celinas, "obraz.png", "image/png", inline="1")
    browser.post(f"{celinas}/replies", written(ticket, file=DraftFile.objects.get().pk))
    assert not ticket.messages.get(kind="sent").attachments.exists()


def test_too_large_a_file_is_refused(
    ticket: Ticket, celinas: str, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("okienko.desk.drafts.LARGEST_FILE", 0)
    file = SimpleUploadedFile("film.mp4", b"12345")
    assert browser.post(f"{celinas}/drafts/reply/files", {"file": file}).status_code == 422
    assert browser.post(f"{celinas}/drafts/reply/files").status_code == 422
    assert not DraftFile.objects.exists()


def test_without_script_files_come_with_the_form(ticket: Ticket, celinas: str, browser: Client) -> None:
    posted = {
        **written(ticket),
        "rich": "",
        "text": "w załączniku",
        "files": SimpleUploadedFile("a.txt", b"x"),
    }
    browser.post(f"{celinas}/replies", posted)
    assert ticket.messages.get(kind="sent").attachments.get().filename == "a.txt"
