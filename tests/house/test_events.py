"""Events: each kind is recorded by its owner and by nobody else, can be told, and can be read for ever."""

from __future__ import annotations

import ast
import json

import pytest

from okienko.events.catalog import KINDS, OfTicket
from okienko.tickets.sentences import SENTENCES
from tests.house import HOUSE, sources

SAMPLES = HOUSE / "tests" / "events" / "samples"


def makers() -> dict[str, set[str]]:
    """Kind → the rooms in which such a fact is made."""
    found: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if name in found:
                    found[name].add(path.parts[0])
    return found


def test_each_kind_is_recorded_by_the_room_that_owns_it_and_by_no_other() -> None:
    assert {kind: rooms for kind, rooms in makers().items() if rooms != {KINDS[kind].owner}} == {}


def test_each_kind_of_a_ticket_has_its_sentence() -> None:
    assert {k for k, fact in KINDS.items() if issubclass(fact, OfTicket) and fact not in SENTENCES} == set()


def test_each_kind_and_version_has_a_stored_sample() -> None:
    missing = [
        f"{kind}.{fact.version}"
        for kind, fact in KINDS.items()
        if not (SAMPLES / f"{kind}.{fact.version}.json").exists()
    ]
    assert not missing, "store one; it must load for ever"


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda p: p.stem)
def test_a_stored_sample_still_loads(path) -> None:  # type: ignore[no-untyped-def]
    kind, _, version = path.stem.rpartition(".")
    data = json.loads(path.read_text(encoding="utf-8"))
    assert int(version) <= KINDS[kind].version
    loaded = KINDS[kind].load(data).data()
    assert {name: loaded[name] for name in data if name in loaded} == {
        n: v for n, v in data.items() if n in loaded
    }
