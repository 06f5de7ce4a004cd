"""The process tree: it answers soon, stops cleanly, and survives kill -9 of any process."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.house import House, a_house, answers, children, is_alive, until


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with a_house(tmp_path) as house:
        yield house


ROLES = {"okienko-web", "okienko-worker"} | ({"okienko-web-2"} if len(os.sched_getaffinity(0)) > 1 else set())


def whole(parent: int) -> dict[str, int]:
    """The children of the tree, once all of them live."""

    def alive() -> dict[str, int]:
        found = children(parent)
        return found if set(found) == ROLES else {}

    return until(alive, "all children live")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_stops_cleanly(house: House, number: signal.Signals) -> None:
    began = time.monotonic()
    parent, _ = house.run()
    assert time.monotonic() - began < 10
    roles = whole(parent.pid)
    until(lambda: "worker_started" in house.said(), "the worker works")
    assert os.getpriority(os.PRIO_PROCESS, roles["okienko-worker"]) == 10
    parent.send_signal(number)
    assert parent.wait(15) == 0  # 10 s, and a busy machine
    assert not any(map(is_alive, roles.values()))
    assert "worker_stopped" in house.said()


def test_a_child_that_is_killed_comes_back_and_its_port_never_closes(house: House) -> None:
    parent, address = house.run()
    for role in sorted(ROLES):
        dead = whole(parent.pid)[role]
        os.kill(dead, signal.SIGKILL)
        if role != "okienko-web-2":  # whose own socket goes with it, while the parent holds the first one's
            assert answers(address, 15.0), "a connection made meanwhile waits for the new process"
        until(lambda: whole(parent.pid)[role] != dead, f"{role} is back")  # noqa: B023
    assert answers(address)


def test_children_die_with_their_parent_and_the_next_start_works_at_once(house: House) -> None:
    parent, address = house.run()
    roles = whole(parent.pid)
    parent.kill()
    parent.wait()
    port = address.rpartition(":")[2]
    house.start("run", "--port", port)
    until(lambda: not any(map(is_alive, roles.values())), "the orphans are gone", 2)
    assert house.address() == address


def test_killed_at_any_moment_of_its_first_start_it_still_starts(house: House) -> None:
    for moment in (0.05, 0.3, 0.5, 0.7, 0.9, 1.1):
        process = house.start("run", "--port", "0")
        time.sleep(moment)
        process.kill()
        process.wait()
    house.run()


@pytest.mark.parametrize("role", ["web", "worker"])
def test_a_second_process_in_a_role_says_so_and_stops(house: House, role: str) -> None:
    parent, _ = house.run()
    whole(parent.pid)
    until(lambda: "worker_started" in house.said(), "the worker works")
    second = house.okienko(role, *(["--port", "0"] if role == "web" else []), OKIENKO_DATABASE_URL="")
    if not house.is_sqlite:
        pytest.skip("on PostgreSQL any number may run")
    assert second.returncode == 1
    assert "already runs on" in second.stderr.decode()
    assert house.okienko("migrate").returncode == 0, "one-shot commands always work"


def test_a_second_tree_on_one_data_directory_stops(house: House) -> None:
    if not house.is_sqlite:
        pytest.skip("on PostgreSQL any number may run")
    house.run()
    second = house.okienko("run", "--port", "0")
    assert second.returncode == 1
    assert "Another web process already runs" in second.stderr.decode()


def test_a_port_in_use_is_a_plain_line(house: House) -> None:
    _, address = house.run()
    second = house.okienko(
        "run", "--port", address.rpartition(":")[2], "--data", str(house.data.parent / "other")
    )
    assert second.returncode == 1
    assert second.stderr.decode().splitlines()[-1].startswith("okienko: Port ")


def test_wrong_settings_stop_the_start_with_name_and_what_is_expected(house: House) -> None:
    for name, value in (
        ("OKIENKO_LOG", "loud"),
        ("OKIENKO_DATABASE_URL", "mysql://x/y"),
        ("OKIENKO_OUTBOUND", "maybe"),
    ):
        stopped = house.okienko("run", "--port", "0", **{name: value})
        assert stopped.returncode == 2
        assert stopped.stderr.decode().startswith(f"okienko: {name}: expected ")


def test_the_first_run_prints_a_one_time_token_that_only_its_owner_can_read(house: House) -> None:
    house.run()
    token = house.data / "run" / "first-run-token"
    assert f"/setup/first?token={token.read_text()}" in house.said()
    assert token.stat().st_mode & 0o777 == 0o600
