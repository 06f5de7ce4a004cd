"""Long work: in steps, with progress, continued after a kill."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone

from okienko.config import wiring
from okienko.work import jobs
from okienko.work.jobs import Handler, Progress
from okienko.work.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _not_stopping() -> Iterator[None]:
    yield
    jobs.stopping.clear()


def handled_by(monkeypatch: pytest.MonkeyPatch, handler: Handler) -> None:
    monkeypatch.setitem(wiring.JOBS, "count", handler)


def test_a_job_runs_to_its_end_and_keeps_its_result(monkeypatch: pytest.MonkeyPatch) -> None:
    def count(job: Job, progress: Progress) -> str:
        for step in range(job.done, 3):
            progress(step + 1, 3)
        return str(job.arguments["word"])

    handled_by(monkeypatch, count)
    job = jobs.begin("count", word="gotowe")
    assert jobs.waiting() == 1
    assert jobs.run() == 1
    assert jobs.run() == 0
    job.refresh_from_db()
    assert (job.done, job.total, job.result, job.is_over) == (3, 3, "gotowe", True)


def test_a_stopping_worker_gives_its_job_back_and_the_next_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    began_at = []

    def count(job: Job, progress: Progress) -> None:
        began_at.append(job.done)
        for step in range(job.done, 4):
            if step == 1 and len(began_at) == 1:
                jobs.stopping.set()
            progress(step + 1, 4)

    handled_by(monkeypatch, count)
    job = jobs.begin("count")
    jobs.run()
    job.refresh_from_db()
    assert (job.done, job.claimed_until, job.attempts) == (2, None, 0)
    jobs.stopping.clear()
    jobs.run()
    job.refresh_from_db()
    assert job.is_over
    assert began_at == [0, 2]


def test_a_job_whose_lease_was_taken_over_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    def count(job: Job, progress: Progress) -> None:
        Job.objects.update(claimed_until=timezone.now())
        progress(1)
        raise AssertionError("it went on")

    handled_by(monkeypatch, count)
    job = jobs.begin("count")
    jobs.run()
    job.refresh_from_db()
    assert (job.error, job.is_over) == ("", False)


def test_a_failing_job_is_tried_again_and_in_the_end_over_with_its_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(job: Job, progress: Progress) -> None:
        raise ValueError("no such file")

    handled_by(monkeypatch, fail)
    job = jobs.begin("count")
    for _ in range(jobs.ATTEMPTS):
        Job.objects.update(due_at=timezone.now())
        jobs.run()
    job.refresh_from_db()
    assert job.is_over
    assert job.due_at is None
    assert "no such file" in job.error
