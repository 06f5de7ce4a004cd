"""The timeline as HTML. Built by hand: for twenty messages Django's templates would cost more than the queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from okienko.desk.messages import File, Said
from okienko.desk.outcomes import Outcome
from okienko.desk.timeline import Line
from okienko.ui.templatetags.ui import avatar, icon, when
from okienko.ui.times import size

SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"


def _words() -> dict[str, str]:
    """The phrases that many items say, looked up once and escaped."""
    words = {
        "new": _("New"),
        "actions": _("Actions"),
        "original": _("Original"),
        "raw": _("Raw source"),
        "forward": _("Forward"),
        "why": _("why?"),
        "blocked": _("Remote images are blocked."),
        "show": _("Show"),
        "text": _("Text of the message"),
        "whole": _("Show the whole message"),
        "undo": _("Undo"),
        "again": _("Send again"),
        "settled": _("It is dealt with"),
    }
    return {name: escape(word) for name, word in words.items()}


@dataclass
class Flow:
    """Renders the items of one ticket's timeline for one reader.

    ``base`` is the ticket's address, ``tail`` the query that its forms hand on, ``token`` their CSRF token;
    ``has_failed`` says that a reply waits to be dealt with, ``first_unread`` is the key of the first new message.
    """

    base: str
    tail: str
    token: str
    may_reply: bool
    has_failed: bool
    first_unread: int
    words: dict[str, str] = field(default_factory=_words)

    def html(self, items: Iterable[Said | Line]) -> SafeString:
        """All items, in order."""
        parts = [self._message(item) if isinstance(item, Said) else self._event(item) for item in items]
        return mark_safe("\n".join(parts))  # noqa: S308 - every value is escaped where it is put in

    def _message(self, said: Said) -> str:
        new = (
            f'<div class="until" data-unread>{self.words["new"]}</div>'
            if said.key == self.first_unread
            else ""
        )
        title = f' title="{escape(said.address)}"' if said.address else ""
        label = (
            f'<span class="{"lab" if said.is_note else "tag"}">{escape(said.label)}</span>'
            if said.label
            else ""
        )
        whom = f'<span class="mut s cut no-phone">{escape(said.whom)}</span>' if said.whom else ""
        header = f"{label}{whom}{when(said.at, 'long')}{self._menu(said)}"
        files = f'<div class="files">{"".join(map(self._file, said.files))}</div>' if said.files else ""
        return (
            f'{new}<article class="msg{" note" if said.is_note else ""}" id="m-{said.key}">'
            f"{avatar(said.who, beside=True)}<div><header><b{title}>{escape(said.who)}</b>{header}</header>"
            f'<div class="body">{self._body(said)}{files}</div>{self._fate(said)}</div></article>'
        )

    def _body(self, said: Said) -> str:
        words = self.words
        if said.is_rich:
            address = f"{self.base}/messages/{said.key}/body"
            blocked = (
                f'<p class="s mut shut">{icon("image-off")}<span>{words["blocked"]} <a href="{address}?images=1" '
                f'target="mail-{said.key}" hx-boost="false">{words["show"]}</a></span></p>'
            )
            # The frame is the browser's own once it stands: a morph would take its height away.
            return (
                f'{blocked if said.hides_images else ""}<div id="frame-{said.key}" data-keep="1"><iframe '
                f'name="mail-{said.key}" title="{words["text"]}" sandbox="{SANDBOX}" loading="lazy" src="{address}" '
                f'data-controller="frame"></iframe></div>'
            )
        if said.is_whole:
            return said.body
        return f'{said.body}<p><a href="{self.base}/messages/{said.key}/original">{words["whole"]}</a></p>'

    def _file(self, file: File) -> str:
        url = escape(file.url)
        shown = f'<img src="{url}" alt="" loading="lazy">' if file.is_image else icon(file.icon)
        return (
            f'<a class="file" href="{url}" hx-boost="false" target="_blank">{shown}<span>{escape(file.name)}</span>'
            f'<span class="mut num">{size(file.size)}</span></a>'
        )

    def _menu(self, said: Said) -> str:
        words, address = self.words, f"{self.base}/messages/{said.key}"
        raw = forward = why = ""
        if said.has_raw:
            raw = f'<a href="{address}/raw" hx-boost="false">{icon("download")}{words["raw"]}</a>'
        if self.may_reply and not said.is_note:
            forward = (
                f'<button type="submit" form="to-forward" name="message" value="{said.key}">'
                f"{icon('forward')}{words['forward']}</button>"
            )
        if said.why:
            why = f'<hr><p class="pad-s">{escape(said.why)}</p>'
        return (
            f'<button type="button" class="ib more" popovertarget="of-{said.key}" aria-label="{words["actions"]}">'
            f'{icon("ellipsis")}</button><div class="menu end" id="of-{said.key}" popover data-controller="menu">'
            f'<a href="{address}/original">{icon("file-text")}{words["original"]}</a>{raw}{forward}{why}</div>'
        )

    def _fate(self, said: Said) -> str:
        outcome = said.outcome
        if outcome is None:
            return ""
        chip = ' class="chip fail"' if outcome.is_failure else ""
        detail = f"<span>{escape(outcome.detail)}</span>" if outcome.detail else ""
        return (
            f'<div class="fate" id="fate-{said.key}"><span{chip}>{icon(outcome.icon)}{escape(outcome.text)}</span>'
            f"{detail}{self._remedies(said, outcome) if self.may_reply else ''}</div>"
        )

    def _remedies(self, said: Said, outcome: Outcome) -> str:
        words, address = self.words, f"{self.base}/messages/{said.key}"
        remedies = []
        if outcome.undo_seconds and said.is_own:
            remedies.append(self._form(f"{address}/undo", "lnk", words["undo"]))
        if outcome.is_repeatable:
            remedies.append(self._form(f"{address}/again", "btn", f"{icon('send')}{words['again']}"))
        if outcome.is_failure and self.has_failed:
            remedies.append(self._form(f"{self.base}/failure", "btn", f"{icon('check')}{words['settled']}"))
        return "".join(remedies)

    def _form(self, url: str, classes: str, label: str) -> str:
        shown = escape(url + self.tail)
        return (
            f'<form method="post" action="{shown}" hx-post="{shown}">{self.token}'
            f'<button class="{classes}">{label}</button></form>'
        )

    def _event(self, line: Line) -> str:
        who = f" · {escape(line.who)}" if line.who else ""
        why = f"<summary>{self.words['why']}</summary><span>{escape(line.why)}</span>"
        return (
            f'<div class="ev" id="e-{line.key}">{icon(line.icon)}<span>{line.text}{who}</span>'
            f"{f'<details class=why>{why}</details>' if line.why else ''}"
            f"{when(line.at, 'long')}</div>"
        )
