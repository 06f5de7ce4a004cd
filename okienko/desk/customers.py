"""Customers: finding them and a ticket by its number, and the card of one."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from okienko.desk.rows import Names, rows, slim
from okienko.desk.scope import signed_in
from okienko.lib.refusal import Conflict, Invalid
from okienko.lib.text import normalise_address
from okienko.people.directory import change_customer
from okienko.people.models import Agent, Customer, Identity
from okienko.tickets.models import Ticket
from okienko.tickets.standing import ORDERS, keyset

PAGE = 50
SHORTEST_NUMBER = 4  # digits of a phone number worth looking for


@require_safe
@signed_in
def find(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /find?q=: a ticket by its number, else customers by name, address or phone number."""
    asked = request.GET.get("q", "").replace("\0", "").strip()
    number = asked.lstrip("#")
    if number.isdecimal():
        ticket = Ticket.objects.visible_to(agent.actor).on_desk().filter(number=int(number[:15])).first()
        if ticket:
            return redirect(f"/tickets/{ticket.number}")
    found = _matching(known_to(agent), asked).order_by("-pk")[:PAGE] if asked else []
    return render(request, "desk/customers/find.html", {"asked": asked, "customers": found})


@require_safe
@signed_in
def customers(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /customers?q=&after=: the newest first, a page at a time along the key."""
    asked = request.GET.get("q", "").replace("\0", "").strip()
    after = request.GET.get("after", "")
    found = _matching(known_to(agent), asked).order_by("-pk")
    if after.isdecimal():
        found = found.filter(pk__lt=int(after[:18]))
    page = list(found[: PAGE + 1])
    further = ""
    if len(page) > PAGE:
        further = f"{reverse('desk:customers')}?{urlencode({'q': asked, 'after': page[PAGE - 1].pk})}"
    return render(
        request, "desk/customers/list.html", {"asked": asked, "customers": page[:PAGE], "further": further}
    )


def known_to(agent: Agent) -> QuerySet[Customer]:
    """The customers that an agent may see: those of a ticket that they may see, and those without any."""
    people = Customer.objects.select_related("organization").prefetch_related("identities")
    if agent.may("tickets.all"):
        return people
    theirs = Ticket.objects.filter(customer=OuterRef("pk"))
    return people.filter(Exists(theirs.visible_to(agent.actor)) | ~Exists(theirs))


def _matching(people: QuerySet[Customer], asked: str) -> QuerySet[Customer]:
    if not asked:
        return people
    # SQLite folds the case of ASCII letters only; names begin with a capital or are written in capitals.
    spellings = {asked} if asked.isascii() else {asked, asked.lower(), asked.title(), asked.upper()}
    wanted = Q(pk__in=Identity.objects.filter(_identity(asked)).values("customer"))
    for spelling in spellings:
        wanted |= Q(name__icontains=spelling) | Q(organization__name__icontains=spelling)
    return people.filter(wanted)


def _identity(asked: str) -> Q:
    found = Q(value__contains=normalise_address(asked))
    digits = "".join(c for c in asked if c.isdecimal())
    if len(digits) >= SHORTEST_NUMBER:
        found |= Q(kind=Identity.Kind.PHONE, value__contains=digits)
    return found


class CustomerForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=200, required=False)
    organization = forms.CharField(label=gettext_lazy("Organization"), max_length=160, required=False)
    email = forms.EmailField(label=gettext_lazy("Another e-mail address"), required=False)
    phone = forms.CharField(label=gettext_lazy("Another phone number"), max_length=40, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def customer(request: HttpRequest, agent: Agent, pk: int) -> HttpResponse:
    """GET /customers/<pk>?cursor= and POST: their card with those of their tickets that the agent may see."""
    person = known_to(agent).filter(pk=pk).first()
    if person is None:
        raise Http404
    company = person.organization.name if person.organization else ""
    form = CustomerForm(request.POST or None, initial={"name": person.name, "organization": company})
    if request.method == "POST" and form.is_valid():
        try:
            change_customer(person, by=agent.actor, **form.cleaned_data)
        except Conflict as refused:
            form.add_error(None, _("%(value)s already belongs to another customer.") % refused.details)
        except Invalid:
            form.add_error("email", _("This is not an e-mail address."))
        else:
            return redirect("desk:customer", pk=pk)
    theirs = Ticket.objects.visible_to(agent.actor).on_desk().filter(customer=person)
    try:
        page = keyset(slim(theirs), ORDERS["newest"], cursor=request.GET.get("cursor", ""))
    except Invalid as error:
        raise Http404 from error
    return render(
        request,
        "desk/customers/card.html",
        {
            "customer": person,
            "form": form,
            "rows": rows(page.tickets, "all", Names()),
            "count": theirs.count(),
            "before": f"?{urlencode({'cursor': page.before})}" if page.before else "",
            "after": f"?{urlencode({'cursor': page.after})}" if page.after else "",
            "may_change": agent.may("customers.change"),
            "may_open": agent.may("tickets.open"),
        },
        status=422 if form.errors else 200,
    )
