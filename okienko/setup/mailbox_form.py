"""The form of one mailbox: what it is called, its servers, what becomes of its mail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okienko.channels.email.config import Mailbox, mailbox
from okienko.mailroom.models import Channel
from okienko.people.models import Team
from okienko.setup.server_fields import ServerFields

LANGUAGES = (("pl", "Polski"), ("en", "English"))
AFTER = (
    ("keep", gettext_lazy("stays where it is")),
    ("move", gettext_lazy("moves to another folder")),
)
COPIES = (
    ("none", gettext_lazy("no copy")),
    ("sent", gettext_lazy("into the mailbox's folder of sent mail")),
    ("archive", gettext_lazy("to an archive address")),
)
QUOTES = (
    (Channel.Quote.NONE, gettext_lazy("nothing")),
    (Channel.Quote.LAST, gettext_lazy("the message that it answers")),
    (Channel.Quote.ALL, gettext_lazy("the whole conversation")),
)


class MailboxForm(ServerFields):
    address = forms.EmailField(
        label=gettext_lazy("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the sender"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Without one, the company's name."),
    )
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True), label=gettext_lazy("Team"), required=False
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=LANGUAGES,
        help_text=gettext_lazy("Of the words that Okienko adds to replies."),
    )
    folder = forms.CharField(label=gettext_lazy("Folder"), max_length=250, required=False)
    take_old = forms.BooleanField(
        label=gettext_lazy("Take in the mail that is in the folder already"),
        required=False,
        help_text=gettext_lazy("Each message becomes a ticket. Nobody is written to."),
    )
    after = forms.ChoiceField(
        label=gettext_lazy("What was taken in"), choices=AFTER, widget=forms.RadioSelect
    )
    move_to = forms.CharField(label=gettext_lazy("Move it to"), max_length=250, required=False)
    copy = forms.ChoiceField(
        label=gettext_lazy("Copy of what is sent"), choices=COPIES, widget=forms.RadioSelect
    )
    sent_folder = forms.CharField(
        label=gettext_lazy("Folder of sent mail"),
        max_length=250,
        required=False,
        help_text=gettext_lazy("Empty: the one that the server names."),
    )
    archive = forms.EmailField(label=gettext_lazy("Archive address"), required=False)
    quote = forms.ChoiceField(label=gettext_lazy("A reply quotes"), choices=QUOTES, widget=forms.RadioSelect)

    def __init__(self, *args: Any, channel: Channel | None, language: str, **kwargs: Any) -> None:
        box = mailbox(channel) if channel else Mailbox()
        team = Team.objects.filter(is_active=True).order_by("pk").first()
        initial = {
            "language": channel.language if channel else language,
            "team": channel.team_id if channel else team and team.pk,
            "quote": channel.quote if channel else Channel.Quote.LAST,
            **{f: getattr(box, f) for f in OF_BOX},
        }
        if channel:
            initial |= {"address": channel.address, "name": channel.name}
        super().__init__(*args, channel=channel, initial=initial, **kwargs)
        self.fields["address"].disabled = channel is not None
        for name in ("folder", "move_to", "sent_folder"):
            self.fields[name].widget.attrs["list"] = "folders"

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for choice, wanted, field in (("after", "move", "move_to"), ("copy", "archive", "archive")):
            if given.get(choice) == wanted and not given.get(field):
                self.add_error(field, _("This is needed for what you chose above."))
        return given

    def configured(self) -> Mailbox:
        """The mailbox's whole configuration."""
        given = self.cleaned_data
        kept = {f: given[f] for f in OF_BOX if f != "folder"}
        return replace(super().configured(), folder=given["folder"].strip() or "INBOX", **kept)

    def about(self) -> dict[str, Any]:
        """What the channel itself keeps, as mailroom's verbs take it."""
        return {name: self.cleaned_data[name] for name in ("name", "team", "language")}


OF_BOX = ("folder", "take_old", "after", "move_to", "copy", "sent_folder", "archive")
