"""What was once recorded can be read for ever."""

from __future__ import annotations

import json
from pathlib import Path

from okienko.events.catalog import KINDS, Happened, Reason
from okienko.events.models import Event

SAMPLES = Path(__file__).parent / "samples"


def stored() -> dict[str, Happened]:
    """A fact of each kind, from its newest stored sample."""
    paths = sorted(SAMPLES.glob("*.json"))
    return {
        kind: KINDS[kind].load(json.loads(p.read_text(encoding="utf-8")))
        for p in paths
        for kind in [p.stem.partition(".")[0]]
    }


def test_every_kind_loads_from_its_sample_as_the_same_fact() -> None:
    for kind, fact in stored().items():
        event = Event(kind=kind, data=fact.data(), reason={"code": "again", "params": {}})
        assert event.fact == fact
        assert event.why == Reason("again")
    assert stored().keys() == KINDS.keys()


def test_a_field_that_is_no_more_is_left_out() -> None:
    assert KINDS["NoteAdded"].load({"ticket_id": 1, "message_id": 2, "gone": 3}) == KINDS["NoteAdded"](1, 2)  # type: ignore[call-arg]
