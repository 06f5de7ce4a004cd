"""Every address of Okienko."""

from __future__ import annotations

from allauth.account.views import LoginView, LogoutView
from django.urls import URLPattern, URLResolver, include, path

from okienko.config.health import health
from okienko.people.directory import has_administrator

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health),
    path("sign-in", LoginView.as_view(extra_context={"is_founded": has_administrator}), name="account_login"),
    path("sign-out", LogoutView.as_view(), name="account_logout"),
    path("setup/", include("okienko.setup.urls")),
    path("", include("okienko.desk.urls")),
]
