"""mail inspect, mail deliver."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from okienko.config.failed import Failed

TRY_AGAIN = 75
"""sysexits.h: EX_TEMPFAIL, at which a mail server keeps the message."""


def inspect(asked: argparse.Namespace) -> None:
    """What we read in raw messages; touches neither Django nor a database."""
    if asked.jsonl:
        for name in asked.jsonl:
            print(_as_text({"file": name} | _inspected(name)))
    else:
        print(_as_text(_inspected(asked.json)))


def _inspected(name: str) -> dict[str, Any]:
    from okienko.lib.mail import inspect

    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise Failed(f"Can't read {name}: {error.strerror}") from error
    return inspect(raw)


def _as_text(mail: dict[str, Any]) -> str:
    # A lone surrogate is no JSON text; whatever bytes came, our answer must stay readable.
    return json.dumps(mail, ensure_ascii=False).encode("utf-8", "replace").decode()


def deliver(asked: argparse.Namespace) -> int:
    """Takes one raw message for an existing mail server; 0 only when it is durably stored."""
    from okienko.config import boot
    from okienko.config.env import BadSetting

    raw = sys.stdin.buffer.read()
    try:
        with boot.database():
            from okienko.channels.email.deliver import UNKNOWN
            from okienko.channels.email.deliver import deliver as journal

            code = journal(raw, asked.mailbox)
    except (Failed, BadSetting, OSError) as error:
        raise Failed(f"Not stored, try again: {error}", TRY_AGAIN) from error
    if code == UNKNOWN:
        raise Failed(f"There is no mailbox {asked.mailbox}.", code)
    if code:
        raise Failed("Not stored, try again.", code)
    return 0
