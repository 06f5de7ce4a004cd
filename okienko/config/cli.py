"""The ``okienko`` command. Each sub-command's module is imported only when it is asked for."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from okienko import __version__
from okienko.config.env import BadSetting
from okienko.config.failed import Failed


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line ``arguments`` and returns the exit code: 0, 1 when it failed, 2 for wrong settings."""
    asked = parser().parse_args(arguments)
    if "data" in asked:
        os.environ["OKIENKO_DATA"] = asked.data
    module, function = asked.does
    try:
        does = getattr(import_module(f"okienko.config.commands.{module}"), function)
        return int(does(asked) or 0)
    except BadSetting as error:
        print(f"okienko: {error}", file=sys.stderr)
        return 2
    except Failed as error:
        print(f"okienko: {error}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(f"okienko: {error}", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--data", metavar="DIR", default=argparse.SUPPRESS, help="where everything lives (OKIENKO_DATA)"
    )
    root = argparse.ArgumentParser(prog="okienko", description="A self-hosted helpdesk.", parents=[common])
    root.add_argument("--version", action="version", version=__version__)
    commands = root.add_subparsers(metavar="COMMAND", required=True)

    def add(under: Any, name: str, module: str, help: str, does: str = "") -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = under.add_parser(
            name, help=help, description=help, parents=[common]
        )
        command.set_defaults(does=(module, does or name))
        return command

    def group(name: str, help: str) -> Any:
        return commands.add_parser(name, help=help, parents=[common]).add_subparsers(
            metavar="COMMAND", required=True
        )

    for name, help in (
        ("run", "serve pages, mail and work in one process tree"),
        ("web", "serve pages only"),
    ):
        command = add(commands, name, "serving", help)
        command.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
        command.add_argument(
            "--port", type=_port, default=8000, help="port to listen on (default %(default)s)"
        )
    add(commands, "worker", "serving", "fetch mail and work only")
    add(commands, "drain", "serving", "do all work that is due now and exit")

    add(commands, "migrate", "keeping", "bring the database to this version")
    add(commands, "doctor", "keeping", "look for what is wrong and say it in plain sentences")
    for name, help in (
        ("backup", "write everything into FILE, while running"),
        ("restore", "fill an empty --data from FILE"),
    ):
        add(commands, name, "keeping", help).add_argument("file", metavar="FILE")

    init = add(commands, "init", "beginning", "what the first-run wizard does, for scripts")
    init.add_argument("--company", required=True, metavar="NAME")
    init.add_argument("--admin", required=True, metavar="EMAIL")
    init.add_argument("--password-file", required=True, metavar="FILE", help="- reads standard input")
    init.add_argument("--language", choices=("pl", "en"), default="pl")
    init.add_argument("--timezone", default="Europe/Warsaw", metavar="ZONE")
    add(commands, "demo", "beginning", "fill an empty --data with a believable company")

    mailbox = add(group("mailbox", "mailboxes"), "add", "mailbox", "add a mailbox")
    mailbox.add_argument("address", metavar="ADDRESS")
    mailbox.add_argument("--name", default="")
    mailbox.add_argument("--team", help="made if it is missing; default: the first team")
    mailbox.add_argument("--imap", metavar="URL", help="imaps://USER@HOST:PORT/FOLDER")
    mailbox.add_argument("--smtp", metavar="URL", help="smtp://USER@HOST:PORT")
    mailbox.add_argument("--password-file", metavar="FILE", help="- reads standard input")

    mail = group("mail", "raw messages")
    inspect = add(mail, "inspect", "mail", "tell what Okienko reads in raw messages")
    form = inspect.add_mutually_exclusive_group(required=True)
    form.add_argument("--json", metavar="FILE", help="one message as JSON; - reads standard input")
    form.add_argument("--jsonl", nargs="+", metavar="FILE", help="one JSON object a line, in order")
    deliver = add(mail, "deliver", "mail", "take one raw message from standard input")
    deliver.add_argument("--mailbox", required=True, metavar="ADDRESS")

    tickets = group("tickets", "tickets, for scripts")
    add(tickets, "list", "tickets", "all tickets", "show_all").add_argument(
        "--json", action="store_true", required=True
    )
    show = add(tickets, "show", "tickets", "one ticket with its messages and history")
    show.add_argument("number", type=int, metavar="NUMBER")
    show.add_argument("--json", action="store_true", required=True)
    add(commands, "ledger", "tickets", "what became of every mail").add_argument(
        "--json", action="store_true", required=True
    )
    return root


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError
    return port
