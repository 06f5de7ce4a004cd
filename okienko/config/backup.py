"""Writing everything into one file while Okienko runs: the database first, then the blobs, the keys, and a manifest.

Blobs are only ever added while the lock ``run/backup.lock`` is shared, so each one that the database's copy names is
still there when its turn comes. The manifest, last in the file, holds a checksum of everything.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from okienko import __version__
from okienko.config import env
from okienko.config.failed import Failed
from okienko.work.process import lock

FORMAT = 1
MANIFEST = "manifest.json"
SQLITE, POSTGRESQL = "database.sqlite3", "database.pgdump"


@dataclass
class Made:
    """How many files a backup holds, and its size in bytes."""

    files: int = 0
    size: int = 0


@dataclass
class Archive:
    """A tar file being written, with the checksums of what is in it."""

    tar: tarfile.TarFile
    sums: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, path: Path) -> None:
        """Adds a file as ``name``."""
        with path.open("rb") as file:
            info = self.tar.gettarinfo(arcname=name, fileobj=file)
            info.uname = info.gname = ""
            info.uid = info.gid = 0
            hashing = Hashing(file)
            self.tar.addfile(info, hashing)
            self.sums[name] = hashing.digest.hexdigest()


class Hashing:
    """A file whose checksum is known when it has been read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.digest.update(data)
        return data


def write(data: env.DataDirectory, target: Path) -> Made:
    """Writes a backup of ``data`` to ``target``: whole, or not at all. A name that ends in .tar is not compressed.

    Raises Failed with a plain sentence when that is impossible.
    """
    is_sqlite = not env.read("OKIENKO_DATABASE_URL")
    if is_sqlite and not data.database.exists():
        raise Failed(f"There is nothing to back up in {data.root}.")
    held = lock(data.run / "backup.lock", is_shared=True, patience=60.0)
    if held is None:
        raise Failed("Files are just being deleted; try again in a minute.")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        return _write(data, target, partial, is_sqlite=is_sqlite)
    except OSError as error:
        raise Failed(f"The backup can't be written to {target}: {error.strerror or error}.") from error
    finally:
        partial.unlink(missing_ok=True)
        held.release()


def _write(data: env.DataDirectory, target: Path, partial: Path, *, is_sqlite: bool) -> Made:
    made_at = datetime.now(UTC)
    # It holds the keys, so it is for its owner's eyes only.
    descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    with (
        os.fdopen(descriptor, "wb") as file,
        tempfile.TemporaryDirectory(dir=target.parent, prefix=".okienko-") as folder,
    ):
        with _tar(file, target) as tar:
            archive = Archive(tar)
            copy = Path(folder) / (SQLITE if is_sqlite else POSTGRESQL)
            (_copy_sqlite if is_sqlite else _dump_postgresql)(data, copy)
            archive.add(copy.name, copy)
            for path in _files(data):
                archive.add(path.relative_to(data.root).as_posix(), path)
            manifest = Path(folder) / MANIFEST
            about = {
                "format": FORMAT,
                "okienko": __version__,
                "made_at": made_at.isoformat(),
                "files": archive.sums,
            }
            manifest.write_text(json.dumps(about, indent=1), encoding="utf-8")
            archive.add(MANIFEST, manifest)
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
    os.replace(partial, target)
    folder_of_it = os.open(target.absolute().parent, os.O_RDONLY)
    os.fsync(folder_of_it)
    os.close(folder_of_it)
    return Made(len(archive.sums), size)


def _tar(file: IO[bytes], target: Path) -> tarfile.TarFile:
    if target.suffix == ".tar":
        return tarfile.open(fileobj=file, mode="w")
    return tarfile.open(fileobj=file, mode="w:gz", compresslevel=1)


def _files(data: env.DataDirectory) -> Iterator[Path]:
    yield from sorted(data.keys.glob("*.keys"))
    for folder, _, names in os.walk(data.blobs):
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(folder) / name


def _copy_sqlite(data: env.DataDirectory, copy: Path) -> None:
    """A consistent copy through SQLite's own backup, in one step: writers go on beside it (sqlite.org/backup.html)."""
    with closing(sqlite3.connect(data.database)) as source, closing(sqlite3.connect(copy)) as target:
        target.execute("PRAGMA synchronous=OFF")
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
        (verdict,) = target.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise Failed(f"The database is damaged: {verdict}")


def _dump_postgresql(data: env.DataDirectory, copy: Path) -> None:
    run_tool("pg_dump", "--format=custom", "--no-owner", f"--file={copy}", data=data)


def run_tool(tool: str, *options: str, data: env.DataDirectory) -> None:
    """Runs one of PostgreSQL's own tools on our database. Raises Failed in plain words."""
    if not shutil.which(tool):
        raise Failed(
            f"This needs PostgreSQL's {tool}, which is not installed here (package postgresql-client)."
        )
    database = env.database(data)
    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    known = {variable: str(database[name]) for variable, name in names.items() if database[name]}
    command = [tool, *options] if tool == "pg_dump" else [tool, f"--dbname={known['PGDATABASE']}", *options]
    done = subprocess.run(command, env=os.environ | known, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{tool}: {done.stderr.strip()}")
