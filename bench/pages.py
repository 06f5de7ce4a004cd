"""What pages cost on a desk with 100,000 tickets: processor time a request, and list pages a second with 8 at once."""

from __future__ import annotations

import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.desk import Desk, cpu, running

ROUNDS, EACH = 9, 20
LISTS = {
    "list of 50, all open": "/tickets?view=open",
    "list of 50, everything": "/tickets?view=all",
    "list of 50, unassigned": "/tickets?view=unassigned",
    "list of 50, without answer": "/tickets?view=unanswered",
}


def prepare() -> None:
    """Inside OKIENKO_DATA: a ticket with 20 messages, by the verbs; prints its number."""
    from okienko.inbound.stages import INBOUND
    from okienko.mailroom.models import Channel
    from okienko.people.directory import customer_at
    from okienko.people.models import Agent
    from okienko.tickets import conversation
    from okienko.tickets.content import plain
    from okienko.tickets.lifecycle import Labels, open_ticket

    channel = Channel.objects.select_related("team").get()
    agent = Agent.objects.select_related("role").first()
    assert agent is not None
    person = customer_at("dlugi@poczta.example", name="Długi Wątek")
    said = {"from_name": "Długi Wątek", "from_address": "dlugi@poczta.example", "channel": channel}
    words = "Dzień dobry, nadal czekam na odpowiedź w sprawie przesyłki.\n\n" * 4
    ticket = open_ticket(
        subject="Długi wątek",
        customer=person,
        content=plain(words, **said),
        by=INBOUND,
        channel=channel,
        labels=Labels(team=channel.team),
    )
    for n in range(19):
        if n % 2:
            conversation.receive(ticket, content=plain(words, **said), customer=person, by=INBOUND)
        elif n % 4:
            conversation.note(ticket, content=plain("Sprawdzone w magazynie."), by=agent.actor)
        else:
            content = plain(words, to=[{"name": "", "address": "dlugi@poczta.example"}])
            conversation.reply(ticket, content=content, by=agent.actor, seen=conversation.newest_seen(ticket))
    print(json.dumps({"number": ticket.number}))


def measure(data: Path) -> dict[str, Any]:
    """The figures, on a filled desk that nobody uses."""
    inside = subprocess.run(
        [sys.executable, "-m", "bench", "pages-inside"],
        env=os.environ | {"OKIENKO_DATA": str(data)},
        capture_output=True,
        text=True,
        check=True,
    )
    number = json.loads(inside.stdout.splitlines()[-1])["number"]
    figures: dict[str, Any] = {}
    with running(data) as desk:
        desk.sign_in()
        web = desk.web()
        for name, path in (LISTS | {"ticket with 20 messages": f"/tickets/{number}"}).items():
            figures[name] = _cost(web, lambda path=path: desk.get(path))  # type: ignore[misc]
        figures["posting a reply"] = _reply_cost(desk, web)
        figures["list pages a second, 8 at once"] = _throughput(desk)
        figures["first answer after start, s"] = desk.started_in
    return figures


def _cost(web: list[int], does: Callable[[], object], each: int = EACH) -> float:
    """Median milliseconds of processor time over rounds (the kernel counts in hundredths of a second)."""
    for _ in range(5):
        does()
    rounds = []
    for _ in range(ROUNDS):
        before = cpu(web)
        for _ in range(each):
            does()
        rounds.append((cpu(web) - before) / each * 1000)
    return round(statistics.median(rounds), 1)


def _reply_cost(desk: Desk, web: list[int]) -> float:
    numbers = iter(
        re.findall(r"/tickets/(\d+)\?", "".join(desk.get(f"/tickets?view={v}") for v in ("open", "all")))
    )
    pages = {}
    for number in list(dict.fromkeys(numbers))[:60]:
        page = desk.get(f"/tickets/{number}")
        seen = re.search(r'name="seen" value="(\d+)"', page)
        if seen:
            pages[number] = seen[1]
    posts = iter(list(pages.items()))

    def post() -> None:
        number, seen = next(posts)
        desk.post(
            f"/tickets/{number}/replies",
            as_page=True,
            text="Już sprawdzamy.",
            to="klient1@poczta.example",
            seen=seen,
            subject="Re: x",
        )

    rounds = []
    for _ in range(5):
        before = cpu(web)
        for _ in range(10):
            post()
        rounds.append((cpu(web) - before) / 10 * 1000)
    return round(statistics.median(rounds), 1)


def _throughput(desk: Desk, seconds: float = 10.0) -> dict[str, float]:
    """Pages a second; the load generator's own processor time beside it, since it takes it from the same two cores."""
    cookies, done, until = desk.cookies(), [0] * 8, time.monotonic() + seconds

    def client(n: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", desk.port)
        while time.monotonic() < until:
            connection.request("GET", "/tickets?view=open", headers={"Cookie": cookies})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            done[n] += 1

    own = time.process_time()
    threads = [threading.Thread(target=client, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "pages_per_second": round(sum(done) / seconds, 1),
        "generator_cores": round((time.process_time() - own) / seconds, 2),
    }
