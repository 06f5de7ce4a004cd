"""What stands in the rail and in the phone's bottom bar: the faces fill it, the pages draw it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Entry:
    """One place to go to (or, if `post`, one thing to do) with its icon of icons.svg."""

    label: str
    url: str
    icon: str
    count: int | str | None = None
    key: str = ""
    is_current: bool = False
    post: bool = False


@dataclass(frozen=True)
class Group:
    """Entries under one small heading; the first group of a rail has none."""

    entries: tuple[Entry, ...]
    title: str = ""


@dataclass(frozen=True)
class Rail:
    """The rail of one reader.

    `primary` is the arch button, `bar` the phone's bottom bar (two entries left and two right of the arch;
    "More" opens the rail itself), `account` the menu under the reader's name. When one of `topics` changes,
    the rail reads itself again from `url`, which answers with ui/parts/rail.html.
    """

    groups: tuple[Group, ...]
    person: str
    note: str = ""
    primary: Entry | None = None
    search_url: str = ""
    account: tuple[Entry, ...] = ()
    bar: tuple[Entry, ...] = ()
    topics: str = ""
    url: str = ""
    home: str = field(default="/")
