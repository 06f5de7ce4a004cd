"""Long work that somebody watches: a Job row, run by the handler that wiring.JOBS names, in steps.

A handler is ``handler(job, progress) -> result``: it looks at ``job.arguments`` and begins where ``job.done`` says,
calls ``progress(done, total)`` after each committed step, and returns something that fits into JSON. A killed worker's
job is begun again with the progress that it last noted.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from okienko.work.claim import LEASE, again, claim, done, due, give_back
from okienko.work.models import Job
from okienko.work.wake import wake

log = structlog.get_logger(__name__)
ATTEMPTS = 5

stopping = threading.Event()
"""Set when this process is asked to end: jobs stop at their next step and are continued by the next worker."""


class Interrupted(Exception):
    """The job must stop here; what it noted is kept. Handlers let it pass."""


class Progress:
    """Notes how far a job has come and renews its lease."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def __call__(self, done: int, total: int | None = None) -> None:
        """``done`` of ``total`` steps are committed. Raises Interrupted when the job must stop here."""
        self.job.done = done
        self.job.total = self.job.total if total is None else total
        mine = Job.objects.filter(pk=self.job.pk, claimed_until=self.job.claimed_until)
        until = timezone.now() + LEASE
        if not mine.update(done=done, total=self.job.total, claimed_until=until):
            raise Interrupted("another worker has this job")
        self.job.claimed_until = until
        if stopping.is_set():
            raise Interrupted("the worker stops")


Handler = Callable[[Job, Progress], Any]


def begin(handler: str, *, total: int | None = None, **arguments: Any) -> Job:
    """Queues a job for ``wiring.JOBS[handler]`` and returns its row, whose progress can be watched."""
    job = Job.objects.create(handler=handler, arguments=arguments, total=total)
    wake()
    return job


def run() -> int:
    """Runs one job that is due, to its end or until the process is asked to stop; returns how many it took."""
    keys = claim(Job, 1)
    for job in Job.objects.filter(pk__in=keys):
        _run(job)
    return len(keys)


def waiting() -> int:
    """How many jobs are due now."""
    return due(Job).count()


def _run(job: Job) -> None:
    row = Job.objects.filter(pk=job.pk)
    if job.started_at is None:
        row.update(started_at=timezone.now())
    try:
        handler: Handler = import_string(f"{settings.WIRING}.JOBS")[job.handler]
        result = handler(job, Progress(job))
    except Interrupted as why:
        log.info("job_interrupted", job_id=job.pk, handler=job.handler, why=str(why))
        if stopping.is_set():
            give_back(Job, [job.pk])
    except Exception:
        log.exception("job_failed", job_id=job.pk, handler=job.handler)
        columns = again(job, traceback.format_exc(), limit=ATTEMPTS)
        if columns["due_at"] is None:
            columns["ended_at"] = timezone.now()
        row.update(**columns)
    else:
        row.update(result=result, ended_at=timezone.now(), **done(job))
