"""Customers: finding them and a ticket by its number, and the card of one."""

from __future__ import annotations

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from okienko.desk.rows import Names, rows, slim
from okienko.desk.scope import signed_in
from okienko.lib.refusal import Conflict, Invalid
from okienko.lib.text import normalise_address
from okienko.people.directory import change_customer
from okienko.people.models import Agent, Customer, Identity
from okienko.tickets.models import Ticket

PAGE = 50


@require_safe
@signed_in
def find(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /find?q=: a ticket by its number, else customers by name, address or phone number."""
    asked = request.GET.get("q", "").strip()
    number = asked.lstrip("#")
    if number.isdigit():
        ticket = Ticket.objects.visible_to(agent.actor).on_desk().filter(number=int(number[:15])).first()
        if ticket:
            return redirect(f"/tickets/{ticket.number}")
    found = _customers(asked)[:PAGE] if asked else []
    return render(request, "desk/customers/find.html", {"asked": asked, "customers": found})


@require_safe
@signed_in
def customers(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /customers?q=&after=: by name, a page at a time along the key."""
    asked = request.GET.get("q", "").strip()
    after = request.GET.get("after", "")
    found = _customers(asked).order_by("-pk")
    if after.isdigit():
        found = found.filter(pk__lt=int(after))
    page = list(found[: PAGE + 1])
    further = f"{reverse('desk:customers')}?q={asked}&after={page[PAGE - 1].pk}" if len(page) > PAGE else ""
    return render(
        request, "desk/customers/list.html", {"asked": asked, "customers": page[:PAGE], "further": further}
    )


def _customers(asked: str) -> QuerySet[Customer]:
    people = Customer.objects.select_related("organization").prefetch_related("identities")
    if not asked:
        return people
    by_identity = Identity.objects.filter(
        Q(value__startswith=normalise_address(asked)) | Q(value__contains=asked.lower())
    )
    return people.filter(
        Q(name__icontains=asked)
        | Q(organization__name__icontains=asked)
        | Q(pk__in=by_identity.values("customer"))
    )


class CustomerForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    organization = forms.CharField(label=gettext_lazy("Organization"), max_length=160, required=False)
    email = forms.EmailField(label=gettext_lazy("Another e-mail address"), required=False)
    phone = forms.CharField(label=gettext_lazy("Another phone number"), max_length=40, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def customer(request: HttpRequest, agent: Agent, pk: int) -> HttpResponse:
    """The card of one customer with those of their tickets that the agent may see."""
    person = (
        Customer.objects.select_related("organization").prefetch_related("identities").filter(pk=pk).first()
    )
    if person is None:
        raise Http404
    form = CustomerForm(
        request.POST or None,
        initial={
            "name": person.name,
            "organization": person.organization.name if person.organization else "",
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_customer(person, by=agent.actor, **form.cleaned_data)
        except Conflict as refused:
            form.add_error(None, _("%(value)s already belongs to another customer.") % refused.details)
        except Invalid:
            form.add_error("email", _("This is not an e-mail address."))
        else:
            return redirect("desk:customer", pk=pk)
    theirs = (
        Ticket.objects.visible_to(agent.actor)
        .on_desk()
        .filter(customer=person)
        .order_by("-updated_at", "-pk")
    )
    shown = list(slim(theirs)[:PAGE])
    return render(
        request,
        "desk/customers/card.html",
        {
            "customer": person,
            "form": form,
            "rows": rows(shown, "all", Names()),
            "count": theirs.count(),
            "may_change": agent.may("customers.change"),
        },
    )
