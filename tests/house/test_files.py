"""Files stay short enough to be read at once, and say what they are."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house import PACKAGE, sources

NAMES_OF_NOTHING = {"utils", "helpers", "services", "managers", "constants", "misc", "common"}


def test_the_longest_files_are_known(capsys: pytest.CaptureFixture[str]) -> None:
    lengths = {path: len((PACKAGE / path).read_text(encoding="utf-8").splitlines()) for path in sources()}
    longest = sorted(lengths.items(), key=lambda item: -item[1])[:8]
    with capsys.disabled():
        print("\nLongest files:", ", ".join(f"{path} {lines}" for path, lines in longest))
    assert longest[0][1] < 500, "no longer one thing"


def test_no_module_is_called_after_nothing() -> None:
    assert [p for p in sources() if p.stem in NAMES_OF_NOTHING or p.parent.name in NAMES_OF_NOTHING] == []


def test_every_module_says_what_it_is() -> None:
    silent: list[Path] = []
    for path, tree in sources().items():
        if tree.body and path.name != "apps.py" and not ast.get_docstring(tree):
            silent.append(path)
    assert silent == []
