"""Filling an empty data directory from a backup, after every checksum has been verified."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tarfile
import zlib
from pathlib import Path
from typing import Any

from okienko.config import env
from okienko.config.backup import FORMAT, MANIFEST, POSTGRESQL, SQLITE, run_tool
from okienko.config.failed import Failed

NAME = re.compile(
    rf"{re.escape(MANIFEST)}|{re.escape(SQLITE)}|{re.escape(POSTGRESQL)}"
    r"|keys/[a-z]+\.keys|blobs/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}"
)
RESTORED = "restored"
CHUNK = 1024 * 1024


def restore(source: Path, data: env.DataDirectory) -> int:
    """Restores ``source`` into ``data``, which must be empty; returns how many files that were.

    On PostgreSQL the database must be empty too. Raises Failed; then nothing was put in place.
    """
    if data.root.exists() and any(path.is_file() for path in data.root.rglob("*")):
        raise Failed(f"{data.root} is not empty; restore needs a directory with nothing in it.")
    data.prepare()
    staging = data.root / "restoring"
    try:
        sums = _unpack(source, staging)
        _verify(staging, sums, source)
        _put_in_place(staging, data)
    except OSError as error:
        raise Failed(f"Nothing was restored: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return len(sums)


def _unpack(source: Path, staging: Path) -> dict[str, str]:
    """Unpacks into ``staging`` and returns the checksum of each file that was found."""
    sums: dict[str, str] = {}
    try:
        with tarfile.open(source, "r:*") as tar:
            for member in tar:
                if not (member.isfile() and NAME.fullmatch(member.name)):
                    raise Failed(f"{source} is no backup of Okienko: it holds {member.name!r}.")
                sums[member.name] = _write(tar, member, staging / member.name)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise Failed(f"{source} is no whole backup: {error}.") from error
    return sums


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    content = tar.extractfile(member)
    assert content is not None
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with content, os.fdopen(descriptor, "wb") as file:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _verify(staging: Path, sums: dict[str, str], source: Path) -> None:
    found = {name: digest for name, digest in sums.items() if name != MANIFEST}
    try:
        manifest: dict[str, Any] = json.loads((staging / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Failed(f"{source} is no whole backup: its manifest is missing.") from error
    if manifest["format"] != FORMAT:
        raise Failed(
            f"{source} was made by Okienko {manifest['okienko']}; restore it with that version or a newer one."
        )
    wrong = sorted(
        name
        for name in found.keys() | manifest["files"].keys()
        if found.get(name) != manifest["files"].get(name)
    )
    if wrong:
        raise Failed(
            f"{source} is damaged: {', '.join(wrong[:3])}{' …' if len(wrong) > 3 else ''} did not come whole."
        )
    is_sqlite = not env.read("OKIENKO_DATABASE_URL")
    if (SQLITE if is_sqlite else POSTGRESQL) not in found:
        cure = (
            "on PostgreSQL: set OKIENKO_DATABASE_URL"
            if is_sqlite
            else "on SQLite: unset OKIENKO_DATABASE_URL"
        )
        raise Failed(f"{source} was made {cure}.")


def _put_in_place(staging: Path, data: env.DataDirectory) -> None:
    """Moves what was verified to where it belongs; the database comes last and makes it count."""
    # The first worker that sees this does what wiring.AFTER_RESTORE says.
    (data.run / RESTORED).touch()
    os.sync()
    for name in ("keys", "blobs"):
        if (staging / name).exists():
            os.rmdir(data.root / name)
            os.rename(staging / name, data.root / name)
    if (staging / SQLITE).exists():
        os.rename(staging / SQLITE, data.database)
    else:
        run_tool(
            "pg_restore",
            "--no-owner",
            "--exit-on-error",
            "--single-transaction",
            str(staging / POSTGRESQL),
            data=data,
        )
    os.sync()
