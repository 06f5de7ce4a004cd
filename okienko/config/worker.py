"""The worker process: supervises the lanes, chores and services of wiring.py and holds no work of its own."""

from __future__ import annotations

import gc
import json
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, cast

import structlog

from okienko.config import boot, env
from okienko.config.failed import Failed
from okienko.work.process import lock

if TYPE_CHECKING:
    from okienko.config.lanes import Lanes

log = structlog.get_logger(__name__)

IDLE = 1.0
GRACE = 7.0
STOP = (signal.SIGINT, signal.SIGTERM)


class Service(Protocol):
    """Something that lives as long as the worker: a listener, the fetchers of mailboxes."""

    def start(self) -> None:
        """Begins in threads of its own and returns."""

    def stop(self) -> None:
        """Ends within seconds; what is half done must be safe."""


def work(*, ready: Callable[[], None]) -> None:
    """Works until SIGTERM or SIGINT, then finishes its batch.

    Raises Failed when another worker has this data directory, or the database is of another version.
    """
    os.nice(10)
    data = env.data_directory()
    data.prepare()
    is_shared = bool(env.read("OKIENKO_DATABASE_URL"))
    if not lock(data.run / "worker.lock", is_shared=is_shared, patience=1.5):
        raise Failed(f"Another worker already runs on {data.root}.")
    with boot.database():
        if boot.pending():
            raise Failed("The database is empty or older than this program; run: okienko migrate")
        from okienko.config.leases import free_leases, settle_restored

        held = free_leases()
        settle_restored()
    Worker(data).run(ready)
    del held  # shared for as long as this worker lives


class Worker:
    """Lanes in one thread, each lane that waits for others in a thread of its own, services in theirs.

    The main thread only waits for the signal to stop.
    """

    def __init__(self, data: env.DataDirectory) -> None:
        from okienko.config import wiring
        from okienko.config.lanes import Chores, Lanes

        self.stopping = threading.Event()
        self.bells: list[threading.Event] = []
        chores = Chores(wiring.CHORES)
        own = [lane for lane in wiring.LANES if not lane.is_apart]
        self.threads = [self._thread("lanes", Lanes(own), chores.step)]
        self.threads += [self._thread(lane.name, Lanes([lane])) for lane in wiring.LANES if lane.is_apart]
        self.services: list[Service] = [*cast("tuple[Service, ...]", wiring.SERVICES)]
        self.bell_path = data.run / "worker.bell"

    def run(self, ready: Callable[[], None]) -> None:
        """Works until it is told to stop."""
        from okienko.work import jobs, wake

        signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
        wake.on_wake(self.ring)
        self._listen()
        for service in self.services:
            try:
                service.start()
            except Exception:
                log.exception("service_failed", service=type(service).__name__)
        gc.collect()
        gc.freeze()
        for thread in self.threads:
            thread.start()
        ready()
        log.info("worker_started")
        signal.sigwait(STOP)
        self.stopping.set()
        jobs.stopping.set()
        self.ring()
        self._end()

    def ring(self) -> None:
        """Lets every lane look for work now."""
        for bell in self.bells:
            bell.set()

    def _thread(
        self, name: str, lanes: Lanes, between: Callable[[], None] = lambda: None
    ) -> threading.Thread:
        bell = threading.Event()
        self.bells.append(bell)
        return threading.Thread(target=self._loop, args=(lanes, bell, between), name=name, daemon=True)

    def _loop(self, lanes: Lanes, bell: threading.Event, between: Callable[[], None]) -> None:
        from django.db import close_old_connections, connections

        try:
            while not self.stopping.is_set():
                between()
                bell.clear()
                if not lanes.step():
                    close_old_connections()
                    bell.wait(IDLE)
            connections.close_all()
        except BaseException:
            # A worker without its lanes would look alive and do nothing: let the parent start it again.
            log.exception("worker_broke")
            os._exit(70)

    def _end(self) -> None:
        until = time.monotonic() + GRACE
        for service in self.services:
            try:
                service.stop()
            except Exception:
                log.exception("service_failed", service=type(service).__name__)
        for thread in self.threads:
            thread.join(max(0.0, until - time.monotonic()))
        log.info("worker_stopped")

    def _listen(self) -> None:
        from django.conf import settings

        from okienko.work.bell import Listener

        if settings.ON_SQLITE:
            Listener(self.bell_path, self.ring).start()
        else:
            threading.Thread(target=_hear_postgresql, args=(self.ring,), name="bell", daemon=True).start()


def _hear_postgresql(heard: Callable[[], None]) -> None:
    """Calls ``heard`` at each NOTIFY okienko_work; connects again when the server goes away."""
    import psycopg

    from okienko.config.boot import connection_parameters

    while True:
        try:
            with psycopg.connect(**connection_parameters(), autocommit=True) as connection:
                connection.execute("LISTEN okienko_work")
                heard()
                for _ in connection.notifies():
                    heard()
        except psycopg.Error as error:
            log.warning("bell_connection_lost", error=str(error).strip())
        time.sleep(IDLE)


def drain() -> int:
    """Runs all lanes in this process until nothing is due now; returns how many rows were taken.

    Works inside a transaction. A lane that raises is left alone; the first error is raised when the others are done.
    """
    errors: list[Exception] = []
    total = _until_quiet(errors)
    if errors:
        raise errors[0]
    return total


def drain_all() -> list[Exception]:
    """As ``drain``, but returns the errors of lanes that failed."""
    errors: list[Exception] = []
    _until_quiet(errors)
    return errors


def _until_quiet(errors: list[Exception]) -> int:
    from okienko.config import wiring
    from okienko.config.lanes import until_quiet

    return until_quiet(wiring.LANES, lambda _, error: errors.append(error))


def remaining() -> list[str]:
    """What is left for later or given up, one line for each lane and kind, the counts in JSON."""
    from django.db.models import Min

    from okienko.config import wiring

    lines = []
    for lane in wiring.LANES:
        for table in lane.tables:
            later = table._default_manager.filter(due_at__isnull=False)
            count = later.count()
            if count:
                first = later.aggregate(first=Min("due_at"))["first"]
                what = {"lane": lane.name, "rows": count, "next_at": first.isoformat(timespec="seconds")}
                lines.append(f"waiting: {json.dumps(what)}")
            given_up = table._default_manager.filter(due_at__isnull=True).exclude(error="").count()
            if given_up:
                lines.append(f"given up: {json.dumps({'lane': lane.name, 'rows': given_up})}")
    return lines
