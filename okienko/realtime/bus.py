"""How a web process hears what other processes changed: a look at SQLite's data_version, or PostgreSQL's NOTIFY."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from django.utils import timezone

from okienko.events.models import Change
from okienko.realtime.hub import Hub

log = structlog.get_logger(__name__)

LOOK_EVERY = 0.03
LOOK_BACK = 500
KEPT = timedelta(minutes=10)


async def follow_sqlite(hub: Hub, database: Path) -> None:
    """Publishes the Change rows of an SQLite file as they are committed; looks only while a socket is open.

    A look costs microseconds and never waits for a writer. Commits are serial, so ids are in their order.
    """
    table = Change._meta.db_table
    connection = sqlite3.connect(database, timeout=0, isolation_level=None)
    connection.execute("PRAGMA query_only=1")
    version: int | None = None
    last = 0
    while True:
        if not hub.sockets:
            await hub.anyone.wait()
            version = None
        try:
            (now,) = connection.execute("PRAGMA data_version").fetchone()
            if version is None:
                # What was told to nobody is still news to the page that opens its socket just now.
                (newest,) = connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()
                last = max(last, newest - LOOK_BACK)
            if now != version:
                rows = connection.execute(f"SELECT id, topics FROM {table} WHERE id > ? ORDER BY id", [last])
                for number, topics in rows:
                    hub.publish(json.loads(topics))
                    last = number
            version = now
        except sqlite3.OperationalError as error:
            log.debug("live_look_failed", error=str(error))
        await asyncio.sleep(LOOK_EVERY)


async def follow_postgresql(hub: Hub, parameters: dict[str, Any]) -> None:
    """Publishes what NOTIFY okienko_change names; connects again when the server goes away.

    ``parameters`` are those of psycopg's connect(). News that were missed meanwhile are made up for by telling every
    page to read again.
    """
    import psycopg

    pause = 0.1
    is_first = True
    while True:
        try:
            connection = await psycopg.AsyncConnection.connect(**parameters, autocommit=True)
            async with connection:
                await connection.execute("LISTEN okienko_change")
                if not is_first:
                    hub.publish_all()
                is_first, pause = False, 0.1
                async for notice in connection.notifies():
                    hub.publish(json.loads(notice.payload))
        except psycopg.Error as error:
            log.warning("live_connection_lost", error=str(error).strip())
        await asyncio.sleep(pause)
        pause = min(pause * 2, 5.0)


def forget_old() -> int:
    """Deletes Change rows that every page has long been told of; returns how many. A chore."""
    old = Change.objects.filter(at__lt=timezone.now() - KEPT)
    return old.delete()[0] if old.exists() else 0
