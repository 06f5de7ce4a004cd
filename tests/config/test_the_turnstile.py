"""Nobody is shut out of the database by a process that writes batch after batch."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import OperationalError

from okienko.config import env
from okienko.config.sqlite.base import DatabaseWrapper

pytestmark = pytest.mark.django_db

GREEDY = """
import sys, time
from pathlib import Path
from django.conf import settings
settings.configure(USE_TZ=True)
from okienko.config import env
from okienko.config.sqlite.base import DatabaseWrapper
from tests.config.test_the_turnstile import a_connection, write
connection = a_connection(Path(sys.argv[1]))
print("ready", flush=True)
until = time.monotonic() + 6
while time.monotonic() < until:
    write(connection, hold=0.05)
"""


def a_connection(path: Path, timeout: float = 20) -> DatabaseWrapper:
    described = env.sqlite(path, durable=False)
    described["OPTIONS"]["timeout"] = timeout  # type: ignore[index]
    return DatabaseWrapper(
        {
            **described,
            "ATOMIC_REQUESTS": False,
            "AUTOCOMMIT": True,
            "CONN_HEALTH_CHECKS": False,
            "TIME_ZONE": None,
            "TEST": {"NAME": None},
        },
        alias="turnstile",
    )


def write(connection: DatabaseWrapper, *, hold: float = 0.0) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS t (n INTEGER)")
        cursor.execute("INSERT INTO t VALUES (1)")
        time.sleep(hold)
    connection.commit()
    connection.set_autocommit(True)


def test_a_click_waits_for_one_batch_and_not_for_all(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite3"
    greedy = subprocess.Popen([sys.executable, "-c", GREEDY, str(path)], stdout=subprocess.PIPE, text=True)
    try:
        assert greedy.stdout is not None
        assert greedy.stdout.readline() == "ready\n"
        connection, turns = a_connection(path), 0
        for _ in range(20):
            write(connection)
            turns += 1
        # Twenty turns while the other process wants every one of them: without the turnstile it gets nearly all.
        assert greedy.poll() is None
        assert turns == 20
        connection.close()
    finally:
        greedy.kill()
        greedy.wait()


def test_a_turn_that_never_comes_is_an_error_and_not_a_hang(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite3"
    holder, other = a_connection(path), a_connection(path, timeout=0.2)
    holder.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with pytest.raises(OperationalError, match="locked"):
        write(other)
    holder.rollback()
    holder.set_autocommit(True)
    write(other)
    holder.close()
    other.close()
