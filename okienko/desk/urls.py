"""The desk's addresses: nouns."""

from __future__ import annotations

from django.urls import URLPattern, path

from okienko.desk import bin, customers, lists, me, opening

app_name = "desk"

DESK_URLS: list[URLPattern] = [
    path("", lists.home, name="home"),
    path("tickets", lists.tickets, name="tickets"),
    path("tickets/column", lists.column, name="column"),
    path("tickets/new", opening.new, name="new"),
    path("rail", lists.rail, name="rail"),
    path("find", customers.find, name="find"),
    path("customers", customers.customers, name="customers"),
    path("customers/<int:pk>", customers.customer, name="customer"),
    path("bin", bin.bin_, name="bin"),
    path("me", me.me, name="me"),
]

urlpatterns = DESK_URLS
