"""The committed third-party files are exactly what build.mjs makes of the locked packages."""

from __future__ import annotations

import filecmp
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "okienko/ui/static/ui"
SUMS = STATIC / "SHA256SUMS"
OWN_POLICY = "body.html"  # a mail in its frame
ICON = re.compile(r"""(?:\{% icon |icon=|Entry\([^()\n]*?, )"([a-z0-9-]+)\"""")


def test_files_are_those_that_were_summed() -> None:
    for line in SUMS.read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest, name


def test_a_rebuild_gives_the_same(tmp_path: Path) -> None:
    if not shutil.which("node") or not (ROOT / "node_modules/esbuild").is_dir():
        pytest.skip("to compare the bundles with a rebuild, install Node and run: npm ci")
    script = ROOT / "okienko/ui/vendor-src/build.mjs"
    subprocess.run(["node", script, tmp_path / "ui", tmp_path / "axe"], check=True, timeout=120)
    assert (tmp_path / "ui/SHA256SUMS").read_text() == SUMS.read_text()
    assert filecmp.cmp(tmp_path / "axe/axe.min.js", ROOT / "tests/ui/axe/axe.min.js", shallow=False)


def test_the_lock_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert not [name for name, package in packages.items() if "resolved" in package]


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    has = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    templates = (path.read_text() for path in (ROOT / "okienko").rglob("templates/**/*.html"))
    assert {name for text in templates for name in ICON.findall(text)} - has == set()


def test_bundles_hold_nothing_that_the_policy_forbids() -> None:
    ours = "".join(path.read_text() for path in (STATIC / "js").glob("*.js"))
    assert not re.search(r"\beval\(|new Function|javascript:|setAttribute\(.style", ours)
    pages = (path for path in (ROOT / "okienko").rglob("templates/**/*.html") if path.name != OWN_POLICY)
    html = "".join(path.read_text() for path in pages)
    assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", html)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style", html)
