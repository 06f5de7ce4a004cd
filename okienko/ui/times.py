"""Times and sizes as people say them, in the reader's language and time zone."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.formats import number_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _


@lru_cache
def _said(language: str | None) -> tuple[str, str, str, tuple[str, ...], str, str, str]:
    """The words of one language, looked up once: a list of fifty rows asks for them hundreds of times."""
    return (
        # Translators: a time of day, in Django's date format letters
        pgettext("time format", "G:i"),
        _("yesterday"),
        _("tomorrow"),
        (
            pgettext("weekday", "Mon"),
            pgettext("weekday", "Tue"),
            pgettext("weekday", "Wed"),
            pgettext("weekday", "Thu"),
            pgettext("weekday", "Fri"),
            pgettext("weekday", "Sat"),
            pgettext("weekday", "Sun"),
        ),
        pgettext("date format", "j M"),
        pgettext("date format", "j M Y"),
        pgettext("date format", "l, j F Y, G:i:s"),
    )


def clock(at: datetime) -> str:
    """Return the time of day: 9:14."""
    return format_date(timezone.localtime(at), _said(get_language())[0])


def day(at: datetime, now: datetime | None = None) -> str:
    """Return the day, "" for today: yesterday, tomorrow, Fri (within a week), 14 Nov, 14 Nov 2025."""
    local, today = timezone.localtime(at), timezone.localtime(now)
    days = (local.date() - today.date()).days
    if days == 0:
        return ""
    _clock, yesterday, tomorrow, weekdays, this_year, other_year, _full = _said(get_language())
    if days == -1:
        return yesterday
    if days == 1:
        return tomorrow
    if abs(days) < 7:
        return weekdays[local.weekday()]
    return format_date(local, this_year if local.year == today.year else other_year)


def short(at: datetime, now: datetime | None = None) -> str:
    """Return the least that tells when: the time for today, else the day."""
    return day(at, now) or clock(at)


def long(at: datetime, now: datetime | None = None) -> str:
    """Return day and time: 9:14, yesterday 16:20, 14 Nov 8:02."""
    return f"{day(at, now)} {clock(at)}".lstrip()


def full(at: datetime) -> str:
    """Return weekday, date and time to the second, for the tooltip."""
    return format_date(timezone.localtime(at), _said(get_language())[-1])


def size(count: int) -> str:
    """Return a size in bytes as people read it: 84 kB, 1.2 MB (1 kB = 1000 bytes)."""
    if count < 1000:
        return f"{count} B"
    value = float(count)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < 999.5 or unit == "TB":
            break
    places = 1 if value < 9.95 and unit != "kB" else 0
    # Rounded here, because Django cuts decimals off.
    return f"{number_format(round(value, places), places)} {unit}"
