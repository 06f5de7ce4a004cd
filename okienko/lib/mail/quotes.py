"""A mail's text cut into what is newly written, what is quoted, and signatures. Nothing is dropped."""

import re
from collections.abc import Iterable

from okienko.lib import quoting
from okienko.lib.mail.model import Kind, Segment
from okienko.lib.quoting import Thread

_QUOTED = re.compile(r"^[ \t]{0,3}>(?!From )")
_WORD = re.compile(r"\S+")
_RULE = re.compile(r"^\s*[_=*-]{5,}\s*$")
_SIGNATURE_MARK = re.compile(r"^-- ?\s*$")
MAX_SIGNATURE = 25  # lines; what is longer below "-- " was written by hand
MAX_BARE_SIGNATURE = 8  # lines below "--" without its space, which people also write between two paragraphs
MAX_COLONS = 3000  # lines ending in a colon that are tried as "… wrote:"
MIN_QUOTED = 3  # lines with ">" that make a quote without anybody introducing it


def cut(runs: Iterable[tuple[str, str]], thread: Thread) -> tuple[Segment, ...]:
    """Return the segments of a text given as (kind, text) runs; joined they are the runs' text exactly.

    `runs` is one ("new", text) for plain text, or what the HTML's own marks say.
    """
    page = _Page(runs, thread)
    page.fold_history()
    page.fold_signatures()
    return page.segments()


def visible(segments: Iterable[Segment]) -> str:
    """Return the newly written text of `segments`, trimmed."""
    return "".join(segment.text for segment in segments if segment.kind == "new").strip()


