"""Addresses of administration and of the first run."""

from __future__ import annotations

from django.urls import URLPattern, path

from okienko.setup import home, mailboxes
from okienko.setup.wizard import account, company, finish, mailbox

app_name = "setup"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("first", account.first, name="first"),
    path("first/account", account.account, name="first-account"),
    path("first/company", company.company, name="first-company"),
    path("first/team", company.team, name="first-team"),
    path("first/mailbox", mailbox.mailbox, name="first-mailbox"),
    path("first/mailbox/test", mailbox.test, name="first-mailbox-test"),
    path("first/finish", finish.finish, name="first-finish"),
    path("first/demo", finish.demo, name="first-demo"),
    path("mailboxes", mailboxes.mailboxes, name="mailboxes"),
    path("mailboxes/new", mailboxes.new, name="mailbox-new"),
    path("mailboxes/<int:pk>", mailboxes.mailbox, name="mailbox"),
    path("mailboxes/<int:pk>/test", mailboxes.test, name="mailbox-test"),
    path("mailboxes/<int:pk>/activity", mailboxes.activity, name="mailbox-activity"),
    path("mailboxes/<int:pk>/folders", mailboxes.folders, name="mailbox-folders"),
    path("mailboxes/<int:pk>/signature", mailboxes.signature, name="signature"),
    path("ledger", home.home, name="ledger"),
    path("outbox", home.home, name="outbox"),
    path("agents", home.home, name="agents"),
    path("teams", home.home, name="teams"),
    path("roles", home.home, name="roles"),
    path("statuses", home.home, name="statuses"),
    path("categories", home.home, name="categories"),
    path("priorities", home.home, name="priorities"),
    path("company", home.home, name="company"),
    path("system", home.home, name="system"),
]
