"""A mail's text cut into what is newly written, what is quoted, and signatures. Nothing is dropped."""

import re
from collections.abc import Iterable

from okienko.lib import quoting
from okienko.lib.mail.model import Kind, Segment

_QUOTED = re.compile(r"^[ \t]{0,3}>(?!From )")
_RULE = re.compile(r"^\s*[_=*-]{5,}\s*$")
_SIGNATURE_MARK = re.compile(r"^-- ?\s*$")
MAX_SIGNATURE = 25  # lines; what is longer than that below "-- " was written by hand

MAX_COLONS = 3000  # lines ending in a colon that are tried as "… wrote:"


def cut(runs: Iterable[tuple[str, str]], *, is_reply: bool, is_forward: bool) -> tuple[Segment, ...]:
    """Return the segments of a text given as (kind, text) runs; joined they are the runs' text exactly.

    `runs` is one ("new", text) for plain text, or what the HTML's own marks say. `is_reply` and `is_forward`
    come from headers and subject: history without marks is folded only in a reply, never in a forward.
    """
    given = [(kind, text) for kind, text in runs if text]
    lines: list[str] = []
    kinds: list[Kind] = []
    open_lines: list[bool] = []
    for kind, text in given:
        for line in text.splitlines(keepends=True) if "\n" not in text else _lines(text):
            lines.append(line)
            kinds.append(kind if kind in ("quote", "signature") else "new")  # type: ignore[arg-type]
    del open_lines
    _fold(lines, kinds, is_reply=is_reply, is_forward=is_forward)
    return _joined(lines, kinds)


def visible(segments: Iterable[Segment]) -> str:
    """Return the newly written text of `segments`, trimmed."""
    return "".join(segment.text for segment in segments if segment.kind == "new").strip()


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _joined(lines: list[str], kinds: list[Kind]) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    start = 0
    for end in range(1, len(lines) + 1):
        if end == len(lines) or kinds[end] != kinds[start]:
            segments.append(Segment(kinds[start], "".join(lines[start:end])))
            start = end
    return tuple(segments)


def _fold(lines: list[str], kinds: list[Kind], *, is_reply: bool, is_forward: bool) -> None:
    marked = any(kind == "quote" for kind in kinds)
    quoted = [kinds[i] == "new" and bool(_QUOTED.match(line)) for i, line in enumerate(lines)]
    last = len(lines)
    at = 0
    attributed = marked
    colons = 0
    while at < last:
        line = lines[at]
        if kinds[at] != "new":
            at += 1
            continue
        bare = line.strip()
        if not bare or quoted[at]:
            at += 1
            continue
        if quoting.is_forward_mark(bare):
            last = at
            break
        if quoting.is_original_mark(bare) and (is_reply or _has_words(lines, kinds, quoted, at)):
            _mark(kinds, at, len(lines), "quote")
            last = at
            break
        ends = bare.endswith((":", "：", "のメール"))
        colons += ends
        if ends and colons < MAX_COLONS and (first := _attribution(lines, kinds, at)) is not None:
            follows = _next_words(lines, at)
            if follows < len(lines) and (quoted[follows] or kinds[follows] == "quote"):
                _mark(kinds, first, at + 1, "quote")
                attributed = True
            elif (
                (is_reply or not is_forward)
                and quoting.is_strong_attribution(" ".join(each.strip() for each in lines[first : at + 1]))
                and _has_words(lines, kinds, quoted, first)
            ):
                _mark(kinds, first, len(lines), "quote")
                last = at
                attributed = True
                break
        if (
            is_reply
            and not is_forward
            and quoting.header_kind(line)
            and quoting.header_block_length(lines[at : at + 25])
        ):
            start = at
            while start and (not lines[start - 1].strip() or _RULE.match(lines[start - 1])):
                start -= 1
            if _has_words(lines, kinds, quoted, start):
                _mark(kinds, start, len(lines), "quote")
                last = at
                break
        at += 1
    total = sum(quoted[:last])
    if total and (attributed or total >= 3 or is_reply) and not (is_forward and not attributed):
        for i in range(last):
            if quoted[i]:
                kinds[i] = "quote"
    _fill_gaps(lines, kinds)
    _fold_signatures(lines, kinds, last)
    if not any(kind == "new" and line.strip() for kind, line in zip(kinds, lines, strict=True)):
        for i, kind in enumerate(kinds):
            if kind == "signature":
                kinds[i] = "new"


def _attribution(lines: list[str], kinds: list[Kind], at: int) -> int | None:
    first = max(0, at - 3)
    while first < at and any(kind != "new" for kind in kinds[first:at]):
        first += 1
    found = quoting.attribution_start([line.rstrip("\n") for line in lines[first : at + 1]])
    return None if found is None else first + found


def _next_words(lines: list[str], at: int) -> int:
    at += 1
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _has_words(lines: list[str], kinds: list[Kind], quoted: list[bool], before: int) -> bool:
    return any(kinds[i] == "new" and not quoted[i] and lines[i].strip() for i in range(before))


def _mark(kinds: list[Kind], start: int, end: int, kind: Kind) -> None:
    kinds[start:end] = [kind] * (end - start)


def _fill_gaps(lines: list[str], kinds: list[Kind]) -> None:
    """Blank lines between two quoted lines belong to the quote."""
    previous = -1
    for i, line in enumerate(lines):
        if kinds[i] == "quote":
            if previous >= 0 and all(not between.strip() for between in lines[previous + 1 : i]):
                _mark(kinds, previous + 1, i, "quote")
            previous = i
        elif line.strip():
            previous = -1


def _fold_signatures(lines: list[str], kinds: list[Kind], last: int) -> None:
    end = len(lines) if last == len(lines) else last
    i = 0
    while i < end:
        if kinds[i] == "new":
            stop = i
            while stop < end and kinds[stop] == "new":
                stop += 1
            _fold_signature(lines, kinds, i, stop)
            i = stop
        else:
            i += 1


def _fold_signature(lines: list[str], kinds: list[Kind], start: int, stop: int) -> None:
    for i in range(start, stop):
        if _SIGNATURE_MARK.match(lines[i]) and stop - i <= MAX_SIGNATURE:
            _mark(kinds, i, stop, "signature")
            return
    at = stop - 1
    seen = stop
    while at >= start and seen - at <= 12:
        bare = lines[at].strip()
        if bare:
            if not quoting.is_sent_from(bare):
                break
            seen = at
        at -= 1
    if seen < stop:
        _mark(kinds, seen, stop, "signature")
