"""Words: Polish is complete, and what is compiled is what is written."""

from __future__ import annotations

import gettext
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests.house import PACKAGE

WORDS = PACKAGE / "locale" / "pl" / "LC_MESSAGES"


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="pl")


def ids(catalog: Catalog) -> set[tuple[str | None, str]]:
    return {(m.context, m.id if isinstance(m.id, str) else m.id[0]) for m in catalog if m.id}


def test_nothing_is_untranslated_or_unsure() -> None:
    catalog = read(WORDS / "django.po")
    assert [m.id for m in catalog if m.id and m.fuzzy] == []
    empty = [
        m.id for m in catalog if m.id and not all(m.string if isinstance(m.string, tuple) else (m.string,))
    ]
    assert empty == []


def test_what_is_compiled_is_what_is_written() -> None:
    with (WORDS / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    written: dict[object, str] = {}
    for message in read(WORDS / "django.po"):
        if not message.id:
            continue
        first = message.id if isinstance(message.id, str) else message.id[0]
        key = f"{message.context}\x04{first}" if message.context else first
        if isinstance(message.string, tuple):
            written |= {(key, number): text for number, text in enumerate(message.string)}
        else:
            written[key] = message.string
    assert {k: v for k, v in compiled.items() if k} == written


@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs GNU gettext")
def test_every_visible_string_is_in_the_catalogue(tmp_path: Path) -> None:
    copy = tmp_path / "okienko"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("static", "data", "__pycache__"))
    (copy / "locale").mkdir(exist_ok=True)
    # Without settings, whose LOCALE_PATHS would lead it back into the real catalogue.
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-m", "django", "makemessages", "-l", "pl", "--no-location"]
    subprocess.run(command, cwd=copy, env=environment, check=True, capture_output=True)
    found = ids(read(copy / "locale" / "pl" / "LC_MESSAGES" / "django.po"))
    assert found == ids(read(WORDS / "django.po"))
