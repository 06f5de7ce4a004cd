"""What the doctor looks at that belongs to no room: the data directory, the database, the processes, the settings."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone
from django.utils.module_loading import import_string

from okienko.config import boot
from okienko.work.check import Finding
from okienko.work.claim import Lane
from okienko.work.process import is_held

LEAST_FREE = 500 * 1024 * 1024
REMOTE = ("nfs", "cifs", "smb", "fuse.sshfs", "glusterfs", "ceph", "9p", "afs")
OVERDUE = timedelta(minutes=15)


def data_directory() -> Iterator[Finding]:
    """Writable, local, with room."""
    root: Path = settings.DATA.root
    writable = os.access(root, os.W_OK | os.X_OK)
    yield Finding(writable, f"The data directory {root} is {'writable' if writable else 'not writable'}.")
    kind = _filesystem(root)
    if settings.ON_SQLITE and kind.startswith(REMOTE):
        yield Finding(False, f"The data directory is on a network disk ({kind}); SQLite needs a local one.")
    free = shutil.disk_usage(root).free
    gigabytes = f"{free / 1024**3:.1f} GB"
    yield Finding(
        free > LEAST_FREE,
        f"{gigabytes} of disk are free." + ("" if free > LEAST_FREE else " That is too little."),
    )


def _filesystem(path: Path) -> str:
    """The type of the file system that holds ``path``, as in proc(5) mounts."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    above = [m for m in mounts if path.is_relative_to(m[1].replace("\\040", " "))]
    return max(above, key=lambda m: len(m[1]))[2] if above else ""


def keys() -> Iterator[Finding]:
    """There, and for their owner's eyes only."""
    found = sorted(settings.DATA.keys.glob("*.keys"))
    open_to_others = [path.name for path in found if path.stat().st_mode & 0o077]
    if open_to_others:
        yield Finding(
            False,
            f"Others can read the keys {', '.join(open_to_others)}; run: chmod 600 {settings.DATA.keys}/*",
        )
    else:
        yield Finding(
            bool(found), f"{len(found)} key files are there and private." if found else "There are no keys."
        )


def database() -> Iterator[Finding]:
    """Reachable, of this version, and set up so that what is stored stays stored."""
    try:
        missing = boot.pending()
    except Error as error:
        yield Finding(False, f"The database can't be reached: {' '.join(str(error).split())}")
        return
    kind = "SQLite" if settings.ON_SQLITE else "PostgreSQL"
    yield Finding(True, f"The {kind} database answers.")
    if missing:
        yield Finding(False, f"The database lacks {len(missing)} migrations; run: okienko migrate")
    else:
        yield Finding(True, "The database is of this version.")
    wanted = {"PRAGMA journal_mode": "wal", "PRAGMA synchronous": 2, "PRAGMA foreign_keys": 1}
    if not settings.ON_SQLITE:
        wanted = {"SHOW fsync": "on", "SHOW synchronous_commit": "on"}
    wrong = [question for question, answer in wanted.items() if _ask(question) != answer]
    yield Finding(
        not wrong, f"Commits are not durable: {', '.join(wrong)}." if wrong else "Commits are durable."
    )


def _ask(question: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def processes() -> Iterator[Finding]:
    """Which roles run here; a stopped one is no fault."""
    for role in ("web", "worker"):
        runs = is_held(settings.DATA.run / f"{role}.lock")
        yield Finding(
            True, f"The {role} process {'runs' if runs else 'does not run'} on this data directory."
        )


def work() -> Iterator[Finding]:
    """What waits in each lane, what was given up; work that nobody takes is a fault."""
    lanes: tuple[Lane, ...] = import_string(f"{settings.WIRING}.LANES")
    for lane in lanes:
        waiting = lane.waiting()
        late = any(
            table._default_manager.filter(due_at__lt=timezone.now() - OVERDUE).exists()
            for table in lane.tables
        )
        given_up = sum(t._default_manager.filter(due_at=None).exclude(error="").count() for t in lane.tables)
        sentence = f"Lane {lane.name}: {waiting} waiting now, {given_up} given up after all retries."
        yield Finding(
            not late,
            sentence + (" Some have waited for more than 15 minutes; does the worker run?" if late else ""),
        )


def public_address() -> Iterator[Finding]:
    """OKIENKO_URL against cookies and proxy."""
    url: str = settings.PUBLIC_URL
    parts = urlsplit(url)
    if not url:
        yield Finding(
            True, "No public address is set (OKIENKO_URL); Okienko is for this machine or network only."
        )
    elif parts.scheme not in ("http", "https") or not parts.hostname:
        yield Finding(False, f"OKIENKO_URL: expected https://HOST, got {url!r}.")
    elif parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        yield Finding(False, f"OKIENKO_URL is {url}: passwords and cookies travel unencrypted.")
    elif parts.scheme == "https" and not settings.USE_X_FORWARDED_HOST:
        yield Finding(
            False, "OKIENKO_URL is https, so a proxy stands before Okienko: set OKIENKO_BEHIND_PROXY=1."
        )
    else:
        yield Finding(True, f"The public address is {url}.")


def translations() -> Iterator[Finding]:
    """Every language but English has its compiled words."""
    folders: list[Path] = settings.LOCALE_PATHS
    for code, name in settings.LANGUAGES:
        if code != "en":
            there = any((folder / code / "LC_MESSAGES" / "django.mo").exists() for folder in folders)
            yield Finding(there, f"The words in {name} are {'there' if there else 'missing (django.mo)'}.")
