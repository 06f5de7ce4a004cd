"""Every base page and part with made-up content, for eyes and for Chromium.

`python -m tests.ui.styleguide [PORT]` serves it. It needs Django's settings, but no database and no signed-in person.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from types import SimpleNamespace
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "okienko.config.settings")
django.setup()

from django import forms  # noqa: E402
from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse  # noqa: E402
from django.template import Engine, RequestContext  # noqa: E402
from django.template.engine import Engine as EngineType  # noqa: E402
from django.test import override_settings  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone, translation  # noqa: E402

from okienko.ui.csp import HEADER  # noqa: E402
from okienko.ui.rail import Entry, Group, Rail  # noqa: E402

PAGES = Path(__file__).parent / "pages"
PROCESSORS = ["django.template.context_processors.csrf", "django.template.context_processors.i18n"]
BUILTINS = ["okienko.ui.templatetags.ui", "django.templatetags.i18n", "django.templatetags.static"]

ROWS = (
    (
        "10423",
        "Zwrot zamówienia 5512 – brak etykiety",
        "Anna Kowalska",
        "Otwarte",
        "warn",
        "0:42",
        "Marek Kos",
        True,
    ),
    ("10431", "Faktura korygująca za listopad", "Hurtownia Mak", "Nowe", "late", "−1:10", "", False),
    ("10418", "Paket nicht angekommen", "Jörg Lindner", "Nowe", "ok", "5:20", "Olek Nowicki", True),
    (
        "10402",
        "Reklamacja: pęknięta obudowa lampy",
        "Piotr Zieliński",
        "W toku",
        "ok",
        "1 d 2 h",
        "Ola Wiśniewska",
        False,
    ),
    (
        "10377",
        "Dostęp do panelu dla nowej osoby",
        "Kwiaciarnia Mimoza",
        "Oczekuje",
        "",
        "czeka na klienta",
        "Ola Wiśniewska",
        False,
    ),
    (
        "10369",
        "Zmiana adresu dostawy",
        "Marta Nowak",
        "Oczekuje",
        "",
        "czeka na kuriera",
        "Ola Wiśniewska",
        False,
    ),
    ("10355", "Pytanie o termin dostawy", "Tomasz Wójcik", "W toku", "ok", "2 d", "Ola Wiśniewska", False),
)


class Sample(forms.Form):
    address = forms.EmailField(label="Adres e-mail", help_text="Na ten adres piszą klienci.")
    password = forms.CharField(label="Hasło", widget=forms.PasswordInput)
    language = forms.ChoiceField(label="Język", choices=[("pl", "polski"), ("en", "English")])
    signature = forms.CharField(label="Podpis", widget=forms.Textarea, required=False)
    is_active = forms.BooleanField(
        label="Skrzynka działa", required=False, help_text="Wyłączona nie odbiera poczty."
    )
    teams = forms.MultipleChoiceField(
        label="Zespoły", choices=[("1", "Zwroty"), ("2", "Faktury")], widget=forms.CheckboxSelectMultiple
    )


def engine() -> EngineType:
    folders = [PAGES, PAGES.parents[2] / "okienko/ui/templates"]
    return Engine(dirs=[str(folder) for folder in folders], context_processors=PROCESSORS, builtins=BUILTINS)


def rail() -> Rail:
    """The rail of the pictures."""
    mine = Entry("Moje", "/", "inbox", 12, key="g m", is_current=True)
    unassigned = Entry("Nieprzypisane", "/?view=unassigned", "circle-dashed", 7, key="g u")
    search = Entry("Szukaj", "/search", "search")
    views = (
        mine,
        unassigned,
        Entry("Zespół Zwroty", "/?view=team", "users", 41),
        Entry("Termin wkrótce", "/?view=due", "alarm-clock", 3),
        Entry("Czekają", "/?view=waiting", "pause", 18),
    )
    work = (Entry("Klienci", "/customers", "contact"), Entry("Ustawienia", "/setup", "settings"))
    return Rail(
        groups=(Group(views), Group(work, "Praca")),
        person="Ola Wiśniewska",
        note="Zwroty · konsultantka",
        primary=Entry("Obsłuż kolejne", "/next", "play", key="g n"),
        search_url="/search",
        account=(
            Entry("Mój profil", "/me", "circle-user"),
            Entry("Wyloguj", "/sign-out", "log-out", post=True),
        ),
        bar=(mine, unassigned, search),
    )


def context(showing: str = "main") -> dict[str, Any]:
    now = timezone.now()
    return {
        "rail": rail(),
        "rows": [
            SimpleNamespace(
                number=number,
                subject=subject,
                who=who,
                status=status,
                tone=tone,
                chip=chip,
                face=face,
                here=here,
                line="Dzień dobry, nadal nie dostałam etykiety zwrotnej, a termin mija…",
                new=place < 3,
                at=now - timedelta(hours=place * 11),
                icon={"": "pause", "late": "alarm-clock"}.get(tone, "clock"),
            )
            for place, (number, subject, who, status, tone, chip, face, here) in enumerate(ROWS)
        ],
        "showing": showing,
        "now": now,
        "yesterday": now - timedelta(days=1),
        "hues": range(12),
        "form": Sample(),
        "refused": Sample({"address": "zwroty@", "language": "pl"}),
        "steps": [
            {"label": "Konto", "note": "Hania Zięba, administratorka", "state": "done"},
            {"label": "Skrzynka", "note": "Tu zacznie przychodzić poczta", "state": "now"},
            {"label": "Zespół", "note": "Kto odpowiada", "state": ""},
        ],
        "windows": {
            "filed": range(391),
            "duplicate": range(12),
            "rejected": range(9),
            "parked": range(3),
            "waiting": range(2),
            "failed": range(1),
        },
    }


def page(request: HttpRequest, name: str = "desk", showing: str = "main") -> HttpResponse:
    request.user = SimpleNamespace(is_authenticated=True)  # type: ignore[assignment]
    values = {"request": request, **context(showing)}
    language = request.GET.get("language", "pl")
    with translation.override(language), timezone.override("Europe/Warsaw"):
        html = engine().get_template(f"{name}.html").render(RequestContext(request, values))
    return HttpResponse(html)


def frame(request: HttpRequest) -> HttpResponse:
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    html = (
        "<!doctype html><body style='margin:0;font:14px sans-serif;color:#333;background:#fff'>"
        + "<p>Wiersz listu.</p>" * 4
    )
    return HttpResponse(html, headers={HEADER: policy})


def draft(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"version": int(request.POST.get("version", 0)) + 1})


def attachment(request: HttpRequest) -> HttpResponse:
    seen = ' data-src="/static/ui/logo.svg"' if request.POST.get("inline") else ""
    named = f'<span>{request.FILES["file"].name}</span><input type="hidden" name="attachment" value="7">'
    return HttpResponse(f'<ul><li class="file"{seen}>{named}</li></ul>')


def replies(request: HttpRequest) -> HttpResponse:
    if "konflikt" not in request.POST["text"]:
        return HttpResponseRedirect("/?then=sent")
    refused = page(request)
    refused.status_code = 409
    return refused


def table(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        "a;b", content_type="text/csv", headers={"Content-Disposition": 'attachment; filename="t.csv"'}
    )


urlpatterns = [
    path("tickets/42/replies", replies),
    path("table", table),
    path("", page),
    path("list", page, {"showing": "list"}),
    path("frame", frame),
    path("draft", draft),
    path("upload", attachment),
    path("<slug:name>", page),
]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


def serve(port: int) -> None:
    """Serve on 127.0.0.1 until killed, after printing the port (0 takes a free one)."""
    middleware = ["okienko.ui.csp.ContentSecurityPolicy"]
    with override_settings(ROOT_URLCONF="tests.ui.styleguide", MIDDLEWARE=middleware, DEBUG=True):
        app = StaticFilesHandler(WSGIHandler())
        server = make_server("127.0.0.1", port, app, server_class=Server, handler_class=Quiet)
        print(server.server_port, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]) if len(sys.argv) > 1 else 8199)
