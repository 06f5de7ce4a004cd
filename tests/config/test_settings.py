"""Settings from the environment: wrong ones are named, secrets come from files and reach no log."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from okienko.config import env
from okienko.config.env import BadSetting, DataDirectory
from okienko.config.logs import hide_secrets


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://a:b%40c@db:5433/okienko?sslmode=require\n")
    monkeypatch.delenv("OKIENKO_DATABASE_URL", raising=False)
    monkeypatch.setenv("OKIENKO_DATABASE_URL_FILE", str(tmp_path / "url"))
    database = env.database(DataDirectory(tmp_path))
    assert [database[k] for k in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "okienko",
        "a",
        "b@c",
        "db",
        "5433",
    ]
    assert database["OPTIONS"] == {"sslmode": "require"}
    monkeypatch.setenv("OKIENKO_DATABASE_URL_FILE", str(tmp_path / "none"))
    with pytest.raises(BadSetting, match="OKIENKO_DATABASE_URL_FILE: expected a readable file"):
        env.database(DataDirectory(tmp_path))


def test_a_wrong_setting_is_named_with_what_is_expected(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OKIENKO_X", "perhaps")
    for read, words in (
        (lambda: env.flag("OKIENKO_X"), "OKIENKO_X: expected one of 0, 1, got 'perhaps'"),
        (lambda: env.host_port("OKIENKO_X"), "OKIENKO_X: expected HOST:PORT, got 'perhaps'"),
    ):
        with pytest.raises(BadSetting, match=words):
            read()
    (tmp_path / "file").touch()
    with pytest.raises(BadSetting, match="OKIENKO_DATA: expected a writable folder"):
        DataDirectory(tmp_path / "file").prepare()


def test_an_address_to_listen_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKIENKO_X", "[::1]:2525")
    assert env.host_port("OKIENKO_X") == ("::1", 2525)
    monkeypatch.delenv("OKIENKO_X")
    assert env.host_port("OKIENKO_X") is None


def test_secrets_reach_no_log() -> None:
    event = {
        "event": "GET /setup/first?token=abc123&x=1 failed at smtp://jan:tajne@poczta.example:25",
        "password": "tajne",
        "session_cookie": "abc123",
        "mailbox": "pomoc@bez.example",
    }
    shown = hide_secrets(None, "info", event)
    assert "tajne" not in str(shown)
    assert "abc123" not in str(shown)
    assert shown["mailbox"] == "pomoc@bez.example"


@pytest.mark.django_db
def test_health_is_plain_and_needs_nobody_signed_in(client: Client) -> None:
    response = client.get("/health")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response.headers["Content-Type"] == "text/plain"