def as_marked(text: str, runs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return plain `text` as runs, cut where its HTML twin's `runs` mark the one quote below the new text.

    Some webmails mark history in the HTML only. The words must agree on both sides of the cut.
    """
    kinds = [kind for kind, words in runs if words.strip()]
    if kinds != ["new", "quote"]:
        return (("new", text),)
    new, quote = ("".join(words.split()) for _, words in runs if words.strip())
    at = 0
    for word in _WORD.finditer(text):
        if not new.startswith(word[0], at):
            break
        at += len(word[0])
        if at == len(new):
            rest = "".join(text[word.end() : word.end() + 200].split())
            if rest[:30] and rest[:30] == quote[: len(rest[:30])]:
                return (("new", text[: word.end()]), ("quote", text[word.end() :]))
            break
    return (("new", text),)


class _Page:
    """The lines of a text, each with its line break and its kind."""

    def __init__(self, runs: Iterable[tuple[str, str]], thread: Thread) -> None:
        self.thread = thread
        self.lines: list[str] = []
        self.kinds: list[Kind] = []
        for kind, text in runs:
            lines = text.split("\n")
            whole = [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
            self.lines += whole
            self.kinds += [kind if kind in ("quote", "signature") else "new"] * len(whole)  # type: ignore[list-item]
        pairs = zip(self.kinds, self.lines, strict=True)
        self.is_quoted = [kind == "new" and bool(_QUOTED.match(line)) for kind, line in pairs]
        self.end = len(self.lines)  # behind it nothing is looked at: history without marks, or a forward
        self.first_words = len(self.lines)  # the first line that is new for certain

    def segments(self) -> tuple[Segment, ...]:
        found: list[Segment] = []
        start = 0
        for end in range(1, len(self.lines) + 1):
            if end == len(self.lines) or self.kinds[end] != self.kinds[start]:
                found.append(Segment(self.kinds[start], "".join(self.lines[start:end])))
                start = end
        return tuple(found)

    def fold_history(self) -> None:
        attributions: list[int] = [at for at, kind in enumerate(self.kinds) if kind == "quote"][:1]
        colons = 0
        at = -1
        while (at := at + 1) < self.end:
            bare = self.lines[at].strip()
            if not bare or self.kinds[at] != "new" or self.is_quoted[at]:
                continue
            if quoting.is_forward_mark(bare):
                self.end = at
            elif self._starts_rest(at, bare):
                self._mark_rest(at)
            elif bare.endswith((":", "：", "のメール")):
                colons += 1
                first = self._attribution(at) if colons < MAX_COLONS else None
                if first is None:
                    pass
                elif self._is_followed_by_quote(at):
                    self._mark(first, at + 1, "quote")
                    attributions.append(first)
                elif self._is_strong(first, at) and self.first_words < first:
                    self._mark_rest(first)
                    attributions.append(first)
            if at < self.end and self.kinds[at] == "new":
                self.first_words = min(self.first_words, at)
        self._fold_quoted(attributions)
        self._fill_gaps()

    def _starts_rest(self, at: int, bare: str) -> bool:
        """Say whether history without any marks begins here; only below new words, or all would be hidden."""
        if self.first_words >= at:
            return False
        if quoting.is_original_mark(bare):
            return not self.thread.passes_on("".join(self.lines[at + 1 : at + 26]))
        if quoting.header_kind(bare) and quoting.header_block_length(self.lines[at : at + 25]):
            return not self.thread.passes_on("".join(self.lines[at : at + 25]))
        return False

    def _mark_rest(self, at: int) -> None:
        while at and (not self.lines[at - 1].strip() or _RULE.match(self.lines[at - 1])):
            at -= 1
        self._mark(at, len(self.lines), "quote")
        self.end = at

    def _mark(self, start: int, end: int, kind: Kind) -> None:
        self.kinds[start:end] = [kind] * (end - start)

    def _attribution(self, at: int) -> int | None:
        first = max(0, at - 3)
        while first < at and any(kind != "new" for kind in self.kinds[first:at]):
            first += 1
        found = quoting.attribution_start([line.rstrip("\n") for line in self.lines[first : at + 1]])
        return None if found is None else first + found

    def _is_followed_by_quote(self, at: int) -> bool:
        at += 1
        while at < len(self.lines) and not self.lines[at].strip():
            at += 1
        return at < len(self.lines) and (self.is_quoted[at] or self.kinds[at] == "quote")

    def _is_strong(self, first: int, at: int) -> bool:
        joined = " ".join(line.strip() for line in self.lines[first : at + 1])
        return not self.thread.is_forward and quoting.is_strong_attribution(joined)

    def _fold_quoted(self, attributions: list[int]) -> None:
        """Fold the lines with ">": all below an attribution; others only where many or in a reply."""
        if self.thread.is_forward:
            return
        start = min(attributions, default=self.end)
        above = sum(self.is_quoted[:start])
        is_habit = above >= MIN_QUOTED or (above > 1 and self.thread.is_reply)
        if not attributions and self.first_words == len(self.lines):
            is_habit = False  # nothing else would be seen
        for at in range(self.end):
            if self.is_quoted[at] and (at > start or is_habit):
                self.kinds[at] = "quote"

    def _fill_gaps(self) -> None:
        """Blank lines between two quoted lines belong to the quote."""
        previous = -1
        for at, line in enumerate(self.lines):
            if self.kinds[at] == "quote":
                if previous >= 0:
                    self._mark(previous + 1, at, "quote")
                previous = at
            elif line.strip():
                previous = -1

    def fold_signatures(self) -> None:
        at = 0
        while at < self.end:
            stop = at
            while stop < self.end and self.kinds[stop] == "new":
                stop += 1
            if stop > at:
                self._fold_signature(at, stop)
            at = max(stop, at + 1)
        if not any(kind == "new" and line.strip() for kind, line in zip(self.kinds, self.lines, strict=True)):
            self.kinds = ["new" if kind == "signature" else kind for kind in self.kinds]

    def _fold_signature(self, start: int, stop: int) -> None:
        for at in range(max(start, stop - 3 * MAX_SIGNATURE), stop):
            if self.lines[at].startswith("--") and _SIGNATURE_MARK.match(self.lines[at]):
                if self._is_signature(at, stop):
                    self._mark(at, stop, "signature")
                    return
            elif self.lines[at].startswith("____") and quoting.is_list_footer(
                "".join(self.lines[at : at + 3])
            ):
                self._mark(at, stop, "signature")
                return
        seen = stop
        for at in range(stop - 1, max(start - 1, stop - 12), -1):
            if bare := self.lines[at].strip():
                if not quoting.is_sent_from(bare):
                    break
                seen = at
        self._mark(seen, stop, "signature")

    def _is_signature(self, at: int, stop: int) -> bool:
        below = [line for line in self.lines[at + 1 : stop] if line.strip()]
        if self.lines[at].startswith("-- "):
            return len(below) <= MAX_SIGNATURE
        return len(below) <= MAX_BARE_SIGNATURE and all(
            len(line) <= 90 and not line.rstrip().endswith("?") for line in below
        )
