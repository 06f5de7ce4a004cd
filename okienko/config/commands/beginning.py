"""init, demo."""

from __future__ import annotations

import argparse
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from okienko.config import boot
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
