"""Work rows: claimed by one worker at a time, back when it dies, later and later when they fail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from okienko.work.claim import BACK_OFF, again, claim, done, due, forget_leases, give_back
from okienko.work.models import Job

pytestmark = pytest.mark.django_db


def a_job(**columns: object) -> Job:
    return Job.objects.create(handler="none", **columns)


def test_a_claimed_row_is_nobody_elses_until_its_lease_ends() -> None:
    job = a_job()
    assert claim(Job) == [job.pk]
    assert claim(Job) == []
    Job.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert claim(Job) == [job.pk], "a killed worker's row comes back"


def test_rows_are_claimed_oldest_due_first_and_no_more_than_asked() -> None:
    now = timezone.now()
    jobs = [a_job(due_at=now - timedelta(minutes=m)) for m in (1, 3, 2)]
    assert claim(Job, 2) == [jobs[1].pk, jobs[2].pk]


def test_what_is_for_later_or_done_is_not_claimed() -> None:
    a_job(due_at=timezone.now() + timedelta(minutes=1))
    a_job(due_at=None)
    assert claim(Job) == []


def test_an_idle_look_is_one_read() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert claim(Job) == []
    assert len(asked) == 1


def test_a_row_given_back_has_lost_no_attempt() -> None:
    job = a_job()
    claim(Job)
    give_back(Job, [job.pk])
    job.refresh_from_db()
    assert (job.attempts, job.claimed_until) == (0, None)


def test_failing_waits_longer_each_time_and_ends_in_rest() -> None:
    job = a_job()
    waits = []
    for _ in range(len(BACK_OFF)):
        claim(Job, only=Job.objects.filter(due_at__isnull=False))
        job.refresh_from_db()
        columns = again(job, "it rains")
        Job.objects.filter(pk=job.pk).update(**columns)
        if columns["due_at"]:
            waits.append(columns["due_at"])
    assert waits == sorted(waits)
    job.refresh_from_db()
    assert (job.due_at, job.error, job.attempts) == (None, "it rains", len(BACK_OFF))


def test_a_long_error_keeps_its_end_where_the_cause_stands() -> None:
    assert str(again(a_job(), "x" * 5000 + "the cause")["error"]).endswith("the cause")


def test_done_leaves_nothing_due() -> None:
    job = a_job(error="before")
    Job.objects.update(**done(job))
    assert not due(Job).exists()
    assert Job.objects.get().error == ""


def test_leases_of_the_dead_are_forgotten() -> None:
    job = a_job()
    claim(Job)
    forget_leases(Job)
    assert claim(Job) == [job.pk]
