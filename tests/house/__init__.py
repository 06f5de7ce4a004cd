"""Guards of the architecture: what import-linter can't see, in a few lines each."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

HOUSE = Path(__file__).parents[2]
PACKAGE = HOUSE / "okienko"


@lru_cache
def sources() -> dict[Path, ast.Module]:
    """Every module of the package but the migrations, by its path below it."""
    paths = (
        p for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts and "node_modules" not in p.parts
    )
    return {p.relative_to(PACKAGE): ast.parse(p.read_text(encoding="utf-8")) for p in sorted(paths)}


def outside(*rooms: str) -> Iterator[tuple[Path, ast.Module]]:
    """The modules that are in none of ``rooms``."""
    return ((path, tree) for path, tree in sources().items() if path.parts[0] not in rooms)


@lru_cache
def floors() -> dict[str, int]:
    """Room → floor, the lowest is 0, from the contract in pyproject.toml."""
    with (HOUSE / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if c["id"] == "floors")
    return {
        room.strip(" ()"): floor for floor, layer in enumerate(reversed(layers)) for room in layer.split("|")
    }
