"""kill -9 at any moment: nothing is lost, nothing comes twice, the ledger adds up."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

from tests.config.house import a_house, children, set_up, until

MAILS = 150
TAKE = f"""
from okienko.inbound.receive import Arrival, receive
from okienko.mailroom.models import Channel
from tests.builders import a_mail
channel = Channel.objects.get()
for start in range(0, {MAILS}, 10):
    some = range(start, start + 10)
    mails = {{n: a_mail(f"mail {{n}}", subject=f"Sprawa {{n}}", from_=f"k{{n}}@x.example") for n in some}}
    receive(channel, [Arrival(raw, f"test:{{n}}") for n, raw in mails.items()])
"""
KILLS = 6


def test_killed_again_and_again_while_mail_comes_in(tmp_path: Path) -> None:
    chance = random.Random(7)
    with a_house(tmp_path) as house:
        set_up(house)
        parent, _ = house.run()
        taking = house.talking(TAKE)
        for kill in range(KILLS):
            time.sleep(chance.uniform(0.1, 0.8))
            victims = {"parent": parent.pid} | children(parent.pid)
            victim = ("okienko-worker", "parent", "okienko-web")[kill % 3]
            with suppress(ProcessLookupError, KeyError):
                os.kill(victims[victim], signal.SIGKILL)
            if victim == "parent":
                parent.wait()
                parent, _ = house.run()
        assert taking.wait(60) == 0

        def all_filed() -> bool:
            time.sleep(0.5)
            (account,) = json.loads(house.okienko("ledger", "--json").stdout)
            assert account["balanced"], account
            return bool(account["filed"] == MAILS)

        until(all_filed, "every mail is filed", 150.0)
        tickets = json.loads(house.okienko("tickets", "list", "--json").stdout)
        assert sorted(t["subject"] for t in tickets) == sorted(f"Sprawa {n}" for n in range(MAILS)), (
            "each exactly once"
        )
        parent.send_signal(signal.SIGTERM)
        assert parent.wait(12) == 0
