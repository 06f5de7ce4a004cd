"""``python -m tests.releases.keep``: stores a small database of the present version, to be kept for ever."""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from okienko import __version__

HERE = Path(__file__).parent
MAILS = HERE.parent / "mail"
OKIENKO = str(Path(sys.executable).with_name("okienko"))


def keep() -> Path:
    """Writes ``<version>.sqlite3.gz`` beside this file: a mailbox, some mails of tests/mail, a ticket for each."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        secret = Path(folder) / "secret"
        secret.write_text("rower-na-balkonie")

        def okienko(*words: str, raw: bytes = b"") -> None:
            environment = os.environ | {"OKIENKO_DATA": str(data)}
            subprocess.run([OKIENKO, *words], input=raw, env=environment, check=True, capture_output=True)

        okienko(
            *("init", "--company", "Bez", "--admin", "ola@bez.example", "--password-file", str(secret)),
            *("--language", "pl", "--timezone", "Europe/Warsaw"),
        )
        okienko("mailbox", "add", "pomoc@bez.example")
        for mail in sorted(MAILS.glob("*.eml"))[:12]:
            okienko("mail", "deliver", "--mailbox", "pomoc@bez.example", raw=mail.read_bytes())
        okienko("drain")
        copy = Path(folder) / "copy.sqlite3"
        with sqlite3.connect(data / "okienko.sqlite3") as database:
            database.execute("VACUUM INTO ?", [str(copy)])
        target = HERE / f"{__version__}.sqlite3.gz"
        target.write_bytes(gzip.compress(copy.read_bytes(), mtime=0))
    return target


if __name__ == "__main__":
    print(keep())
