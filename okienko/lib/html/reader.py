"""One pass over sanitised HTML: images held back, quotes folded, words collected."""

import re

from okienko.lib.html import marks
from okienko.lib.html.styles import HIDDEN, TIGHT, is_colourful, safe_style
from okienko.lib.html.tags import ATTRIBUTE, TOKEN, VOID, unescaped
from okienko.lib.html.words import Words
from okienko.lib.quoting import Thread

_BLOCKS = {
    *("address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "div", "dl", "dt"),
    *("figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main"),
    *("nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"),
}
_SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "dl"}
_NO_HOME = {
    "table",
    "tbody",
    "thead",
    "tfoot",
    "tr",
    "ul",
    "ol",
    "dl",
    "colgroup",
}  # `details` may not stand here
_RICH = {"ul", "ol", "h1", "h2", "h3"}
_OPEN = {
    "quote": '<details class="quote"><summary>…</summary>',
    "signature": '<details class="signature"><summary>…</summary>',
}
_REMOTE = re.compile(r'\s(src|background)="(?!cid:|data:)', re.I)
_STYLE = re.compile(r'\sstyle="([^"]*)"')


class _Element:
    __slots__ = ("hides", "is_tight", "kind", "start", "tag", "text_at")

    def __init__(self, tag: str, start: int, text_at: int, *, is_tight: bool) -> None:
        self.tag, self.start, self.text_at, self.is_tight = tag, start, text_at, is_tight
        self.kind = ""
        self.hides = False


