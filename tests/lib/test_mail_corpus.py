"""Every mail in tests/mail gives what the .json beside it says; keys that it leaves out may be anything."""

import json
from pathlib import Path
from typing import Any

import pytest

from okienko.lib.mail import inspect, parse

FOLDER = Path(__file__).parents[1] / "mail"
MAILS = sorted(FOLDER.glob("*.eml"))


def test_the_corpus_is_there() -> None:
    assert len(MAILS) >= 40
    assert all(path.with_suffix(".json").exists() for path in MAILS)


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_mail_gives_what_is_expected(path: Path) -> None:
    expected: dict[str, Any] = json.loads(path.with_suffix(".json").read_text())
    raw = path.read_bytes()
    found = inspect(raw)
    mail = parse(raw)
    for key in ("normal_subject", "is_rich", "has_remote_images", "delivered_to", "return_path"):
        found[key] = getattr(mail, key)
    found["bounced_message_ids"] = list(mail.bounced_message_ids)
    found["delivered_to"] = list(mail.delivered_to)
    for piece in expected.pop("html_has", []):
        assert piece in found["html"]
    for piece in expected.pop("html_lacks", []):
        assert piece not in found["html"].lower()
    if "attachments" in expected:  # only the keys that are told
        told = expected["attachments"]
        assert len(found["attachments"]) == len(told), found["attachments"]
        found["attachments"] = [
            {key: file[key] for key in want} for file, want in zip(found["attachments"], told, strict=True)
        ]
    assert {key: found[key] for key in expected} == expected
    assert "".join(segment.text for segment in mail.segments) == mail.text
