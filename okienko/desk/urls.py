"""The desk's addresses: nouns."""

from __future__ import annotations

from django.urls import URLPattern, path

from okienko.desk import bin, changes, customers, drafts, files, lists, me, opening, replies, ticket

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

TICKET_URLS: list[URLPattern] = [
    path("tickets/<int:number>", ticket.ticket, name="ticket"),
    path("tickets/<int:number>/parts", ticket.parts, name="parts"),
    path("tickets/<int:number>/seen", ticket.seen, name="seen"),
    path("tickets/<int:number>/assignment", changes.assigned, name="assignment"),
    path("tickets/<int:number>/team", changes.team, name="team"),
    path("tickets/<int:number>/status", changes.status, name="status"),
    path("tickets/<int:number>/priority", changes.priority, name="priority"),
    path("tickets/<int:number>/category", changes.category, name="category"),
    path("tickets/<int:number>/tags", changes.tags, name="tags"),
    path("tickets/<int:number>/subject", changes.subject, name="subject"),
    path("tickets/<int:number>/customer", changes.customer, name="ticket_customer"),
    path("tickets/<int:number>/bin", changes.bin_, name="ticket_bin"),
    path("tickets/<int:number>/failure", changes.failure, name="failure"),
    path("tickets/<int:number>/replies", replies.replies, name="replies"),
    path("tickets/<int:number>/notes", replies.notes, name="notes"),
    path("tickets/<int:number>/forwards", replies.forwards, name="forwards"),
    path("tickets/<int:number>/drafts/<str:kind>", drafts.draft, name="draft"),
    path("tickets/<int:number>/drafts/<str:kind>/files", drafts.files, name="draft_files"),
    path("tickets/<int:number>/drafts/<str:kind>/files/<int:key>", drafts.file, name="draft_file"),
    path("tickets/<int:number>/drafts/<str:kind>/files/<int:key>/<str:name>", drafts.file),
    path("tickets/<int:number>/messages/<int:key>/undo", replies.undo, name="undo"),
    path("tickets/<int:number>/messages/<int:key>/again", replies.again, name="again"),
    path("tickets/<int:number>/messages/<int:key>/body", files.body, name="body"),
    path("tickets/<int:number>/messages/<int:key>/raw", files.raw, name="raw"),
    path("tickets/<int:number>/messages/<int:key>/original", files.original, name="original"),
    path("tickets/<int:number>/attachments/<int:key>/<path:name>", files.attachment, name="attachment"),
]

urlpatterns = DESK_URLS + TICKET_URLS
