"""The fields of a mailbox's servers, as the wizard and the mailbox's page show them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okienko.channels.email.config import Mailbox, Server, mailbox
from okienko.lib.secrets import Unreadable
from okienko.mailroom.models import Channel
from okienko.setup.servers import suggested

SECURITY = (
    ("tls", gettext_lazy("encrypted (TLS)")),
    ("starttls", gettext_lazy("encrypted (STARTTLS)")),
    ("none", gettext_lazy("not encrypted")),
)
STORED = gettext_lazy("stored, enter to replace")
USUAL = {"imap": 993, "smtp": 465}


def secret_input(*, is_stored: bool) -> forms.PasswordInput:
    """A password field that never shows what is stored."""
    shown = {"autocomplete": "off", "spellcheck": "false"}
    return forms.PasswordInput(attrs=shown | ({"placeholder": STORED} if is_stored else {}))


class ServerFields(forms.Form):
    """IMAP and SMTP, each with its user and password. Empty host: no such server.

    ``channel`` is the mailbox whose servers they are, None for a new one.
    """

    imap_host = forms.CharField(label=gettext_lazy("Incoming server (IMAP)"), max_length=253, required=False)
    imap_port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65535, required=False)
    imap_security = forms.ChoiceField(label=gettext_lazy("Connection"), choices=SECURITY, required=False)
    imap_user = forms.CharField(label=gettext_lazy("User name"), max_length=320, required=False)
    smtp_host = forms.CharField(label=gettext_lazy("Outgoing server (SMTP)"), max_length=253, required=False)
    smtp_port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65535, required=False)
    smtp_security = forms.ChoiceField(label=gettext_lazy("Connection"), choices=SECURITY, required=False)
    smtp_user = forms.CharField(label=gettext_lazy("User name"), max_length=320, required=False)
    password = forms.CharField(label=gettext_lazy("Password"), max_length=500, required=False, strip=False)
    smtp_password = forms.CharField(
        label=gettext_lazy("Password for sending, if it is another"),
        max_length=500,
        required=False,
        strip=False,
    )

    def __init__(self, *args: Any, channel: Channel | None, **kwargs: Any) -> None:
        box = mailbox(channel) if channel else Mailbox()
        kwargs["initial"] = {
            **_shown(box.imap, "imap"),
            **_shown(box.smtp, "smtp"),
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        self.box = box
        self.stored = frozenset(channel.secrets_sealed) if channel else frozenset()
        self.shares_password = channel is None or _shares_password(channel)
        self.fields["password"].widget = secret_input(is_stored=bool(self.stored))
        self.fields["smtp_password"].widget = secret_input(is_stored=not self.shares_password)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for kind in ("imap", "smtp"):
            if given.get(f"{kind}_host") and not (given["password"] or self.stored or given["smtp_password"]):
                self.add_error("password", _("The servers want a password."))
                break
        return given

    def guess(self, address: str) -> None:
        """Fills in the servers that ``address`` probably has, where none were given."""
        given = self.cleaned_data
        if given["imap_host"] or given["smtp_host"]:
            return
        for kind, server in zip(("imap", "smtp"), suggested(address), strict=True):
            given |= _shown(server, kind)

    def configured(self) -> Mailbox:
        """The mailbox's configuration with these servers."""
        return replace(self.box, imap=self._server("imap"), smtp=self._server("smtp"))

    def passwords(self) -> dict[str, str]:
        """The passwords that were entered, by the name under which they are sealed."""
        given = self.cleaned_data
        entered = {"imap": given["password"], "smtp": given["smtp_password"]}
        if given["password"] and not given["smtp_password"] and self.shares_password:
            entered["smtp"] = given["password"]
        return {name: password for name, password in entered.items() if password}

    def _server(self, kind: str) -> Server | None:
        given = self.cleaned_data
        host = given[f"{kind}_host"].strip()
        if not host:
            return None
        return Server(
            host,
            given[f"{kind}_port"] or USUAL[kind],
            given[f"{kind}_security"] or "tls",
            given[f"{kind}_user"].strip(),
        )


def _shares_password(channel: Channel) -> bool:
    try:
        return channel.secret("smtp") in ("", channel.secret("imap"))
    except Unreadable:
        return True


def _shown(server: Server | None, kind: str) -> dict[str, Any]:
    if server is None:
        return {}
    return {
        f"{kind}_host": server.host,
        f"{kind}_port": server.port,
        f"{kind}_security": server.security,
        f"{kind}_user": server.user,
    }
