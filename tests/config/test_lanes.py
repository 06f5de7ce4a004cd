"""Lanes: the most urgent first, and one that fails harms no other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from okienko.config.lanes import Chores, Lanes, until_quiet
from okienko.work.claim import Chore, Lane


class Pile:
    """Work for a lane: ``left`` batches; each is told to ``diary``."""

    def __init__(self, name: str, left: int, diary: list[str]) -> None:
        self.name, self.left, self.diary = name, left, diary

    def run(self) -> int:
        if not self.left:
            return 0
        self.left -= 1
        self.diary.append(self.name)
        return 1

    def lane(self) -> Lane:
        return Lane(self.name, self.run, lambda: self.left)


def broken() -> int:
    raise OSError("no")


def test_after_each_batch_the_more_urgent_lane_is_looked_at_again() -> None:
    diary: list[str] = []
    urgent, bulk = Pile("urgent", 1, diary), Pile("bulk", 3, diary)
    lanes = Lanes([urgent.lane(), bulk.lane()])
    lanes.step()
    lanes.step()
    urgent.left = 1
    while lanes.step():
        pass
    assert diary == ["urgent", "bulk", "urgent", "bulk", "bulk"]


@pytest.mark.django_db
def test_a_lane_that_raises_rests_and_the_others_go_on() -> None:
    diary: list[str] = []
    tries: list[int] = []

    def failing() -> int:
        tries.append(1)
        raise OSError("no")

    lanes = Lanes([Lane("failing", failing, lambda: 1), Pile("good", 2, diary).lane()])
    assert lanes.step()
    assert lanes.step()
    assert not lanes.step()
    assert (diary, len(tries)) == (["good", "good"], 1)


def test_until_quiet_does_all_there_is_and_tells_what_failed() -> None:
    diary: list[str] = []
    failed: list[str] = []
    lanes = [Lane("failing", broken, lambda: 1), Pile("a", 2, diary).lane(), Pile("b", 1, diary).lane()]
    assert until_quiet(lanes, lambda lane, error: failed.append(lane.name)) == 3
    assert (diary, failed) == (["a", "a", "b"], ["failing"])


@pytest.mark.django_db
def test_chores_run_soon_and_then_at_their_times_and_one_that_fails_comes_again() -> None:
    diary: list[str] = []
    chores = Chores(
        [
            Chore("hourly", timedelta(hours=1), lambda: diary.append("hourly")),
            Chore("broken", timedelta(0), broken),
        ],
        first_after=-2.0,
    )
    for _ in range(5):
        chores.step()
    assert diary == ["hourly"]
