"""Tags and words, without a browser."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.http import HttpResponse
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation

from okienko.ui import csp, faces, times
from okienko.ui.fragments import wants_fragment
from okienko.ui.words import words

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 18, 13, 17, tzinfo=WARSAW)


def drawn(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ola Wiśniewska", "OW"),
        ("Łukasz Żak", "ŁŻ"),
        ("Hurtownia", "HU"),
        ("anna.kowalska@poczta.pl", "AK"),
        ("Jan Maria z Rokit", "JR"),
        ("„Bez” – kwiaty", "KW"),
        ("", "?"),
        ("@", "?"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert faces.initials(name) == letters


def test_a_face_keeps_its_colour() -> None:
    assert faces.hue("Ola Wiśniewska") == faces.hue(" ola wiśniewska ") == 1
    assert {faces.hue(str(number)) for number in range(200)} == set(range(12))


@pytest.mark.parametrize(
    ("at", "short", "long"),
    [
        (datetime(2026, 11, 18, 9, 14), "9:14", "9:14"),
        (datetime(2026, 11, 17, 16, 20), "yesterday", "yesterday 16:20"),
        (datetime(2026, 11, 13, 8, 2), "Fri", "Fri 8:02"),
        (datetime(2026, 11, 11, 8, 2), "11 Nov", "11 Nov 8:02"),
        (datetime(2025, 11, 14, 8, 2), "14 Nov 2025", "14 Nov 2025 8:02"),
        (datetime(2026, 11, 19, 14, 0), "tomorrow", "tomorrow 14:00"),
        (datetime(2026, 11, 20, 14, 0), "Fri", "Fri 14:00"),
    ],
)
def test_when(at: datetime, short: str, long: str) -> None:
    with translation.override("en"), timezone.override(WARSAW):
        assert times.short(at.replace(tzinfo=WARSAW), NOW) == short
        assert times.long(at.replace(tzinfo=WARSAW), NOW) == long


def test_the_day_is_the_readers_and_not_utcs() -> None:
    just_after_midnight = datetime(2026, 11, 18, 0, 30, tzinfo=WARSAW)
    with translation.override("en"), timezone.override(WARSAW):
        assert times.short(just_after_midnight, NOW) == "0:30"
    with translation.override("en"), timezone.override(ZoneInfo("UTC")):
        assert times.short(just_after_midnight, NOW) == "yesterday"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (84_000, "84 kB"),
        (999_600, "1.0 MB"),
        (1_260_000, "1.3 MB"),
        (38e6, "38 MB"),
        (2e15, "2000 TB"),
    ],
)
def test_sizes(count: float, said: str) -> None:
    with translation.override("en"):
        assert times.size(int(count)) == said


def test_names_cannot_break_out_of_a_face() -> None:
    html = drawn("{% avatar name here=True %}", name='"><script>alert(1)</script>')
    assert "<script" not in html


def test_an_icon_is_silent_beside_a_word_and_speaks_alone() -> None:
    assert 'aria-hidden="true"' in drawn('{% icon "inbox" %}')
    assert 'role="img" aria-label="Inbox"' in drawn('{% icon "inbox" "Inbox" %}')


def test_when_carries_the_machines_time() -> None:
    html = drawn("{% when at %}", at=NOW - timedelta(days=40))
    assert 'datetime="2026-10-09T13:17:00+02:00"' in html
    assert drawn("{% when at %}", at=None) == ""


class Address(forms.Form):
    address = forms.EmailField(help_text="Yours.")


def test_a_refused_field_is_tied_to_its_help_and_error() -> None:
    html = drawn("{% fields form %}", form=Address({"address": "x@"}))
    assert 'aria-describedby="id_address_helptext id_address_error"' in html
    assert 'id="id_address_error"' in html
    assert 'aria-invalid="true"' in html


def test_a_menu_escapes_what_it_is_given() -> None:
    html = drawn('{% menu "tags" label %}{{ label }}{% endmenu %}', label="<b>")
    assert "<b>" not in html
    assert 'popovertarget="tags"' in html


def test_words_are_in_the_readers_language() -> None:
    with translation.override("en"):
        english = words()
    with translation.override("pl"):
        assert not set(words().values()) & set(english.values())


def test_when_in_polish() -> None:
    with translation.override("pl"), timezone.override(WARSAW):
        said = [times.short(NOW - timedelta(days=days), NOW) for days in (0, 1, 5, 6, 9, 400)]
    assert said == ["13:17", "wczoraj", "pt.", "czw.", "9.11", "14.10.2025"]


@pytest.mark.parametrize(
    ("headers", "is_fragment"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_what_the_browser_asked_for(headers: dict[str, str], is_fragment: bool) -> None:
    assert wants_fragment(RequestFactory().get("/", headers=headers)) is is_fragment


def test_every_answer_has_a_policy_and_may_bring_its_own() -> None:
    request = RequestFactory().get("/")
    answer = csp.ContentSecurityPolicy(lambda _: HttpResponse())(request)
    assert "'unsafe" not in answer[csp.HEADER]
    own = csp.ContentSecurityPolicy(lambda _: HttpResponse(headers={csp.HEADER: "sandbox"}))(request)
    assert own[csp.HEADER] == "sandbox"


@pytest.mark.parametrize("name", ["403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_need_nothing_to_be_drawn(name: str) -> None:
    assert "<h1>" in render_to_string(name)
