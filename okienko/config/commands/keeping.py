"""migrate, doctor, backup, restore."""

from __future__ import annotations

import argparse
from pathlib import Path

from okienko.config import boot, env


def migrate(asked: argparse.Namespace) -> None:
    """Brings the database to this version."""
    with boot.database():
        boot.migrate(print)
        print("The database is of this version.")


def doctor(asked: argparse.Namespace) -> int:
    """Prints one sentence for each thing that was looked at; 1 when any is wrong."""
    from okienko.config.doctor import findings

    is_well = True
    for finding in findings():
        is_well = is_well and finding.is_good
        print(f"{'ok  ' if finding.is_good else 'FAIL'}  {finding.sentence}", flush=True)
    return 0 if is_well else 1


def backup(asked: argparse.Namespace) -> None:
    """Writes everything into one file."""
    from okienko.config.backup import write

    made = write(env.data_directory(), Path(asked.file))
    print(f"Backup written: {asked.file} ({made.files} files, {made.size // 1024} KiB)")


def restore(asked: argparse.Namespace) -> None:
    """Fills an empty data directory."""
    from okienko.config.restoring import restore as fill

    count = fill(Path(asked.file), env.data_directory())
    print(f"Restored {count} files into {env.data_directory().root}")