class Reader:
    """Reads one document; afterwards `out`, `runs`, `has_remote` and `is_rich` hold what was found."""

    def __init__(self, thread: Thread) -> None:
        self.out: list[str] = []
        self.has_remote = self.is_rich = False
        self._words = Words()
        self._stack: list[_Element] = []
        self._kinds: list[str] = ["new"]
        self._thread, self._forward = thread, thread.is_forward
        self._rest = False  # below an Outlook header block: history until the end
        self._rest_depth = -1
        self._looked_at = (-1, -1)
        self._cells = 0
        self._hidden = 0
        self._pre = 0

    @property
    def runs(self) -> list[tuple[str, str]]:
        """The text as (kind, text)."""
        return self._words.runs()

    def read(self, html: str) -> None:
        """Read a whole document as nh3 writes it."""
        for token in TOKEN.finditer(html):
            if token[4] is not None:
                self._text(token[4])
            elif token[1]:
                self._close(token[2])
            else:
                self._open(token[2], token[3])
        while self._stack:
            self._close(self._stack[-1].tag)
        if self._rest_depth >= 0:
            self.out.append("</details>")

    def _text(self, text: str) -> None:
        if not self._hidden:
            if self._rest and self._rest_depth < 0 and not text.isspace():
                self._open_rest()
            self._words.add(unescaped(text) if "&" in text else text, self._kinds[-1], pre=self._pre > 0)
        self.out.append(text)

    def _open(self, tag: str, attributes: str) -> None:
        if self._rest and self._rest_depth < 0 and tag != "br":
            self._open_rest()
        mark = ""
        hides = False
        if attributes:
            attributes = self._held_back(tag, attributes)
            mark = marks.mark_of(tag, attributes)
            hides = "style=" in attributes and bool((s := _STYLE.search(attributes)) and HIDDEN.search(s[1]))
        is_tight = self._layout(tag, attributes)
        self.out.append(f"<{tag}{attributes}>")
        if tag in VOID:
            return
        element = _Element(tag, len(self.out) - 1, self._words.position, is_tight=is_tight)
        self._stack.append(element)
        if hides:
            element.hides = True
            self._hidden += 1
        if tag == "blockquote" and not mark and marks.ends_in_attribution(self._words.tail()):
            mark = "quote"
        if mark in _OPEN and self._kinds[-1] == "new" and not self._forward:
            element.kind = mark
            self._kinds.append(mark)
        elif mark in ("attribution", "rest") and self._kinds[-1] == "new":
            element.kind = mark
        elif mark == "forward" and self._kinds[-1] == "new":
            self._forward = True
        if tag == "pre":
            self._pre += 1

    def _close(self, tag: str) -> None:
        if not self._stack or self._stack[-1].tag != tag:
            self.out.append(f"</{tag}>")
            return
        if self._rest_depth == len(self._stack):
            self.out.append("</details>")
            self._rest_depth = -1
        element = self._stack.pop()
        self.out.append(f"</{tag}>")
        if element.hides:
            self._hidden -= 1
        if tag == "pre":
            self._pre -= 1
        if tag in _BLOCKS:
            self._words.end_block(is_spaced=tag in _SPACED and not element.is_tight)
        if tag == "tr":
            self._words.end_row()
        if element.kind in _OPEN:
            self._kinds.pop()
            self._wrap(element, element.kind)
        elif element.kind == "attribution" and self._words.position - element.text_at < 2000:
            said = self._words.since(element.text_at)
            if marks.is_forward_mark(said):
                self._forward = True
            elif not self._forward:
                self._words.mark_since(element.text_at, "quote")
                self._wrap(element, "quote")
        elif tag in ("p", "div", "td", "blockquote") and self._kinds[-1] == "new":
            self._look_for_header_block(element)

    def _wrap(self, element: _Element, kind: str) -> None:
        if self._rest or (self._stack and self._stack[-1].tag in _NO_HOME):
            return
        self.out[element.start] = _OPEN[kind] + self.out[element.start]
        self.out.append("</details>")

    def _look_for_header_block(self, element: _Element) -> None:
        """Fold from here to the end if `element` is the header of an older mail below something newly written."""
        span = (element.text_at, self._words.position)
        if self._looked_at == span or not self._words.first_new < element.text_at:
            return
        is_named = element.kind == "rest"  # by its class or id
        if not is_named and not 20 < span[1] - span[0] < 2500:
            return
        self._looked_at = span
        said = self._words.since(element.text_at)
        if marks.is_forward_mark(said) or self._forward or (is_named and self._thread.passes_on(said)):
            self._forward = True
        elif is_named or (marks.is_header_block(said) and not self._thread.passes_on(said)):
            self._fold_rest(self._outermost(element, said))

    def _outermost(self, element: _Element, said: str) -> _Element:
        """Return the outermost open element that holds nothing before what `element` holds, else `element`."""
        for outer in reversed(self._stack):
            if outer.tag in ("table", "td", "tr") or self._words.since(outer.text_at).strip() != said.strip():
                break
            element = outer
        return element

    def _fold_rest(self, start: _Element) -> None:
        depth = self._stack.index(start) if start in self._stack else len(self._stack)
        self._words.mark_since(start.text_at, "quote")
        self._kinds[-1] = "quote"
        self._rest = True
        if not depth or self._stack[depth - 1].tag not in _NO_HOME:
            self.out[start.start] = _OPEN["quote"] + self.out[start.start]
            self._rest_depth = depth

    def _open_rest(self) -> None:
        if not self._stack or self._stack[-1].tag not in _NO_HOME:
            self.out.append(_OPEN["quote"])
            self._rest_depth = len(self._stack)

    def _layout(self, tag: str, attributes: str) -> bool:
        """Place the text that follows; return whether a paragraph stands without blank lines around it."""
        words = self._words
        is_tight = False
        if tag == "br":
            words.line_break()
        elif tag in _BLOCKS:
            is_tight = tag == "p" and (
                "MsoNormal" in attributes or bool((s := _STYLE.search(attributes)) and TIGHT.search(s[1]))
            )
            words.start_block(is_spaced=tag in _SPACED and not is_tight)
            if tag == "tr":
                words.start_row()
            elif tag == "li":
                words.bullet = "- "
        elif tag in ("td", "th"):
            words.start_cell()
            self._cells += 1
        if not self.is_rich and self._kinds[-1] == "new":
            self.is_rich = tag in _RICH or self._cells > 1 or (tag == "img" and not _is_tracker(attributes))
            if not self.is_rich and tag != "a" and ("style=" in attributes or "color=" in attributes):
                style = _STYLE.search(attributes)
                self.is_rich = bool(style and is_colourful(style[1])) or "bgcolor=" in attributes
        return is_tight

    def _held_back(self, tag: str, attributes: str) -> str:
        if 'class=""' in attributes:  # nh3 leaves it where no class was allowed
            attributes = attributes.replace(' class=""', "")
        if "style=" in attributes:
            attributes = _STYLE.sub(
                lambda style: f' style="{kept}"' if (kept := safe_style(style[1])) else "", attributes
            )
        if (tag == "img" or "background=" in attributes) and _REMOTE.search(attributes):
            self.has_remote = True
            attributes = _REMOTE.sub(r' data-remote-\1="', attributes)
        return attributes


def _is_tracker(attributes: str) -> bool:
    sizes = dict(ATTRIBUTE.findall(attributes))
    return sizes.get("width") in ("0", "1") or sizes.get("height") in ("0", "1")
