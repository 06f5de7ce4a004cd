""" "On … X wrote:", the line or lines above quoted history."""

import re

_WROTE = (
    r"wrote|writes|wiadomość napisana przez|pisze|pisał(?:a|\(a\))?|napisał(?:a|\(a\)|/a|\(-a\)|/-a)?|"
    r"schrieb|geschrieben|schreibt|"
    r"a écrit|écrit|escribió|escribio|ha escrito|ha scritto|scrive|scrisse|escreveu|skrev|skriver|schreef|"
    r"geschreven|napsal(?:a|\(a\)|/a)?|píše|napísal(?:a|\(a\)|/a)?|írta|kirjoitti|a scris|scris|написал(?:а|\(а\))?|"
    r"пишет|писал(?:а)?|написав|написала|пише|написа|έγραψε|yazdı|rašė|rakstīja|kirjutas|napisao|napisala|"
    r"je napisa[ol]|đã viết|menulis|כתב(?:ה)?|كتب"
)
_WROTE_HERE = re.compile(rf"\b(?:{_WROTE})\b|写道|寫道|書きました|작성|のメー?ル|のメッセージ", re.I)
_MAIL = r"[^\s<>@\"(),;:]+@[^\s<>@\"(),;:]+\.[^\s<>@\"(),;:]+"
_ADDRESS = re.compile(_MAIL)
_BRACKETED = re.compile(rf"[<(\[]\s*(?:mailto:)?{_MAIL}\s*[>)\]]")
# An address in brackets and almost nothing behind it: Gmail in languages that need no verb.
_ENDS_ADDRESSED = re.compile(rf"[<(\[]\s*(?:mailto:)?{_MAIL}\s*[>)\]]+[^<>@]{{0,30}}[:：]$")
_DATE = re.compile(
    r"\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{2,4}|\d{1,2}[:.h]\d{2}\b|\b(?:19|20)\d\d\b|\d{1,2}\s?[月월]\s?\d{1,2}"
)
_OPENING = re.compile(
    r"^\W{0,3}(?:On|W dniu|Dnia|Dn\.|Am|Le|El|Il|In data|Il giorno|Op|Den|D\.|Em|A|Dne|Dňa|V|Вы? |At|"
    r"Wiadomość napisana przez|Użytkownik|Message from|Nachricht von|Pada|Vào|Kirjoittaja|在|於|בתאריך)\b",
    re.I,
)
_WEAK_OPENING = re.compile(r"^\W{0,3}(?:\w{1,14}[.,]{0,2}\s?\d|\d{1,4}[./年년-]|\d{1,2}\.|\d{1,2} \w+)", re.I)
_ENDS = (":", "：", "のメール")
MAX_LENGTH = 400
MAX_LINES = 4


def is_attribution(text: str) -> bool:
    """Say whether `text` (its lines joined by spaces) is "On … X wrote:" in some language."""
    text = text.strip()
    if not 10 < len(text) < MAX_LENGTH or not text.endswith(_ENDS):
        return False
    has_date = bool(_DATE.search(text))
    if has_date and _ENDS_ADDRESSED.search(text):
        return True
    verbs = [match.end() for match in _WROTE_HERE.finditer(text)]
    if not verbs or not (has_date or _ADDRESS.search(text)):
        return False
    behind = text[verbs[-1] :]  # German and Dutch put the name there, Apple's Polish the date
    return len(behind) <= 4 or bool(_OPENING.match(text) or _WEAK_OPENING.match(text)) or has_date


def is_strong_attribution(text: str) -> bool:
    """Say whether `text` is an attribution that no human writes: with a date or time and an address in brackets."""
    return is_attribution(text) and bool(_DATE.search(text) and _BRACKETED.search(text))


def ends_in_attribution(text: str) -> bool:
    """Say whether the last line or lines of `text` are an attribution."""
    return attribution_start(text.rstrip().split("\n")[-MAX_LINES:]) is not None


def attribution_start(lines: list[str]) -> int | None:
    """Return the index of the line where an attribution that ends on the last of `lines` begins, or None.

    The nearest line that opens one is taken, so that what was written above it isn't swallowed.
    """
    last = len(lines) - 1
    if last < 0 or not lines[last].rstrip().endswith(_ENDS):
        return None
    candidates: list[tuple[int, str]] = []
    for first in range(last, max(-1, last - MAX_LINES), -1):
        if not lines[first].strip():
            break
        candidates.append((first, " ".join(line.strip() for line in lines[first : last + 1])))
    for opening in (_OPENING, _WEAK_OPENING, None):
        for first, joined in candidates:
            if (opening.match(joined) if opening else first == last) and is_attribution(joined):
                return first
    return None
