"""The ticket's page, and its parts when they are read again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from okienko.desk import choices as vocabulary
from okienko.desk.card import card_of
from okienko.desk.composer import LARGEST_FILE, pens, then_choices
from okienko.desk.flow import Flow
from okienko.desk.messages import Said
from okienko.desk.recipients import answer_to, line
from okienko.desk.scope import signed_in, ticket_or_404
from okienko.desk.timeline import timeline
from okienko.lib.text import normalise_address
from okienko.people.models import Agent
from okienko.tickets.models import Tag, Ticket
from okienko.tickets.reading import mark_seen, seen_by
from okienko.ui.fragments import wants_fragment

MOST_TAGS = 60
WITH_IMAGES = "with_images"  # in the session: messages whose remote images were asked for


@require_safe
@signed_in
def ticket(request: HttpRequest, agent: Agent, number: int) -> HttpResponse:
    """GET /tickets/<number>?view=&all=&write="""
    shown = ticket_or_404(request, number)
    return render(request, "desk/ticket/page.html", page_of(request, agent, shown))


@require_safe
@signed_in
def parts(request: HttpRequest, agent: Agent, number: int) -> HttpResponse:
    """GET /tickets/<number>/parts: all of the page but the composer, put in place one by one."""
    return answer(request, agent, ticket_or_404(request, number))


@require_safe
@signed_in
def known_tags(request: HttpRequest, agent: Agent, number: int) -> HttpResponse:
    """GET /tickets/<number>/tags: what the menu of tags offers, the ticket's own first."""
    present = list(ticket_or_404(request, number).tags.values_list("name", flat=True))
    others = Tag.objects.exclude(name__in=present).values_list("name", flat=True)[:MOST_TAGS]
    return render(request, "desk/ticket/tags.html", {"present": present, "tags": [*present, *others]})


@require_POST
@signed_in
def seen(request: HttpRequest, agent: Agent, number: int) -> HttpResponse:
    """POST /tickets/<number>/seen message="""
    message = request.POST.get("message", "")
    shown = ticket_or_404(request, number)
    newest = shown.messages.order_by("-pk").values_list("pk", flat=True).first() or 0
    if message.isdecimal():
        mark_seen(shown, message=min(int(message[:18]), newest), by=agent.actor)
    return HttpResponse(status=204)


def page_of(
    request: HttpRequest, agent: Agent, ticket: Ticket, *, write: str = "", anew: str = "", **more: Any
) -> dict[str, Any]:
    """Everything that the page and its parts show; ``write`` and ``anew`` are for pens()."""
    base = reverse("desk:ticket", args=[ticket.number])
    choices = vocabulary.choices()
    card = card_of(ticket, agent)
    is_whole = request.GET.get("all") == "1"
    flow = timeline(
        ticket,
        reader=agent,
        base=base,
        seen=seen_by(ticket, who=agent.actor),
        with_images=request.session.get(WITH_IMAGES, ()),
        is_whole=is_whole,
        **choices.names,
    )
    own = frozenset(channel.label for channel in choices.channels)
    emails = [i for i in card.identities if i.kind == "email"]
    reached = [i.shown for i in sorted(emails, key=lambda i: i.bounced_at is not None)]
    whom = answer_to(ticket, own, reached, flow.recent)
    tail = f"?{request.GET.urlencode()}" if request.GET else ""
    tags = list(ticket.tags.values_list("name", flat=True))
    channels = [channel for channel in choices.channels if channel.is_active]
    statuses = [status for status in choices.statuses if status.is_active]
    known = {normalise_address(p["address"]) for p in (*whom.to, *whom.all_to, *whom.all_cc)}
    known |= {i.value for i in emails} | {p.address for p in card.participants}
    return {
        "ticket": ticket,
        "base": base,
        "topics": f"{ticket.topic} customer-{ticket.customer_id} vocabulary people",
        "again": f"{reverse('desk:parts', args=[ticket.number])}{tail}",
        "tail": tail,
        "query_all": _with_all(request),
        "view": request.GET.get("view", ""),
        "is_writing": bool(write or request.GET.get("write")),
        "answer_name": _name(whom.to, ticket),
        "agent": agent,
        "may_change": agent.may("tickets.change") and not ticket.binned_at,
        "may_reply": agent.may("tickets.reply"),
        "may_bin": agent.may("tickets.bin"),
        "chips": vocabulary.chips(ticket, choices, agent),
        "tags": tags,
        "shown_tags": ", ".join(tags) or _("No tags"),
        "card": card,
        "others": [(other, choices.label("statuses", other.status_id)) for other in card.others],
        "flow": flow,
        "items": Flow(
            base=base,
            tail=tail,
            token=f'<input type="hidden" name="csrfmiddlewaretoken" value="{get_token(request)}">',
            may_reply=agent.may("tickets.reply"),
            has_failed=ticket.failure_of_id is not None,
            first_unread=flow.first_unread,
        ).html(flow.items),
        "leaving": _leaving(flow.items),
        "pens": pens(
            ticket,
            agent,
            base=base,
            newest=flow.newest,
            answer=whom,
            chosen=write or request.GET.get("write", ""),
            anew=anew,
        ),
        "whom": whom,
        "all_to": line(whom.all_to),
        "all_cc": line(whom.all_cc),
        "known_json": json.dumps(sorted(known)),
        "then": then_choices(statuses) if agent.may("tickets.change") else [],
        "channels": channels,
        "channel": next((c.key for c in channels if c.key == ticket.channel_id), None),
        "largest": LARGEST_FILE,
        **more,
    }


def answer(
    request: HttpRequest, agent: Agent, ticket: Ticket, *, status: int = 200, write: str = "", **more: Any
) -> HttpResponse:
    """What a change answers: the parts of the page for its own script, the page itself for everybody else.

    ``write`` and ``more`` go to page_of(); ``footer`` shows the composers anew, ``says`` stands above them.
    """
    is_fragment = wants_fragment(request)
    if not is_fragment and status < 400:
        return to_page(request, ticket.number, write=write)
    fresh = ticket_or_404(request, ticket.number)
    context = page_of(request, agent, fresh, write=write, **more)
    response = render(
        request, f"desk/ticket/{'parts' if is_fragment else 'page'}.html", context, status=status
    )
    if is_fragment:
        response.headers["HX-Reswap"] = "none"
    return response


def to_page(request: HttpRequest, number: int, *, write: str = "") -> HttpResponse:
    """Leads to the ticket's page as it was opened, with the composer of kind ``write`` open."""
    query = request.GET.copy()
    if write:
        query["write"] = write
    tail = f"?{query.urlencode()}" if query else ""
    return redirect(f"{reverse('desk:ticket', args=[number])}{tail}{'#composer' if write else ''}")


def _with_all(request: HttpRequest) -> str:
    query = request.GET.copy()
    query["all"] = "1"
    return query.urlencode()


def _name(to: Sequence[dict[str, str]], ticket: Ticket) -> str:
    """What to call whom a reply reaches."""
    customer = ticket.customer.name if ticket.customer else ""
    return next((p["name"] or p["address"] for p in to), customer) or _("the customer")


def _leaving(items: list[Any]) -> Said | None:
    """The reader's own message that can still be taken back, the newest one."""
    waiting = [
        item
        for item in items
        if isinstance(item, Said) and item.is_own and item.outcome and item.outcome.undo_seconds
    ]
    return waiting[-1] if waiting else None
