"""HTML mail is shown faithfully, and nothing in it runs or looks home."""

from __future__ import annotations

import base64

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Signs, World, a_mail

pytestmark = [pytest.mark.browser, pytest.mark.server]
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HTML = """<style>b { color: rgb(0, 0, 255) }</style><script>top.ran = 1; alert(1)</script>
<p onclick="top.ran = 2">Piszę <b id="bold">grubo</b>.</p><img src="cid:kwiat@mail" alt="kwiat">
<img src="http://obrazki.example/sledzi.png" alt="śledzi" onerror="top.ran = 3">
<a href="javascript:top.ran=4">kliknij</a><iframe src="http://obrazki.example/ramka"></iframe>
<form action="http://obrazki.example/form"><input name="haslo"><button>Zaloguj</button></form>
<svg onload="top.ran = 5"></svg><meta http-equiv="refresh" content="0;url=http://obrazki.example/dalej">"""


def test_nothing_runs_and_images_wait_until_asked_for(world: World, signed_in: Signs) -> None:
    mail = a_mail("Piszę grubo.", subject="Mail z niespodzianką", html=HTML)
    html = mail.get_payload()[1]  # type: ignore[index]
    html.add_related(PIXEL, "image", "png", cid="<kwiat@mail>")  # type: ignore[union-attr]
    mail.add_attachment("<script>alert(1)</script>", subtype="html", filename="umowa.html")
    world.arrives(mail.as_bytes())
    shown = world.ticket("Mail z niespodzianką")
    page = signed_in("ola")
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.context.route(
        "**://obrazki.example/**",
        lambda route: (asked.append(route.request.url), route.fulfill(body=PIXEL, content_type="image/png")),
    )
    page.goto(f"/tickets/{shown['number']}")
    frame = page.frame_locator(".flow iframe")
    expect(frame.locator("body")).to_contain_text("Piszę grubo.")
    assert frame.locator("b").evaluate("b => getComputedStyle(b).color") == "rgb(0, 0, 255)"
    expect(
        frame.locator("script, iframe, form, input, meta[http-equiv=refresh], [onclick], [onerror]")
    ).to_have_count(0)
    expect(frame.get_by_alt_text("kwiat")).to_have_js_property("naturalWidth", 1)
    frame.get_by_text("kliknij").click()
    frame.locator("p").first.click()
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None
    assert asked == []

    page.locator(".flow .shut a").click()
    expect(frame.get_by_alt_text("śledzi")).to_have_js_property("naturalWidth", 1)
    assert asked == ["http://obrazki.example/sledzi.png"]
    assert page.evaluate("window.ran") is None


def test_files_and_sources_are_for_saving(world: World, signed_in: Signs) -> None:
    mail = a_mail("W załączniku.", subject="Umowa – podpis Żółć")
    mail.add_attachment("<script>alert(1)</script>", subtype="html", filename="zażółć umowa.html")
    raw = mail.as_bytes()
    world.arrives(raw)
    number = world.ticket("Umowa – podpis Żółć")["number"]
    page = signed_in("ola")
    page.goto(f"/tickets/{number}")
    file = page.request.get(str(page.locator(".flow a.file").get_attribute("href")))
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in file.headers["content-security-policy"]
    assert file.text().strip() == "<script>alert(1)</script>"

    page.locator(".flow .msg .more").first.click()
    source = page.request.get(str(page.locator(".flow .menu a[href$='/raw']").get_attribute("href")))
    assert source.body().replace(b"\r\n", b"\n") == raw.replace(b"\r\n", b"\n")
    page.locator(".flow .menu a[href$='/original']").click()
    expect(page.locator("#page")).to_contain_text("Umowa – podpis Żółć")
    expect(page.locator("pre")).to_contain_text("W załączniku.")
