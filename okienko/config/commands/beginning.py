"""init, demo."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from okienko.config import boot, env
from okienko.config.failed import Failed, secret_from


def init(asked: argparse.Namespace) -> None:
    """What the first-run wizard does."""
    try:
        ZoneInfo(asked.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Failed(f"--timezone: expected a name like Europe/Warsaw, got {asked.timezone!r}") from error
    password = secret_from(asked.password_file)
    with boot.database(makes_it=True):
        from okienko.setup.begin import begin

        agent = begin(
            company=asked.company,
            email=asked.admin,
            password=password,
            language=asked.language,
            time_zone=asked.timezone,
        )
        print(f"{asked.company} is set up; sign in as {agent.user.email}.")


def demo(asked: argparse.Namespace) -> None:
    """Fills an empty data directory with a believable company and prints how to sign in."""
    data = env.data_directory()
    if _has_anything(data.root):
        raise Failed(f"{data.root} is not empty; the demo needs a directory with nothing in it.")
    with boot.database(makes_it=True):
        from django.utils import timezone

        from okienko.demo import company, load
        from okienko.people.directory import has_administrator
        from okienko.people.passwords import made_up
        from okienko.setup.begin import begin

        if has_administrator() or not load.is_empty():
            raise Failed("The database is not empty; the demo needs one with nothing in it.")
        password = made_up()
        admin = begin(
            company=company.NAME,
            name=company.ADMINISTRATOR,
            email=company.email_of(company.ADMINISTRATOR),
            password=password,
            language="pl",
            time_zone="Europe/Warsaw",
            team=company.SERVICE,
        )

        def progress(done: int, total: int) -> None:
            if done % 100 == 0 or done == total:
                print(f"{done} of {total} tickets", file=sys.stderr)

        made = load.fill(password=password, now=timezone.now(), progress=progress)
        print(f"{company.NAME} is there, with {made['tickets']} tickets. Nothing is ever sent.")
        print(f"Sign in as {admin.user.email} with the password {password}")


def _has_anything(folder: Path) -> bool:
    """Whether the folder holds a file; the empty folders that every start makes don't count."""
    return any(not path.is_dir() for path in folder.rglob("*"))
