"""What the browser's own code does, tried in Chromium."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.ui.conftest import Opens

pytestmark = pytest.mark.browser
LIVE = '<p id="live" data-topic="ticket-42 list" hx-get="/part" hx-trigger="live" hx-swap="morph:outerHTML">{}</p>'


def socket(page: Page, number: int = 0) -> WebSocketRoute:
    page.wait_for_function("true")
    for _ in range(50):
        if len(page.__dict__.get("sockets", [])) > number:
            break
        page.wait_for_timeout(50)
    return page.__dict__["sockets"][number]  # type: ignore[no-any-return]


def make_live(page: Page) -> list[str]:
    """Put one live element on the page; return the list of its re-reads."""
    reads: list[str] = []

    def answer(route: Route) -> None:
        reads.append(route.request.url)
        route.fulfill(content_type="text/html", body=LIVE.format(f"read {len(reads)}"))

    page.route("**/part", answer)
    page.evaluate(
        """async html => { document.querySelector('.side').insertAdjacentHTML('beforeend', html);
           (await import('/static/ui/vendor/page.js')).htmx.process(document.getElementById('live'));
           document.dispatchEvent(new CustomEvent('htmx:afterSettle')) }""",
        LIVE.format("read 0"),
    )
    return reads


def test_live_reads_again_only_what_changed_and_gathers_bursts(opens: Opens) -> None:
    page = opens()
    reads = make_live(page)
    page.wait_for_timeout(1100)
    server = socket(page)
    for _ in range(20):
        server.send(json.dumps({"topics": ["ticket-42", "list"]}))
    server.send(json.dumps({"topics": ["ticket-7"]}))
    expect(page.locator("#live")).to_have_text(re.compile("read [1-3]"))
    page.wait_for_timeout(700)
    # On a busy machine twenty-one messages take longer than one gathering lasts.
    assert 1 <= len(reads) <= 3


def test_live_tells_what_the_page_shows(opens: Opens) -> None:
    page = opens()
    said: list[dict[str, Any]] = []
    server = socket(page)
    server.on_message(lambda text: said.append(json.loads(text)))
    make_live(page)
    page.wait_for_timeout(200)
    assert said[-1] == {"watch": ["list", "ticket-42"]}


def test_live_connects_again_and_reads_what_it_missed(opens: Opens) -> None:
    page = opens()
    make_live(page)
    socket(page).close()
    expect(page.locator("#live")).to_have_text("read 1")
    assert len(page.__dict__["sockets"]) == 2
    assert page.locator("#offline").is_hidden()


def test_a_menu_opens_by_key_and_is_walked_by_arrows(opens: Opens) -> None:
    page = opens()
    page.keyboard.press("s")
    expect(page.locator("#status")).to_be_visible()
    expect(page.locator("#status button").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#status button").nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#status")).to_be_hidden()
    expect(page.locator("[popovertarget=status]")).to_be_focused()


def test_a_menu_is_narrowed_without_diacritics(opens: Opens) -> None:
    page = opens()
    page.keyboard.press("a")
    page.keyboard.type("wisniew")
    assert page.locator("#assignee button:visible").count() == 1


def test_j_and_k_move_the_focus_through_the_list(opens: Opens) -> None:
    page = opens()
    page.keyboard.press("j")
    expect(page.locator("#row-10431 a")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("#row-10431 a")).to_be_focused()


def test_the_question_mark_lists_the_keys(opens: Opens) -> None:
    page = opens()
    page.keyboard.press("?")
    expect(page.locator("#keymap")).to_be_visible()
    expect(page.locator("#keymap-list")).to_contain_text("Obsłuż kolejne")
    page.keyboard.press("Escape")
    expect(page.locator("#keymap")).to_be_hidden()


def test_a_sequence_of_keys_follows_its_link(opens: Opens) -> None:
    page = opens()
    page.keyboard.press("g")
    page.keyboard.press("u")
    page.wait_for_url("**/?view=unassigned")


def test_keys_are_letters_while_one_writes(opens: Opens) -> None:
    page = opens()
    page.locator(".ProseMirror").click()
    page.keyboard.type("s?")
    expect(page.locator("#status")).to_be_hidden()


def test_what_is_written_goes_into_both_fields_and_the_draft(opens: Opens) -> None:
    page = opens()
    with page.expect_request("**/draft") as request:
        page.locator(".ProseMirror").click()
        page.keyboard.press("Control+End")
        page.keyboard.type(" Pozdrawiam")
    assert 'name="version"\r\n\r\n1' in (request.value.post_data or "")
    assert page.locator("[name=html]").input_value().endswith("Pozdrawiam</p>")
    assert page.locator("textarea[name=text]").input_value().endswith("Pozdrawiam")
    expect(page.locator(".saved")).to_have_text("Szkic zapisany")
    assert page.evaluate("localStorage.getItem('draft-42')") is None


def test_a_draft_that_the_server_never_got_comes_back(opens: Opens) -> None:
    page = opens()
    page.route("**/draft", lambda route: route.abort())
    page.locator(".ProseMirror").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Bez sieci")
    expect(page.locator(".saved")).to_have_text("Szkic zachowany w tej przeglądarce")
    page.reload()
    expect(page.locator(".ProseMirror")).to_contain_text("Bez sieci")


def test_tools_format_and_show_what_is_on(opens: Opens) -> None:
    page = opens()
    page.locator(".ProseMirror").click()
    bold = page.locator("[data-composer-mark-param=bold]")
    bold.click()
    expect(bold).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("ważne")
    assert "<strong>ważne</strong>" in page.locator("[name=html]").input_value()


def test_files_are_handed_over_when_chosen(opens: Opens) -> None:
    page = opens()
    page.set_input_files(
        "input[type=file]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    )
    expect(page.locator(".pen .files li")).to_have_text("a.pdf")
    assert page.locator(".pen [name=attachment]").input_value() == "7"


def test_a_note_looks_and_sends_differently(opens: Opens) -> None:
    page = opens()
    page.keyboard.press("n")
    expect(page.get_by_role("button", name="Dodaj notatkę")).to_be_visible()
    expect(page.get_by_role("button", name="Wyślij i czekaj")).to_be_hidden()


def test_the_composer_survives_a_page_that_is_morphed_in(opens: Opens) -> None:
    page = opens()
    page.locator(".ProseMirror").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" zostaje")
    page.evaluate("document.querySelector('[data-key=\"g u\"]').click()")
    page.wait_for_url("**/?view=unassigned")
    expect(page.locator(".ProseMirror")).to_contain_text("zostaje")
    assert page.complaints == []  # type: ignore[attr-defined]


def test_the_frame_is_as_tall_as_its_mail(opens: Opens) -> None:
    page = opens()
    inside = page.frame_locator("iframe").locator("html").evaluate("e => e.scrollHeight")
    assert abs(page.locator("iframe").bounding_box()["height"] - inside) <= 1  # type: ignore[index]


def test_the_theme_is_remembered(opens: Opens) -> None:
    page = opens()
    page.locator(".me").click()
    page.get_by_role("button", name="Ciemny").click()
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_undo_bar_counts_down_and_leaves(opens: Opens) -> None:
    page = opens("parts")
    page.clock.install()
    page.reload()
    expect(page.locator("form.toast")).to_be_visible()
    page.clock.run_for(11_000)
    expect(page.locator("form.toast")).to_have_count(0)


def test_a_dialog_opens_and_closes(opens: Opens) -> None:
    page = opens("parts")
    page.get_by_role("button", name="Otwórz okno").click()
    expect(page.locator("#sample")).to_be_visible()
    page.get_by_role("button", name="Anuluj").click()
    expect(page.locator("#sample")).to_be_hidden()


def test_a_password_can_be_shown(opens: Opens) -> None:
    page = opens("plain")
    page.get_by_role("button", name="Pokaż hasło").click()
    assert page.locator("[name=password]").get_attribute("type") == "text"


def test_the_phone_unfolds_the_composer(opens: Opens) -> None:
    page = opens(width=390, height=844)
    expect(page.locator(".pen")).to_be_hidden()
    page.locator(".pen1 .f").click()
    expect(page.locator(".ProseMirror")).to_be_focused()
    page.get_by_role("button", name="Zwiń").click()
    expect(page.locator(".pen")).to_be_hidden()


def test_more_opens_the_rail_on_a_phone(opens: Opens) -> None:
    page = opens("list", width=390, height=844)
    page.get_by_role("button", name="Więcej").click()
    expect(page.locator(".rail").get_by_text("Ustawienia")).to_be_visible()


def test_after_sending_the_composer_is_a_fresh_one(opens: Opens) -> None:
    page = opens()
    page.locator(".ProseMirror").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" wysyłam")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/?then=sent")
    expect(page.locator(".ProseMirror")).to_have_count(1)
    expect(page.locator(".ProseMirror")).not_to_contain_text("wysyłam")
    assert page.evaluate("localStorage.getItem('draft-42')") is None
    page.locator(".ProseMirror").click()
    page.keyboard.type("x")
    assert "x" in page.locator("[name=html]").input_value()
    assert page.complaints == []  # type: ignore[attr-defined]


def test_a_refused_reply_stays_in_the_composer(opens: Opens) -> None:
    page = opens()
    page.locator(".ProseMirror").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" konflikt")
    with page.expect_response("**/replies") as answer:
        page.keyboard.press("Control+Enter")
    assert answer.value.status == 409
    page.wait_for_timeout(300)
    expect(page.locator(".ProseMirror")).to_contain_text("konflikt")


def test_a_link_to_a_file_is_downloaded(opens: Opens) -> None:
    page = opens("ledger")
    with page.expect_download() as download:
        page.get_by_role("link", name="Pobierz CSV").click()
    assert download.value.suggested_filename == "t.csv"
    assert page.get_by_role("heading", name="Księga poczty").is_visible()


def test_a_failure_is_said_and_nothing_is_lost(opens: Opens) -> None:
    page = opens()
    page.route("**/replies", lambda route: route.fulfill(status=500, body="broken"))
    page.locator(".ProseMirror").click()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Nic nie przepadło")
    expect(page.locator(".ProseMirror")).to_contain_text("Dzień dobry")


def test_back_returns_to_the_page_before(opens: Opens) -> None:
    page = opens("list")
    page.keyboard.press("g")
    page.keyboard.press("u")
    page.wait_for_url("**/?view=unassigned")
    page.go_back()
    page.wait_for_url("**/list")
    expect(page.locator("#page")).to_have_attribute("data-showing", "list")
    page.keyboard.press("?")
    expect(page.locator("#keymap")).to_be_visible()


def test_the_line_of_waiting_leaves_with_the_answer(opens: Opens) -> None:
    page = opens()

    def answer(route: Route) -> None:
        page.wait_for_timeout(600)
        assert page.locator("html").get_attribute("data-busy") is not None
        route.fulfill(content_type="text/html", body=LIVE.format("came").replace('id="live"', 'id="late"'))

    page.route("**/late", answer)
    page.evaluate(
        """async () => { document.querySelector('.side').insertAdjacentHTML('beforeend',
             '<p id="late" hx-get="/late" hx-trigger="load"></p>');
           (await import('/static/ui/vendor/page.js')).htmx.process(document.getElementById('late')) }"""
    )
    expect(page.locator("#late")).to_have_text("came")
    assert page.locator("html").get_attribute("data-busy") is None


def test_a_part_of_a_page_brings_its_own_behaviours(opens: Opens) -> None:
    page = opens()
    source = (
        "import {Controller} from '/static/ui/vendor/page.js';"
        "export default {hello: class extends Controller { connect() { this.element.textContent = 'hello' } }}"
    )
    page.route("**/hello.js", lambda route: route.fulfill(content_type="text/javascript", body=source))
    page.evaluate(
        """document.querySelector('.side').insertAdjacentHTML('beforeend',
             '<div data-controller="behaviours" data-behaviours-from-value="/hello.js">' +
             '<p id="hello" data-controller="hello"></p></div>')"""
    )
    expect(page.locator("#hello")).to_have_text("hello")


def test_a_pasted_picture_is_handed_over_and_shown_in_the_text(opens: Opens) -> None:
    page = opens()
    page.locator(".ProseMirror").click()
    page.evaluate(
        """() => { const clipboardData = new DataTransfer();
           clipboardData.items.add(new File(['x'], 'zrzut.png', {type: 'image/png'}));
           document.querySelector('.ProseMirror').dispatchEvent(
             new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true})) }"""
    )
    expect(page.locator(".pen .files li")).to_have_text("zrzut.png")
    expect(page.locator(".ProseMirror img[src='/static/ui/logo.svg']")).to_have_count(1)
    assert 'src="/static/ui/logo.svg"' in page.locator("[name=html]").input_value()


def test_a_file_that_is_too_large_is_refused_before_it_travels(opens: Opens) -> None:
    page = opens()
    page.locator(".pen").evaluate("pen => pen.dataset.composerLimitValue = '0.001'")
    large = {"name": "b.bin", "mimeType": "application/octet-stream", "buffer": b"0" * 2000}
    page.set_input_files("input[type=file]", large)
    expect(page.locator(".toast")).to_contain_text("b.bin")
    expect(page.locator(".pen .files li")).to_have_count(0)
