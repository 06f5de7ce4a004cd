"""HTTP through the bridge: whole bodies, streams, and what a client must not be able to do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from okienko.config.bridge import Bridge, File, Message


class Streamed(list[bytes]):
    streaming = True
    is_closed = False

    def close(self) -> None:
        self.is_closed = True


class Recorder:
    """A WSGI application that notes what it was given and answers ``body``."""

    def __init__(self, body: Any = (b"ok",)) -> None:
        self.body = body
        self.environ: dict[str, Any] = {}
        self.read = b""
        self.calls = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.calls += 1
        self.environ = environ
        self.read = environ["wsgi.input"].read()
        start_response(
            "200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
        )
        return self.body


def ask(
    application: Any,
    *messages: Message,
    headers: tuple[tuple[bytes, bytes], ...] = (),
    limit: int = 5_000_000,
) -> list[Message]:
    """What the bridge sends for one request whose body comes as ``messages``."""
    sent: list[Message] = []
    coming: Iterator[Message] = iter(messages or ({"type": "http.request", "body": b""},))

    async def receive() -> Message:
        return next(coming)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/zażółć",
        "query_string": b"q=1",
        "http_version": "1.1",
        "scheme": "https",
        "server": ("127.0.0.1", 8000),
        "client": ("10.0.0.7", 5555),
        "headers": headers,
    }
    asyncio.run(Bridge(application, threads=1, limit=limit)(scope, receive, send))
    return sent


def part(body: bytes, *, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_request_and_its_answer() -> None:
    application = Recorder(["dzień ".encode(), b"dobry"])
    start, body = ask(application, part(b"abc", more=True), part(b"def", more=False))
    assert application.read == b"abcdef"
    assert application.environ["CONTENT_LENGTH"] == "6"
    assert application.environ["PATH_INFO"].encode("latin-1").decode() == "/zażółć"
    assert application.environ["REMOTE_ADDR"] == "10.0.0.7"
    assert application.environ["wsgi.url_scheme"] == "https"
    assert (start["status"], [v for k, v in start["headers"] if k == b"set-cookie"]) == (
        200,
        [b"a=1", b"b=2"],
    )
    assert body["body"].decode() == "dzień dobry"


def test_an_upload_that_breaks_off_never_runs() -> None:
    application = Recorder()
    assert ask(application, part(b"half a rep", more=True), {"type": "http.disconnect"}) == []
    assert application.calls == 0


def test_a_body_that_is_too_large_is_refused_without_being_kept() -> None:
    application = Recorder()
    sent = ask(application, part(b"x" * 60, more=True), part(b"x" * 60, more=True), limit=100)
    assert sent[0]["status"] == 413
    assert application.calls == 0


def test_a_large_body_goes_through_a_file() -> None:
    application = Recorder()
    ask(application, *(part(b"x" * 600_000, more=m) for m in (True, True, False)))
    assert len(application.read) == 1_800_000


def test_a_streamed_answer_goes_out_piece_by_piece_and_is_closed() -> None:
    body = Streamed([b"1", b"2"])
    sent = ask(Recorder(body))
    assert [m.get("body") for m in sent] == [None, b"1", b"2", None]
    assert [m.get("more_body", False) for m in sent[1:]] == [True, True, False]
    assert body.is_closed


def test_a_file_is_sent_without_a_page_thread_and_closed(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 200_000)
    file = (tmp_path / "large").open("rb")
    application = Recorder()
    application.body = File(file, 4096)
    start, *pieces = ask(application)
    assert (start["status"], len(pieces)) == (200, 5)
    assert sum(len(p.get("body", b"")) for p in pieces) == 200_000
    assert file.closed


def test_a_header_with_an_underscore_cannot_pass_for_another() -> None:
    application = Recorder()
    ask(
        application,
        headers=(
            (b"x_forwarded_proto", b"https"),
            (b"x-real", b"1"),
            (b"cookie", b"a=1"),
            (b"cookie", b"b=2"),
        ),
    )
    assert "HTTP_X_FORWARDED_PROTO" not in application.environ
    assert application.environ["HTTP_COOKIE"] == "a=1; b=2"
