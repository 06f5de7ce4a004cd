"""Any version upgrades to the newest."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.releases.keep import HERE, OKIENKO

KEPT = sorted(HERE.glob("*.sqlite3.gz"))


def ask(data: Path, *words: str) -> str:
    environment = {k: v for k, v in os.environ.items() if k not in ("OKIENKO_DATABASE_URL", "PYTEST_VERSION")}
    done = subprocess.run(
        [OKIENKO, *words],
        env=environment | {"OKIENKO_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_release_has_kept_a_database() -> None:
    assert KEPT


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.name)
def test_a_database_of_every_release_comes_up_with_all_it_holds(kept: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "okienko.sqlite3").write_bytes(gzip.decompress(kept.read_bytes()))
    ask(data, "migrate")
    ledger = json.loads(ask(data, "ledger", "--json"))[0]
    assert ledger["balanced"]
    assert ledger["received"] == 12
    tickets = json.loads(ask(data, "tickets", "list", "--json"))
    assert len(tickets) >= 3
    shown = json.loads(ask(data, "tickets", "show", str(tickets[0]["number"]), "--json"))
    assert shown["messages"]
    assert shown["events"]
