"""Addresses of administration."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.views.generic import RedirectView

app_name = "setup"

urlpatterns: list[URLPattern] = [
    path("", RedirectView.as_view(url="/"), name="home"),
    path("mailboxes", RedirectView.as_view(url="/"), name="mailboxes"),
    path("ledger", RedirectView.as_view(url="/"), name="ledger"),
]
