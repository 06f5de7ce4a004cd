"""The ledger's page: received = filed + duplicates + rejected + parked + waiting + failed, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from okienko.events.catalog import Reason
from okienko.inbound import journal
from okienko.inbound.ledger import sums
from okienko.inbound.process import run_again
from okienko.mailroom.models import Channel
from okienko.people.models import Agent
from okienko.setup.mailbox_state import state_of
from okienko.setup.scope import needs
from okienko.tickets.models import Ticket
from okienko.tickets.sentences import why
from okienko.ui import times

if TYPE_CHECKING:
    from okienko.inbound.models import Received

MOST_WINDOWS = 400
ORDER = ("filed", "duplicate", "rejected", "parked", "waiting", "failed")


@dataclass(frozen=True, slots=True)
class Row:
    """One message of the journal as its line shows it; ``why`` is HTML with a link to the ticket."""

    pk: int
    at: datetime
    sender: str
    subject: str
    mailbox: str
    state: str
    verdict: str
    why: SafeString
    may_run: bool
    may_look: bool


@require_safe
@needs("ledger")
def ledger(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /setup/ledger?mailbox=&day=&state=&before="""
    channels = list(Channel.objects.prefetch_related("health"))
    chosen = next((c for c in channels if str(c.pk) == request.GET.get("mailbox")), None)
    day = parse_day(request.GET.get("day", ""))
    state = request.GET.get("state", "")
    before = request.GET.get("before", "")
    if state and state not in ORDER:
        raise Http404
    asked = _asked(chosen, day)
    counted = journal.counts(asked)
    found = journal.page(asked, state=state, before=int(before[:18]) if before.isdecimal() else None)
    decide = [] if state or before else journal.to_decide(asked)
    given = {"mailbox": str(chosen.pk) if chosen else "", "day": day.isoformat() if day else ""}
    accounts = sums()
    context = {
        "box": chosen,
        "mailboxes": [
            {"label": c.address, "url": _url(given | {"mailbox": c.pk}), "pk": c.pk} for c in channels
        ],
        "all_mailboxes": _url(given | {"mailbox": ""}),
        "day": day,
        "days": _days(given, day),
        "equation": _equation(counted),
        "is_balanced": all(a.balanced for a in accounts if chosen is None or a.mailbox == chosen.address),
        "decide": _rows(decide, agent),
        "rows": _rows(found[: journal.PAGE], agent),
        "filters": _filters(given, counted, state),
        "state": state,
        "following": _url(given | {"state": state, "before": found[journal.PAGE - 1].pk})
        if len(found) > journal.PAGE
        else "",
        "now": request.get_full_path(),
        "mailbox": state_of(chosen) if chosen and agent.may("setup") else None,
        "bars": _bars(chosen),
    }
    return render(request, "setup/ledger/page.html", context)


@require_safe
@needs("ledger")
def source(request: HttpRequest, agent: Agent, pk: int) -> HttpResponse:
    """GET /setup/ledger/<pk>/source: the message as it came, as plain text."""
    received = _one(pk, agent)
    response = HttpResponse(journal.raw(received), content_type="text/plain; charset=utf-8")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
@needs("ledger")
def run(request: HttpRequest, agent: Agent, pk: int) -> HttpResponse:
    """POST /setup/ledger/<pk>/runs: once more onto its way."""
    run_again(_one(pk, agent), by=agent.actor)
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("setup:ledger")
    return redirect(back)


