"""The composer: a reply, a note and, once begun, a forward, each with its own draft."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from django.http import QueryDict
from django.utils.translation import gettext as _

from okienko.desk.choices import Entry
from okienko.desk.messages import icon_of
from okienko.desk.recipients import Answer, Person, line, typed
from okienko.lib import html as markup
from okienko.people.models import Agent
from okienko.tickets.drafts import Writing
from okienko.tickets.letter import subject_of_reply
from okienko.tickets.models import Draft, DraftFile, State, Ticket

PLACES = {"reply": "replies", "note": "notes", "forward": "forwards"}
LARGEST_FILE = 25  # MB of 1,000,000 bytes


@dataclass(slots=True)
class Waiting:
    """A file on a draft; ``src`` is where an image can be seen."""

    key: int
    name: str
    size: int
    icon: str
    src: str


@dataclass(slots=True)
class Pen:
    """One kind's composer. The browser keeps the one with the same ``id``; another id shows the text anew."""

    id: str
    kind: str
    label: str
    key: str
    is_open: bool
    url: str
    draft_url: str
    html: str
    text: str
    to: str
    cc: str
    subject: str
    seen: int
    revision: int
    files: list[Waiting]

    @property
    def menu_id(self) -> str:
        return f"send-{self.kind}"

    @property
    def is_begun(self) -> bool:
        return bool(self.text or self.files)


def pens(
    ticket: Ticket, agent: Agent, *, base: str, newest: int, answer: Answer, chosen: str, anew: str = ""
) -> list[Pen]:
    """The composers that ``agent`` may use on the ticket at ``base``; ``chosen`` is the one to open.

    ``newest`` is the newest message on the page; a name in ``anew`` has the browser show the chosen one anew.
    """
    drafts = {d.kind: d for d in Draft.objects.filter(ticket=ticket, agent=agent)}
    files: dict[str, list[DraftFile]] = {}
    for file in (
        DraftFile.objects.filter(draft__in=drafts.values()).select_related("draft", "blob").order_by("pk")
    ):
        files.setdefault(file.draft.kind, []).append(file)
    kinds = []
    if agent.may("tickets.reply"):
        kinds.append(("reply", _("Reply"), "r"))
    if agent.may("tickets.note"):
        kinds.append(("note", _("Note"), "n"))
    if agent.may("tickets.reply") and ("forward" in drafts or chosen == "forward"):
        kinds.append(("forward", _("Forward"), ""))
    names = [kind for kind, _label, _key in kinds]
    is_open = chosen if chosen in names else next(iter(names), "")
    return [
        _pen(
            drafts.get(kind) or Draft(kind=kind),
            files.get(kind, ()),
            seen=newest,
            label=label,
            key=key,
            is_open=kind == is_open,
            base=base,
            id=f"pen-{kind}-{ticket.number}{anew if kind == is_open else ''}",
            to=answer.to if kind == "reply" else [],
            subject=subject_of_reply(ticket) if kind == "reply" else "",
        )
        for kind, label, key in kinds
    ]


def _pen(
    draft: Draft,
    files: Sequence[DraftFile],
    *,
    seen: int,
    label: str,
    key: str,
    is_open: bool,
    base: str,
    id: str,
    to: list[Person],
    subject: str,
) -> Pen:
    place = f"{base}/drafts/{draft.kind}"
    shown = markup.with_inline_images(
        draft.html, {f.content_id: file_url(place, f) for f in files if f.content_id}
    )
    is_saved = draft.pk is not None and draft.revision > 0
    return Pen(
        id=id,
        kind=draft.kind,
        label=label,
        key=key,
        is_open=is_open,
        url=f"{base}/{PLACES[draft.kind]}",
        draft_url=place,
        html=shown,
        text=markup.to_text(draft.html).strip() if draft.html else "",
        to=line(draft.to if is_saved else to),
        cc=line(draft.cc),
        subject=(draft.subject if is_saved else "") or subject,
        seen=seen,
        revision=draft.revision,
        files=[waiting(f, place) for f in files],
    )


def waiting(file: DraftFile, place: str) -> Waiting:
    """A draft's file as the composer lists it; ``place`` is the draft's address."""
    is_image = file.content_type.startswith("image/")
    return Waiting(
        key=file.pk,
        name=file.filename,
        size=file.blob.size,
        icon=icon_of(file.content_type),
        src=file_url(place, file) if is_image else "",
    )


def file_url(place: str, file: DraftFile) -> str:
    """Where a draft's file can be seen by its author."""
    return f"{place}/files/{file.pk}/{quote(file.filename, safe='') or '-'}"


_OWN_IMAGE = re.compile(r'(<img\b[^>]*?\ssrc=")(/[^"]*)("[^>]*>)')


def with_ids(html: str, place: str, files: Mapping[int, str]) -> str:
    """Cleaned HTML in which the draft's images stand by ``cid:`` (RFC 2392); other images of ours are left out.

    ``files`` are the content ids of the draft's files by key.
    """
    pattern = re.compile(rf"{re.escape(place)}/files/(\d+)/")

    def named(image: re.Match[str]) -> str:
        found = pattern.match(image[2])
        content_id = files.get(int(found[1])) if found else None
        return f"{image[1]}cid:{content_id}{image[3]}" if content_id else ""

    return _OWN_IMAGE.sub(named, markup.sanitise_composed(html))


def written(posted: QueryDict, *, place: str, files: Mapping[int, str]) -> Writing:
    """What stands in the composer that was posted: the editor's HTML, or the plain text where no editor ran."""
    html = posted.get("html", "") if posted.get("rich") else _as_html(posted.get("text", ""))
    seen = [
        int(value[:19]) for value in (*posted.getlist("seen"), *posted.getlist("read")) if value.isdecimal()
    ]
    return Writing(
        html=with_ids(html, place, files),
        to=typed(posted.get("to", "")),
        cc=typed(posted.get("cc", "")),
        subject=" ".join(posted.get("subject", "").split()),
        seen=min(max(seen, default=0), 2**62),
    )


def _as_html(text: str) -> str:
    lines = text.replace("\r\n", "\n").strip("\n").split("\n")
    return "".join(f"<p>{escape(each)}</p>" for each in lines) if text.strip() else ""


def then_choices(statuses: Sequence[Entry]) -> list[tuple[int, str, str]]:
    """What sending can do to the status: (status, label, short label), waiting for the customer first, then solved."""
    labels = {
        State.PENDING_CUSTOMER: (_("Send and wait for customer"), _("Send and wait")),
        State.SOLVED: (_("Send and solve"), _("Send and solve")),
    }
    first: dict[str, Entry] = {}
    for status in statuses:
        if status.state in labels:
            first.setdefault(status.state, status)
    named = [first[state] for state in labels if state in first]
    choices = [(status.key, *labels[State(status.state)]) for status in named]
    for status in statuses:
        if status not in named and status.state != State.NEW:
            text = _("Send, then status: %(status)s") % {"status": status.label}
            choices.append((status.key, text, text))
    return choices
