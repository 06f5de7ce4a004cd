"""Template tags of the parts. They are builtins: no {% load %} is needed.

Those that stand in every row of a list build their HTML by hand, because rendering a template fifty times
costs more than reading the rows.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from okienko.ui import faces, times
from okienko.ui.words import words as browser_words

register = template.Library()

THEMES = ("light", "dark")
HIDDEN = mark_safe('aria-hidden="true"')


@lru_cache(maxsize=512)
def _icon(name: str, label: str, classes: str) -> SafeString:
    speaks = format_html('role="img" aria-label="{}"', label) if label else HIDDEN
    return format_html(
        '<svg class="i{}" width="16" height="16" {}><use href="{}#{}"/></svg>',
        f" {classes}" if classes else "",
        speaks,
        static("ui/icons.svg"),
        name,
    )


@register.simple_tag
def icon(name: str, label: str = "", classes: str = "") -> SafeString:
    """{% icon "inbox" %}: an icon of icons.svg; give a label only where no word stands beside it."""
    return _icon(name, str(label), classes)


@register.simple_tag
def avatar(name: str, size: str = "", here: bool = False, beside: bool = False) -> SafeString:
    """{% avatar agent.name size="m" here=True %}: initials on the name's own colour.

    Sizes are "" (22 px), "m" (30 px), "l" (36 px). `here` draws the ring of somebody who is in the ticket
    now; `beside` keeps it from being read aloud where the name itself stands next to it.
    """
    return _avatar(str(name), size, here, beside, get_language())


@lru_cache(maxsize=4096)
def _avatar(name: str, size: str, here: bool, beside: bool, language: str) -> SafeString:
    said = _("%(name)s is here now") % {"name": name} if here else name
    return format_html(
        '<span class="av{} hue-{}{}" data-initials="{}" {}></span>',
        f" {size}" if size else "",
        faces.hue(name),
        " here" if here else "",
        faces.initials(name),
        HIDDEN if beside else format_html('role="img" aria-label="{0}" title="{0}"', said),
    )


@register.simple_tag
def dot(hue: int | str) -> SafeString:
    """{% dot category.hue %}: the colour (0 to 11, or a name to take one from) beside a category or tag."""
    return format_html(
        '<span class="dot hue-{}" aria-hidden="true"></span>', faces.hue(hue) if isinstance(hue, str) else hue
    )


@register.simple_tag
def when(at: datetime | None, style: str = "short") -> str:
    """{% when ticket.updated_at %}: "short" (9:14, yesterday, Fri, 14 Nov) or "long" (with the time)."""
    if at is None:
        return ""
    return _when(at, style, get_language(), timezone.get_current_timezone(), timezone.localdate())


# A list is read again with every change in it, and most of its times are those of the last reading.
@lru_cache(maxsize=8192)
def _when(at: datetime, style: str, language: str, zone: tzinfo, today: date) -> SafeString:
    said = times.long(at) if style == "long" else times.short(at)
    return format_html(
        '<time class="num" datetime="{}" title="{}">{}</time>', at.isoformat(), times.full(at), said
    )


@register.filter
def filesize(count: int) -> str:
    """{{ attachment.size|filesize }}: 84 kB."""
    return times.size(count)


@register.simple_tag
def key(keys: str, label: str = "") -> SafeString:
    """<button {% key "r" _("Reply") %}>: pressed by that key (or the sequence "g m"); `?` lists the label."""
    return format_html(' data-key="{}" data-key-label="{}"', keys, label)


@register.simple_tag
def live(topics: str, url: str, swap: str = "morph:outerHTML") -> SafeString:
    """<div {% live "ticket-42 list" url %}>: re-reads itself from url when one of the topics changes."""
    return format_html(' data-topic="{}" hx-get="{}" hx-trigger="live" hx-swap="{}"', topics, url, swap)


@register.simple_block_tag
def menu(
    content: str,
    id: str,
    label: Any,
    icon: str = "",
    before: str = "",
    kind: str = "sel",
    key: str = "",
    says: str = "",
    end: bool = False,
    arrow: bool = False,
) -> SafeString:
    """{% menu "status" _("Open") icon="circle-dot" key="s" says=_("Status") %}…{% endmenu %}

    A button and the menu that it opens. `kind` is the button's classes ("sel", "btn", "ib"), `before` HTML
    to stand before the label (a face), `says` what it is for (read aloud, and listed under `?`), `end`
    aligns the menu with the button's right side, `arrow` shows that it opens.
    """
    said = f"{says}: {label}" if says and label else says
    return format_html(
        '<button type="button" class="{}" popovertarget="{}"{}{}>{}{}{}{}</button>'
        '<div class="menu{}" id="{}" popover data-controller="menu">{}</div>',
        kind,
        id,
        format_html(' aria-label="{}" title="{}"', said, says) if says else "",
        format_html(' data-key="{}" data-key-label="{}"', key, says or label) if key else "",
        _icon(icon, "", "") if icon else "",
        before,
        conditional_escape(label),
        _icon("chevron-down", "", "") if arrow else "",
        " end" if end else "",
        id,
        mark_safe(content),  # noqa: S308 - the block's own, already escaped
    )


@register.simple_block_tag
def dialog(content: str, id: str, title: str, classes: str = "") -> SafeString:
    """{% dialog "new-tag" _("New tag") %}…{% enddialog %}, opened by <button {% opens "new-tag" %}>."""
    return format_html(
        '<dialog class="dlg {}" id="{}" aria-labelledby="{}-title" data-controller="dialog">'
        '<header><h2 id="{}-title">{}</h2><form method="dialog">'
        '<button class="ib" aria-label="{}">{}</button></form></header><div class="in">{}</div></dialog>',
        classes,
        id,
        id,
        id,
        title,
        _("Close this window"),
        _icon("x", "", ""),
        mark_safe(content),  # noqa: S308 - the block's own, already escaped
    )


@register.simple_tag
def opens(id: str) -> SafeString:
    """<button type="button" {% opens "new-tag" %}>: opens that dialog."""
    return format_html(' command="show-modal" commandfor="{}"', id)


@register.simple_block_tag
def empty(content: str, icon: str, title: str) -> SafeString:
    """{% empty "inbox" _("Nothing here yet") %}<p>…</p>{% endempty %}: an empty state that teaches."""
    return format_html(
        '<div class="empty"><span class="arch">{}</span><h2>{}</h2>{}</div>',
        _icon(icon, "", ""),
        title,
        mark_safe(content),  # noqa: S308 - the block's own, already escaped
    )


@register.inclusion_tag("ui/parts/field.html")
def field(bound: BoundField, switch: bool = False) -> dict[str, Any]:
    """{% field form.email %}: label, control, help and error; `switch` draws a checkbox as a switch."""
    return {
        "field": bound,
        "is_line": isinstance(bound.field.widget, CheckboxInput),
        "control": bound.as_widget(attrs={"class": "sw", "role": "switch"}) if switch else bound,
    }


@register.inclusion_tag("ui/parts/fields.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """{% fields form %}: what was wrong with the whole form, then every field."""
    return {"form": form}


@register.inclusion_tag("ui/parts/said.html")
def said(form: BaseForm) -> dict[str, Any]:
    """{% said form %}: what was wrong with the whole form, if anything."""
    return {"errors": form.non_field_errors()}


@register.inclusion_tag("ui/parts/pager.html")
def pager(previous: str = "", following: str = "", note: str = "") -> dict[str, str]:
    """{% pager previous_url next_url _("1–50 of 312") %}: the steps of a keyset page."""
    return {"previous": previous, "following": following, "note": note}


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """Light or dark as the reader chose, from a cookie so that no page flashes; "" follows the system."""
    request = context.get("request")
    chosen = request.COOKIES.get("okienko_theme", "") if request else ""
    return chosen if chosen in THEMES else ""


@register.simple_tag
def words() -> SafeString:
    """The browser code's words, as JSON (data, so the content security policy lets it stand inline)."""
    return json_script(browser_words(), "words")
