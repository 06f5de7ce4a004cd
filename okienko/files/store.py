"""Storing and reading blobs.

What ``store`` was given is durable once the surrounding transaction has committed: small content is a row of the
database, larger content a file that is synced before its row is written.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction

from okienko.files.models import Blob, Content

IN_DATABASE = 64 * 1024


def store(data: bytes) -> Blob:
    """Keeps ``data`` and returns its Blob; the same bytes give the same Blob. Raises OSError when the disk is full."""
    digest = hashlib.sha256(data).hexdigest()
    if len(data) > IN_DATABASE:
        _write(digest, data)
    known = Blob.objects.filter(sha256=digest).first()
    if known:
        return known
    try:
        with transaction.atomic():
            blob = Blob.objects.create(sha256=digest, size=len(data))
            if len(data) <= IN_DATABASE:
                Content.objects.create(blob=blob, data=data)
    except IntegrityError:
        return Blob.objects.get(sha256=digest)
    return blob


def read(blob: Blob) -> bytes:
    """The bytes of ``blob``. Raises FileNotFoundError when its file is missing."""
    if blob.size <= IN_DATABASE:
        return bytes(Content.objects.values_list("data", flat=True).get(blob_id=blob.pk))
    return path(blob.sha256).read_bytes()


def opened(blob: Blob) -> BinaryIO:
    """The bytes of ``blob`` as an open file, so that a large one is never in memory whole."""
    if blob.size <= IN_DATABASE:
        return BytesIO(read(blob))
    return path(blob.sha256).open("rb")


def path(digest: str) -> Path:
    """Where a large blob's file lies."""
    folder: Path = settings.DATA.blobs
    return folder / digest[:2] / digest[2:4] / digest


def _write(digest: str, data: bytes) -> None:
    target = path(digest)
    if target.exists() and target.stat().st_size == len(data):
        return
    _make(target.parent)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync(target.parent)


def _make(folder: Path) -> None:
    """Makes a folder whose own entry is durable too."""
    if not folder.exists():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
