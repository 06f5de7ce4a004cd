"""Plain text as paragraphs with links, and the folds for what was quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

MOST_SHOWN = 20_000  # characters of one message on the ticket's page; the whole stands under "original"
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"“”„]{1,2000}", re.I)
_AFTER = ".,;:!?'’*_"
_PARAGRAPH = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def prose(text: str) -> SafeString:
    """``text`` as HTML paragraphs; addresses of web pages become links, everything else is escaped."""
    parts = _PARAGRAPH.split(text.strip("\n"))
    return mark_safe("".join(f"<p>{_lines(part)}</p>" for part in parts if part.strip()))  # noqa: S308 - escaped here


def folded(segments: Iterable[Sequence[str]]) -> tuple[SafeString, bool]:
    """A message's [kind, text] segments as HTML, quotes and signatures behind "…"; and whether all of it is there."""
    room = MOST_SHOWN
    out: list[str] = []
    for is_new, run in groupby(segments, key=lambda segment: segment[0] == "new"):
        text = "".join(part for _kind, part in run)
        shown = prose(text[:room])
        if shown and is_new:
            out.append(shown)
        elif shown:
            label = escape(_("Show what was quoted"))
            out.append(
                f'<details class="q"><summary aria-label="{label}" title="{label}">…</summary>'
                f"<div>{shown}</div></details>"
            )
        if len(text) > room:
            return mark_safe("".join(out)), False  # noqa: S308 - every part is escaped by prose
        room -= len(text)
    return mark_safe("".join(out)), True  # noqa: S308 - every part is escaped by prose


def _lines(text: str) -> str:
    out, at = [], 0
    for found in _LINK.finditer(text):
        url = _trimmed(found[0])
        out.append(escape(text[at : found.start()]))
        href = url if "://" in url else f"https://{url}"
        out.append(
            f'<a href="{escape(href)}" target="_blank" rel="noopener noreferrer nofollow">{escape(url)}</a>'
        )
        at = found.start() + len(url)
    out.append(escape(text[at:]))
    return "".join(out).replace("\n", "<br>")


def _trimmed(url: str) -> str:
    """The address without the sentence's punctuation after it."""
    while url and (
        url[-1] in _AFTER or (url[-1] in ")]" and url.count(url[-1]) > url.count("(["[url[-1] == "]"]))
    ):
        url = url[:-1]
    return url
