"""Server settings from the environment; anything wrong stops the start with its name and what is expected."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


class BadSetting(Exception):
    """A server setting that can't be used; the text names it and says what is expected."""


def read(name: str, default: str = "") -> str:
    """The setting ``name``, or the content of the file that ``name_FILE`` points to.

    Raises BadSetting when that file can't be read.
    """
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSetting(
                f"{name}_FILE: expected a readable file, got {path!r} ({error.strerror})"
            ) from error
    return os.environ.get(name, default)


def choice(name: str, default: str, *allowed: str) -> str:
    """One of ``allowed``; raises BadSetting otherwise."""
    value = read(name, default)
    if value not in allowed:
        raise BadSetting(f"{name}: expected one of {', '.join(allowed)}, got {value!r}")
    return value


def flag(name: str) -> bool:
    """A yes or no setting; raises BadSetting for anything else."""
    return choice(name, "0", "0", "1") == "1"


def host_port(name: str) -> tuple[str, int] | None:
    """``HOST:PORT`` as a pair, None when unset; raises BadSetting."""
    value = read(name)
    if not value:
        return None
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise BadSetting(f"{name}: expected HOST:PORT, got {value!r}")
    return host.strip("[]"), int(port)


@dataclass(frozen=True)
class DataDirectory:
    """Where everything lives; docs/operators.md describes the layout."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "okienko.sqlite3"

    @property
    def live(self) -> Path:
        """Cache and rate limits; may be deleted at any time."""
        return self.root / "live.sqlite3"

    @property
    def blobs(self) -> Path:
        return self.root / "blobs"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def run(self) -> Path:
        return self.root / "run"

    def prepare(self) -> None:
        """Makes the folders; raises BadSetting when that is impossible."""
        try:
            for folder in (self.root, self.blobs, self.keys, self.run):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise BadSetting(
                f"OKIENKO_DATA: expected a writable folder, got {self.root} ({error.strerror})"
            ) from error


def data_directory() -> DataDirectory:
    """The folder named by OKIENKO_DATA, ./data by default."""
    return DataDirectory(Path(os.environ.get("OKIENKO_DATA") or "data").absolute())


# Every page thread has a connection with a cache of its own, so it is small; what lies behind it is the system's cache.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA cache_size=-4000;"
    "PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864;"
)


def sqlite(path: Path, *, durable: bool) -> dict[str, object]:
    """Django's settings of an SQLite database: WAL, immediate transactions, durable commits where asked."""
    return {
        "ENGINE": "okienko.config.sqlite",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": SQLITE_PRAGMAS.format(synchronous="FULL" if durable else "OFF"),
        },
    }


def database(data: DataDirectory) -> dict[str, object]:
    """The main database: PostgreSQL by OKIENKO_DATABASE_URL, else SQLite in the data directory.

    Raises BadSetting for a URL of another kind.
    """
    url = read("OKIENKO_DATABASE_URL")
    if not url:
        return sqlite(data.database, durable=True)
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in ("postgres", "postgresql") or not name:
        raise BadSetting(
            f"OKIENKO_DATABASE_URL: expected postgresql://USER:PASSWORD@HOST:PORT/NAME, got {parts.scheme}:…"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
