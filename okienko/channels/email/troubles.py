"""What went wrong with a mail server, as a code; ``sentence`` puts it into plain words."""

from __future__ import annotations

import smtplib
import socket
import ssl
from typing import Any

from django.utils.translation import gettext as _
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError

from okienko.channels.email.config import Server
from okienko.channels.email.imap import NoFolder
from okienko.channels.email.smtp import words
from okienko.lib.secrets import Unreadable
from okienko.mailroom.models import Channel


def trouble(error: Exception, server: Server) -> tuple[str, dict[str, Any]]:
    """The code and parameters of an error that a connection to ``server`` raised."""
    params: dict[str, Any] = {"server": server.where, "words": _words(error)}
    match error:
        case LoginError() | smtplib.SMTPAuthenticationError():
            return _of_sign_in(error), params
        case NoFolder():
            return "folder", params | {"folder": str(error)}
        case ssl.SSLCertVerificationError():
            return "certificate", params | {"words": error.verify_message}
        case ssl.SSLError() | smtplib.SMTPNotSupportedError() | CapabilityError():
            return "encryption", params
        case socket.gaierror() | UnicodeError():
            return "unknown_server", params
        case TimeoutError():
            return "timeout", params
        case ConnectionRefusedError():
            return "refused", params
        case Unreadable():
            return "sealed", params
        case smtplib.SMTPServerDisconnected() | ConnectionError() | IMAPClientAbortError():
            return "cut_off", params
        case IMAPClientError() | smtplib.SMTPException():
            return "server_error", params
    return "network", params


def _of_sign_in(error: Exception) -> str:
    # imapclient calls whatever goes wrong while it signs in a LoginError.
    if isinstance(error.__context__, IMAPClientAbortError):
        return "cut_off"
    is_for_now = isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code < 500
    return "server_error" if is_for_now or "[UNAVAILABLE]" in str(error) else "sign_in"


def _words(error: Exception) -> str:
    text = str(error)
    if isinstance(error, smtplib.SMTPResponseException):
        text = f"{error.smtp_code} {words(error.smtp_error)}"
    return " ".join(text.split())[:300]


def sentence(problem: dict[str, Any] | None) -> str:
    """The problem in one plain sentence, in the reader's language; empty when there is none."""
    if not problem:
        return ""
    params = {"server": "", "words": "", "folder": ""} | problem["params"]
    said = {
        "sign_in": _("%(server)s did not accept the user name and password."),
        "certificate": _("The certificate of %(server)s is not to be trusted: %(words)s."),
        "encryption": _(
            "%(server)s does not speak the chosen encryption. Try the other one, or another port."
        ),
        "unknown_server": _("There is no server called %(server)s."),
        "timeout": _("%(server)s did not answer in time."),
        "refused": _("Nothing listens at %(server)s."),
        "sealed": _(
            "The stored password cannot be read with the keys in the data directory. Enter it again."
        ),
        "cut_off": _("%(server)s broke the connection."),
        "server_error": _("%(server)s answered: %(words)s"),
        "network": _("%(server)s could not be reached: %(words)s"),
        "folder": _("There is no folder “%(folder)s” in the mailbox."),
        "no_smtp": _("No outgoing server is set for this mailbox."),
        "disk": _("Mail cannot be stored: %(words)s. It stays on the server and is fetched later."),
        "not_back": _("The test mail was sent but did not come back within %(words)s seconds."),
    }
    return str(said.get(problem["code"], _("%(server)s: %(words)s")) % params)


def health_sentence(channel: Channel) -> str:
    """What is wrong with a mailbox, in plain words for its page; empty when all is well."""
    ill = channel.health.exclude(problem=None).order_by("direction")
    return " ".join(sentence(health.problem) for health in ill)
