"""The outbox's page: what left, what waits, what failed and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from okienko.outbound import log
from okienko.people.models import Agent
from okienko.setup.scope import needs
from okienko.tickets.models import Message

if TYPE_CHECKING:
    from okienko.outbound.models import Delivery


@require_safe
@needs("setup")
def outbox(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /setup/outbox?state=&before="""
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    if state and state not in log.STATES:
        raise Http404
    found = log.page(state=state, before=int(before[:18]) if before.isdecimal() else None)
    shown = found[: log.PAGE]
    following = ""
    if len(found) > log.PAGE:
        following = _url(state=state, before=shown[-1].pk)
    context = {
        "rows": _rows(shown),
        "filters": [
            {"label": label, "url": _url(state=name), "is_chosen": name == state}
            for name, label in _labels().items()
        ],
        "state": state,
        "following": following,
    }
    return render(request, "setup/outbox.html", context)


def _labels() -> dict[str, str]:
    return {
        "": _("All"),
        "queued": _("Queued"),
        "held": _("Held"),
        "failed": _("Not delivered"),
        "unsure": _("Unsure"),
        "bounced": _("Returned"),
        "sent": _("Sent"),
    }


def _rows(found: list[Delivery]) -> list[dict[str, Any]]:
    keys = {d.pk: int(d.about.partition(":")[2]) for d in found if d.about.startswith("message:")}
    tickets = dict(Message.objects.filter(pk__in=keys.values()).values_list("pk", "ticket__number"))
    return [
        {
            "at": delivery.created_at,
            "to": ", ".join(delivery.recipients),
            "via": delivery.channel.address,
            "state": delivery.state,
            "verdict": delivery.get_state_display(),
            "is_failure": delivery.state in ("failed", "unsure", "bounced"),
            "number": tickets.get(keys.get(delivery.pk, 0)),
            "attempts": len(delivery.tries.all()),
            "why": _why(delivery),
            "next": delivery.due_at if delivery.state == "queued" else None,
        }
        for delivery in found
    ]


def _why(delivery: Delivery) -> str:
    said = delivery.error if delivery.state == "queued" else delivery.detail
    words = {
        "no_smtp": _("No outgoing server is set for this mailbox."),
        "paused": _("The mailbox is paused."),
        "OKIENKO_OUTBOUND=log": _("Sending is switched off."),
        "demo": _("This is the demo: nothing is sent."),
        "interrupted": _("It was interrupted while it was handed over."),
    }
    return words.get(said, said)


def _url(**given: object) -> str:
    asked = urlencode({name: value for name, value in given.items() if value})
    return f"{reverse('setup:outbox')}?{asked}" if asked else reverse("setup:outbox")
