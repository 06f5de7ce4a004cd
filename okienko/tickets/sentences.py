"""Each kind of event as one sentence, each reason as words, in the reader's language.

Sentences leave out who did it: a Polish verb would have to know whether that was a he or a she. The name stands
beside the sentence instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from okienko.events import catalog
from okienko.events.catalog import Happened, Reason
from okienko.events.models import Event
from okienko.tickets.naming import Names

NOTHING = SafeString()


def sentence(event: Event, names: Names) -> SafeString:
    """What happened, as HTML with the names in it bold; ``names`` are naming.names_of() this event and others."""
    fact = event.fact
    return SENTENCES[type(fact)](fact, names)


def why(reason: Reason) -> str:
    """A reason, or what the way in decided about a message, in words."""
    if reason.code not in REASONS:
        return reason.code
    params = {"number": "", "address": "", "text": "", "count": "", "minutes": ""} | reason.params
    params["recipients"] = ", ".join(reason.params.get("recipients", []))
    return _(REASONS[reason.code]) % params


def _say(text: str, **values: str) -> SafeString:
    bold = {name: f"<b>{conditional_escape(value)}</b>" for name, value in values.items()}
    return mark_safe(text % bold)  # noqa: S308 - our own words, every value escaped


def _join(*parts: SafeString) -> SafeString:
    return mark_safe(" · ".join(part for part in parts if part))  # noqa: S308 - joins what is safe


def _status(fact: Any, names: Names) -> SafeString:
    """The change of status that came along, if there was one."""
    if fact.status_id is None or fact.status_id == fact.was_status_id:
        return NOTHING
    was, now = names.of("statuses", fact.was_status_id), names.of("statuses", fact.status_id)
    return _say(_("Status: %(was)s → %(now)s"), was=was, now=now)


def _opened(fact: catalog.TicketOpened, names: Names) -> SafeString:
    if fact.by_hand:
        return _say(_("Ticket opened by hand"))
    if fact.channel_id is None:
        return _say(_("Ticket opened"))
    channel = names.of("channels", fact.channel_id)
    if fact.is_automatic:
        return _say(_("Ticket opened by an automatic message to %(channel)s"), channel=channel)
    return _say(_("Ticket opened by a message to %(channel)s"), channel=channel)


def _received(fact: catalog.MessageReceived, names: Names) -> SafeString:
    said = _("Automatic message received") if fact.is_automatic else _("Message received")
    restored = _say(_("Taken back from the bin")) if fact.was_in_bin else NOTHING
    return _join(_say(said), restored, _status(fact, names))


def _also_received(fact: catalog.MessageAlsoReceived, names: Names) -> SafeString:
    return _say(_("The same message also came to %(address)s"), address=fact.address)


def _replied(fact: catalog.ReplySent, names: Names) -> SafeString:
    said = _("Message forwarded") if fact.is_forward else _("Reply sent")
    return _join(_say(said), _status(fact, names))


def _withdrawn(fact: catalog.ReplyWithdrawn, names: Names) -> SafeString:
    return _join(_say(_("Reply taken back before it left")), _status(fact, names))


def _noted(fact: catalog.NoteAdded, names: Names) -> SafeString:
    return _say(_("Note added"))


def _assigned(fact: catalog.TicketAssigned, names: Names) -> SafeString:
    was, now = names.of("agents", fact.was_agent_id), names.of("agents", fact.agent_id)
    if fact.agent_id is None:
        said = _say(_("No longer assigned to %(was)s"), was=was)
    elif fact.was_agent_id is None:
        said = _say(_("Assigned to %(now)s"), now=now)
    else:
        said = _say(_("Assigned to %(now)s, until now to %(was)s"), now=now, was=was)
    return _join(said, _status(fact, names))


def _moved(fact: catalog.TeamChanged, names: Names) -> SafeString:
    was, now = names.of("teams", fact.was_team_id), names.of("teams", fact.team_id)
    left = NOTHING
    if fact.agent_id is None and fact.was_agent_id is not None:
        left = _say(_("No longer assigned to %(was)s"), was=names.of("agents", fact.was_agent_id))
    return _join(_say(_("Team: %(was)s → %(now)s"), was=was, now=now), left)


def _status_changed(fact: catalog.StatusChanged, names: Names) -> SafeString:
    return _join(_status(fact, names), _say(_("without an answer")) if fact.unanswered else NOTHING)


def _priority(fact: catalog.PriorityChanged, names: Names) -> SafeString:
    was, now = names.of("priorities", fact.was_priority_id), names.of("priorities", fact.priority_id)
    return _say(_("Priority: %(was)s → %(now)s"), was=was, now=now)


def _category(fact: catalog.CategoryChanged, names: Names) -> SafeString:
    was, now = names.of("categories", fact.was_category_id), names.of("categories", fact.category_id)
    return _say(_("Category: %(was)s → %(now)s"), was=was, now=now)


def _tags(fact: catalog.TagsChanged, names: Names) -> SafeString:
    added = _say(_("Tags added: %(tags)s"), tags=", ".join(fact.added)) if fact.added else NOTHING
    removed = _say(_("Tags removed: %(tags)s"), tags=", ".join(fact.removed)) if fact.removed else NOTHING
    return _join(added, removed)


def _subject(fact: catalog.SubjectChanged, names: Names) -> SafeString:
    return _say(_("Subject corrected, it was “%(was)s”"), was=fact.was_subject)


def _customer(fact: catalog.CustomerChanged, names: Names) -> SafeString:
    was, now = names.of("customers", fact.was_customer_id), names.of("customers", fact.customer_id)
    return _say(_("Customer: %(was)s → %(now)s"), was=was, now=now)


def _binned(fact: catalog.TicketBinned, names: Names) -> SafeString:
    return _say(pgettext("event", "Put into the bin"))


def _restored(fact: catalog.TicketRestored, names: Names) -> SafeString:
    return _say(_("Taken back from the bin"))


def _failure(fact: catalog.DeliveryFailureShown, names: Names) -> SafeString:
    if fact.outcome == catalog.DeliveryUnsure.kind():
        said = _say(_("Nobody knows whether the reply left"))
    else:
        whom = ", ".join(fact.recipients) or _("unknown")
        came_back = fact.outcome == catalog.DeliveryBounced.kind()
        text = _("The reply came back from %(whom)s") if came_back else _("The reply did not reach %(whom)s")
        said = _say(text, whom=whom)
    given = NOTHING
    if fact.agent_id != fact.was_agent_id:
        given = _say(_("Assigned to %(now)s"), now=names.of("agents", fact.agent_id))
    return _join(said, _status(fact, names), given)


def _settled(fact: catalog.DeliveryFailureSettled, names: Names) -> SafeString:
    return _say(_("The reply that did not arrive has been dealt with"))


def _left(fact: catalog.DeliverySent, names: Names) -> SafeString:
    return _say(_("Message left"))


def _held(fact: catalog.DeliveryHeld, names: Names) -> SafeString:
    return _say(_("Message held back"))


def _not_delivered(fact: catalog.DeliveryFailed, names: Names) -> SafeString:
    return _say(_("Message not delivered to %(whom)s"), whom=", ".join(fact.recipients))


def _unsure(fact: catalog.DeliveryUnsure, names: Names) -> SafeString:
    return _say(_("Nobody knows whether the message left"))


def _returned(fact: catalog.DeliveryBounced, names: Names) -> SafeString:
    return _say(_("Message came back from %(whom)s"), whom=", ".join(fact.recipients))


SENTENCES: dict[type[Happened], Callable[[Any, Names], SafeString]] = {
    catalog.TicketOpened: _opened,
    catalog.MessageReceived: _received,
    catalog.MessageAlsoReceived: _also_received,
    catalog.ReplySent: _replied,
    catalog.ReplyWithdrawn: _withdrawn,
    catalog.NoteAdded: _noted,
    catalog.TicketAssigned: _assigned,
    catalog.TeamChanged: _moved,
    catalog.StatusChanged: _status_changed,
    catalog.PriorityChanged: _priority,
    catalog.CategoryChanged: _category,
    catalog.TagsChanged: _tags,
    catalog.SubjectChanged: _subject,
    catalog.CustomerChanged: _customer,
    catalog.TicketBinned: _binned,
    catalog.TicketRestored: _restored,
    catalog.DeliveryFailureShown: _failure,
    catalog.DeliveryFailureSettled: _settled,
    catalog.DeliverySent: _left,
    catalog.DeliveryHeld: _held,
    catalog.DeliveryFailed: _not_delivered,
    catalog.DeliveryUnsure: _unsure,
    catalog.DeliveryBounced: _returned,
}


# Reasons of events first, then what the way in decides, then why a message counts as automatic.
REASONS: dict[str, str] = {
    "words": "%(text)s",
    "again": gettext_noop("It was sent once more by hand."),
    "token": gettext_noop("It was sent to this ticket's own reply address."),
    "header": gettext_noop("It answers a message of this ticket, and %(address)s takes part in it."),
    "number": gettext_noop("Its subject names #%(number)s, and %(address)s takes part in that ticket."),
    "bounce": gettext_noop("It reports that a reply did not reach %(recipients)s."),
    "stranger_header": gettext_noop(
        "It answers a message of #%(number)s, but %(address)s does not take part there, so it became a new ticket."
    ),
    "stranger_number": gettext_noop(
        "Its subject names #%(number)s, but %(address)s does not take part there, so it became a new ticket."
    ),
    "joined": gettext_noop("It belongs to #%(number)s."),
    "new_ticket": gettext_noop("It opened #%(number)s."),
    "same_message": gettext_noop("The same message is in #%(number)s already; it also came to %(address)s."),
    "own_mail": gettext_noop("It is our own message from #%(number)s that came back."),
    "connection_test": gettext_noop("It is our own test of the connection."),
    "loop": gettext_noop(
        "%(count)s automatic messages came from this sender within %(minutes)s minutes: this may be a loop."
    ),
    "error": gettext_noop("It could not be filed: %(text)s"),
    "auto-submitted": gettext_noop("A program sent it."),
    "auto-reply": gettext_noop("It is an automatic reply."),
    "list": gettext_noop("It came from a mailing list."),
    "bulk": gettext_noop("It was sent in bulk."),
    "null-sender": gettext_noop("It names no address that could be answered."),
    "no-reply-address": gettext_noop("Its sender's address takes no replies."),
    "suppressed": gettext_noop("Its sender asks for no automatic answers."),
}
