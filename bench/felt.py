"""What an agent feels while 5,000 mails come in: a reply saved, and seen by a colleague; and the memory after."""

from __future__ import annotations

import asyncio
import json
import re
import smtplib
import threading
import time
import urllib.error
from pathlib import Path
from typing import Any

import websockets

from bench.desk import Desk, running
from bench.mails import mails
from tests.servers import free_port, wait_for_port

ADDRESS = "pomoc@bez.example"


def measure(data: Path, count: int) -> dict[str, Any]:
    """Percentiles in milliseconds, and megabytes of each process when all mail is in."""
    listen = free_port()
    with running(data, OKIENKO_SMTP_LISTEN=f"127.0.0.1:{listen}") as desk:
        desk.sign_in()
        wait_for_port(listen, 20)
        began = time.monotonic()
        senders = [
            threading.Thread(target=_send, args=(listen, list(mails(count // 2, ADDRESS, seed=70 + n))))
            for n in range(2)
        ]
        for sender in senders:
            sender.start()
        saved, seen = asyncio.run(_answer(desk, senders))
        for sender in senders:
            sender.join()
        took_in = time.monotonic() - began
        _settle(desk)
        filed_in = time.monotonic() - began
        return {
            "mails": count,
            "taken_in_s": round(took_in, 1),
            "filed_in_s": round(filed_in, 1),
            "replies": len(saved),
            "saved_ms": _percentiles(saved),
            "seen_ms": _percentiles(seen),
            "pss_mb": desk.pss(),
        }


def _send(port: int, raws: list[bytes]) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as server:
        for raw in raws:
            server.sendmail("klient@poczta.example", [ADDRESS], raw)


async def _answer(desk: Desk, senders: list[threading.Thread]) -> tuple[list[float], list[float]]:
    """Replies one ticket after another while mail comes in; a colleague watches and re-reads the ticket's parts."""
    saved, seen = [], []
    address = f"ws://127.0.0.1:{desk.port}/live"
    async with websockets.connect(
        address, additional_headers={"Cookie": desk.cookies()}, origin=desk.url
    ) as live:
        while any(s.is_alive() for s in senders):
            numbers = re.findall(
                r"/tickets/(\d+)\?", await asyncio.to_thread(desk.get, "/tickets?view=unanswered")
            )
            for number in dict.fromkeys(numbers[:15]):
                page = await asyncio.to_thread(desk.get, f"/tickets/{number}")
                topic = re.search(r"ticket-\d+", page)
                mark = re.search(r'name="seen" value="(\d+)"', page)
                if not topic or not mark:
                    continue
                await live.send(json.dumps({"watch": [topic[0]]}))
                await asyncio.sleep(0.1)
                began = time.perf_counter()
                watching = asyncio.create_task(_until_seen(live, topic[0], desk, number))
                try:
                    await asyncio.to_thread(_reply, desk, number, mark[1])
                except urllib.error.HTTPError as refused:
                    watching.cancel()
                    if (
                        refused.code == 409
                    ):  # the customer has written again meanwhile: the stale guard at work
                        continue
                    raise
                saved.append((time.perf_counter() - began) * 1000)
                try:
                    seen.append((await asyncio.wait_for(watching, 20) - began) * 1000)
                except TimeoutError:
                    seen.append(20_000.0)
                if not any(s.is_alive() for s in senders):
                    break
    return saved, seen


def _reply(desk: Desk, number: str, seen: str) -> None:
    desk.post(
        f"/tickets/{number}/replies",
        as_page=True,
        text="Już sprawdzamy.",
        to="klient1@poczta.example",
        subject="Re: x",
        seen=seen,
    )


async def _until_seen(live: Any, topic: str, desk: Desk, number: str) -> float:
    while True:
        if topic in json.loads(await live.recv()).get("topics", []):
            await asyncio.to_thread(desk.get, f"/tickets/{number}/parts")
            return time.perf_counter()


def _settle(desk: Desk) -> None:
    import subprocess

    from bench.desk import OKIENKO

    until = time.monotonic() + 600
    while time.monotonic() < until:
        told = subprocess.run(
            [OKIENKO, "ledger", "--json"], env=desk.environment, capture_output=True, text=True, check=True
        )
        if json.loads(told.stdout)[0]["waiting"] == 0:
            return
        time.sleep(1)


def _percentiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    if not ordered:
        return {}
    return {
        "median": round(ordered[len(ordered) // 2]),
        "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]),
        "most": round(ordered[-1]),
    }
