"""Keeps the cache and its rate limits in a second SQLite file, so that they never wait for the desk's writes."""

from __future__ import annotations

from typing import Any

from django.db.models import Model


class CacheApart:
    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        return "live" if model._meta.app_label == "django_cache" else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return (db == "live") == (app_label == "django_cache")
