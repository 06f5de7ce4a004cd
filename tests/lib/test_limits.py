"""A function in a warm child: fast, and unable to take its caller with it."""

import os
import time
from collections.abc import Iterator

import pytest

from okienko.lib.limits import Died, TooBig, TooLong, Warm

HERE = "tests.lib.test_limits"


def double(number: int) -> int:
    print("this must not disturb the answers")
    return number * 2


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def grow(megabytes: int) -> int:
    return len(bytearray(megabytes << 20))


def die() -> None:
    os.abort()


def refuse(words: str) -> None:
    raise ValueError(words)


def process() -> int:
    return os.getpid()


@pytest.fixture
def warm(request: pytest.FixtureRequest) -> Iterator[Warm]:
    made = Warm(f"{HERE}:{request.param}", seconds=1.5, megabytes=256)
    yield made
    made.close()


@pytest.mark.parametrize("warm", ["double"], indirect=True)
def test_it_answers(warm: Warm) -> None:
    assert [warm.call(number) for number in range(5)] == [0, 2, 4, 6, 8]


@pytest.mark.parametrize("warm", ["process"], indirect=True)
def test_the_child_is_kept_and_is_replaced_when_killed(warm: Warm) -> None:
    first = warm.call()
    assert first == warm.call() != os.getpid()
    os.kill(first, 9)
    time.sleep(0.05)
    assert warm.call() != first


@pytest.mark.parametrize("warm", ["sleep"], indirect=True)
def test_too_long_is_told_and_the_next_call_works(warm: Warm) -> None:
    warm.call(0)
    with pytest.raises(TooLong):
        warm.call(60)
    assert warm.call(0) is None


@pytest.mark.parametrize("warm", ["grow"], indirect=True)
def test_too_big_is_told_and_the_next_call_works(warm: Warm) -> None:
    with pytest.raises(TooBig):
        warm.call(1000)
    assert warm.call(1) == 1 << 20


@pytest.mark.parametrize("warm", ["die"], indirect=True)
def test_death_is_told(warm: Warm) -> None:
    with pytest.raises(Died):
        warm.call()


@pytest.mark.parametrize("warm", ["refuse"], indirect=True)
def test_errors_are_those_of_the_function(warm: Warm) -> None:
    with pytest.raises(ValueError, match="proszę"):
        warm.call("proszę nie")


def test_a_mail_is_parsed_within_the_limits() -> None:
    warm = Warm("okienko.lib.mail:parse")
    try:
        assert warm.call(b"From: a@b.example\r\n\r\nhej").text == "hej"
    finally:
        warm.close()
