"""The live hub of one web process: which sockets watch which names."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

MOST_TOPICS = 200
RECENT = 10.0
"""Seconds for which news are remembered: a page is told what changed while it was on its way to the browser."""
MOST_REMEMBERED = 5000


class Socket:
    """One open page: what it watches, and which of that has changed since it was last told."""

    def __init__(self, session: str) -> None:
        self.session = session
        self.watched: frozenset[str] = frozenset()
        self.changed: set[str] = set()
        self.news = asyncio.Event()
        self.is_over = False

    def tell(self, topics: Iterable[str]) -> None:
        """Adds ``topics`` to what the page will be told next."""
        self.changed.update(topics)
        self.news.set()

    def end(self) -> None:
        """Lets the socket close, because its session has ended."""
        self.is_over = True
        self.news.set()


class Hub:
    """Topics and the sockets that watch them; lives in one event loop."""

    def __init__(self) -> None:
        self.sockets: set[Socket] = set()
        self.anyone = asyncio.Event()
        self._watching: dict[str, set[Socket]] = {}
        self._recent: dict[str, float] = {}

    def join(self, socket: Socket) -> None:
        self.sockets.add(socket)
        self.anyone.set()

    def leave(self, socket: Socket) -> None:
        self.watch(socket, frozenset())
        self.sockets.discard(socket)
        if not self.sockets:
            self.anyone.clear()

    def watch(self, socket: Socket, topics: frozenset[str]) -> None:
        """From now on ``socket`` watches exactly ``topics``."""
        for topic in socket.watched - topics:
            watching = self._watching[topic]
            watching.discard(socket)
            if not watching:
                del self._watching[topic]
        for topic in topics - socket.watched:
            self._watching.setdefault(topic, set()).add(socket)
        since = time.monotonic() - RECENT
        missed = [topic for topic in topics - socket.watched if self._recent.get(topic, 0.0) > since]
        socket.watched = topics
        if missed:
            socket.tell(missed)

    def publish(self, topics: Iterable[str]) -> None:
        """Tells each socket which of the changed ``topics`` it watches."""
        now = time.monotonic()
        for topic in topics:
            self._recent[topic] = now
            for socket in self._watching.get(topic, ()):
                socket.tell((topic,))
        if len(self._recent) > MOST_REMEMBERED:
            self._recent = {topic: at for topic, at in self._recent.items() if at > now - RECENT}

    def publish_all(self) -> None:
        """Tells every socket to read everything again, after news may have been missed."""
        for socket in self.sockets:
            socket.tell(socket.watched)
