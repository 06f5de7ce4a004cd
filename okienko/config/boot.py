"""Making Django ready in a process, and bringing the database to this version."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from okienko.config.failed import Failed, in_words
from okienko.lib.refusal import Refused
from okienko.work.process import lock

MIGRATING = 0x6F6B69656E6B6F  # "okienko", as a number for PostgreSQL's advisory locks


def django() -> None:
    """Loads settings, rooms and logs, and lets this process ring the worker. Raises BadSetting."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "okienko.config.settings")
    import django as framework

    from okienko.config import logs

    logs.configure()
    framework.setup()
    _connect_bell()


def _connect_bell() -> None:
    from django.conf import settings
    from django.db import connection

    from okienko.work import bell, wake

    def notify() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("NOTIFY okienko_work")
        except Exception:
            # What was committed is safe; the worker finds it at its next look.
            connection.close_if_unusable_or_obsolete()

    path = settings.DATA.run / "worker.bell"
    wake.on_wake((lambda: bell.ring(path)) if settings.ON_SQLITE else notify)


def connection_parameters() -> dict[str, Any]:
    """What psycopg's connect() needs for a connection of one's own to the main database."""
    from django.db import connection

    parameters = connection.get_connection_params()
    return {name: value for name, value in parameters.items() if name not in ("cursor_factory", "context")}


def pending() -> list[str]:
    """Names of the migrations that the database still lacks."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def is_empty() -> bool:
    """Whether the database has no tables at all."""
    from django.db import connection

    return not connection.introspection.table_names()


def migrate(say: Callable[[str], None]) -> None:
    """Brings the database to this version, telling in one line what it does, if anything."""
    from django.core.management import call_command

    with _one_at_a_time():
        missing = pending()
        if missing:
            say("Making the database …" if is_empty() else f"Migrating the database: {', '.join(missing)} …")
            call_command("migrate", interactive=False, verbosity=0)
        make_cache_table()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Of several processes that find something to migrate, one does it and the others wait."""
    from django.conf import settings
    from django.db import connection

    if settings.ON_SQLITE:
        held = lock(settings.DATA.run / "migrate.lock", patience=600.0)
        try:
            yield
        finally:
            if held:
                held.release()
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])


def make_cache_table() -> None:
    """Makes the cache's table where it is missing; its file may be deleted at any time."""
    from django.conf import settings
    from django.core.management import call_command

    if "DatabaseCache" in settings.CACHES["default"]["BACKEND"]:
        home = "live" if "live" in settings.DATABASES else "default"
        call_command("createcachetable", database=home, verbosity=0)


@contextmanager
def database(*, makes_it: bool = False) -> Iterator[None]:
    """Django for a one-shot command.

    An empty database is made when the command ``makes_it``. Raises Failed with a plain sentence when a verb refuses,
    or when the database can't be reached or is of another version.
    """
    django()
    from django.db import Error, connection

    try:
        if makes_it and is_empty():
            migrate(lambda line: print(line, file=sys.stderr))
        yield
    except Refused as refusal:
        raise Failed(in_words(refusal.code, refusal.details)) from refusal
    except Error as error:
        try:
            behind = bool(pending())
        except Error:
            raise Failed(f"The database can't be reached: {' '.join(str(error).split())}") from error
        if behind:
            raise Failed("The database is empty or older than this program; run: okienko migrate") from error
        raise
    finally:
        connection.close()
