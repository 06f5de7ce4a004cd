"""Times and sizes as people say them, in the reader's language and time zone."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.formats import number_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _


def clock(at: datetime) -> str:
    """Return the time of day: 9:14."""
    local = timezone.localtime(at)
    return f"{local.hour}:{local.minute:02}"


def day(at: datetime, now: datetime | None = None) -> str:
    """Return the day, "" for today: yesterday, tomorrow, Fri (within a week), 14 Nov, 14 Nov 2025."""
    return _day(timezone.localtime(at).date(), timezone.localtime(now).date(), get_language())


# A list says the same few days over and over, and Django's formatting of one costs more than a row's HTML.
@lru_cache(maxsize=1024)
def _day(that: date, today: date, language: str) -> str:
    days = (that - today).days
    if days == 0:
        return ""
    if days == -1:
        return _("yesterday")
    if days == 1:
        return _("tomorrow")
    if abs(days) < 7:
        return (
            pgettext("weekday", "Mon"),
            pgettext("weekday", "Tue"),
            pgettext("weekday", "Wed"),
            pgettext("weekday", "Thu"),
            pgettext("weekday", "Fri"),
            pgettext("weekday", "Sat"),
            pgettext("weekday", "Sun"),
        )[that.weekday()]
    if that.year == today.year:
        return format_date(that, pgettext("date format", "j M"))
    return format_date(that, pgettext("date format", "j M Y"))


@lru_cache(maxsize=1024)
def _whole_day(that: date, language: str) -> str:
    return format_date(that, pgettext("date format", "l, j F Y"))


def short(at: datetime, now: datetime | None = None) -> str:
    """Return the least that tells when: the time for today, else the day."""
    return day(at, now) or clock(at)


def long(at: datetime, now: datetime | None = None) -> str:
    """Return day and time: 9:14, yesterday 16:20, 14 Nov 8:02."""
    return f"{day(at, now)} {clock(at)}".lstrip()


def full(at: datetime) -> str:
    """Return weekday, date and time to the second, for the tooltip."""
    local = timezone.localtime(at)
    return f"{_whole_day(local.date(), get_language())}, {local:%H:%M:%S}"


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
