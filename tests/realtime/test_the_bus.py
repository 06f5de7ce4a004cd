"""News between processes: what one command commits, a page served by another hears at once."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.config.house import House, a_house, set_up

SIGN_IN = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from okienko.people.models import User
user = User.objects.get()
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session.create()
print(session.session_key)
"""
CHANGE = """
import sys, time
from okienko.events.record import changed
for line in sys.stdin:
    changed(line.strip())
    print(time.time(), flush=True)
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with a_house(tmp_path) as house:
        set_up(house)
        yield house


def test_a_change_reaches_an_open_page_within_a_fraction_of_a_second(house: House) -> None:
    _, address = house.run()
    session = house.python(SIGN_IN)
    url = f"ws{address[4:]}/live"
    with pytest.raises(InvalidStatus):
        connect(url, origin=address)  # type: ignore[arg-type]
    cookie = {"Cookie": f"okienko_session={session}"}
    with connect(url, origin=address, additional_headers=cookie) as page, house.talking(CHANGE) as other:  # type: ignore[arg-type]
        page.send(json.dumps({"watch": ["list"]}))
        waits = []
        for _ in range(10):
            time.sleep(0.3)
            other.stdin.write(b"list\n")
            other.stdin.flush()
            committed = float(other.stdout.readline())
            assert json.loads(page.recv(timeout=5)) == {"topics": ["list"]}
            waits.append(time.time() - committed)
        assert statistics.median(waits) < 0.2
