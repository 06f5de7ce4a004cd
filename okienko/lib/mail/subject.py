"""What a subject says besides its words: reply and forward marks, a ticket number."""

import re
from typing import Literal

from okienko.lib.mail.model import TicketHint

_REPLY = (
    "re|odp|ad|aw|antw|antwort|sv|vs|vá|ref|rif|r|res|rép|rep|ynt|yan|bls|tr|atb|отв|на|απ|σχετ|hp|回复|回覆|答复|"
    "返信|답장|תגובה|رد"
)
_FORWARD = (
    "fwd|fw|pd|przek|wg|weitergeleitet|vb|vl|tr|enc|rv|rvf|i|továbbítás|fs|dn|ilt|пересл|fyi|fwd:|轉寄|转发|"
    "転送|전달|doorst"
)
_PREFIX = re.compile(
    rf"^\s*(?:\[?(?:(?P<reply>{_REPLY})|(?P<forward>{_FORWARD}))(?:\s?[\[(^]\s?\d{{1,3}}\s?[\])]?|"
    rf"\s?\d{{0,2}})\.?\s?[:：]\]?)\s*",
    re.I,
)
_NUMBER = re.compile(
    r"[\[(]\s*(?:(?:zgłoszenie|ticket|sprawa|case|vorgang)\s*(?:nr\.?|"
    r"no\.?)?\s*)?#?\s*[:]?\s*(?P<a>\d{1,9})\s*[\])]"
    r"|(?<![\w&/#])#(?P<b>\d{3,9})(?!\w|[-/.]\d)"
    r"|\b(?:zgłoszenie|ticket)\s+(?:nr\.?\s*|no\.?\s*)?#?(?P<c>\d{3,9})\b",
    re.I,
)
_BARE_BRACKETS = re.compile(r"^\(\s*\d{1,9}\s*\)$|^\[\s*\d{1,4}\s*\]$")


def ticket_hint(subject: str) -> TicketHint | None:
    """Return the first ticket number that `subject` names ([#10423], #10423, (Zgłoszenie 10423)), or None."""
    for match in _NUMBER.finditer(subject):
        if not _BARE_BRACKETS.match(match[0]):  # "(2)" and "[1]" count copies, "[10423]" may be a number
            number = int(match["a"] or match["b"] or match["c"])
            if number:
                return TicketHint(number, "subject")
    return None


def normal_subject(subject: str) -> str:
    """Return `subject` without reply and forward prefixes and number tags, spaces squeezed; case is kept."""
    text = " ".join(subject.split())
    while True:
        shorter = _PREFIX.sub("", text, count=1)
        shorter = _NUMBER.sub(_dropped, shorter).strip() if shorter else ""
        shorter = " ".join(shorter.split())
        if shorter == text:
            return text.strip(" -–:")
        text = shorter


def _dropped(match: re.Match[str]) -> str:
    return match[0] if _BARE_BRACKETS.match(match[0]) else " "


def outer_prefix(subject: str) -> Literal["reply", "forward", ""]:
    """Say whether the first prefix of `subject` marks a reply, a forward, or nothing known."""
    text = _NUMBER.sub(_dropped, subject).strip()
    match = _PREFIX.match(text)
    if not match:
        return ""
    return "forward" if match["forward"] else "reply"