def parse_day(text: str) -> date | None:
    """The day that an address names; None for none or nonsense."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def _one(pk: int, agent: Agent) -> Received:
    received = journal.one(pk)
    if received is None or not _sees(received, _visible([received], agent)):
        raise Http404
    return received


def _asked(channel: Channel | None, day: date | None) -> journal.Asked:
    start = timezone.make_aware(datetime.combine(day, time())) if day else None
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time())) if day else None
    return journal.Asked(channel.pk if channel else None, start, end)


def _equation(counted: dict[str, int]) -> dict[str, Any]:
    """The terms, each with as many windows as it has messages, fewer in proportion when they are too many."""
    total = sum(counted.values())
    each = max(1, ceil(max(counted.values(), default=0) / MOST_WINDOWS))
    names = _names(counted)
    return {
        "total": total,
        "each": each,
        "terms": [
            {
                "state": state,
                "count": counted[state],
                "name": names[state],
                "windows": range(ceil(counted[state] / each)),
            }
            for state in ORDER
        ],
    }


def _names(n: dict[str, int]) -> dict[str, str]:
    return {
        "filed": ngettext("on tickets", "on tickets", n["filed"]),
        "duplicate": ngettext("duplicate", "duplicates", n["duplicate"]),
        "rejected": ngettext("rejected by rule", "rejected by rule", n["rejected"]),
        "parked": ngettext("parked", "parked", n["parked"]),
        "waiting": ngettext("waiting", "waiting", n["waiting"]),
        "failed": ngettext("failed", "failed", n["failed"]),
    }


def _filters(given: dict[str, str], counted: dict[str, int], state: str) -> list[dict[str, Any]]:
    labels = {
        "": _("All"),
        "filed": _("On tickets"),
        "duplicate": _("Duplicates"),
        "rejected": _("Rejected"),
        "parked": _("Parked"),
        "waiting": _("Waiting"),
        "failed": _("Failed"),
    }
    return [
        {
            "label": label,
            "count": counted[name] if name else sum(counted.values()),
            "url": _url(given | {"state": name}),
            "is_chosen": name == state,
        }
        for name, label in labels.items()
    ]


def _days(given: dict[str, str], day: date | None) -> dict[str, Any]:
    today = timezone.localdate()
    shown = day or today
    steps = {"before": shown - timedelta(days=1) if day else today, "after": shown + timedelta(days=1)}
    return {
        "all": _url(given | {"day": ""}),
        "before": _url(given | {"day": steps["before"].isoformat()}),
        "after": _url(given | {"day": steps["after"].isoformat()}) if day and day < today else "",
        "label": (date_format(day, pgettext("date format", "j M Y")) if day else _("all days")),
    }


def _rows(found: Iterable[Received], agent: Agent) -> list[Row]:
    found = list(found)
    visible = _visible(found, agent)
    return [_row(received, _sees(received, visible)) for received in found]


def _visible(found: list[Received], agent: Agent) -> set[int]:
    keys = {received.ticket_id for received in found if received.ticket_id}
    return set(Ticket.objects.visible_to(agent.actor).filter(pk__in=keys).values_list("pk", flat=True))


def _sees(received: Received, visible: set[int]) -> bool:
    return received.ticket_id is None or received.ticket_id in visible


def _row(received: Received, sees: bool) -> Row:
    reason = Reason(**received.verdict) if received.verdict else None
    if not sees:
        said = _("It lies on a ticket that you may not see.")
    elif reason:
        said = why(reason)
    else:
        said = _("In the queue since %(when)s.") % {"when": times.long(received.received_at)}
    return Row(
        pk=received.pk,
        at=received.received_at,
        sender=(received.sender or _("unknown sender")) if sees else "–",
        subject=received.subject if sees else "",
        mailbox=received.channel.address,
        state=received.state,
        verdict=str(received.get_state_display()),
        why=_with_link(said, received.ticket.number if sees and received.ticket else None),
        may_run=sees and received.state in journal.TO_DECIDE,
        may_look=sees,
    )


def _with_link(said: str, number: int | None) -> SafeString:
    """The sentence as HTML; where it names the ticket, that is a link."""
    before, name, after = said.partition(f"#{number}")
    if number is None or not name:
        return format_html("{}", said)
    return format_html('{}<a class="lnk" href="/tickets/{}">{}</a>{}', before, number, name, after)


def _bars(channel: Channel | None) -> list[dict[str, Any]]:
    """The last 14 days of one mailbox, each with the height of its bar out of 40."""
    if channel is None:
        return []
    today = timezone.localdate()
    first = today - timedelta(days=13)
    since = timezone.make_aware(datetime.combine(first, time()))
    found = journal.days(channel.pk, since=since, zone=timezone.get_current_timezone())
    highest = max(found.values(), default=0) or 1
    bars = []
    for number in range(14):
        count = found.get(first + timedelta(days=number), 0)
        height = ceil(40 * count / highest) if count else 1
        bars.append(
            {"x": number * 18, "y": 40 - height, "height": height, "is_today": number == 13, "count": count}
        )
    return bars


def _url(given: dict[str, Any]) -> str:
    asked = urlencode({name: value for name, value in given.items() if value})
    return f"{reverse('setup:ledger')}?{asked}" if asked else reverse("setup:ledger")
