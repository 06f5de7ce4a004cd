"""The commands that scripts rely on: words, exit codes, keys."""

from __future__ import annotations

import io
import json
import stat
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import a_mail
from tests.config.house import INIT, House, a_house, set_up

QUEUE = """
from okienko.mailroom.models import Channel
from okienko.outbound.queue import queue
queue(via=Channel.objects.get(), to=["celina@x.example"], payload={}, key="k", about="test:1", message_id="m@x")
"""


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[House]:
    with a_house(tmp_path) as house:
        yield house


@pytest.fixture
def house(empty: House) -> House:
    set_up(empty)
    return empty


def ran(house: House, *words: str, stdin: bytes = b"", code: int = 0) -> str:
    """Runs a command, which must end with ``code``; returns what it said."""
    done = house.okienko(*words, stdin=stdin)
    assert done.returncode == code, (words, done.stderr.decode())
    return (done.stdout if code == 0 else done.stderr).decode()


def test_a_mail_is_taken_from_a_pipe_and_becomes_a_ticket(house: House) -> None:
    raw = a_mail("Dzień dobry, gdzie jest paczka?", files=(("zdjęcie.jpg", b"\xff\xd8" * 50_000),))
    ran(house, "mail", "deliver", "--mailbox", "pomoc@bez.example", stdin=raw)
    (before,) = json.loads(ran(house, "ledger", "--json"))
    assert (before["received"], before["waiting"], before["balanced"]) == (1, 1, True)
    assert ran(house, "drain") == "waiting: nothing\n"
    (ledger,) = json.loads(ran(house, "ledger", "--json"))
    assert ",".join(ledger) == "mailbox,received,filed,duplicates,rejected,parked,failed,waiting,balanced"
    assert (ledger["filed"], ledger["waiting"]) == (1, 0)
    (listed,) = json.loads(ran(house, "tickets", "list", "--json"))
    for key in "number subject state status team assignee customer created_at updated_at".split():  # noqa: SIM905
        assert key in listed
    assert listed["customer"] == {"name": "Celina Bez", "address": "celina@kwiaciarnia.example"}
    shown = json.loads(ran(house, "tickets", "show", str(listed["number"]), "--json"))
    (message,) = shown["messages"]
    for (
        key
    ) in "id kind direction author message_id subject text visible_text attachments delivery at".split():  # noqa: SIM905
        assert key in message
    assert [(a["filename"], a["size"]) for a in message["attachments"]] == [("zdjęcie.jpg", 100_000)]
    assert [set(e) for e in shown["events"]] == [{"id", "kind", "actor", "data", "reason", "at"}]


