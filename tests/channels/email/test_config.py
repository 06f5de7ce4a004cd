"""Servers as URLs, and what goes wrong with them as sentences."""

from __future__ import annotations

import smtplib
import socket
import ssl

import pytest
from django.utils import translation
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError

from okienko.channels.email import checks
from okienko.channels.email.config import Server, read, server, url
from okienko.channels.email.imap import NoFolder
from okienko.channels.email.troubles import health_sentence, sentence, trouble
from okienko.lib.refusal import Invalid
from okienko.lib.secrets import Unreadable
from okienko.mailroom import channels
from okienko.mailroom.models import Channel

WHERE = Server("imap.bez.example", 993, "tls", "ola@bez.example")


@pytest.mark.parametrize(
    ("text", "meant", "folder"),
    [
        ("imaps://ola%40bez.example@imap.bez.example/Zg%C5%82oszenia", WHERE, "Zgłoszenia"),
        ("imap://ola@poczta.example:1143", Server("poczta.example", 1143, "starttls", "ola"), ""),
        ("imap://ola@poczta.example?security=none", Server("poczta.example", 143, "none", "ola"), ""),
        ("imap://ola@127.0.0.1:143/INBOX", Server("127.0.0.1", 143, "none", "ola"), "INBOX"),
        ("imaps://ola@[2001:db8::1]:993", Server("2001:db8::1", 993, "tls", "ola"), ""),
    ],
)
def test_a_url_names_a_server_and_comes_back(text: str, meant: Server, folder: str) -> None:
    assert server(text, kind="imap") == (meant, folder)
    assert server(url(meant, kind="imap", folder=folder), kind="imap") == (meant, folder)


def test_no_server_has_no_url() -> None:
    assert url(None, kind="smtp") == ""


@pytest.mark.parametrize(
    "text", ["https://x", "imaps://", "smtp://ola@host:99999", "smtp://[::1", "poczta.example", ""]
)
def test_what_is_no_server_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        server(text, kind="smtp")


def test_a_stored_configuration_of_another_version_is_read() -> None:
    assert read({"folder": "Praca", "from_the_future": 1}).folder == "Praca"


def _while_connecting(error: Exception) -> LoginError:
    try:
        try:
            raise error
        except Exception:
            raise LoginError("login failed")  # noqa: B904 - as imapclient does
    except LoginError as raised:
        return raised


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (LoginError("[AUTHENTICATIONFAILED]"), "sign_in"),
        (LoginError("[UNAVAILABLE] later"), "server_error"),
        (_while_connecting(IMAPClientAbortError("EOF")), "cut_off"),
        (smtplib.SMTPAuthenticationError(535, b"no"), "sign_in"),
        (smtplib.SMTPAuthenticationError(454, b"later"), "server_error"),
        (NoFolder("Praca"), "folder"),
        (ssl.SSLError("wrong version"), "encryption"),
        (CapabilityError("no STARTTLS"), "encryption"),
        (smtplib.SMTPNotSupportedError("no STARTTLS"), "encryption"),
        (socket.gaierror("unknown"), "unknown_server"),
        (UnicodeError("label too long"), "unknown_server"),
        (TimeoutError(), "timeout"),
        (ConnectionRefusedError(), "refused"),
        (ConnectionResetError(), "cut_off"),
        (IMAPClientAbortError("EOF"), "cut_off"),
        (smtplib.SMTPServerDisconnected("gone"), "cut_off"),
        (IMAPClientError("quota"), "server_error"),
        (Unreadable("key"), "sealed"),
        (RuntimeError("strange"), "network"),
    ],
)
def test_each_trouble_has_its_code_and_its_sentence(error: Exception, code: str) -> None:
    found, params = trouble(error, WHERE)
    assert found == code
    with translation.override("en"):
        said = sentence({"code": found, "params": params})
    assert said.endswith(".") or params["words"] in said


def test_no_trouble_is_no_sentence() -> None:
    assert sentence(None) == ""


def test_the_page_and_the_doctor_say_what_is_wrong(pomoc: Channel) -> None:
    assert health_sentence(pomoc) == ""
    assert [f.is_good for f in checks.mailboxes()] == [True]
    channels.went_wrong(pomoc.pk, "out", "refused", server="smtp.bez.example:587")
    assert "smtp.bez.example:587" in health_sentence(pomoc)
    (finding,) = checks.mailboxes()
    assert not finding.is_good
    assert "pomoc@bez.example, sending" in finding.sentence
