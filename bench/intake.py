"""How many mails a second one core takes in: journal, parse, file, all reactions, durable commits.

Runs in a process of its own, bound to one core with its parser child, so that nothing else is measured.
"""

from __future__ import annotations

import cProfile
import json
import os
import pstats
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

BATCH = 20
WARM = 100


def measure(data: Path, count: int, seed: int) -> dict[str, Any]:
    """The figures of one run into the desk at ``data``."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", "intake-inside", str(count), str(seed)],
        env=os.environ | {"OKIENKO_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return dict(json.loads(done.stdout.splitlines()[-1]))


def inside(count: int, seed: int) -> None:
    """Measures in this process and prints the figures as JSON."""
    os.sched_setaffinity(0, {0})
    from django.db.backends.base.base import BaseDatabaseWrapper

    from bench.mails import mails
    from okienko.config.worker import drain
    from okienko.inbound.receive import Arrival, receive
    from okienko.mailroom.models import Channel

    syncs = {"commits": 0, "fsyncs": 0}
    commit, fsync = BaseDatabaseWrapper._commit, os.fsync  # type: ignore[attr-defined]

    def counted_commit(self: Any) -> Any:
        syncs["commits"] += 1
        return commit(self)

    def counted_fsync(descriptor: int) -> None:
        syncs["fsyncs"] += 1
        fsync(descriptor)

    BaseDatabaseWrapper._commit = counted_commit  # type: ignore[attr-defined]
    os.fsync = counted_fsync
    channel = Channel.objects.select_related("team").get()
    raws = list(mails(count + WARM, channel.address, seed=seed))

    def take(some: list[bytes], name: str) -> tuple[float, float]:
        began = time.perf_counter()
        for start in range(0, len(some), BATCH):
            batch = some[start : start + BATCH]
            receive(channel, [Arrival(raw, f"{name}:{seed}:{start + n}") for n, raw in enumerate(batch)])
        journaled = time.perf_counter()
        drain()
        return journaled - began, time.perf_counter() - journaled

    take(raws[:WARM], "warm")
    syncs.update(commits=0, fsyncs=0)
    journal, process = take(raws[WARM:], "bench")
    counted = dict(syncs)
    profile = cProfile.Profile()
    profile.enable()
    take(list(mails(400, channel.address, seed=seed + 1000)), "profile")
    profile.disable()
    print(
        json.dumps(
            {
                "mails": count,
                "mean_kB": round(sum(map(len, raws)) / len(raws) / 1000, 1),
                "per_second": round(count / (journal + process), 1),
                "journal_ms": round(journal / count * 1000, 2),
                "process_ms": round(process / count * 1000, 2),
                "commits_per_mail": round(counted["commits"] / count, 2),
                "file_fsyncs_per_mail": round(counted["fsyncs"] / count, 2),
                "profile": _shares(profile),
            }
        )
    )


PARTS = {
    "parsing in the warm child (waiting for it)": "okienko/lib/limits.py:call",
    "Django: compiling queries to SQL": "django/db/models/sql/compiler.py:as_sql",
    "Django: inserting rows": "django/db/models/query.py:_insert",
    "SQLite: executing statements": "execute",
    "storing blobs": "okienko/files/store.py:store",
    "recording events": "okienko/events/record.py:record",
}


def _shares(profile: cProfile.Profile) -> dict[str, float]:
    """Percent of the time that each part takes, by cumulated time; parts overlap."""
    stats = pstats.Stats(profile)
    total = stats.total_tt or 1.0  # type: ignore[attr-defined]
    shares: dict[str, float] = {}
    for (path, _, function), (_, _, own, cumulated, _) in stats.stats.items():  # type: ignore[attr-defined]
        for part, where in PARTS.items():
            file, _, name = where.rpartition(":")
            if part.startswith("SQLite"):
                if "SQLiteCursorWrapper" in function and "execute" in function:
                    shares[part] = shares.get(part, 0.0) + own
            elif path.endswith(file) and function == name:
                shares[part] = max(shares.get(part, 0.0), cumulated)
    return {part: round(100 * value / total, 1) for part, value in shares.items()}
