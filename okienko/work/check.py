"""What ``okienko doctor`` is told: rooms contribute checks to wiring.CHECKS, each a function that yields findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One plain sentence about the state of one thing, in the active language (the command's is English).

    ``is_good`` False makes the doctor fail.
    """

    is_good: bool
    sentence: str


Check = Callable[[], Iterable[Finding]]
