"""Text out of a stream of blocks and words, as a reader would see it."""

import re
import sys

_SPACE = re.compile(r"[ \t\n\r\f]+")


class Words:
    """Collects text; blocks become lines, paragraphs get a blank line, cells of a row a tab between."""

    def __init__(self) -> None:
        self._pieces: list[tuple[str, str]] = []  # kind, text
        self._starts: list[int] = []
        self.position = 0  # characters collected
        self.first_new = sys.maxsize  # where the first new words stand
        self.bullet = ""
        self._breaks = 0
        self._is_open = self._is_blank = self._wants_blank = self._wants_space = False
        self._wants_tab = self._row_has_text = self._is_fresh_cell = False

    def add(self, text: str, kind: str, *, pre: bool = False) -> None:
        """Add the text of one node, white space collapsed unless `pre`."""
        if pre:
            text = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs()
            if not text:
                return
            lead = False
        else:
            if "\n" in text or "  " in text or not text.isprintable():
                text = _SPACE.sub(" ", text)
            if text == " " or not text:
                self._wants_space = self._wants_space or (self._is_open and text == " ")
                return
            lead = text[0] == " "
            tail = text[-1] == " "
            text = text.strip(" ")
            if not text.strip("\xa0 "):  # an empty paragraph is a blank line, not a line with a space
                self._is_blank = not self._is_open
                self._wants_space = self._is_open
                return
        gap = ""
        if self._pieces:
            breaks = self._breaks
            if breaks and self._wants_tab and breaks < 2:
                gap = "\t"
            elif breaks:
                gap = "\n" * min(max(breaks, 2 if self._wants_blank else 1), 3)
            elif self._wants_tab:
                gap = "\t"
            elif lead or self._wants_space:
                gap = " "
        self._put(gap + self.bullet + text.replace("\xa0", " "), kind)
        self.bullet = ""
        self._breaks = 0
        self._is_open = self._row_has_text = True
        self._wants_blank = self._wants_tab = self._is_blank = self._is_fresh_cell = False
        self._wants_space = not pre and tail
        if pre and text.endswith("\n"):
            self._is_open = False

    def line_break(self) -> None:
        """A `<br>`."""
        self._breaks = 1 if self._is_open else self._breaks + 1
        self._is_open = self._is_blank = self._wants_space = False

    def start_block(self, *, is_spaced: bool) -> None:
        """A block begins: on a line of its own, after a blank line if spaced."""
        self.end_block(is_spaced=is_spaced and not self._is_fresh_cell)

    def end_block(self, *, is_spaced: bool) -> None:
        """A block ends."""
        if self._is_open:
            self._breaks = 1
            self._is_open = self._wants_space = False
        elif self._is_blank:
            self._breaks += 1
            self._is_blank = False
        self._wants_blank = self._wants_blank or is_spaced

    def start_row(self) -> None:
        """A table's row begins."""
        self._row_has_text = self._wants_tab = False

    def end_row(self) -> None:
        """A table's row ends; what its cells kept below their text is forgotten."""
        self._wants_blank = self._is_fresh_cell = False

    def start_cell(self) -> None:
        """A table's cell begins."""
        self._wants_tab = self._row_has_text
        self._wants_blank = self._wants_blank and not self._row_has_text
        self._is_fresh_cell = True

    def since(self, position: int) -> str:
        """Return what was collected from `position` on."""
        texts: list[str] = []
        for start, (_, text) in zip(reversed(self._starts), reversed(self._pieces), strict=True):
            if start < position:
                break
            texts.append(text)
        return "".join(reversed(texts))

    def tail(self, length: int = 400) -> str:
        """Return about the last `length` characters."""
        return self.since(max(0, self.position - length))

    def mark_since(self, position: int, kind: str) -> None:
        """Give all that was collected from `position` on another kind."""
        for index in range(len(self._pieces) - 1, -1, -1):
            if self._starts[index] < position:
                break
            self._pieces[index] = (kind, self._pieces[index][1])

    def runs(self) -> list[tuple[str, str]]:
        """Return the text as runs of one kind each; joined they are the whole text."""
        runs: list[tuple[str, list[str]]] = []
        for kind, text in self._pieces:
            if runs and runs[-1][0] == kind:
                runs[-1][1].append(text)
            else:
                runs.append((kind, [text]))
        return [(kind, "".join(texts)) for kind, texts in runs]

    def _put(self, text: str, kind: str) -> None:
        if kind == "new" and self.position < self.first_new:
            self.first_new = self.position
        self._pieces.append((kind, text))
        self._starts.append(self.position)
        self.position += len(text)
