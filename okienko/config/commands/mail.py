"""mail inspect, mail deliver."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from okienko.config.commands import Failed

NO_SUCH_MAILBOX, TRY_AGAIN = 67, 75
"""sysexits.h: EX_NOUSER and EX_TEMPFAIL, which mail servers understand."""


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
