"""Locks, the bell, and waking after the commit."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import transaction

from okienko.work import bell, wake
from okienko.work.process import is_held, lock


def test_one_holds_a_lock_and_others_do_not(tmp_path: Path) -> None:
    path = tmp_path / "web.lock"
    assert not is_held(path)
    held = lock(path)
    assert held
    assert is_held(path)
    assert lock(path) is None
    held.release()
    assert not is_held(path)


def test_who_shares_keeps_others_from_being_alone(tmp_path: Path) -> None:
    path = tmp_path / "leases.lock"
    first = lock(path)
    assert first
    first.share()
    second = lock(path, is_shared=True)
    assert second
    assert lock(path) is None
    first.release()
    assert lock(path) is None
    second.release()
    assert lock(path)


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "worker.lock"
    code = (
        "from pathlib import Path; from okienko.work.process import lock;"
        f"held = lock(Path({str(path)!r})); print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()
        assert is_held(path)
        process.kill()
        process.wait()
    assert not is_held(path)


def test_the_bell_is_heard_and_ringing_an_absent_one_does_nothing(tmp_path: Path) -> None:
    path = tmp_path / "bell"
    bell.ring(path)
    heard = threading.Event()
    bell.Listener(path, heard.set).start()
    for _ in range(3):
        bell.ring(path)
    assert heard.wait(2)
    heard.clear()
    bell.ring(path)
    assert heard.wait(2), "it can be rung again"
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.path.exists(path)


@pytest.mark.django_db(transaction=True)
def test_the_worker_is_rung_once_and_only_when_the_work_is_committed() -> None:
    rung: list[bool] = []
    wake.on_wake(lambda: rung.append(True))
    try:
        with transaction.atomic():
            wake.wake()
            wake.wake()
            assert not rung
        assert len(rung) == 1
        wake.wake()
        assert len(rung) == 2
    finally:
        wake.on_wake(lambda: None)
