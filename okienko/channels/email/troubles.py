"""What went wrong with a mail server, as a code; ``sentence`` puts it into plain words."""

from __future__ import annotations

import smtplib
import socket
import ssl
from typing import Any

from django.utils.translation import gettext as _
from imapclient.exceptions import IMAPClientError, LoginError

from okienko.channels.email.config import Server
from okienko.lib.secrets import Unreadable


def trouble(error: Exception, server: Server) -> tuple[str, dict[str, Any]]:
    """The code and parameters of an error that a connection to ``server`` raised."""
    params: dict[str, Any] = {"server": server.where, "words": " ".join(str(error).split())[:300]}
    match error:
        case LoginError() | smtplib.SMTPAuthenticationError():
            return "sign_in", params
        case ssl.SSLCertVerificationError():
            return "certificate", params | {"words": error.verify_message}
        case ssl.SSLError():
            return "encryption", params
        case socket.gaierror():
            return "unknown_server", params
        case TimeoutError():
            return "timeout", params
        case ConnectionRefusedError():
            return "refused", params
        case smtplib.SMTPNotSupportedError():
            return "encryption", params
        case Unreadable():
            return "sealed", params
        case smtplib.SMTPServerDisconnected() | ConnectionError():
            return "cut_off", params
        case IMAPClientError() | smtplib.SMTPException():
            return "server_error", params
    return "network", params


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
        "disk": _("Mail cannot be stored: %(words)s. It stays on the server until there is room."),
        "not_back": _("The test mail was sent but did not come back within %(words)s seconds."),
    }
    return str(said.get(problem["code"], _("%(server)s: %(words)s")) % params)
