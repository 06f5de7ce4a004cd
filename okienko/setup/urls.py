"""Addresses of administration and of the first run."""

from __future__ import annotations

from django.urls import URLPattern, path

from okienko.setup import agents, company, home, ledger, mailboxes, outbox, system, teams, vocabulary
from okienko.setup.wizard import account, finish, mailbox
from okienko.setup.wizard import company as first_company

app_name = "setup"

FIRST: list[URLPattern] = [
    path("first", account.first, name="first"),
    path("first/account", account.account, name="first-account"),
    path("first/company", first_company.company, name="first-company"),
    path("first/team", first_company.team, name="first-team"),
    path("first/mailbox", mailbox.mailbox, name="first-mailbox"),
    path("first/mailbox/test", mailbox.test, name="first-mailbox-test"),
    path("first/finish", finish.finish, name="first-finish"),
    path("first/demo", finish.demo, name="first-demo"),
]

VOCABULARY: list[URLPattern] = [
    pattern
    for kind in vocabulary.KINDS.values()
    for pattern in (
        path(kind.name, vocabulary.entries, {"kind": kind.name}, name=kind.name),
        path(f"{kind.name}/new", vocabulary.entry, {"kind": kind.name}, name=f"{kind.single}-new"),
        path(f"{kind.name}/<int:pk>", vocabulary.entry, {"kind": kind.name}, name=kind.single),
    )
]

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    *FIRST,
    path("mailboxes", mailboxes.mailboxes, name="mailboxes"),
    path("mailboxes/new", mailboxes.new, name="mailbox-new"),
    path("mailboxes/<int:pk>", mailboxes.mailbox, name="mailbox"),
    path("mailboxes/<int:pk>/test", mailboxes.test, name="mailbox-test"),
    path("mailboxes/<int:pk>/activity", mailboxes.activity, name="mailbox-activity"),
    path("mailboxes/<int:pk>/folders", mailboxes.folders, name="mailbox-folders"),
    path("mailboxes/<int:pk>/signature", mailboxes.signature, name="signature"),
    path("ledger", ledger.ledger, name="ledger"),
    path("ledger/<int:pk>/source", ledger.source, name="ledger-source"),
    path("ledger/<int:pk>/runs", ledger.run, name="ledger-runs"),
    path("outbox", outbox.outbox, name="outbox"),
    path("agents", agents.agents, name="agents"),
    path("agents/new", agents.new, name="agent-new"),
    path("agents/<int:pk>", agents.one, name="agent"),
    path("agents/<int:pk>/password", agents.password, name="agent-password"),
    path("teams", teams.teams, name="teams"),
    path("teams/new", teams.team, name="team-new"),
    path("teams/<int:pk>", teams.team, name="team"),
    path("roles", teams.roles, name="roles"),
    path("roles/new", teams.new_role, name="role-new"),
    *VOCABULARY,
    path("company", company.company, name="company"),
    path("system", system.system, name="system"),
]
