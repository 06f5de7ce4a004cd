"""A backup taken while Okienko runs brings everything back into an empty directory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.browser.conftest import World, a_mail
from tests.config.house import a_house

pytestmark = [pytest.mark.browser, pytest.mark.server]


def test_tickets_attachments_and_ledger_are_the_same(world: World, tmp_path: Path) -> None:
    mail = a_mail("Zdjęcie w załączniku.", subject="Kopia zapasowa")
    mail.add_attachment(b"\x00\x01okienko" * 1000, maintype="image", subtype="png", filename="zdjęcie.png")
    world.arrives(mail.as_bytes())
    world.ticket("Kopia zapasowa")
    ran = world.house.okienko("backup", str(tmp_path / "kopia"))
    assert ran.returncode == 0, ran.stderr.decode()
    with a_house(tmp_path / "other") as other:
        (tmp_path / "other").mkdir(exist_ok=True)
        ran = other.okienko("restore", str(tmp_path / "kopia"))
        assert ran.returncode == 0, ran.stderr.decode()
        for words in (("ledger",), ("tickets", "list")):
            assert other.okienko(*words, "--json").stdout == world.house.okienko(*words, "--json").stdout
        for ticket in world.all():
            there = json.loads(other.okienko("tickets", "show", str(ticket["number"]), "--json").stdout)
            assert there == world.show(ticket["number"])
        count = "from okienko.files.models import Blob; from okienko.files import store\n"
        count += "print(sum(len(store.opened(b).read()) == b.size for b in Blob.objects.all()), Blob.objects.count())"
        whole, known = other.python(count).split()
        assert whole == known
