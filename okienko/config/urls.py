"""Every address of Okienko."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from okienko.config.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health),
]
