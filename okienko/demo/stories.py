"""What the company's customers and agents wrote, and when: read from data/, spread over the last 60 days."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

DATA = Path(__file__).parent / "data"
DAYS = 60
SEED = 1906
ZONE = ZoneInfo("Europe/Warsaw")
# How many days ago a ticket of each state may have begun.
AGES = {
    "new": (0.05, 2.5),
    "open": (0.3, 9.0),
    "pending": (1.0, 14.0),
    "solved": (1.0, 60.0),
    "closed": (8.0, 60.0),
}
# When people write mails, by the hour: little at night, much before noon, some after supper.
HOURS = (1, 1, 0, 0, 0, 1, 3, 8, 15, 22, 24, 22, 18, 16, 16, 15, 13, 10, 9, 10, 12, 11, 7, 3)
OPENS, CLOSES = 8, 18


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing written: ``kind`` is customer, agent or note; ``author`` the agent's name."""

    kind: str
    at: datetime
    text: str
    author: str = ""
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """One ticket from its first message to where it stands; the labels as data/ names them."""

    id: str
    mailbox: str
    team: str | None
    language: str
    category: str
    priority: str
    tags: tuple[str, ...]
    customer: str
    address: str
    organization: str
    subject: str
    state: str
    pieces: tuple[Piece, ...] = field(default=())

    @property
    def begins_at(self) -> datetime:
        return self.pieces[0].at


def stories(now: datetime) -> list[Story]:
    """All tickets, oldest first, as they would be at ``now``: the same for the same ``now``."""
    random = Random(SEED)  # noqa: S311 - a spread that repeats, no secret
    told = [_story(line, now, random) for line in lines()]
    return sorted(told, key=lambda story: (story.begins_at, story.id))


@lru_cache(maxsize=1)
def lines() -> tuple[dict[str, Any], ...]:
    """The lines of data/, in the order of their files."""
    return tuple(_read())


def _read() -> Iterator[dict[str, Any]]:
    for path in sorted(DATA.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


def _story(line: dict[str, Any], now: datetime, random: Random) -> Story:
    customer = line["customer"]
    return Story(
        id=line["id"],
        mailbox=line["mailbox"],
        team=line["team"],
        language=line["language"],
        category=line["category"],
        priority=line["priority"],
        tags=tuple(line["tags"]),
        customer=customer["name"],
        address=customer["address"],
        organization=customer.get("organization") or line.get("organization") or "",
        subject=line["subject"],
        state=line["state"],
        pieces=tuple(_pieces(line, now, random)),
    )


def _pieces(line: dict[str, Any], now: datetime, random: Random) -> list[Piece]:
    """The messages with their times; the whole begins so early that its end is past."""
    youngest, oldest = AGES[line["state"]]
    gaps = [timedelta(hours=m.get("after_hours", 0)) for m in line["messages"]]
    kinds = [m["from"] for m in line["messages"]]
    length = sum(gaps, timedelta())
    latest = now - max(timedelta(days=youngest), length)
    earliest = now - timedelta(days=oldest)
    begins = _hour_of_writing(earliest + random.random() * max(latest - earliest, timedelta()), random)
    times = _times(begins, kinds, gaps)
    while times[-1] > now - timedelta(minutes=7):
        begins -= timedelta(hours=7)
        times = _times(begins, kinds, gaps)
    return [
        Piece(m["from"], at, m["text"], m.get("author") or "", tuple(m.get("attachments") or ()))
        for m, at in zip(line["messages"], times, strict=True)
    ]


def _hour_of_writing(day: datetime, random: Random) -> datetime:
    local = day.astimezone(ZONE)
    if local.weekday() == 6 and random.random() < 0.6:
        local -= timedelta(days=random.choice((1, 2, 3)))
    hour = random.choices(range(24), HOURS)[0]
    return local.replace(hour=hour, minute=random.randrange(60), second=random.randrange(60))


def _times(begins: datetime, kinds: list[str], gaps: list[timedelta]) -> list[datetime]:
    times = [begins]
    for kind, gap in zip(kinds[1:], gaps[1:], strict=True):
        at = times[-1] + max(gap, timedelta(minutes=2))
        times.append(_at_work(at) if kind != "customer" else at)
    return times


def _at_work(at: datetime) -> datetime:
    """The same time if the company works then, else the next morning on which it does."""
    local = at.astimezone(ZONE)
    if local.hour >= CLOSES:
        local = (local + timedelta(days=1)).replace(hour=OPENS)
    elif local.hour < OPENS:
        local = local.replace(hour=OPENS)
    while local.weekday() >= 5:
        local = (local + timedelta(days=1)).replace(hour=OPENS)
    return local
