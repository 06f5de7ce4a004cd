"""mailbox add."""

from __future__ import annotations

import argparse

from okienko.config import boot
from okienko.config.failed import Failed, secret_from


def add(asked: argparse.Namespace) -> None:
    """Adds a mailbox that is served at once; without servers it takes mail by ``deliver`` and holds its replies."""
    password = secret_from(asked.password_file) if asked.password_file else ""
    if (asked.imap or asked.smtp) and not password:
        raise Failed("A mailbox with --imap or --smtp needs --password-file.")
    with boot.database():
        from okienko.channels.email.config import Mailbox, server
        from okienko.events.actor import system
        from okienko.mailroom.channels import add_mailbox
        from okienko.people import directory
        from okienko.people.models import Team
        from okienko.workspace import preferences

        by = system("command line")
        imap, folder = server(asked.imap, kind="imap") if asked.imap else (None, "")
        smtp, _ = server(asked.smtp, kind="smtp") if asked.smtp else (None, "")
        team = directory.add_team(asked.team, by=by) if asked.team else Team.objects.order_by("pk").first()
        channel = add_mailbox(
            asked.address,
            by=by,
            name=asked.name,
            team=team,
            language=preferences.get("language"),
            config=Mailbox(imap=imap, smtp=smtp, folder=folder or "INBOX").as_json(),
            passwords={name: password for name, used in (("imap", imap), ("smtp", smtp)) if used},
        )
        print(f"{channel.address} is added{f' for {team.name}' if team else ''}.")