def test_delivering_tells_a_mail_server_what_to_do(house: House) -> None:
    assert "no mailbox" in ran(house, "mail", "deliver", "--mailbox", "nikt@bez.example", stdin=b"x", code=67)
    away = ("--data", str(house.data.parent / "away"))
    if house.is_sqlite:
        ran(house, *away, "mail", "deliver", "--mailbox", "pomoc@bez.example", stdin=b"x", code=75)
    house.environment["OKIENKO_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:9/nothing"
    ran(house, "mail", "deliver", "--mailbox", "pomoc@bez.example", stdin=b"x", code=75)


def test_refusals_are_one_plain_line(house: House) -> None:
    taken = ran(house, "mailbox", "add", "pomoc@bez.example", code=1)
    assert taken == "okienko: There is a mailbox pomoc@bez.example already.\n"
    assert (
        ran(house, *INIT, stdin=b"rower-na-balkonie\n", code=1)
        == "okienko: This Okienko is set up already.\n"
    )
    assert "There is no ticket 99" in ran(house, "tickets", "show", "99", "--json", code=1)
    assert "needs --password-file" in ran(
        house, "mailbox", "add", "a@bez.example", "--imap", "imaps://a@h", code=1
    )


def test_a_mailbox_of_a_new_team_with_servers(house: House) -> None:
    urls = ("--imap", "imaps://u%40x@imap.bez.example/Poczta", "--smtp", "smtp://u@smtp.bez.example:2525")
    ran(
        house,
        "mailbox",
        "add",
        "zwroty@bez.example",
        "--team",
        "Zwroty",
        *urls,
        "--password-file",
        "-",
        stdin=b"tajne\n",
    )
    show = (
        "from okienko.mailroom.models import Channel; c = Channel.objects.get(address='zwroty@bez.example');"
    )
    said = house.python(
        show
        + "print(c.team, c.secret('imap'), c.secret('smtp'), c.config['folder'], c.config['imap']['user'])"
    )
    assert said == "Zwroty tajne tajne Poczta u@x"


def test_where_it_all_lives_is_said_before_or_after_the_command(empty: House) -> None:
    if not empty.is_sqlite:
        pytest.skip("one database")
    other = str(empty.data.parent / "other")
    ran(empty, "--data", other, *INIT, stdin=b"rower-na-balkonie\n")
    assert "set up already" in ran(empty, *INIT, "--data", other, stdin=b"rower-na-balkonie\n", code=1)
    assert json.loads(ran(empty, "tickets", "list", "--json", "--data", other)) == []
    assert json.loads(ran(empty, "tickets", "--data", other, "list", "--json")) == []


def test_without_a_database_the_cure_is_named(empty: House) -> None:
    for words in (
        ("tickets", "list", "--json"),
        ("ledger", "--json"),
        ("drain",),
        ("worker",),
        ("web", "--port", "0"),
    ):
        assert ran(empty, *words, code=1).endswith("run: okienko migrate\n")
    ran(empty, "migrate")
    assert json.loads(ran(empty, "tickets", "list", "--json")) == []


def test_wrong_settings_end_with_2(house: House) -> None:
    for words in (("ledger", "--json"), ("worker",), ("doctor",), ("backup", "x")):
        done = house.okienko(*words, OKIENKO_DATABASE_URL="oracle://x")
        assert done.returncode == 2
        assert done.stderr.decode().startswith("okienko: OKIENKO_DATABASE_URL: expected postgresql://")


def test_inspecting_touches_neither_django_nor_data_and_is_quick(empty: House, tmp_path: Path) -> None:
    paths = []
    for name, raw in (("a.eml", a_mail(subject="Zażółć gęślą jaźń")), ("b.eml", b"\xff\x00 no mail at all")):
        (tmp_path / name).write_bytes(raw)
        paths.append(str(tmp_path / name))
    lines = ran(empty, "mail", "inspect", "--jsonl", *paths).splitlines()
    assert [json.loads(line)["file"] for line in lines] == paths
    began = time.monotonic()
    one = json.loads(ran(empty, "mail", "inspect", "--json", "-", stdin=a_mail(subject="Zażółć gęślą jaźń")))
    assert time.monotonic() - began < 1.0
    assert one["subject"] == "Zażółć gęślą jaźń"
    assert not empty.data.exists()


def test_the_doctor_finds_what_is_wrong(house: House) -> None:
    done = house.okienko("doctor")
    wrong = [line for line in done.stdout.decode().splitlines() if line.startswith("FAIL")]
    assert all("words in" in line for line in wrong), "nothing but perhaps a translation is missing"
    (house.data / "keys" / "django.keys").chmod(0o644)
    said = house.okienko("doctor", OKIENKO_URL="http://desk.bez.example")
    assert said.returncode == 1
    assert "Others can read the keys django.keys" in said.stdout.decode()
    assert "passwords and cookies travel unencrypted" in said.stdout.decode()


def test_a_backup_made_while_running_gives_everything_back(house: House, tmp_path: Path) -> None:
    for text in ("pierwsza", "druga"):
        raw = a_mail(text, subject=text, files=(("duży.bin", text.encode() * 20_000),))
        ran(house, "mail", "deliver", "--mailbox", "pomoc@bez.example", stdin=raw)
    house.run()
    ran(house, "drain")
    file = tmp_path / "kopia.tar.gz"
    ran(house, "backup", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = tmp_path / "again"
    again.mkdir()
    with a_house(again) as restored:
        ran(restored, "restore", str(file))
        for words in (
            ("tickets", "list", "--json"),
            ("ledger", "--json"),
            ("tickets", "show", "10002", "--json"),
        ):
            assert ran(restored, *words) == ran(house, *words)
        files = sorted(p.relative_to(house.data) for p in (house.data / "blobs").rglob("*") if p.is_file())
        assert files
        assert all((restored.data / name).read_bytes() == (house.data / name).read_bytes() for name in files)
        assert "not empty" in ran(restored, "restore", str(file), code=1)


def test_what_was_queued_when_the_backup_was_made_is_unsure_after_a_restore(
    house: House, tmp_path: Path
) -> None:
    house.python(QUEUE)
    file = tmp_path / "kopia.tar"
    ran(house, "backup", str(file))
    again = tmp_path / "again"
    again.mkdir()
    with a_house(again) as restored:
        ran(restored, "restore", str(file))
        ran(restored, "drain", code=0)
        assert (
            restored.python(
                "from okienko.outbound.models import Delivery; print(Delivery.objects.get().state)"
            )
            == "unsure"
        )


def test_a_damaged_backup_restores_nothing(house: House, tmp_path: Path) -> None:
    file, damaged = tmp_path / "kopia.tar", tmp_path / "damaged.tar"
    ran(house, "backup", str(file))
    whole = file.read_bytes()
    with tarfile.open(file) as tar:
        offset = tar.getmember("keys/django.keys").offset_data
    wrong = {
        "a byte": whole[:offset] + b"Z" + whole[offset + 1 :],
        "its end": whole[: len(whole) // 2],
        "all of it": b"not a tar file",
        "a way out": _tar_with("../../etc/passwd"),
    }
    for what, data in wrong.items():
        damaged.write_bytes(data)
        target = tmp_path / "target"
        ran(house, "restore", str(damaged), "--data", str(target), code=1)
        assert not [p for p in target.rglob("*") if p.is_file()], what


def _tar_with(name: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        tar.addfile(tarfile.TarInfo(name), io.BytesIO(b""))
    return out.getvalue()
