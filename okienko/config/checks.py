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
from django.utils.formats import number_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
    said = (
        _("The data directory %s is writable.") if writable else _("The data directory %s is not writable.")
    )
    yield Finding(writable, said % root)
    kind = _filesystem(root)
    if settings.ON_SQLITE and kind.startswith(REMOTE):
        said = _("The data directory is on a network disk (%s); SQLite needs a local one.")
        yield Finding(False, said % kind)
    free = shutil.disk_usage(root).free
    enough = free > LEAST_FREE
    said = _("%s GB of disk are free.") if enough else _("%s GB of disk are free. That is too little.")
    yield Finding(enough, said % number_format(free / 1024**3, 1))


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
        said = _("Others can read the keys %(names)s; run: chmod 600 %(folder)s/*")
        yield Finding(False, said % {"names": ", ".join(open_to_others), "folder": settings.DATA.keys})
    elif found:
        said = ngettext(
            "%d key file is there and private.", "%d key files are there and private.", len(found)
        )
        yield Finding(True, said % len(found))
    else:
        yield Finding(False, _("There are no keys."))


def database() -> Iterator[Finding]:
    """Reachable, of this version, and set up so that what is stored stays stored."""
    try:
        missing = boot.pending()
    except Error as error:
        yield Finding(False, _("The database can't be reached: %s") % " ".join(str(error).split()))
        return
    yield Finding(True, _("The %s database answers.") % ("SQLite" if settings.ON_SQLITE else "PostgreSQL"))
    if missing:
        said = ngettext(
            "The database lacks %d migration; run: okienko migrate",
            "The database lacks %d migrations; run: okienko migrate",
            len(missing),
        )
        yield Finding(False, said % len(missing))
    else:
        yield Finding(True, _("The database is of this version."))
    wanted = {"PRAGMA journal_mode": "wal", "PRAGMA synchronous": 2, "PRAGMA foreign_keys": 1}
    if not settings.ON_SQLITE:
        wanted = {"SHOW fsync": "on", "SHOW synchronous_commit": "on"}
    wrong = [question for question, answer in wanted.items() if _ask(question) != answer]
    if wrong:
        yield Finding(False, _("Commits are not durable: %s.") % ", ".join(wrong))
    else:
        yield Finding(True, _("Commits are durable."))


def _ask(question: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def processes() -> Iterator[Finding]:
    """Which roles run here; a stopped one is no fault."""
    for role in ("web", "worker"):
        if is_held(settings.DATA.run / f"{role}.lock"):
            said = _("The %s process runs on this data directory.")
        else:
            said = _("The %s process does not run on this data directory.")
        yield Finding(True, said % role)


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
        said = _("Lane %(name)s: %(waiting)d waiting now, %(given_up)d given up after all retries.")
        sentence = said % {"name": lane.name, "waiting": waiting, "given_up": given_up}
        if late:
            sentence += " " + _("Some have waited for more than 15 minutes; does the worker run?")
        yield Finding(not late, sentence)


def public_address() -> Iterator[Finding]:
    """OKIENKO_URL against cookies and proxy."""
    url: str = settings.PUBLIC_URL
    parts = urlsplit(url)
    if not url:
        said = _("No public address is set (OKIENKO_URL); Okienko is for this machine or network only.")
        yield Finding(True, said)
    elif parts.scheme not in ("http", "https") or not parts.hostname:
        yield Finding(False, _("OKIENKO_URL: expected https://HOST, got %r.") % url)
    elif parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        yield Finding(False, _("OKIENKO_URL is %s: passwords and cookies travel unencrypted.") % url)
    elif parts.scheme == "https" and not settings.USE_X_FORWARDED_HOST:
        said = _("OKIENKO_URL is https, so a proxy stands before Okienko: set OKIENKO_BEHIND_PROXY=1.")
        yield Finding(False, said)
    else:
        yield Finding(True, _("The public address is %s.") % url)


def translations() -> Iterator[Finding]:
    """Every language but English has its compiled words."""
    folders: list[Path] = settings.LOCALE_PATHS
    for code, name in settings.LANGUAGES:
        if code != "en":
            there = any((folder / code / "LC_MESSAGES" / "django.mo").exists() for folder in folders)
            said = _("The words in %s are there.") if there else _("The words in %s are missing (django.mo).")
            yield Finding(there, said % name)
