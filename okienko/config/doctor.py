"""``okienko doctor``: asks every check of wiring.CHECKS and knows no details itself."""

from __future__ import annotations

from collections.abc import Iterator

from okienko.config import boot
from okienko.work.check import Check, Finding


def findings() -> Iterator[Finding]:
    """What each check found, in the order of the list. Raises BadSetting when the settings can't be read."""
    boot.django()
    from django.utils import translation

    from okienko.config.wiring import CHECKS

    is_well = True
    with translation.override("en"):
        for check in CHECKS:
            for finding in _asked(check, is_well=is_well):
                is_well = is_well and finding.is_good
                yield finding


def _asked(check: Check, *, is_well: bool) -> Iterator[Finding]:
    from django.db import Error

    try:
        yield from check()
    except Error as error:
        # What else can't be seen once the database is known to be ill is no news.
        if is_well:
            yield Finding(False, f"The database answers with an error: {' '.join(str(error).split())}")
    except Exception as error:
        yield Finding(False, f"{check.__module__} can't be looked at: {error!r}")
