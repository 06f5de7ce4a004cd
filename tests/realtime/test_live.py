"""The socket ``/live``: for signed-in agents from our own pages, for as long as they are signed in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connections

from okienko.people.models import Agent
from okienko.realtime import live
from okienko.realtime.hub import MOST_TOPICS, Hub
from okienko.realtime.live import SIGNED_OUT, Live, Message

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(agent: Agent) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(agent.user_id)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = agent.user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


class Page:
    """A browser's side of the socket."""

    def __init__(self, application: Live, cookie: str, origin: str = "http://okienko.example") -> None:
        self.application = application
        self.to_server: asyncio.Queue[Message] = asyncio.Queue()
        self.to_page: asyncio.Queue[Message] = asyncio.Queue()
        headers = [(b"host", b"okienko.example"), (b"origin", origin.encode()), (b"cookie", cookie.encode())]
        self.scope: Message = {"type": "websocket", "path": "/live", "headers": headers}

    async def __aenter__(self) -> Page:
        self.task = asyncio.create_task(self.application(self.scope, self.to_server.get, self.to_page.put))
        await self.to_server.put({"type": "websocket.connect"})
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.to_server.put({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(self.task, 5)

    async def hears(self) -> Message:
        return await asyncio.wait_for(self.to_page.get(), 5)

    async def says(self, text: str) -> None:
        await self.to_server.put({"type": "websocket.receive", "text": text})
        await asyncio.sleep(0.01)


def play(scene: Callable[[Live], Awaitable[None]]) -> None:
    """Runs a scene on a live application of its own."""
    application = Live(Hub())
    try:
        asyncio.run(scene(application))  # type: ignore[arg-type]
    finally:
        application.thread.submit(connections.close_all).result()
        application.thread.shutdown()


def test_an_agent_is_told_the_names_of_what_changed(ola: Agent) -> None:
    cookie = f"okienko_session={signed_in(ola)}"

    async def scene(application: Live) -> None:
        async with Page(application, cookie) as page:
            assert (await page.hears())["type"] == "websocket.accept"
            await page.says('{"watch": ["list", "ticket-42"]}')
            application.hub.publish(["ticket-42", "ticket-43"])
            assert json.loads((await page.hears())["text"]) == {"topics": ["ticket-42"]}
            for _ in range(10):
                application.hub.publish(["list"])
                application.hub.publish(["ticket-42"])
            assert json.loads((await page.hears())["text"]) == {"topics": ["list", "ticket-42"]}, (
                "told together"
            )
        assert not application.hub.sockets

    play(scene)


def test_nobody_else_gets_in(ola: Agent, marek: Agent) -> None:
    cookie = f"okienko_session={signed_in(ola)}"
    Agent.objects.filter(pk=marek.pk).update(is_active=False)
    gone = f"okienko_session={signed_in(marek)}"
    strangers = {
        "nobody": "",
        "a made-up session": f"okienko_session={'x' * 32}",
        "not an agent any more": gone,
    }

    async def scene(application: Live) -> None:
        for who, shown in strangers.items():
            async with Page(application, shown) as page:
                assert (await page.hears())["type"] == "websocket.close", who
        async with Page(application, cookie, origin="http://evil.example") as page:
            assert (await page.hears())["type"] == "websocket.close", "another site's page"

    play(scene)


def test_the_socket_closes_when_the_session_ends(ola: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "CHECK_EVERY", 0.05)
    cookie = f"okienko_session={signed_in(ola)}"

    async def scene(application: Live) -> None:
        checking = asyncio.create_task(application.check_sessions())
        async with Page(application, cookie) as page:
            assert (await page.hears())["type"] == "websocket.accept"
            await asyncio.sleep(0.2)
            assert page.to_page.empty()
            await asyncio.to_thread(_sign_everybody_out)
            assert await page.hears() == {"type": "websocket.close", "code": SIGNED_OUT}
        checking.cancel()

    play(scene)


def _sign_everybody_out() -> None:
    Session.objects.all().delete()
    connections.close_all()


def test_who_speaks_nonsense_is_sent_away(ola: Agent) -> None:
    cookie = f"okienko_session={signed_in(ola)}"
    too_many = json.dumps({"watch": ["t"] * (MOST_TOPICS + 1)})

    async def scene(application: Live) -> None:
        for nonsense in ("", "hello", "[]", '{"watch": 1}', '{"watch": "list"}', '{"watch": [[]]}', too_many):
            async with Page(application, cookie) as page:
                await page.hears()
                await page.says(nonsense)
                assert (await page.hears())["type"] == "websocket.close", nonsense

    play(scene)
