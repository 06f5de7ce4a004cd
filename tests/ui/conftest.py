"""The styleguide served by a process of its own, and Chromium to look at it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

Opens = Callable[..., Page]


@pytest.fixture(scope="session")
def styleguide() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.ui.styleguide", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.kill()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    where = shutil.which("chromium")
    if not where:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=where, args=FLAGS)


@pytest.fixture
def opens(chromium: Browser, styleguide: str) -> Iterator[Opens]:
    """opens("list", width=390, scheme="dark"): that page, with `page.complaints` of the console collected."""
    contexts: list[BrowserContext] = []

    def opened(
        path: str = "", *, width: int = 1440, height: int = 900, scheme: str = "light", script: bool = True
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            has_touch=width < 720,
            java_script_enabled=script,
            base_url=styleguide,
        )
        contexts.append(context)
        page = context.new_page()
        page.complaints = []  # type: ignore[attr-defined]
        page.on("console", lambda said: _note(page, said.type, said.text))
        page.on("pageerror", lambda error: _note(page, "error", str(error)))
        page.route_web_socket(
            "**/live", lambda socket: page.__dict__.setdefault("sockets", []).append(socket)
        )
        page.goto(f"/{path}")
        if script and page.locator(".pen").count():
            page.locator(".ProseMirror").wait_for(state="attached")
        return page

    yield opened
    for context in contexts:
        context.close()


def _note(page: Page, kind: str, text: str) -> None:
    if kind in ("error", "warning"):
        page.complaints.append(text)  # type: ignore[attr-defined]
